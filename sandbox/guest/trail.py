"""What one test asked of the candidate, as a sequence of calls (see :mod:`sequences`), and the inputs that all tests pass.
Runs in the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .encoder import Encoder
from .kinds import CodecError
from .plainjson import dump, load
from .sequences import ENTRY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


_MOST_STEPS = 100
_MOST_CHARS = 1 << 17
_MAX_INPUTS = 2000
_MAX_INPUT_CHARS = 1 << 20


class Trail:
    """The steps so far. It ends before the first that cannot be repeated: a function or an object as an argument."""

    def __init__(self, root: int) -> None:
        """``root``: what the root is called by: :data:`ENTRY` where it is the entry point itself."""
        self.steps: list[Any] = []
        self._made = {0: ENTRY, 1: root}
        self._read: dict[Any, Any] = {}
        self._chars = 0
        self._is_open = True

    def begin(self, op: str, handle: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> int | None:
        """Note a call before it changes its arguments; return its number, None for anything else."""
        if op not in "cg":
            self._is_open = self._is_open and op == "b"
        if not self._is_open or op != "c":
            return None
        try:
            text = Encoder().call(args, kwargs)
        except CodecError:
            text = ""
        on, name = self._read.get(handle) or (self._step_of(handle), None)
        self._chars += len(text)
        if (
            not text
            or '{"o":' in text
            or on is None
            or len(self.steps) >= _MOST_STEPS
            or self._chars > _MOST_CHARS
        ):
            self._is_open = False
            return None
        self.steps.append([on, name, load(text)])
        return len(self.steps) - 1

    def end(self, step: int | None, handle: Any, name: str | None, made: Any) -> None:
        """Note what was given back: an object by its handle ``made``; None: plain data."""
        if not self._is_open:
            return
        if step is not None:
            if made is not None:
                self._made[made] = step
        elif name is not None:
            on = self._step_of(handle)
            if on is None:
                self._is_open = False
            elif made is None:
                self.steps.append([on, name, None])
            else:
                self._read[made] = on, name

    def text(self) -> str:
        """Return the sequence as the text of an input."""
        return dump({"q": self.steps})

    def _step_of(self, handle: Any) -> int | None:
        """Return the number of the step that gave an object; an attribute that was read becomes a step when it is used."""
        if handle not in self._made and handle in self._read:
            on, name = self._read[handle]
            self.steps.append([on, name, None])
            self._made[handle] = len(self.steps) - 1
        return self._made.get(handle)


class Inputs:
    """The inputs that the tests pass to the entry point: each distinct call once, in order, up to a bound."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}
        self._chars = 0

    def add(self, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        try:
            text = Encoder().call(args, kwargs)
        except CodecError:
            return
        if text not in self.found and len(self.found) < _MAX_INPUTS and self._chars < _MAX_INPUT_CHARS:
            self.found[text] = None
            self._chars += len(text)
