"""Coverage and work by ``sys.monitoring`` (Python 3.12 and later)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .code_lines import code_objects, lines_of
from .shared_page import MAX_LINES
from .work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType
    from typing import Any

    from .shared_page import SharedPage


FEW = 20
"""A watched line reports this often within one input before it is switched off until the next input."""


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

    def bound(self, work: int, most_s: float) -> None:
        """Raise :class:`work.Exhausted` in an input that uses more than ``work`` loop iterations and calls or more than
        ``most_s`` of CPU time, from now on."""
        events = self._monitoring.events
        for event in (events.JUMP, events.PY_START):
            self._monitoring.register_callback(self._tool, event, self.work.spend)
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, events.LINE | events.JUMP | events.PY_START)
        self.work.limit(work, most_s)

    def begin_input(self) -> None:
        """An input begins now: its time counts from here on."""
        self.work.begin()

    def is_over(self, again: Callable[[], object]) -> bool:  # noqa: ARG002
        """Whether the input that has ended used more work or time than it may. ``again()`` runs it once more."""
        return self.work.end()

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
