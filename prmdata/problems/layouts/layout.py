"""What a layout is."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from prmdata.problems.rows import Row
from prmdata.records import Problem, Reject


@dataclass(frozen=True, slots=True)
class Layout:
    """``columns`` are what a row must have to be of this layout; ``read`` makes the problem.

    ``read`` raises InputError (through ``row.fail``) for a value of the wrong type; what is missing it leaves empty,
    and what it cannot turn into a problem it returns as a Reject. It runs nothing. The reference is a whole program,
    and every text is kept byte for byte.
    """

    name: str
    columns: Set[str]
    read: Callable[[Row], Problem | Reject]
