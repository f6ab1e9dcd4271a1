"""What a user gives, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Test:
    """One test. ``assert``: ``code`` is a statement (or block) that asserts; ``check``: ``code``
    defines ``check(candidate)``; ``stdio``: ``input`` is fed, ``output`` is expected."""

    __test__ = False  # pytest: not a test class

    form: Literal["assert", "check", "stdio"]
    code: str = ""
    input: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """How an answer is compared with the expected one.

    ``default``: as the test says (asserts), by whitespace-separated tokens (stdio), of which expected numbers with a point or
    an exponent are met within 1e-6.
    ``float``: numbers within ``tolerance``; ``any-order``: outermost sequence in any order;
    ``checker``: Python source that defines ``ok(input, expected, got) -> bool``, run by the judge.
    """

    rule: Literal["default", "exact", "float", "any-order", "checker"] = "default"
    tolerance: float = 0.0
    checker: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits a problem sets for its programs; None: derived from its reference's own use."""

    cpu_s: float | None = None
    memory_mb: int | None = None
    output_mb: float | None = None
    """What a program may write on each stream; None: 1 MB, or twice the longest expected output."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A whole program that a model wrote for a problem."""

    program: str
    n_samples: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as read: texts are kept byte for byte, line ends included."""

    id: str
    prompt: str
    reference: str
    tests: tuple[Test, ...]
    entry_point: str | None = None
    setup: str = ""
    compare: Compare = Compare()
    rollouts: tuple[Rollout, ...] = ()
    references: tuple[str, ...] = ()
    """Further solutions that the data calls correct (APPS, CodeContests); the first is ``reference``."""
    source: str = ""
    license: str = ""
    limits: Limits = Limits()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_stdio(self) -> bool:
        return bool(self.tests) and self.tests[0].form == "stdio"


@dataclass(frozen=True, slots=True)
class Reject:
    """Something left out, with the true reason. One line of ``rejects.jsonl``."""

    problem_id: str
    stage: str
    reason: str
    detail: str = ""
    program: str | None = None
    problem_index: int = 0
