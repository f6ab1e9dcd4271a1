"""Train a process reward model on prefix trees: what the rows of a problem share is computed once.

prmdata export OUT --format tree --prefix-labels always --tokenizer Qwen/Qwen2.5-Coder-0.5B -o trees
python examples/train_tree.py trees Qwen/Qwen2.5-Coder-0.5B prm --max-length 4096
"""

import argparse
from collections import Counter
from functools import partial

import torch
from datasets import load_dataset
from transformers import AutoModelForTokenClassification, AutoTokenizer, Trainer, TrainingArguments
from tree_collator import collate, parts, refuse  # the file beside this one

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("model")
parser.add_argument("out")
parser.add_argument("--max-length", type=int, default=4096, help="in tokens; longer trees are split")
parser.add_argument("--steps", type=int, default=-1)
parser.add_argument("--rate", type=float, default=5e-5)
given = parser.parse_args()

tokenizer = AutoTokenizer.from_pretrained(given.model)
model = AutoModelForTokenClassification.from_pretrained(given.model, num_labels=2)
refuse(model.config)


class TreeTrainer(Trainer):
    """The mean loss of a batch's labels, each counted as often as rows have earned it."""

    def compute_loss(self, model, inputs, return_outputs=False, **_):
        labels, weights = inputs.pop("labels"), inputs.pop("weights")
        outputs = model(**inputs)
        each = torch.nn.functional.cross_entropy(outputs.logits.transpose(1, 2), labels, reduction="none")
        loss = (each * weights).sum() / weights.sum().clamp(min=1)
        return (loss, outputs) if return_outputs else loss


counts = Counter()
rows = load_dataset(given.data, split="train")
trees = [tree for row in rows for tree in parts(row, given.max_length, counts)]
print(f"{len(rows)} trees in {len(trees)} sequences:", dict(counts))
trainer = TreeTrainer(
    model=model,
    args=TrainingArguments(
        given.out,
        max_steps=given.steps,
        learning_rate=given.rate,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=4,
        remove_unused_columns=False,
        logging_steps=1,
        report_to=[],
    ),
    train_dataset=trees,
    data_collator=partial(collate, pad_token_id=tokenizer.pad_token_id or 0, dtype=model.dtype),
)
trainer.model_accepts_loss_kwargs = False  # the loss is a mean: accumulated batches are averaged
trainer.train()
trainer.save_model(given.out)
tokenizer.save_pretrained(given.out)
