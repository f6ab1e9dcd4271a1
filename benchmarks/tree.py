"""CPU time of a training step on prefix trees against flat rows, problem by problem, alternating, in one run.

    python benchmarks/tree.py [OUT] [--problems 20] [--hidden 256] [--layers 4] [--json FILE]

OUT is a built dataset (without one, the bundled problems are built). Both sides hold the same labels of the same
problems, every step tokenized alone by one tokenizer trained on their text; a step is forward, backward and the
optimizer's update with one thread. Flat rows are cut after their last label, sorted by length and padded in batches of
``--batch``; trees are split to ``--max-length`` tokens. Needs torch and transformers.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prmdata
from prmdata.exports.tokens import load_tokenizer
from prmdata.exports.tree import flat_rows

Batch = dict[str, Any]
COLLATOR = Path(__file__).parents[1] / "examples" / "tree_collator.py"


@dataclass(frozen=True)
class Problem:
    """One problem's labels as batches of either kind."""

    flat: list[Batch]
    trees: list[Batch]
    repeated: int
    """Tokens that parts of a split tree repeat."""

    @property
    def n_labels(self) -> tuple[int, int]:
        """Labels of each side: equal where no label was too deep."""
        return tuple(int(sum(batch["weights"].sum() for batch in side)) for side in (self.flat, self.trees))


def n_tokens(batches: list[Batch]) -> int:
    """Tokens, padding not counted."""
    return sum(batch["n_tokens"] for batch in batches)


def trained_tokenizer(texts: list[str], folder: Path) -> str:
    """A byte-level BPE of 4,000 tokens, as code models have (a larger one)."""
    from tokenizers import ByteLevelBPETokenizer

    made = ByteLevelBPETokenizer()
    made.train_from_iterator(texts, vocab_size=4000, show_progress=False)
    made.save(str(folder / "tokenizer.json"))
    return str(folder / "tokenizer.json")


def flat_batches(rows: list[dict[str, Any]], tokens: Any, size: int) -> list[Batch]:
    """Batches of rows of about one length."""
    import torch

    encoded = []
    for row in rows:
        ids = tokens.ids(row["prompt"])
        labels = [-100] * len(ids)
        for step, label in zip(row["steps"], row["labels"], strict=True):
            own = tokens.ids(step)
            ids += own
            labels += [-100] * (len(own) - 1) + [label]
        encoded.append((ids, labels))
    encoded.sort(key=lambda pair: len(pair[0]))
    batches = []
    for at in range(0, len(encoded), size):
        chunk = encoded[at : at + size]
        longest = len(chunk[-1][0])
        labels = torch.tensor([labels + [-100] * (longest - len(labels)) for _, labels in chunk])
        batches.append(
            {
                "input_ids": torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in chunk]),
                "attention_mask": torch.tensor(
                    [[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in chunk]
                ),
                "labels": labels,
                "weights": (labels != -100).long(),
                "n_tokens": sum(len(ids) for ids, _ in chunk),
            }
        )
    return batches


def problems(out: Path, folder: Path, limit: int, batch: int, max_length: int) -> Iterator[Problem]:
    """The problems of a dataset, as both kinds of batches."""
    spec = importlib.util.spec_from_file_location("tree_collator", COLLATOR)
    assert spec is not None
    assert spec.loader is not None
    collator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(collator)
    import pyarrow.parquet as pq

    prmdata.export(out, "tree", folder / "plain")
    read = [pq.read_table(path).to_pylist() for path in sorted((folder / "plain/data").glob("*.parquet"))]
    tokenizer = trained_tokenizer(["".join(row["text"]) for rows in read for row in rows], folder)
    prmdata.export(out, "tree", folder / "trees", tokenizer=tokenizer, max_length=max_length)
    read = [pq.read_table(path).to_pylist() for path in sorted((folder / "trees/data").glob("*.parquet"))]
    tokens = load_tokenizer(tokenizer)
    for row in [row for rows in read for row in rows][:limit]:
        counts: Counter[str] = Counter()
        parts = list(collator.parts(row, max_length, counts))
        trees = [collator.collate([part]) | {"n_tokens": len(part["input_ids"])} for part in parts]
        yield Problem(flat_batches(list(flat_rows(row)), tokens, batch), trees, counts["repeated tokens"])


def trainer(hidden: int, layers: int) -> Callable[[list[Batch]], float]:
    """A function that makes one training step on batches and gives its CPU seconds."""
    import torch
    import transformers

    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = transformers.Qwen2Config(
        vocab_size=4000, hidden_size=hidden, intermediate_size=4 * hidden, num_hidden_layers=layers,
        num_attention_heads=hidden // 64, num_key_value_heads=hidden // 64, max_position_embeddings=8192, num_labels=2,
    )  # fmt: skip
    model = transformers.AutoModelForTokenClassification.from_config(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)

    def step(batches: list[Batch]) -> float:
        began = time.process_time()
        for batch in batches:
            inputs = {
                name: batch[name] for name in ("input_ids", "attention_mask", "position_ids") if name in batch
            }
            logits = model(**inputs).logits.transpose(1, 2)
            each = torch.nn.functional.cross_entropy(logits, batch["labels"], reduction="none")
            (each * batch["weights"]).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        return time.process_time() - began

    return step


def measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The figures over all problems."""
    out = given.out
    if out is None:
        out = folder / "OUT"
        prmdata.build(prmdata.configure(source="sample", out=out))
    found = list(problems(out, folder, given.problems, given.batch, given.max_length))
    step = trainer(given.hidden, given.layers)
    step(found[0].flat[:1])
    step(found[0].trees[:1])
    flat, trees = [], []
    for at, problem in enumerate(found):
        assert problem.n_labels[0] == problem.n_labels[1], "a label was too deep; give a larger --max-length"
        sides = [(problem.flat, flat), (problem.trees, trees)]
        for batches, seconds in sides if at % 2 else reversed(sides):
            seconds.append(step(batches))
    ratios = [one / other for one, other in zip(flat, trees, strict=True)]
    return {
        "problems": len(found),
        "labels": sum(problem.n_labels[0] for problem in found),
        "tokens_flat": sum(n_tokens(problem.flat) for problem in found),
        "tokens_trees": sum(n_tokens(problem.trees) for problem in found),
        "tokens_repeated": sum(problem.repeated for problem in found),
        "cpu_s_flat": round(sum(flat), 2),
        "cpu_s_trees": round(sum(trees), 2),
        "times_less_cpu": round(sum(flat) / sum(trees), 2),
        "times_less_cpu_a_problem": [round(q, 2) for q in (min(ratios), statistics.median(ratios), max(ratios))],
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--problems", type=int, default=20)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--max-length", type=int, default=1024)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print("needs torch and transformers: pip install torch transformers", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="prmdata-benchmark-") as folder:
        found = measure(given, Path(folder))
    print("\n".join(f"{name:>26}  {value}" for name, value in found.items()))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
