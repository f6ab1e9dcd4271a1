"""``prmdata bench score``: the figures of a model, or of a baseline, on a benchmark. No program is run. Part
of the composition root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prmdata.bench.baselines import NGRAM, PLAIN, NgramScorer, predicted
from prmdata.bench.item import read_items
from prmdata.bench.predictions import read_predictions
from prmdata.bench.score import score
from prmdata.completers.align import words
from prmdata.datasets.reader import read_traces
from prmdata.errors import NothingUsableError, UsageError


def bench_score(
    bench: Path,
    predictions: Path | None = None,
    *,
    baseline: str | None = None,
    train: Path | None = None,
    split: str | None = None,
) -> dict[str, Any]:
    """The figures of a file of predictions, or of a baseline (``ngram`` is trained on the dataset ``train``)."""
    split_items = read_items(bench)
    items = [item for _, item in split_items]
    if (predictions is None) == (baseline is None):
        raise UsageError("give either a file of predictions or --baseline")
    if (baseline == NGRAM) != (train is not None):
        raise UsageError("--baseline ngram is trained on a dataset: give it with --train OUT, and only to it")
    if predictions is not None:
        found = read_predictions(predictions, items)
    elif train is not None:
        scorer = NgramScorer(read_traces(train), lambda step: words(step).texts)
        if not scorer.is_trained:
            raise NothingUsableError(f"{train}: no steps with label 1 and with label 0 to train on")
        found = predicted(scorer, items)
    else:
        found = predicted(PLAIN[str(baseline)], items)
    return score(split_items, found, split=split)
