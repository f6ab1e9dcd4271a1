"""Proves that a loop never ends, without a clock: all that it can read is again as it was.

A third of the CPU time of a build goes to mutants that never end. Two of three of them turn in a ``while`` loop that
changes nothing any more, or comes back to where it was. Their program is deterministic (see :mod:`determinism`), so where
the state of the loop's frame is the same at the same place a second time, it will be so for ever. The state is everything
that the frame and what it calls can reach: local and global names, what functions close over, and the contents of
containers, in which it matters what is the same object. What is hidden, such as the place of an iterator, makes a loop
unprovable: it then runs until its time is up, as every other program.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict, deque
from opcode import opmap
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

from .coverage import code_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

_FIRST = 512
"""Iterations after which the state of a loop is looked at. After as many again it is looked at again, and so on: what an
iteration takes is then twice as long at the most."""
_IN_TURN = 32
"""Iterations in a row whose states are compared: a loop that repeats itself does so after one or a few."""
_MOST_PARTS = 1_000
_MOST_BITS = 10_000
_DEPTH = 20
_GENERATORS = 0x20 | 0x80 | 0x100 | 0x200
"""Flags of code whose frame lives on while others run: generators and coroutines."""
_HANDLERS = opmap["PUSH_EXC_INFO"]
_FOR, _EXTENDED = opmap["FOR_ITER"], opmap["EXTENDED_ARG"]
_FOR_UNITS = 2
"""Code units of FOR_ITER with its cache."""
_OUTPUT = frozenset(("print", "input", "stdout", "stderr", "stdin"))
_LEAVES = frozenset((type(None), bool, str, bytes))
_SEQUENCES = frozenset((list, tuple, deque))
_MAPPINGS = frozenset((dict, defaultdict, Counter))


class UnprovableError(Exception):
    """The state has a part that does not show itself."""


class EndlessLoops:
    """Watches the ``while`` loops of one program after the other. ``end()`` is called where one is proved endless."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
        self._tool = self._monitoring.PROFILER_ID
        self._codes: list[CodeType] = []
        self._inner: dict[int, list[range]] = {}
        self._counts: dict[tuple[int, int], int] = {}
        self._next: dict[tuple[int, int], int] = {}
        self._held: tuple[FrameType, Any] | None = None
        self._monitoring.use_tool_id(self._tool, "prmdata")
        self._monitoring.register_callback(self._tool, self._monitoring.events.JUMP, self._jumped)

    def watch(self, code: CodeType) -> None:
        """Watch the loops of a program, until :meth:`forget`. Programs that catch exceptions are left alone: a call from
        here could be the one that is too deep. So are those that write, whose output may end them."""
        codes = code_objects(code)
        if any(_HANDLERS in each.co_code[::2] or not _OUTPUT.isdisjoint(each.co_names) for each in codes):
            return
        for each in codes:
            if not each.co_flags & _GENERATORS:
                self._codes.append(each)
                self._inner[id(each)] = list(_for_loops(each))  # the hash of code reads all of it
                self._monitoring.set_local_events(self._tool, each, self._monitoring.events.JUMP)

    def forget(self) -> None:
        """Watch nothing of what was watched so far."""
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, 0)
        self._codes, self._held = [], None
        for found in (self._inner, self._counts, self._next):
            found.clear()

    def _jumped(self, code: CodeType, start: int, stop: int) -> Any:
        """Code has jumped. Loops inside a ``for`` loop are not watched: nobody sees how far that one is."""
        place = id(code), start
        count = self._counts.get(place, 0) + 1
        if count == 1 and (stop > start or any(start in each for each in self._inner.get(place[0], ()))):
            return self._monitoring.DISABLE
        self._counts[place] = count
        at = self._next.get(place, _FIRST)
        if count < at:
            return None
        if count == at + _IN_TURN:
            self._next[place], self._held = 2 * count, None
            return None
        frame = sys._getframe(1)
        try:
            state = State(frame).parts
        except (UnprovableError, RecursionError, ValueError):
            return self._monitoring.DISABLE
        if count == at or self._held is None:
            self._held = frame, state
        elif self._held[0] is frame and self._held[1] == state:
            self._end()
        elif not (count - at) & (count - at - 1):  # the second, third, fifth, ninth: a period of 16 is found
            self._held = frame, state
        return None


def _for_loops(code: CodeType) -> Iterator[range]:
    """Yield where the ``for`` loops of a code object stand, comprehensions included."""
    extended = 0
    for at in range(0, len(code.co_code), 2):
        op, argument = code.co_code[at], extended | code.co_code[at + 1]
        extended = argument << 8 if op == _EXTENDED else 0
        if op == _FOR:
            yield range(at, at + 2 * (_FOR_UNITS + argument))


class State:
    """All that a frame and what it calls can reach, as values to compare. Raises UnprovableError where a part does not
    show what it holds."""

    def __init__(self, frame: FrameType) -> None:
        self._globals = frame.f_globals
        self._met: dict[int, int] = {}
        names = {name: found for name, found in frame.f_globals.items() if name != "__builtins__"}
        own = {} if frame.f_locals is frame.f_globals else dict(frame.f_locals)
        self.parts = [(name, self._part(found, 0)) for each in (own, names) for name, found in each.items()]

    def _part(self, found: Any, depth: int) -> Any:
        kind = type(found)
        if kind in _LEAVES:
            return kind, found
        if kind is int and found.bit_length() < _MOST_BITS:
            return found
        if kind is float:
            return found.hex()  # tells 0.0 and -0.0 apart
        if kind is range:
            return repr(found)
        if id(found) in self._met:
            return kind, self._met[id(found)]
        if len(self._met) > _MOST_PARTS or depth > _DEPTH:
            raise UnprovableError
        self._met[id(found)] = len(self._met)
        if kind in _SEQUENCES:
            if len(found) > _MOST_PARTS:
                raise UnprovableError
            bound = found.maxlen if kind is deque else None
            return kind, bound, [self._part(each, depth + 1) for each in found]
        if kind in _MAPPINGS:
            default = found.default_factory if kind is defaultdict else None
            pairs = [each for pair in found.items() for each in pair]
            return kind, self._part(default, depth + 1), [self._part(each, depth + 1) for each in pairs]
        return self._code(found, depth)

    def _code(self, found: Any, depth: int) -> Any:
        """A function, class or module: the same one, with what a function of the program holds."""
        kind = type(found)
        if kind is FunctionType and found.__globals__ is self._globals:
            # An empty cell raises ValueError.
            cells = [self._part(cell.cell_contents, depth + 1) for cell in found.__closure__ or ()]
            held = [found.__defaults__, found.__kwdefaults__, vars(found)]
            return id(found), cells, [self._part(each, depth + 1) for each in held]
        is_own_class = isinstance(found, type) and found.__module__ == self._globals["__name__"]
        is_method = kind is BuiltinFunctionType and not isinstance(found.__self__, ModuleType)
        if (
            is_own_class
            or is_method
            or not isinstance(found, type | ModuleType | FunctionType | BuiltinFunctionType)
        ):
            raise UnprovableError
        return id(found)
