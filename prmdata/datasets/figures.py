"""The figures of a dataset, counted in one pass over its Parquet: for the card, ``stats`` and report.

Every figure is a count of rows, programs, problems or labels. Whoever prints the figures computes the shares.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from prmdata.datasets.giveaway import GiveawayCount
from prmdata.datasets.manifest import read_manifest, read_rejects
from prmdata.datasets.reader import configs, count_rows, read_rows
from prmdata.labels.reasons import Reason
from prmdata.records import IGNORE
from prmdata.records.edits import step_of_label

POSITIONS: Final = 10
"""Labels are counted by tenths of a program's own steps (those that are not given)."""

CLASSES: Final = {1: "correct", 0: "incorrect", IGNORE: "masked"}

_COLUMNS: Final = (
    *("id", "problem_id", "source", "license", "strategy", "label_kind", "policy", "prompt", "steps"),
    *("labels", "reasons", "given_steps", "edit", "verdict", "response_class", "completer"),
    *("evidence", "isolation", "stage"),
)


def stats(out: Path | str) -> dict[str, Any]:
    """Counts of a dataset folder, as plain JSON. They do not depend on how its files are sharded.

    Raises InputError if ``out`` holds no dataset.
    """
    count = _Counts()
    for split, row in read_rows(out, columns=_COLUMNS):
        count.add(split, row)
    manifest = read_manifest(out)
    rejects = Counter((reject.stage, reject.reason) for reject in read_rejects(out))
    return {
        **count.figures(),
        "configs": {name: sum(count_rows(out, name).values()) for name in configs(out)},
        "rejects": _nested(rejects),
        "n_rejects": sum(rejects.values()),
        "cost": manifest.get("cost", {}),
        "times": manifest.get("times", {}),
    }


def evidence_strength(label: int, reason: str, row: Mapping[str, Any]) -> str:
    """What a label rests on, in a few words (the same words for all rows alike)."""
    evidence = row["evidence"]
    if label == 0:
        if row["label_kind"] == "prefix":
            return "no completion passed"
        if row["verdict"] == "compile_error":
            return "does not compile"
        return "fails a given test" if row["verdict"] != "passed" else "fails a generated input"
    if row["label_kind"] == "reference" or row["stage"] is not None:
        return "reference"
    if reason == Reason.PROVED:
        return "proved"
    if reason == Reason.PREFIX:
        return "before the edit"
    if row["label_kind"] == "prefix" and row["response_class"] in ("revised", "wrong"):
        return "a completion passed"
    if not evidence["differential"]:
        return "given tests only"
    # Which inputs ran a step is recorded for edits only. A whole program is run by every input.
    reached = evidence["inputs_reached"] if row["label_kind"] == "fault" else evidence["inputs_tried"]
    size = "100+" if reached >= 100 else "10–99" if reached >= 10 else "1–9" if reached else "no"
    return f"agrees on {size} inputs"


def row_kind(row: Mapping[str, Any]) -> str:
    """What a row is: ``reference``, the intent of an edit, ``curriculum`` or ``rollout``."""
    if row["edit"] is not None:
        return str(row["edit"]["intent"])
    if row["stage"] is not None:
        return "curriculum"
    return "reference" if row["label_kind"] == "reference" else "rollout"


def row_class(row: Mapping[str, Any]) -> str:
    """``incorrect`` if any step is incorrect, else ``correct`` if any step is correct, else ``masked``."""
    return "incorrect" if 0 in row["labels"] else "correct" if 1 in row["labels"] else "masked"


