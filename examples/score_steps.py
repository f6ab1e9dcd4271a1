"""Score programs step by step with what `train_token_classification.py` or `train_tree.py` saved.

python examples/score_steps.py prm prompt.txt program.py [program.py ...]
"""

import sys
from pathlib import Path

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

from prmdata.steps.split import split_steps

model_name, prompt_file, *program_files = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(model_name)
model = AutoModelForTokenClassification.from_pretrained(model_name).eval()


def scores(prompt, program):
    """Each step with the probability that it is correct, read where training put its label: the token that holds the
    step's last character before the line end. The prompt comes first, once, as in the export."""
    question = "" if program.startswith(prompt) else prompt.rstrip("\n") + "\n"
    found = tokenizer(question + program, return_tensors="pt")
    with torch.no_grad():
        correct = model(**found).logits[0].softmax(-1)[:, 1]
    at = len(question)
    for step in split_steps(program):
        token = found.char_to_token(0, at + len(step.text.rstrip("\r\n")) - 1)
        at += len(step.text)
        yield step.text.rstrip("\r\n"), correct[token].item()


for file in program_files:
    print(f"{file}:")
    for text, score in scores(Path(prompt_file).read_text(), Path(file).read_text()):
        print(f"{score:.3f}  {text}")
