"""Coverage and work by ``sys.settrace``, where there is no ``sys.monitoring`` (Python 3.11)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .code_lines import code_objects, lines_of
from .shared_page import MAX_LINES
from .work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType, FrameType
    from typing import Any

    from .shared_page import SharedPage


QUIET_EVENTS = 10_000
_SLOWER = 20
"""An input that is traced may take so many times its time, before it runs again without that."""


class Traced:
    """Coverage by ``sys.settrace``, which is on only while the program runs. After ``QUIET_EVENTS`` lines of which
    none was new, it stops until the next input: a loop would take ten times as long for nothing. A line that
    first runs after that is not recorded. Where work is counted it does not stop, as code that is not traced reports
    nothing."""

    def __init__(self, page: SharedPage) -> None:
        self._lines = page.lines
        self._start = 0
        self._missing: dict[CodeType, set[int]] = {}
        self._wanted: dict[CodeType, set[int]] = {}
        self._quiet = 0
        self._codes: set[CodeType] = set()
        self.work = Work()
        self._is_off = False

    def watch(self, code: CodeType) -> None:
        os.register_at_fork(
            after_in_child=lambda: sys.settrace(None)
        )  # :meth:`begin` sets it in the guest's own forks
        self._codes.update(code_objects(code))
        self._wanted |= {each: lines_of(each) for each in code_objects(code)}
        self.restart()

    def forget(self) -> None:
        """Trace nothing of what was traced so far."""
        self._wanted, self._start = {}, 0
        self._codes = set()
        self.restart()

    def keep_in_next_fork(self) -> None:
        """Do nothing: tracing starts with every call."""

    def bound(self, work: int, most_s: float) -> None:
        """Raise :class:`work.Exhausted` as :meth:`Monitored.bound` says."""
        self.work.limit(work, most_s)

    def begin_input(self) -> None:
        """See :meth:`Monitored.begin_input`."""
        self.work.begin(_SLOWER)

    def is_over(self, again: Callable[[], object]) -> bool:
        """See :meth:`Monitored.is_over`. What took long while it was traced runs again without that."""
        if self.work.end():
            return True
        if not self.work.used_much:
            return False
        self._is_off = True
        self.work.begin()
        again()
        self._is_off = False
        return self.work.end()

    def begin(self) -> None:
        """Start tracing, because the program is about to run."""
        if self._is_off:
            return
        if self.work.bound:
            sys.settrace(self._counted)
        elif self._missing and self._quiet < QUIET_EVENTS:
            sys.settrace(self._call)

    def end(self) -> None:
        """Stop tracing, because the program has run."""
        sys.settrace(None)

    def switch(self) -> None:
        self._start = MAX_LINES
        self.restart()

    def focus(self, wanted: Iterable[int]) -> None:
        """Watch only the lines ``wanted`` from now on."""
        here = ((code, lines.intersection(wanted)) for code, lines in self._wanted.items())
        self._wanted = {code: lines for code, lines in here if lines}
        self.restart()

    def restart(self) -> None:
        self._quiet = 0
        if self.work.bound:
            self.work.renew()
        self._missing = {code: set(lines) for code, lines in self._wanted.items()}

    def _stop_tracing(self, frame: FrameType, missing: set[int]) -> None:
        """Stop tracing a frame whose lines have all run; stop tracing calls too once all lines of all code have run."""
        frame.f_trace = None  # returning None from the trace function would not be enough
        if self._missing.get(frame.f_code) is missing:
            del self._missing[frame.f_code]
        if not self._missing:
            sys.settrace(None)

    def _counted(self, frame: FrameType, *_: Any) -> Any:
        """Count a call, and each line that the frame comes back to: a loop goes back."""
        if frame.f_code not in self._codes:
            return None
        spend, lines, start = self.work.spend, self._lines, self._start
        missing = self._missing.get(frame.f_code, set())
        reached = 0
        spend()

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal reached
            if event == "line":
                line = frame.f_lineno
                if line <= reached:
                    spend()
                reached = line
                if line in missing:
                    lines[start + line] = 1
                    missing.discard(line)
            return trace

        return trace(frame, "line", None)

    def _call(self, frame: FrameType, *_: Any) -> Any:
        missing = self._missing.get(frame.f_code)
        if not missing:
            return None
        lines, start = self._lines, self._start
        # The tracer reports the first line of a function as a call, not as a line.
        if frame.f_lineno in missing:
            lines[start + frame.f_lineno] = 1
            missing.discard(frame.f_lineno)

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                line = frame.f_lineno
                if line in missing:
                    lines[start + line] = 1
                    missing.discard(line)
                    self._quiet = 0
                else:
                    self._quiet += 1
                    if self._quiet >= QUIET_EVENTS:
                        sys.settrace(None)
                if not missing:
                    self._stop_tracing(frame, missing)
                    return None
            return trace

        return trace
