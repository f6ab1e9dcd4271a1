"""The questions that a strategy asks, and the answers of a teacher."""

from __future__ import annotations

from dataclasses import dataclass

from prmdata.errors import QuarantineError
from prmdata.records.edits import Edit, Intent
from prmdata.records.executions import Execution, Spec, Task
from prmdata.records.problems import Problem


@dataclass(frozen=True, slots=True)
class Run:
    """A question to a sandbox: execute ``tasks`` for ``spec``.

    The answer is :data:`RunResults`, a tuple of the same length.
    """

    spec: Spec
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a teacher about one program of one problem.

    ``mutate`` and ``refactor`` ask for up to ``per_step`` edits of each of ``steps`` (indices of the steps of
    ``program``). ``rewrite`` asks for ``n`` edits of the last steps of ``program``, all those from the first of ``steps`` on,
    written anew by somebody who sees the steps before them alone. ``complete`` asks for ``n`` continuations of ``program``, a prefix that may be empty.
    ``purpose``: whose labels the answer serves, where that is not the kind itself (completions that look for the first bad
    step of a rewrite). When a question is asked again, ``feedback`` says what was unusable in the answer before, and ``attempt``
    counts the times.
    """

    kind: Intent
    problem: Problem
    program: str
    steps: tuple[int, ...] = ()
    per_step: int = 1
    n: int = 1
    seed: int = 0
    attempt: int = 0
    feedback: str = ""
    purpose: Intent | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost. ``cost_usd`` is None if the price is unknown; an unknown price is never zero."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A teacher's answer: the usable edits or completions, and the others counted by reason. What the
    teacher claims about them (``intent``) is never a label. ``form`` is how completions were asked for (``chat``,
    ``prefill`` or ``raw``; empty where it is not said)."""

    edits: tuple[Edit, ...] = ()
    completions: tuple[str, ...] = ()
    unusable: tuple[tuple[str, int], ...] = ()
    usage: Usage = Usage()
    form: str = ""


RunResult = Execution | QuarantineError
"""The answer to one task: what was observed, or the error that says why the program cannot be judged."""

RunResults = tuple[RunResult, ...]
"""The answer to a :class:`Run`: one result for each task, in the same order."""

Question = Run | Request
