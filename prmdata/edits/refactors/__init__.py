"""Refactorings: edits that keep the meaning, one family in each file; ``REFACTORS`` lists them."""

from __future__ import annotations

from types import ModuleType

from prmdata.edits.operators import Operator
from prmdata.edits.refactors import (
    arithmetic,
    assignments,
    branches,
    clauses,
    comparisons,
    comprehensions,
    containers,
    counting,
    defaults,
    dicts,
    extremes,
    functions,
    generators,
    guards,
    inlining,
    literals,
    logic,
    loops,
    reductions,
    renames,
    strings,
    temporaries,
)

_FAMILIES = (
    temporaries,
    literals,
    inlining,
    assignments,
    renames,
    comparisons,
    logic,
    branches,
    clauses,
    guards,
    loops,
    counting,
    comprehensions,
    generators,
    reductions,
    extremes,
    containers,
    dicts,
    arithmetic,
    strings,
    functions,
    defaults,
)


def _operators(family: ModuleType) -> list[Operator]:
    return [each for each in vars(family).values() if isinstance(each, Operator)]


REFACTORS: tuple[Operator, ...] = tuple(each for family in _FAMILIES for each in _operators(family))
