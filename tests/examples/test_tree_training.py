"""Training on trees gives the same losses and gradients as training on rows, also in parts, and the loss
falls (opt-in, torch)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from prmdata.exports.export import export
from prmdata.exports.tokens import load_tokenizer
from prmdata.records import IGNORE
from tests.builders.exported import rows_of
from tests.builders.traces import build, write_split

pytestmark = pytest.mark.torch
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def collator():
    """The module ``examples/tree_collator.py``."""
    pytest.importorskip("torch", reason="opt-in: pip install torch==2.13.0 transformers")
    scope = {}
    exec((EXAMPLES / "tree_collator.py").read_text("utf-8"), scope)
    return scope


def deletion(base):
    """The row of a deletion. The second step that is not given is removed, and the label stands on the step
    after it."""
    at = base.given_steps + 1
    cut = {name: (*getattr(base, name)[:at], *getattr(base, name)[at + 1 :])
           for name in ("steps", "step_kinds", "executed", "reasons")}  # fmt: skip
    labels = (*(IGNORE,) * at, 0, *(IGNORE,) * (len(base.steps) - at - 2))
    return replace(base, id=base.id + "-deletion", label_kind="fault", labels=labels, **cut)


def problem_rows(n_problems):
    """Rows with deletions, with labels that two rows earn, and with steps that rows label both 0 and 1, on
    leaves and inside."""
    for trace in build(n_problems):
        yield trace
        if trace.label_kind == "reference":
            yield deletion(trace)
            inside = trace.given_steps + 2
            labels = (*trace.labels[:inside], 0, *trace.labels[inside + 1 :])
            yield replace(trace, id=trace.id + "-disputed", labels=labels)
        if trace.id.endswith("-03-1-003"):
            yield replace(trace, id=trace.id + "-twin")
            disputed = tuple(0 if label == 1 else label for label in trace.labels)
            yield replace(trace, id=trace.id + "-disputed", labels=disputed)


@pytest.fixture(scope="module")
def exports(tiny, tmp_path_factory):
    """50 problems as flat rows and as trees."""
    root = tmp_path_factory.mktemp("tree")
    write_split(problem_rows(50), root / "OUT/data/steps", "train")
    export(root / "OUT", "trl", root / "flat", mix=True)
    export(root / "OUT", "tree", root / "trees", mix=True, tokenizer=str(tiny))
    return root


def model_of(tiny):
    """A random model in float32 with eager attention and without dropout."""
    import torch
    import transformers

    torch.manual_seed(0)
    config = transformers.AutoConfig.from_pretrained(tiny, attn_implementation="eager")
    return transformers.AutoModelForTokenClassification.from_config(config).float().eval()


def loss_of_flat_rows(model, rows, tokens):
    """The sum of the losses of all labels. Each row is processed alone, each step is tokenized alone, and its
    label stands on its last token."""
    import torch

    total = 0
    for row in rows:
        ids, labels = tokens.ids(row["prompt"]), []
        labels = [IGNORE] * len(ids)
        for step, label in zip(row["completions"], row["labels"], strict=True):
            own = tokens.ids(step + "\n")
            ids += own
            labels += [IGNORE] * (len(own) - 1) + [label]
        logits = model(input_ids=torch.tensor([ids])).logits[0]
        total += torch.nn.functional.cross_entropy(logits, torch.tensor(labels), reduction="sum")
    return total


def loss_of_trees(model, rows, collator, max_length, counts=None):
    """The sum of the losses of all labels of trees that are split to ``max_length`` tokens, with two parts in
    a batch."""
    import torch

    parts = [part for row in rows for part in collator["parts"](row, max_length, counts)]
    assert max(len(part["input_ids"]) for part in parts) <= max_length
    total = 0
    for at in range(0, len(parts), 2):
        batch = collator["collate"](parts[at : at + 2])
        labels, weights = batch.pop("labels"), batch.pop("weights")
        logits = model(**batch).logits.transpose(1, 2)
        total += (torch.nn.functional.cross_entropy(logits, labels, reduction="none") * weights).sum()
    return total


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return {name: value.grad.clone() for name, value in model.named_parameters()}


@pytest.fixture(scope="module")
def flat(exports, tiny):
    """The loss and the gradients of the flat rows."""
    model = model_of(tiny)
    loss = loss_of_flat_rows(model, rows_of(exports / "flat"), load_tokenizer(str(tiny)))
    return loss.item(), gradients(model, loss)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("max_length", [400, 100_000], ids=["subtrees", "whole"])
def test_losses_and_gradients_equal_those_of_the_flat_rows(exports, flat, tiny, collator, max_length):
    model, counts = model_of(tiny), Counter()
    loss, wanted = flat
    tree = loss_of_trees(model, rows_of(exports / "trees"), collator, max_length, counts)
    found = gradients(model, tree)
    assert (counts["repeated tokens"] > 0) == (max_length == 400)
    assert tree.item() == pytest.approx(loss, rel=1e-5)
    for name, gradient in wanted.items():
        off = (gradient - found[name]).abs().max() / gradient.abs().max()
        assert off < 1e-5, f"{name}: {off}"


def test_no_label_is_lost_by_splitting_unless_its_prefix_is_too_long(exports, collator):
    for row in rows_of(exports / "trees"):
        n_labels = sum(row["weight"])
        for max_length in (120, 200, 333, 2000):
            counts = Counter()
            parts = list(collator["parts"](row, max_length, counts))
            kept = sum(sum(part["weights"]) for part in parts)
            assert kept + counts["labels too deep"] == n_labels
            new = sum(len(part["input_ids"]) for part in parts) - counts["repeated tokens"]
            assert new == counts["tokens"] == len(row["input_ids"]) or counts["labels too deep"]
            assert all(len(part["input_ids"]) <= max_length for part in parts)


def test_a_model_with_a_sliding_window_is_refused_with_the_reason(collator):
    import transformers

    for config in (
        transformers.MistralConfig(sliding_window=64),
        transformers.Qwen2Config(use_sliding_window=True, max_window_layers=0, sliding_window=64),
        transformers.Gemma3TextConfig(),
    ):
        with pytest.raises(ValueError, match="in their order and not by depth"):
            collator["refuse"](config)
    for config in (transformers.LlamaConfig(), transformers.Qwen2Config(), transformers.Qwen3Config()):
        collator["refuse"](config)


@pytest.mark.timeout(600)
def test_the_loss_falls_as_with_flat_rows(exports, tiny, collator):
    import torch

    tokens = load_tokenizer(str(tiny))
    flat, trees = rows_of(exports / "flat"), rows_of(exports / "trees")
    few = {tree["problem_id"] for tree in trees[:4]}
    flat = [row for row in flat if row["problem_id"] in few]

    def losses(loss_of, *given):
        model = model_of(tiny)
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
        found = []
        for _ in range(4):
            loss = loss_of(model, *given)
            gradients(model, loss)
            optimizer.step()
            found.append(loss.item())
        return found

    by_rows = losses(loss_of_flat_rows, flat, tokens)
    by_trees = losses(loss_of_trees, trees[:4], collator, 300)
    assert by_trees == pytest.approx(by_rows, rel=1e-4)
    assert by_trees == sorted(by_trees, reverse=True)


@pytest.mark.timeout(700)
def test_the_example_trains_and_its_loss_falls(tiny, tmp_path, torch_environment):
    write_split(build(12), tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "tree", tmp_path / "trees", label_kind="fault", tokenizer=str(tiny))
    script = str(EXAMPLES / "train_tree.py")
    done = subprocess.run(
        [sys.executable, script, str(tmp_path / "trees"), str(tiny), str(tmp_path / "prm"),
         "--max-length", "400", "--steps", "30", "--rate", "0.02"],
        env=torch_environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"12 trees in \d+ sequences: .*'repeated tokens': \d+", done.stdout), done.stdout
    losses = [float(found) for found in re.findall(r"'loss': '?([\d.]+)", done.stdout)]
    assert sum(losses[-6:]) < 0.95 * sum(losses[:6]), losses
    assert (tmp_path / "prm/model.safetensors").exists()
    assert (tmp_path / "prm/tokenizer.json").exists()
