"""The offline teacher: rules, no key, the same answer every time."""

from __future__ import annotations

from typing import Any

from prmdata.edits.rules import operators, propose
from prmdata.edits.source import source_of
from prmdata.errors import UsageError
from prmdata.records import Reply, Request
from prmdata.teachers.contract import Teacher


class RulesTeacher(Teacher):
    """Answers ``mutate`` and ``refactor`` from the operators; it cannot write one.

    Pure CPU, 20 ms for a 20-line program; no state, so nothing to close.
    """

    name = "rules"
    remote = False

    async def ask(self, request: Request) -> Reply:
        """Edits for the steps asked; empty for a program that this Python does not compile.

        Raises UsageError for ``complete`` and ``rewrite``.
        """
        if request.kind == "rewrite":
            raise UsageError("the rules teacher cannot rewrite programs: use --teacher openai")
        if request.kind == "complete":
            raise UsageError(
                "the rules teacher cannot complete programs: use --completer reference, or --completer openai"
            )
        source = source_of(request.program, request.problem.prompt)
        edits = propose(source, (request.kind,), request.steps, request.per_step or None, request.seed)
        return Reply(edits=tuple(edits))

    def provenance(self) -> dict[str, Any]:
        """The operators that were there: what decided the answers beside program and seed."""
        return {"teacher": self.name, "operators": [each.name for each in operators()]}


def make(**_given: Any) -> RulesTeacher:
    """The teacher from settings; it has a use for none. See :func:`~prmdata.teachers.choose.make_teacher`."""
    return RulesTeacher()
