"""Refactorings: edits that keep meaning. One family a file; ``REFACTORS`` lists the operators."""

from __future__ import annotations

from types import ModuleType

from prmdata.edits.operators import Operator
from prmdata.edits.refactors import branches, comparisons, logic, temporaries


def _operators(module: ModuleType) -> list[Operator]:
    return [each for each in vars(module).values() if isinstance(each, Operator)]


REFACTORS: tuple[Operator, ...] = tuple(
    each for module in (temporaries, comparisons, logic, branches) for each in _operators(module)
)
