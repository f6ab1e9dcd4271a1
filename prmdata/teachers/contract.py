"""What every teacher promises, written once; ``tests/contract/test_teacher_contract.py`` checks it over
every teacher that ships, and a teacher added by an entry point can be put through the same suite.

A teacher is asked a :class:`~prmdata.records.Request` about one program of one problem and answers with
a :class:`~prmdata.records.Reply`: edits that apply to the program as it was given, or continuations of a
prefix, and beside them a count, by reason, of what it said that cannot be used. What a teacher claims
about an edit (that it is a mutation, or keeps the meaning) is its intent and never a label.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from prmdata.records import Reply, Request


class Teacher(ABC):
    """Somebody who can be asked for edits and continuations.

    Promises to the driver:

    - every edit of a reply applies to ``request.program`` and starts inside one of ``request.steps``;
      at most ``request.per_step`` edits start in each step (0: the teacher's own measure); no two edits
      give the same program;
    - the replies to a sequence of requests depend on the requests alone, not on their order or on how
      many are under way (for a remote model: given its recorded answers);
    - nothing is made up: what is missing is missing, what was unusable is counted in ``unusable``;
    - only :class:`~prmdata.errors.TeacherError` (this request failed; it may be asked again later),
      :class:`~prmdata.errors.BudgetReached` (a cap; the run stops and can be resumed) and
      :class:`~prmdata.errors.UsageError` (nothing can ever come of it: bad key, unknown model) are raised;
    - ``ask`` may be called concurrently from one event loop, and belongs to the first loop that calls it;
    - neither key, prompt nor answer is logged.
    """

    name: str
    """``author`` of the edits: ``rules``, or the model's name."""

    remote: bool
    """Whether code comes from outside this machine: such code is never run in a local sandbox silently."""

    @abstractmethod
    async def ask(self, request: Request) -> Reply:
        """The answer to one request; it may be empty. See the class for what it promises."""

    async def close(self) -> None:
        """Give back connections and files. Calling it twice is harmless; asking afterwards is not."""
        return

    @abstractmethod
    def provenance(self) -> dict[str, Any]:
        """Plain data for the manifest: what decided the answers (``teacher``, ``model``, ``endpoint`` as
        host only, ``prompts`` as name → version and digest, ``sampling``). Never a key, never a time."""

    def statistics(self) -> dict[str, Any]:
        """Counts so far for the live line and the manifest, after ``close`` too; empty where nothing is
        counted.

        ``requests``, ``prompt_tokens``, ``completion_tokens``, ``tokens``, ``cost_usd`` (None: unknown), ``usable``,
        ``unusable`` (reason → count), ``replayed`` (answers found on disk), ``retries`` (reason → count).
        """
        return {}
