"""Train with TRL's PRMTrainer (present up to TRL 1.13).

prmdata export OUT --format trl --prefix-labels always -o steps
python examples/train_trl.py steps Qwen/Qwen2.5-Coder-0.5B prm
"""

import sys

import torch
from datasets import load_dataset
from transformers import AutoModelForTokenClassification, AutoTokenizer
from trl.experimental.prm import PRMConfig, PRMTrainer

data, model_name, out, *more = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(model_name)
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
model = AutoModelForTokenClassification.from_pretrained(model_name, num_labels=2)
model.config.pad_token_id = tokenizer.pad_token_id

# PRMTrainer cuts at max_length without a word (1,024 tokens): None leaves rows whole.
steps = int(more[0]) if more else -1
settings = PRMConfig(out, max_steps=steps, max_length=None, bf16=torch.cuda.is_available(), report_to=[])
PRMTrainer(
    model=model, processing_class=tokenizer, args=settings, train_dataset=load_dataset(data, split="train")
).train()
model.save_pretrained(out)
