"""Records which lines of the program run, by ``sys.monitoring`` where it exists (3.12), else by ``sys.settrace``.

Only code objects of the program are watched. Under ``sys.monitoring`` each line reports once and is then
switched off, which costs next to nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .shared_page import MAX_LINES
from .work import Work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType, FrameType
    from typing import Any, Literal, TypeAlias

    from .shared_page import SharedPage


QUIET_EVENTS = 10_000
FEW = 20
"""A watched line reports this often within one input before it is switched off until the next input."""
KIND: Literal["monitoring", "settrace"] = "monitoring" if hasattr(sys, "monitoring") else "settrace"


def code_objects(code: CodeType) -> list[CodeType]:
    """Return ``code`` and every code object inside it."""
    found = [code]
    for each in found:
        found.extend(const for const in each.co_consts if type(const) is type(code))
    return found


def lines_of(code: CodeType) -> set[int]:
    """Return the physical lines of one code object that can be marked."""
    return {line for _, _, line in code.co_lines() if line is not None and 0 < line < MAX_LINES}


class Monitored:
    """Coverage by ``sys.monitoring``."""

    def __init__(self, page: SharedPage) -> None:
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
        self._tool = self._monitoring.COVERAGE_ID
        self._lines = page.lines
        self._monitoring.use_tool_id(self._tool, "prmdata")
        self._codes: list[CodeType] = []
        self._switched_off = True
        self._focus: frozenset[int] | None = None
        self._left = FEW
        self.work = Work()
        self._kept_in_fork = self._is_told_of_forks = False
        self._area(0)

    def watch(self, code: CodeType) -> None:
        """Report the lines of ``code`` and of all code inside it from now on."""
        event = self._monitoring.events.LINE
        # A forked child shares the page, and how far it comes before it is ended differs between runs.
        if not self._is_told_of_forks:
            os.register_at_fork(after_in_child=self._stop_in_fork)
        self._is_told_of_forks = True
        self._codes += code_objects(code)
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, event)

    def begin(self) -> None:
        """Do nothing: lines report by themselves."""

    def end(self) -> None:
        """Do nothing, like :meth:`begin`."""

    def switch(self) -> None:
        """Mark the second area from now on, and report every line again."""
        self._area(MAX_LINES)
        self._monitoring.restart_events()

    def focus(self, wanted: Iterable[int]) -> None:
        """Watch only the lines ``wanted`` from now on; code without any of them is no longer watched."""
        self._focus = frozenset(wanted)
        for each in self._codes:
            if self._focus.isdisjoint(lines_of(each)):
                self._monitoring.set_local_events(self._tool, each, 0)
        lines, disable, focus = self._lines, self._monitoring.DISABLE, self._focus

        def hit(_code: CodeType, line: int) -> Any:
            if line not in focus:
                return disable
            lines[MAX_LINES + line] = 1
            self._left -= 1
            if self._left > 0:
                return None
            self._switched_off = True
            return disable

        self._left = FEW
        self._monitoring.register_callback(self._tool, self._monitoring.events.LINE, hit)

    def bound(self, work: int) -> None:
        """Raise :class:`work.Exhausted` in an input that uses more than ``work`` loop iterations and calls, from now on."""
        events = self._monitoring.events
        for event in (events.JUMP, events.PY_START):
            self._monitoring.register_callback(self._tool, event, self.work.spend)
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, events.LINE | events.JUMP | events.PY_START)
        self.work.limit(work)

    def restart(self) -> None:
        """Report the watched lines again. This visits all code (10 µs and more), so it is skipped where no watched
        line was switched off."""
        self._left = FEW
        if self.work.bound:
            self.work.renew()
        if self._switched_off:
            self._monitoring.restart_events()
            self._switched_off = self._focus is None

    def keep_in_next_fork(self) -> None:
        """Go on in the next forked child, which is the guest's own."""
        self._kept_in_fork = True

    def forget(self) -> None:
        """Watch nothing of what was watched so far, as if this process had not run a program yet."""
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, 0)
        self._codes, self._focus, self._switched_off = [], None, True
        self._area(0)

    def _stop_in_fork(self) -> None:
        if self._kept_in_fork:
            self._kept_in_fork = False  # not in what the program forks there
            return
        self._monitoring.register_callback(self._tool, self._monitoring.events.LINE, None)

    def _area(self, start: int) -> None:
        lines, disable = self._lines, self._monitoring.DISABLE

        def hit(_code: CodeType, line: int) -> Any:
            if line < MAX_LINES:
                lines[start + line] = 1
            return disable

        self._monitoring.register_callback(self._tool, self._monitoring.events.LINE, hit)


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

    def bound(self, work: int) -> None:
        """Raise :class:`work.Exhausted` in an input that uses more than ``work`` loop iterations and calls, from now on."""
        self.work.limit(work)

    def begin(self) -> None:
        """Start tracing, because the program is about to run."""
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


Coverage = Monitored if KIND == "monitoring" else Traced
if TYPE_CHECKING:
    AnyCoverage: TypeAlias = Monitored | Traced
