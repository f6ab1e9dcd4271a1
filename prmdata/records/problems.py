"""What a user gives, and what is left out of the dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Test:
    """One test. In an ``assert`` test, ``code`` is a statement (or block) that asserts. In a ``check`` test,
    ``code`` defines ``check(candidate)``. In a ``stdio`` test, the program reads ``input`` and must write
    ``output``."""

    __test__ = False  # pytest: not a test class

    form: Literal["assert", "check", "stdio"]
    code: str = ""
    input: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """How an answer is compared with the expected one.

    ``default``: as the test says (asserts), or by tokens that whitespace separates (stdio), of which expected
    numbers with a point or an exponent are met within 1e-6.
    ``float``: numbers are equal within ``tolerance``. ``any-order``: the outermost sequence may have any
    order. ``checker``: Python source that defines ``ok(input, expected, got) -> bool``; the judge runs it.
    """

    rule: Literal["default", "exact", "float", "any-order", "checker"] = "default"
    tolerance: float = 0.0
    checker: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that a problem sets for its programs. None: the limit is derived from what its reference
    uses."""

    cpu_s: float | None = None
    memory_mb: int | None = None
    output_mb: float | None = None
    """What a program may write on each stream. None: 1 MB, or twice the longest expected output."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A whole program that somebody wrote for a problem: a model, or, where ``faulty_lines`` are known, a person whose
    mistake was put right later."""

    program: str
    n_samples: int = 1
    faulty_lines: tuple[int, ...] | None = None
    """Physical lines of the program, 1-based, that are known to be wrong; empty: it is known to be faulty, not where."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as it was read. Its texts are kept byte for byte, line ends included."""

    id: str
    prompt: str
    reference: str
    tests: tuple[Test, ...]
    entry_point: str | None = None
    setup: str = ""
    compare: Compare = Compare()
    rollouts: tuple[Rollout, ...] = ()
    references: tuple[str, ...] = ()
    """Further solutions that the data calls correct (APPS, CodeContests). The first one is ``reference``."""
    source: str = ""
    license: str = ""
    limits: Limits = Limits()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_stdio(self) -> bool:
        return bool(self.tests) and self.tests[0].form == "stdio"

    @property
    def trusts_reference(self) -> bool:
        """Whether edits of the reference may share a process (see :class:`prmdata.records.Task`): not where a rollout
        took its place, which a model may have written."""
        return all(rollout.program != self.reference for rollout in self.rollouts)


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that was left out, with the true reason: one line of ``rejects.jsonl``."""

    problem_id: str
    stage: str
    reason: str
    detail: str = ""
    program: str | None = None
    problem_index: int = 0
    place: str = ""
    """Where in the source the row stands (``rows.jsonl:7``), for what was rejected as it was read."""
