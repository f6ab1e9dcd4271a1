"""Overlap with named benchmarks: finds the benchmark problem that a problem repeats or nearly repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from prmdata.problems.files import stem
from prmdata.problems.soundness import examine
from prmdata.problems.sources import unexamined
from prmdata.records import Problem, Reject
from prmdata.vetting.similar import Index, duplicate_key, signature


def overlap_with(files: Sequence[Path]) -> Callable[[Problem], str | None]:
    """A function that names the benchmark problem (``HumanEval: HumanEval/3``) that a problem repeats; None
    if it repeats none.

    A file may hold problems in any layout that prmdata reads. A benchmark problem that lacks a part counts
    too. Memory holds 2 KB for each benchmark problem. Raises InputError for a file that cannot be read.
    """
    exact: dict[str, str] = {}
    index = Index()
    names: list[str] = []
    for path in files:
        for read in unexamined(path):
            if isinstance(read, Reject):
                continue
            name = f"{stem(path)}: {read.id}"
            examined = examine(read)
            item = read if isinstance(examined, Reject) else examined  # with its entry point, if it has one
            exact.setdefault(duplicate_key(item), name)
            index.add(signature(item))
            names.append(name)

    def overlap(problem: Problem) -> str | None:
        same = exact.get(duplicate_key(problem))
        if same is not None:
            return same
        near = index.near(signature(problem))
        return names[near[0]] if near else None

    return overlap
