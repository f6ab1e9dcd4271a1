"""Mutations: edits that imitate how programs go wrong. One family a file; ``MUTATORS`` lists the operators."""

from prmdata.edits.operators import Operator

MUTATORS: tuple[Operator, ...] = ()
