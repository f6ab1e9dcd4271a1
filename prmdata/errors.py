"""Every error that the package raises on purpose, drawn as one tree.

::

    PrmdataError
    ├── UsageError             what the user gave cannot be used          exit 2
    │   └── InputError         ... and it stands in a file: path and line
    ├── NothingUsableError     the work ended and nothing came of it      exit 1
    ├── EditRefused            an edit that cannot be applied (counted by reason, never fatal)
    ├── MachineryError         a part of prmdata failed; retried, never a verdict or a label
    │   ├── SandboxError       the sandbox failed (the worker died, a frame was torn ...)
    │   │   └── NoEngineError  no container engine answers                exit 2
    │   ├── DistrustError      a program that shared a process was judged otherwise alone: the problem is done anew
    │   └── TeacherError       the teacher failed
    │       └── BudgetReached  a cap on money, tokens or requests stops the run, resumable
    └── QuarantineError        one candidate cannot be judged: kept in ``rejects.jsonl``

A failure of the machinery and a failure of a candidate are two things: the second is a
:class:`prmdata.records.Verdict` and never an exception.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any


class PrmdataError(Exception):
    """The root of the tree. ``str(error)`` is one clear line: what is wrong, where, and what to do."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Let errors travel between processes whole, whatever arguments their constructors take."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[PrmdataError], arguments: tuple[Any, ...], state: dict[str, Any]) -> PrmdataError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    return error


def where_raised(error: BaseException) -> str:
    """Describes an unexpected error with the place where it happened: ``ValueError: no digits
    (plain.py:12)``."""
    found = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(found[-1].filename).name}:{found[-1].lineno})" if found else ""
    return f"{type(error).__name__}: {str(error)[:300]}{place}"


class UsageError(PrmdataError):
    """A value, name or combination that the user gave cannot be used."""

    exit_code = 2


class InputError(UsageError):
    """A file that the user gave cannot be read as what it should be.

    ``where`` is ``path`` or ``path:line``, and the message begins with it.
    """

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class NothingUsableError(PrmdataError):
    """The work ran to its end and produced nothing that can be used."""


class EditRefused(PrmdataError):
    """An edit cannot be applied. ``reason`` is a short constant that is counted."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class MachineryError(PrmdataError):
    """A part of prmdata failed. The work is tried again; the failure is never stored as a verdict or a
    label."""


class SandboxError(MachineryError):
    """The sandbox could not do its work. This says nothing about the program that it was given."""


class NoEngineError(SandboxError):
    """A container engine was asked for, and none answers."""

    exit_code = 2


class DistrustError(MachineryError):
    """A trusted program that shared a process with others (see :class:`prmdata.records.Task`) was judged otherwise
    alone. Nothing that was judged so counts: the problem is done anew, each program alone."""


class TeacherError(MachineryError):
    """The teacher could not be asked. This says nothing about any edit."""


class BudgetReached(TeacherError):
    """A cap on money, tokens or requests was reached. The run stops cleanly and is resumable."""


class QuarantineError(PrmdataError):
    """One candidate cannot be judged (it killed two workers, or two seeded runs disagree).

    ``reason`` is written to ``rejects.jsonl``, and the candidate gets no row.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
