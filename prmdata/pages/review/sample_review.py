"""Labels judged by a person: a fixed sample, findings stored beside the dataset, agreement with an interval.

The person sees the program up to and including the step, but not the label, so that the label cannot
influence the judgement. Each judgement is one line of ``OUT/review.jsonl``, written to disk before the next
question. The same command continues an earlier review.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from prmdata.datasets.intervals import wilson
from prmdata.datasets.reader import read_traces
from prmdata.errors import InputError
from prmdata.outputs import open_output
from prmdata.records import IGNORE, Trace
from prmdata.records.numbers import number_of

NAME: Final = "review.jsonl"
Judgement = Literal["correct", "incorrect", "unsure"]
JUDGEMENTS: Final[tuple[str, ...]] = ("correct", "incorrect", "unsure")
WORDS: Final[dict[int, Judgement]] = {1: "correct", 0: "incorrect"}


@dataclass(frozen=True, slots=True)
class Sampled:
    """One label to judge: the label of ``step`` in ``trace``."""

    trace: Trace
    step: int

    @property
    def label(self) -> int:
        """The label under judgement, 1 or 0."""
        return self.trace.labels[self.step]


@dataclass(frozen=True, slots=True)
class ReviewFinding:
    """One judgement. ``label`` is the label that the dataset had at that time, under ``policy``."""

    row: str
    step: int
    label: int
    policy: str
    judgement: Judgement
    by: str
    note: str = ""


def sample(out: Path | str, n: int, seed: int = 0) -> list[Sampled]:
    """``n`` labels, half of them 0 as far as there are enough, the same for the same dataset and seed.

    Each label of a class is equally likely. ``n`` bounds the memory.
    """
    drawn: dict[int, list[tuple[str, Sampled]]] = {0: [], 1: []}
    for trace in read_traces(out):
        for step, label in enumerate(trace.labels):
            if label == IGNORE:
                continue
            rank = hashlib.sha256(f"{seed}\0{trace.id}\0{step}".encode()).hexdigest()
            drawn[label].append((rank, Sampled(trace, step)))
        for label, found in drawn.items():
            if len(found) > 4 * n + 100:
                drawn[label] = heapq.nsmallest(n, found, key=lambda pair: pair[0])
    ranked = {label: sorted(found, key=lambda pair: pair[0])[:n] for label, found in drawn.items()}
    wrong = min(len(ranked[0]), max(n // 2, n - len(ranked[1])))
    chosen = ranked[0][:wrong] + ranked[1][: n - wrong]
    return [found for _, found in sorted(chosen, key=lambda pair: pair[0])]


def add_finding(out: Path | str, finding: ReviewFinding) -> None:
    """Append one line to ``OUT/review.jsonl``. The line is on disk when this function returns."""
    path = Path(out) / NAME
    kept = path.read_bytes() if path.exists() else b""
    with open_output(path, "ab") as file:
        file.truncate(kept.rfind(b"\n") + 1)  # drops a torn last line, which is asked again
        file.write(json.dumps(asdict(finding), ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def findings(out: Path | str) -> Iterator[ReviewFinding]:
    """What was judged so far. A torn last line will be judged again; any other bad line is an InputError."""
    path = Path(out) / NAME
    lines = path.read_text("utf-8").split("\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            yield ReviewFinding(**json.loads(line))
        except (ValueError, TypeError) as error:
            if number == len(lines):
                return
            raise InputError(f"{path}:{number}", f"not a finding: {error}") from error


def agreement(out: Path | str) -> dict[str, Any]:
    """How often people agreed with the labels, overall and for each label, each with a 95% Wilson interval.

    The last judgement of a person on a label counts. ``unsure`` is counted separately and is in no share.
    """
    last = {(found.by, found.row, found.step): found for found in findings(out)}
    by: dict[str, list[bool]] = defaultdict(list)
    unsure = 0
    for found in last.values():
        if found.judgement == "unsure":
            unsure += 1
            continue
        for key in ("all", WORDS[found.label]):
            by[key].append(found.judgement == WORDS[found.label])
    return {
        "judged": len(last),
        "unsure": unsure,
        "people": len({found.by for found in last.values()}),
        **{key: _share(by[key]) for key in ("all", "correct", "incorrect")},
    }


def _share(agreed: list[bool]) -> dict[str, Any]:
    low, high = wilson(sum(agreed), len(agreed))
    share = sum(agreed) / len(agreed) if agreed else None
    return {"n": len(agreed), "agreed": sum(agreed), "share": share, "interval": [low, high]}


def agreement_text(found: Mapping[str, Any]) -> str:
    """The agreement as lines for a terminal."""
    lines = [
        f"judged: {number_of(found['judged'], 'label')} by {number_of(found['people'], 'person', 'people')}, {found['unsure']} unsure"
    ]
    for key, name in (("all", "all labels"), ("correct", "labelled 1"), ("incorrect", "labelled 0")):
        part = found[key]
        if part["n"]:
            low, high = (100 * end for end in part["interval"])
            lines.append(
                f"{name}: {part['agreed']} of {part['n']} agreed, {100 * part['share']:.1f}% (95%: {low:.1f}% to {high:.1f}%)"
            )
    return "\n".join(lines)
