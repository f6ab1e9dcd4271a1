"""Train a process reward model as a token classifier, with nothing but `transformers`.

prmdata build sample -o OUT --split train=0.9,test=0.1
prmdata export OUT --format token-classification --prefix-labels always -o tokens
python examples/train_token_classification.py tokens Qwen/Qwen2.5-Coder-0.5B prm [STEPS] [--score BENCH]
python examples/score_steps.py prm prompt.txt program.py
"""

import sys

import numpy as np
from datasets import load_dataset
from transformers import AutoModelForTokenClassification, AutoTokenizer, Trainer, TrainingArguments
from transformers import DataCollatorForTokenClassification as Collator

bench = sys.argv.pop(sys.argv.index("--score") + 1) if "--score" in sys.argv else None
data, model_name, out, *more = [one for one in sys.argv[1:] if one != "--score"]
tokenizer = AutoTokenizer.from_pretrained(model_name)
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
model = AutoModelForTokenClassification.from_pretrained(model_name, num_labels=2)
model.config.pad_token_id = tokenizer.pad_token_id


def encode(row):
    """The label of a step goes to its last token; every other token is masked."""
    found = tokenizer(row["text"], truncation=True, max_length=2048)
    labels = [-100] * len(found["input_ids"])
    for end, label in zip(row["ends"], row["labels"], strict=True):
        token = found.char_to_token(end - 1)
        if token is not None:  # None: cut off by max_length
            labels[token] = label
    return {**found, "labels": labels}


def scores(predicted):
    """Accuracy on correct and on incorrect steps apart: one alone says little."""
    guesses, labels = np.argmax(predicted.predictions, axis=-1), predicted.label_ids
    return {name: float((guesses[labels == n] == n).mean()) for n, name in ((1, "correct"), (0, "incorrect"))}


rows = load_dataset(data)
rows = rows.map(encode, remove_columns=rows["train"].column_names)
steps = int(more[0]) if more else -1
trainer = Trainer(
    model=model,
    args=TrainingArguments(out, max_steps=steps, per_device_train_batch_size=4, report_to=[]),
    train_dataset=rows["train"],
    eval_dataset=rows.get("test"),
    data_collator=Collator(tokenizer),
    compute_metrics=scores,
)
trainer.train()
if "test" in rows:
    print(trainer.evaluate())
trainer.save_model(out)
tokenizer.save_pretrained(out)  # examples/score_steps.py scores new programs with the two
if bench:
    from score_with_transformers import transformers_scorer, write

    write(bench, tokenizer, transformers_scorer(out), f"{out}/predictions.jsonl")
