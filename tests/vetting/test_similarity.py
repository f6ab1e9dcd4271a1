"""Near-duplicates are recognised behind other names, another order and other words. Different problems are
not taken for near-duplicates."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import pytest

from prmdata.problems import read_problems
from prmdata.records import Problem, Test
from prmdata.vetting.overlap import overlap_with
from prmdata.vetting.similar import alike, clusters, duplicate_key, signature

CODE = '''\
import math

LIMIT = 10


def small(number: int) -> bool:
    """Whether it is small."""
    return number < LIMIT


def merge(first, second):
    merged = []
    i = j = 0
    while i < len(first) and j < len(second):
        if first[i] <= second[j]:
            merged.append(first[i])
            i += 1
        else:
            merged.append(second[j])
            j += 1
    return [x for x in merged + first[i:] + second[j:] if small(x)]
'''
RENAMED = """\
def join_lists(a, b):
    # another comment
    out = []
    p = q = 0
    while p < len(a) and q < len(b):
        if a[p] <= b[q]:
            out.append(a[p])
            p += 1
        else:
            out.append(b[q])
            q += 1
    return [
        value
        for value in out + a[p:] + b[q:]
        if tiny(value)
    ]


def tiny(n):
    return n < BOUND


BOUND = 10
"""


def problem(prompt: str, reference: str, entry: str | None) -> Problem:
    return Problem("p", prompt, reference, (Test("assert", code="assert True"),), entry_point=entry)


ORIGINAL = problem("Merge two sorted lists of numbers and keep the small ones of them.", CODE, "merge")


@pytest.mark.parametrize(
    "other",
    [
        problem(
            "Given a pair of ascending sequences, combine them; drop what is ten or more.",
            RENAMED,
            "join_lists",
        ),
        problem(
            ORIGINAL.prompt, "def solve(x, y):\n    return sorted(z for z in x + y if z < 10)\n", "solve"
        ),
        problem("Something else altogether.", "class Unused:\n    a = 1\n\n" + CODE, "merge"),
        problem("Something else altogether.", CODE.replace("\n", "\r\n"), "merge"),
        problem(
            "merge two  SORTED lists\nof numbers and keep the small ones of them.",
            "def g():\n    pass\n",
            "g",
        ),
    ],
    ids=["renamed, reordered, reworded", "same prompt", "unused code", "line ends", "prompt's layout"],
)
def test_near_duplicates(other: Problem) -> None:
    assert alike(signature(ORIGINAL), signature(other))
    assert clusters([signature(ORIGINAL), signature(other)]) == [0, 0]


def test_the_bundled_problems_are_different_ones() -> None:
    found = [item for item in read_problems("sample") if isinstance(item, Problem)]
    assert clusters([signature(item) for item in found]) == list(range(len(found)))


def test_clusters_do_not_depend_on_the_order_but_name_the_first() -> None:
    chain = [
        problem("a b c d e f g h", "x = 1\n", None),
        problem("unlike anything here at all", CODE, "merge"),
        problem("words that stand nowhere else now", RENAMED, "join_lists"),
    ]
    signatures = [signature(one) for one in chain]
    assert clusters(signatures) == [0, 1, 1]
    assert clusters(signatures[::-1]) == [0, 0, 2]
    assert clusters([]) == []


def test_signatures_fit_a_column_of_64_bits_and_do_not_change_between_runs() -> None:
    found = signature(ORIGINAL)
    assert len(found) == 128
    assert all(-1 <= number < 2**63 for number in found)
    empty = signature(problem("", "import os\n", None))
    assert set(empty) == {-1}
    assert not alike(empty, empty)
    assert found[:2] == (8004428902786376, 14373414014548983)


def test_duplicate_keys_ignore_layout_only() -> None:
    spaced = dataclasses.replace(
        ORIGINAL, id="q", prompt="  " + ORIGINAL.prompt + "\n", reference=CODE.replace("\n", "\r\n")
    )
    assert duplicate_key(spaced) == duplicate_key(ORIGINAL)
    assert duplicate_key(dataclasses.replace(ORIGINAL, reference=RENAMED)) != duplicate_key(ORIGINAL)
    assert duplicate_key(dataclasses.replace(ORIGINAL, prompt="Other.")) != duplicate_key(ORIGINAL)


def test_overlap_names_the_benchmark_and_its_problem(tmp_path: Path) -> None:
    path = tmp_path / "bench.jsonl"
    rows = [
        {"id": "one", "prompt": "Unlike anything.", "reference": "", "tests": []},
        {"id": "two", "prompt": "Combine.", "reference": RENAMED, "tests": [], "entry_point": "join_lists"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    overlap = overlap_with([path])
    assert overlap(ORIGINAL) == "bench: two"
    assert overlap(dataclasses.replace(ORIGINAL, reference="def merge():\n    return 1\n")) is None
    assert overlap(problem("Unlike anything.", "", None)) == "bench: one"


def test_a_prompt_of_a_megabyte_is_measured_in_seconds() -> None:
    """Once, each shingle was cut from the beginning of the text, which took half a minute for a fifth of this
    text."""
    began = time.process_time()
    signature(Problem("p", "the sum of it " * 70_000, "def f(x):\n    return x\n", ()))
    assert time.process_time() - began < 15
