"""Packs rows for the browser: each text once, the rest as small numbers, then gzip and base64.

A row takes about 60 to 150 bytes. If a dataset is larger than the page may be, whole problems are left out,
evenly. The page says how many rows it shows, and its figures are those of all rows.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST_ROWS: Final = 10_000
MOST_BYTES: Final = 2_600_000
"""The most characters of base64, so that the page stays under 3 MB."""
LONGEST: Final = 4_000
"""The most characters of a step that are shown."""
LONGEST_EVIDENCE: Final = 600


@dataclass(slots=True)
class _Table:
    """A table of texts: each text is stored once and has a number."""

    place: dict[str, int] = field(default_factory=dict)

    def add(self, text: str | None, longest: int = LONGEST) -> int:
        if text is None:
            return -1
        short = text if len(text) <= longest else text[:longest] + " …"
        return self.place.setdefault(short, len(self.place))


@dataclass(frozen=True, slots=True)
class Packed:
    """The data of the page: ``base64`` of gzipped JSON, and how many rows are in it."""

    base64: str
    n_rows: int


_SYMBOL: Final = {1: "+", 0: "-", -100: "."}


MOST_TESTS: Final = 12
"""The most tests of a problem that are shown."""

Read = Callable[[], Iterable[tuple[str, Mapping[str, Any]]]]


def pack(read: Read, n_rows: int, problems: Read = tuple) -> Packed:
    """Pack (split, row) pairs of config ``steps``, of which there are ``n_rows``. ``read`` gives them from
    the first one, once for each size that is tried. ``problems`` gives those of config ``problems``, whose
    tests are packed too. Memory holds what is packed, not the rows."""
    share = min(1.0, MOST_ROWS / max(n_rows, 1))
    while True:
        packed = _encode(
            ((split, row) for split, row in read() if share == 1 or _draw(row["problem_id"]) < share),
            (row for _, row in problems() if share == 1 or _draw(row["problem_id"]) < share),
        )
        if len(packed.base64) <= MOST_BYTES or packed.n_rows < 10:
            return packed
        share *= 0.9 * MOST_BYTES / len(packed.base64)


def _draw(problem_id: str) -> float:
    """A fixed number from 0 to 1 for a problem, so that the sample is the same on every machine."""
    return int.from_bytes(hashlib.sha256(problem_id.encode()).digest()[:8], "big") / 2**64


def _encode(
    entries: Iterable[tuple[str, Mapping[str, Any]]], problems: Iterable[Mapping[str, Any]]
) -> Packed:
    table = _Table()
    rows = [_json(_row(split, row, table)) for split, row in entries]  # JSON text takes a tenth of the memory
    tests = _json([_tests(row, table) for row in problems])
    raw = f'{{"texts":{_json(list(table.place))},"rows":[{",".join(rows)}],"tests":{tests}}}'.encode(
        "utf-8", "replace"
    )
    # The time in the header is 0, so that the same dataset gives the same page.
    return Packed(base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode(), len(rows))


def _tests(row: Mapping[str, Any], table: _Table) -> list[int]:
    """The problem and its tests, as texts."""
    shown = [
        test["code"] or f"input:\n{test['input']}\noutput:\n{test['output']}"
        for test in row["tests"][:MOST_TESTS]
    ]
    left = len(row["tests"]) - len(shown)
    texts = [*shown, *([f"# ... and {left} more"] if left else [])]
    return [table.add(row["problem_id"]), *(table.add(text, LONGEST_EVIDENCE * 2) for text in texts)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _row(split: str, row: Mapping[str, Any], table: _Table) -> list[Any]:
    """One row as a list. ``unpack`` in ``app.js`` knows the order of its values."""
    edit, evidence = row["edit"], row["evidence"]
    seen = evidence["counterexample"]
    return [
        row["id"],
        table.add(row["problem_id"]),
        table.add(row["prompt"], 20_000),
        table.add(split),
        table.add(row["strategy"]),
        table.add(row["label_kind"]),
        table.add(row["verdict"]),
        table.add(row["error_type"]),
        [table.add(step) for step in row["steps"]],
        "".join(_SYMBOL[label] for label in row["labels"]),
        _runs([table.add(reason) for reason in row["reasons"]]),
        "".join({True: "1", False: "0", None: "?"}[ran] for ran in row["executed"]),
        [table.add(edit["operator"]), table.add(edit["author"]), table.add(edit["intent"]), edit["step"], edit["n_steps"], table.add(edit["before"])]
        if edit
        else 0,
        [table.add(seen[name], LONGEST_EVIDENCE) for name in ("input", "expected", "got")] if seen else 0,
        [row["tests_passed"], row["tests_total"]],
        [evidence[f"inputs_{name}"] for name in ("tried", "reached", "disagreed_inside", "disagreed_outside")],
        table.add(row["response_class"]),
        table.add(row["completer"]),
        _probes(row["probes"]),
    ]  # fmt: skip


def _runs(numbers: list[int]) -> list[int]:
    """The run lengths: value, count, value, count ..."""
    runs: list[int] = []
    for number in numbers:
        if runs and runs[-2] == number:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs


def _probes(probes: list[Mapping[str, int]] | None) -> list[list[int]] | int:
    return [[probe["step"], probe["k"], probe["passed"]] for probe in probes] if probes else 0
