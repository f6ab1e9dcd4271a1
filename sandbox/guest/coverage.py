"""Which lines of the program run: ``sys.monitoring`` where it exists (3.12), else ``sys.settrace``.

Only code objects of the program are watched. Under ``sys.monitoring`` each line reports once and is then
switched off, which costs next to nothing.
"""

import os
import sys

from .board import MAX_LINES

QUIET_EVENTS = 10_000
FEW = 20
"""So often a line that was asked for reports itself in one input, before it is switched off until the next."""
KIND = "monitoring" if hasattr(sys, "monitoring") else "settrace"


def code_objects(code):
    """``code`` and every code object inside it."""
    found = [code]
    for each in found:
        found.extend(const for const in each.co_consts if type(const) is type(code))
    return found


def lines_of(code):
    """The physical lines of one code object that can be marked."""
    return {line for _, _, line in code.co_lines() if line is not None and 0 < line < MAX_LINES}


class Exhausted(BaseException):
    """An input took more loops and calls than it may."""


class Monitored:
    """Coverage by ``sys.monitoring``."""

    def __init__(self, board):
        self._monitoring = sys.monitoring
        self._tool = self._monitoring.COVERAGE_ID
        self._lines = board.lines
        self._monitoring.use_tool_id(self._tool, "prmdata")
        self._codes = []
        self._switched_off = True
        self._focus = None
        self._left = FEW
        self._bound = self._work = 0
        self._area(0)

    def watch(self, code):
        """Report lines of ``code`` and all inside it, from now on."""
        event = self._monitoring.events.LINE
        # A forked child shares the board, and how far it comes before it is ended is chance.
        os.register_at_fork(after_in_child=self._forget)
        self._codes += code_objects(code)
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, event)

    def begin(self):
        """Lines report themselves: nothing to begin."""

    def end(self):
        """Nor to end."""

    def switch(self):
        """Mark the second area from now on, and report every line again."""
        self._area(MAX_LINES)
        self._monitoring.restart_events()

    def focus(self, wanted):
        """From now on only the lines ``wanted`` matter: code without any is not watched any more."""
        self._focus = frozenset(wanted)
        for each in self._codes:
            if self._focus.isdisjoint(lines_of(each)):
                self._monitoring.set_local_events(self._tool, each, 0)
        lines, disable, focus = self._lines, self._monitoring.DISABLE, self._focus

        def hit(_code, line):
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

    def bound(self, work):
        """From now on an input may take ``work`` loops and calls, then :class:`Exhausted` is raised in it."""
        events = self._monitoring.events

        def spend(*_):
            self._work -= 1
            if self._work < 0:
                raise Exhausted

        for event in (events.JUMP, events.PY_START):
            self._monitoring.register_callback(self._tool, event, spend)
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, events.LINE | events.JUMP | events.PY_START)
        self._bound = work

    @property
    def is_exhausted(self):
        """Whether the input took more than it may (the program may have caught what was raised)."""
        return self._work < 0

    def restart(self):
        """Report again what matters. All code is looked at anew for that (10 µs and more): where nothing that
        matters was switched off it is not needed."""
        self._left = FEW
        self._work = self._bound
        if self._switched_off:
            self._monitoring.restart_events()
            self._switched_off = self._focus is None

    def _forget(self):
        self._monitoring.register_callback(self._tool, self._monitoring.events.LINE, None)

    def _area(self, start):
        lines, disable = self._lines, self._monitoring.DISABLE

        def hit(_code, line):
            if line < MAX_LINES:
                lines[start + line] = 1
            return disable

        self._monitoring.register_callback(self._tool, self._monitoring.events.LINE, hit)


class Traced:
    """Coverage by ``sys.settrace``, on only while the program runs. After ``QUIET_EVENTS`` lines of which
    none was new it stops until the next input: a loop would pay ten times its time for nothing. A line that
    first runs after that is not seen."""

    def __init__(self, board):
        self._lines = board.lines
        self._start = 0
        self._missing = {}
        self._wanted = {}
        self._quiet = 0

    def watch(self, code):
        os.register_at_fork(after_in_child=lambda: sys.settrace(None))
        self._wanted |= {each: lines_of(each) for each in code_objects(code)}
        self.restart()

    is_exhausted = False

    def bound(self, work):
        """Not counted here: what is not traced reports nothing."""

    def begin(self):
        """The program is about to run."""
        if self._missing and self._quiet < QUIET_EVENTS:
            sys.settrace(self._call)

    def end(self):
        """The program has run."""
        sys.settrace(None)

    def switch(self):
        self._start = MAX_LINES
        self.restart()

    def focus(self, wanted):
        """From now on only the lines ``wanted`` matter."""
        here = ((code, lines.intersection(wanted)) for code, lines in self._wanted.items())
        self._wanted = {code: lines for code, lines in here if lines}
        self.restart()

    def restart(self):
        self._quiet = 0
        self._missing = {code: set(lines) for code, lines in self._wanted.items()}

    def _seen_whole(self, frame, missing):
        """Nothing of the frame's code is missing any more; where that goes for all, no call is looked at either."""
        frame.f_trace = None  # that its trace function returns None would not end it
        if self._missing.get(frame.f_code) is missing:
            del self._missing[frame.f_code]
        if not self._missing:
            sys.settrace(None)

    def _call(self, frame, *_):
        missing = self._missing.get(frame.f_code)
        if not missing:
            return None
        lines, start = self._lines, self._start
        if frame.f_lineno in missing:  # where a function starts is a call, no line, to the tracer
            lines[start + frame.f_lineno] = 1
            missing.discard(frame.f_lineno)

        def trace(frame, event, _):
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
                    self._seen_whole(frame, missing)
                    return None
            return trace

        return trace


Coverage = Monitored if KIND == "monitoring" else Traced
