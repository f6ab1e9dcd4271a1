"""The questions of a strategy, and what a teacher answers."""

from __future__ import annotations

from dataclasses import dataclass

from prmdata.errors import QuarantineError
from prmdata.records.edits import Edit, Intent
from prmdata.records.executions import Execution, Spec, Task
from prmdata.records.problems import Problem


@dataclass(frozen=True, slots=True)
class Run:
    """Question to a sandbox: execute ``tasks`` for ``spec``.

    Answered by :data:`RunResults`, a tuple of the same length.
    """

    spec: Spec
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """Question to a teacher about one program of one problem.

    ``mutate``/``refactor``: up to ``per_step`` edits for each of ``steps`` (indices of ``program``'s
    steps). ``complete``: ``n`` continuations of ``program`` (a prefix; may be empty).
    ``feedback`` says what was unusable in the answer before (asking again); ``attempt`` counts.
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


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost. ``cost_usd`` None: price unknown (never zero)."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A teacher's answer: usable edits or completions, the rest counted by reason. Its claims
    (``intent``) are never labels. ``form``: how completions were asked for (``chat``, ``prefill``, ``raw``; "": not said)."""

    edits: tuple[Edit, ...] = ()
    completions: tuple[str, ...] = ()
    unusable: tuple[tuple[str, int], ...] = ()
    usage: Usage = Usage()
    form: str = ""


RunResult = Execution | QuarantineError
"""The answer to one task: what was seen, or that the program cannot be judged."""

RunResults = tuple[RunResult, ...]
"""The answer to a :class:`Run`, a result for each task in its order."""

Question = Run | Request
