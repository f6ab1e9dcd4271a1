"""Score a benchmark of first wrong steps with a token classifier, here or behind vLLM's pooling API.

python examples/score_with_transformers.py BENCH prm predictions.jsonl
vllm serve prm --runner pooling
python examples/score_with_transformers.py BENCH prm predictions.jsonl http://localhost:8000
prmdata bench score BENCH predictions.jsonl
"""

import json
import math
import sys
import urllib.request
from pathlib import Path

from datasets import load_dataset


def transformers_scorer(model_name):
    """Tokens -> for each token the probability of label 1 (the step is right)."""
    import torch
    from transformers import AutoModelForTokenClassification

    model = AutoModelForTokenClassification.from_pretrained(model_name).eval()

    def score(tokens):
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([tokens["input_ids"]])).logits[0]
        return logits.float().softmax(-1)[:, 1].tolist()

    return score


def vllm_scorer(model_name, url):
    """The same from `POST /pooling`, which answers with a row of numbers a token: probabilities, or logits."""

    def score(tokens):
        asked = {"model": model_name, "input": tokens["input_ids"], "task": "token_classify"}
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url + "/pooling", json.dumps(asked).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            rows = json.load(answer)["data"][0]["data"]
        return [
            right
            if min(wrong, right) >= 0 and abs(wrong + right - 1) < 1e-3
            else 1 / (1 + math.exp(wrong - right))
            for wrong, right in rows
        ]

    return score


def predictions(bench, tokenizer, score, max_length=2048):
    """One prediction an item. The text is that of training (`prmdata export --format token-classification`): problem, then
    steps; a step's score stands at its last token. A step cut off by `max_length` is not suspected."""
    for rows in load_dataset(bench, "bench").values():
        for row in rows:
            text, ends = row["problem"], []
            for step in row["steps"]:
                text += step
                ends.append(len(text))
                text += "\n"
            tokens = tokenizer(text, truncation=True, max_length=max_length)
            by_token = score(tokens)
            places = [tokens.char_to_token(end - 1) for end in ends]
            yield {"id": row["id"], "scores": [1.0 if at is None else by_token[at] for at in places]}


def write(bench, tokenizer, score, path):
    with Path(path).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in predictions(bench, tokenizer, score))


if __name__ == "__main__":
    from transformers import AutoTokenizer

    bench, model_name, path, *url = sys.argv[1:]
    scorer = vllm_scorer(model_name, url[0]) if url else transformers_scorer(model_name)
    write(bench, AutoTokenizer.from_pretrained(model_name), scorer, path)
