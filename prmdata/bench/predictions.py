"""Reads what a scorer says about the items of a benchmark. Every mistake in the file becomes an error of one
line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prmdata.bench.item import BenchItem
from prmdata.errors import InputError


@dataclass(frozen=True, slots=True)
class Prediction:
    """One score for each step (a higher score means that the step is more likely right), or the step that is
    named as the first wrong one (-1 if there is none)."""

    scores: tuple[float, ...] | None = None
    first_error: int | None = None


def read_predictions(path: Path, items: Sequence[BenchItem]) -> dict[str, Prediction]:
    """The predictions in a JSONL file, by id. There must be exactly one for each item.

    Raises InputError, which names the line and the id, for a line that is no prediction about one of
    ``items``, and for the first item without a prediction.
    """
    by_id = {item.id: item for item in items}
    found: dict[str, Prediction] = {}
    for where, row in _rows(path):
        name = row.get("id")
        if not isinstance(name, str):
            raise InputError(where, "a prediction needs the id of an item as a string in 'id'")
        if name not in by_id:
            raise InputError(
                where, f"no item has the id {name!r}; ids are those of the benchmark's column 'id'"
            )
        if name in found:
            raise InputError(where, f"a second prediction for the item {name!r}; give one each")
        found[name] = _prediction(row, by_id[name], where)
    missing = [item.id for item in items if item.id not in found]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(str(path), f"no prediction for the item {missing[0]!r}{more}; every item needs one")
    return found


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        raise InputError(str(path), "no such file; give a JSONL file of predictions") from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path}:{number}"
            try:
                row = json.loads(line.decode("utf-8"))
            except (ValueError, RecursionError) as error:
                raise InputError(where, f"not JSON: {error}") from None
            if not isinstance(row, dict):
                raise InputError(where, "a prediction is an object with 'id' and 'scores' or 'first_error'")
            yield where, row


def _prediction(row: Mapping[str, Any], item: BenchItem, where: str) -> Prediction:
    named, scores = row.get("first_error"), row.get("scores")
    if (named is None) == (scores is None):
        raise InputError(where, f"item {item.id!r} needs either 'scores' or 'first_error'")
    if scores is None:
        if type(named) is not int or not -1 <= named < len(item.steps):
            raise InputError(
                where,
                f"item {item.id!r}: 'first_error' must be a whole number from -1 (no error) to {len(item.steps) - 1}, found {named!r}",
            )
        return Prediction(first_error=named)
    if not isinstance(scores, list):
        raise InputError(where, f"item {item.id!r}: 'scores' must be a list of numbers, found {scores!r:.60}")
    if len(scores) != len(item.steps):
        raise InputError(
            where, f"item {item.id!r} has {len(item.steps)} steps and {len(scores)} scores; give one a step"
        )
    for place, score in enumerate(scores):
        if isinstance(score, bool) or not isinstance(score, int | float) or not _is_finite(score):
            raise InputError(
                where, f"item {item.id!r}: scores[{place}] must be a finite number, found {score!r:.60}"
            )
    return Prediction(scores=tuple(float(score) for score in scores))


def _is_finite(score: int | float) -> bool:
    try:
        return math.isfinite(score)
    except OverflowError:  # an integer that is too large for a float
        return False
