"""The figures of arms, and the table that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.training.arrays import Array
from benchmarks.training.scoring import NATURAL, Scores, Suite, drawn, scored, summary

BASE: Final = "strict"
"""The arm that others are compared with: the first one to be added."""


class Lines:
    """The lines of the table, natural and planted items apart, each arm beside ``BASE``."""

    def __init__(self, suite: Suite, out: Path) -> None:
        self._parts = {"natural": suite.part(NATURAL), "planted": suite.part(("planted",))}
        self._out = out
        self._base: dict[str, dict[str, Array]] = {}
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, group: str, n_rows: int, seeds: Sequence[Scores]) -> None:
        """Score one arm on each part that its scores are of."""
        line: dict[str, Any] = {"name": name, "group": group, "rows": n_rows}
        for part, suite in self._parts.items():
            if not suite.items or not all(item.id in seeds[0] for _, item in suite.items):
                continue
            values = drawn(suite, seeds)
            base = self._base.setdefault(part, values)
            apart = {f"{key} - {BASE}": found - base[key] for key, found in values.items()}
            line[part] = {key: summary(one) for key, one in (values | apart).items()}
            line[part]["seeds"] = [round(100 * float(drawn(suite, [one], 0)["auc"][0]), 1) for one in seeds]
            if group == "labels":
                file = self._out / "predictions" / f"{name.replace(', ', '-')}-{part}.jsonl"
                line[part]["score"] = scored(suite, seeds[0], file)
        self.rows.append(line)
        print(_cells(line), flush=True)

    def table(self) -> str:
        """In Markdown, a table a group."""
        texts = []
        for group in dict.fromkeys(row["group"] for row in self.rows):
            head = (
                f"| {group} | rows | natural: AUC | against {BASE} | top-1 | F1 | planted: AUC | top-1 | F1 |"
            )
            own = [_cells(row) for row in self.rows if row["group"] == group]
            texts.append("\n".join([head, "|---" * 9 + "|", *own]))
        return "\n\n".join(texts) + "\n"


def _cells(row: dict[str, Any]) -> str:
    natural, planted = row.get("natural"), row.get("planted")
    cells = [row["name"], str(row["rows"] or "")]
    cells += [*(_shown(natural, key) for key in ("auc", f"auc - {BASE}", "top1")), _f1(natural)]
    cells += [*(_shown(planted, key) for key in ("auc", "top1")), _f1(planted)]
    return "| " + " | ".join(cells) + " |"


def _shown(part: dict[str, Any] | None, key: str) -> str:
    if part is None:
        return ""
    one = part[key]
    return f"{one['own']} [{one['low']}, {one['high']}]"


def _f1(part: dict[str, Any] | None) -> str:
    """As ``prmdata bench score`` gives it, of the items outside its validation split."""
    if part is None or "score" not in part:
        return ""
    found = part["score"]["all"]
    low, high = found["intervals"]["f1"]
    return "{:.1f} [{:.1f}, {:.1f}]".format(*(100 * one for one in (found["f1"], low, high)))