class _Counts:
    def __init__(self) -> None:
        self.rows = 0
        self.steps = 0
        self.inputs = 0
        self.problems: dict[str, tuple[str, str, str]] = {}
        self.programs = 0
        self._problem, self._own = "", set[bytes]()
        self.by: dict[str, Counter[str]] = {}
        self.labelled: dict[str, Counter[tuple[str, str]]] = {}
        self.flow: Counter[tuple[str, str, str]] = Counter()
        self.giveaway = GiveawayCount()

    def add(self, split: str, row: Mapping[str, Any]) -> None:
        self.rows += 1
        self.steps += len(row["steps"])
        self.inputs += row["evidence"]["inputs_tried"]
        self.problems.setdefault(row["problem_id"], (split, row["source"], row["license"]))
        if row["problem_id"] != self._problem:  # the rows of a problem are stored together
            self.programs += len(self._own)
            self._problem, self._own = row["problem_id"], set()
        self._own.add(hashlib.blake2b("".join(row["steps"]).encode(), digest_size=12).digest())
        self._count("split", split)
        for name in ("label_kind", "strategy", "policy", "verdict", "isolation"):
            self._count(name, row[name])
        for name in ("response_class", "completer"):
            if row[name] is not None:
                self._count(name, row[name])
        self.flow[(row_kind(row), row["verdict"], row_class(row))] += 1
        self._labels(row)

    def _labels(self, row: Mapping[str, Any]) -> None:
        given = row["given_steps"]
        own = max(len(row["steps"]) - given, 1)
        for index, (label, reason) in enumerate(zip(row["labels"], row["reasons"], strict=True)):
            name = CLASSES[label]
            self._count("labels", name)
            self._cross("reason", reason, name)
            if label != IGNORE:
                tenth = min(max(index - given, 0) * POSITIONS // own, POSITIONS - 1)
                self._cross("position", str(tenth), name)
                self._cross("evidence", evidence_strength(label, reason, row), name)
                self._cross("kind", row["label_kind"], name)
                self._cross("origin", row_kind(row), name)
        if row["edit"] is not None:
            self._edit(row, row["edit"])

    def _edit(self, row: Mapping[str, Any], edit: Mapping[str, Any]) -> None:
        at = step_of_label(edit["step"], edit["n_steps"], len(row["labels"]))
        if (
            row["label_kind"] == "prefix" and 0 in row["labels"]
        ):  # a rewrite, whose first bad step was looked for
            at = row["labels"].index(0)
        label = IGNORE if at is None else row["labels"][at]
        for name in ("operator", "intent", "author"):
            self._cross(name, edit[name], CLASSES[label])
        self._cross("edit_verdict", row["verdict"], CLASSES[label])
        if at is not None and label != IGNORE:
            text = "".join(row["steps"][edit["step"] : at + 1])
            self.giveaway.add(row["id"], row["problem_id"], edit["operator"], text, label)

    def _count(self, name: str, key: str) -> None:
        self.by.setdefault(name, Counter())[key] += 1

    def _cross(self, name: str, key: str, label: str) -> None:
        self.labelled.setdefault(name, Counter())[(key, label)] += 1

    def figures(self) -> dict[str, Any]:
        found = self.problems.values()
        names = ("split", "label_kind", "strategy", "policy", "verdict", "isolation", "response_class")
        crossed = (
            "reason",
            "position",
            "evidence",
            "kind",
            "origin",
            "operator",
            "intent",
            "author",
            "edit_verdict",
        )
        return {
            "rows": self.rows,
            "problems": len(self.problems),
            "programs": self.programs + len(self._own),
            "steps": self.steps,
            "inputs_tried": self.inputs,
            "flow": [[*key, n] for key, n in sorted(self.flow.items())],
            "rollouts": sum(n for (kind, _, _), n in self.flow.items() if kind == "rollout"),
            "edits": sum(self.labelled.get("operator", Counter()).values()),
            "labels": {name: self.by.get("labels", Counter())[name] for name in CLASSES.values()},
            **{f"rows_by_{name}": _sorted(self.by.get(name)) for name in (*names, "completer")},
            "problems_by_split": _sorted(Counter(split for split, _, _ in found)),
            "problems_by_source": _sorted(Counter(source for _, source, _ in found)),
            "problems_by_license": _sorted(Counter(license for _, _, license in found)),
            **{f"labels_by_{name}": _nested(self.labelled.get(name)) for name in crossed[:5]},
            **{f"edits_by_{name}": _nested(self.labelled.get(name)) for name in crossed[5:]},
            "giveaway": self.giveaway.figures(),
        }


def _sorted(counter: Counter[str] | None) -> dict[str, int]:
    return dict(sorted((counter or Counter()).items(), key=lambda pair: (-pair[1], pair[0])))


def _nested(counter: Counter[tuple[str, str]] | None) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (outer, inner), n in sorted((counter or Counter()).items()):
        nested.setdefault(outer, {})[inner] = n
    return nested
