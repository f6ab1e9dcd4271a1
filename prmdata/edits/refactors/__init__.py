"""Refactorings: edits that keep meaning. One family a file; ``REFACTORS`` lists the operators."""

from prmdata.edits.operators import Operator

REFACTORS: tuple[Operator, ...] = ()
