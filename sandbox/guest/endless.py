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
from typing import TYPE_CHECKING, Any, NamedTuple

from .code_lines import code_objects
from .loops import Loops, loops_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

MOST_JUMPS = 2_000
"""So many jumps of a program are watched, which takes 1 ms. With all of them, problems whose references compute for long
took up to twice as long as with each program alone."""
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
_OUTPUT = frozenset(("print", "input", "stdout", "stderr", "stdin"))
_LEAVES = frozenset((type(None), bool, str, bytes))
_SEQUENCES = frozenset((list, tuple, deque))
_MAPPINGS = frozenset((dict, defaultdict, Counter))


class UnprovableError(Exception):
    """The state has a part that does not show itself."""


class EndlessLoops:
    """Watches the ``while`` loops of one program after the other. ``end()`` is called where one is proved endless. After
    ``most`` jumps a program is not watched any more: a watched loop takes several times as long."""

    def __init__(self, end: Callable[[], object], most: int = MOST_JUMPS) -> None:
        self._end = end
        self._most, self._jumps = most, 0
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
        self._tool = self._monitoring.PROFILER_ID
        self._codes: list[CodeType] = []
        self._loops: dict[int, Loops] = {}
        self._counts: dict[tuple[int, int], int] = {}
        self._next: dict[tuple[int, int], int] = {}
        self._unprovable: set[tuple[int, int]] = set()
        self._held: Held | None = None
        self._monitoring.use_tool_id(self._tool, "prmdata")
        self._monitoring.register_callback(self._tool, self._monitoring.events.JUMP, self._jumped)

    def watch(self, code: CodeType) -> None:
        """Watch the loops of a program, until :meth:`forget`. Programs that catch exceptions are left alone: a call from
        here could be the one that is too deep. So are those that write, whose output may end them."""
        codes, self._jumps = code_objects(code), 0
        if any(_HANDLERS in each.co_code[::2] or not _OUTPUT.isdisjoint(each.co_names) for each in codes):
            return
        for each in codes:
            if not each.co_flags & _GENERATORS:
                self._codes.append(each)
                self._loops[id(each)] = loops_of(each)  # the hash of code reads all of it
                self._monitoring.set_local_events(self._tool, each, self._monitoring.events.JUMP)

    def forget(self) -> None:
        """Watch nothing of what was watched so far."""
        for each in self._codes:
            self._monitoring.set_local_events(self._tool, each, 0)
        self._codes, self._held = [], None
        for found in (self._loops, self._counts, self._next, self._unprovable):
            found.clear()

    def _jumped(self, code: CodeType, start: int, stop: int) -> Any:
        """Code has jumped. Nobody sees how far a ``for`` loop is, but each time that it goes on, or that it begins anew
        because of a loop around it, code jumps: what was held of a loop inside it is then forgotten."""
        self._jumps += 1
        if self._jumps == self._most:
            self.forget()
            return None
        place, loops = (id(code), start), self._loops[id(code)]
        is_over = stop > start or place in self._unprovable or stop in loops.heads
        if is_over and not loops.go_on(stop):
            return self._monitoring.DISABLE
        held = self._held
        is_other = held is not None and held.is_in_for and held.place != place and held.place[0] == id(code)
        if is_other and loops.is_around(stop, held.place[1]):  # type: ignore[union-attr]
            self._held = None
        if is_over:
            return None
        count = self._counts[place] = self._counts.get(place, 0) + 1
        at = self._next.get(place, _FIRST)
        if count >= at:
            self._look(sys._getframe(1), place, count, at)
        return None

    def _look(self, frame: FrameType, place: tuple[int, int], count: int, at: int) -> None:
        """Look at the state of a loop, and end the program if it is as it was."""
        if count == at + _IN_TURN:
            self._next[place], self._held = 2 * count, None
            return
        try:
            state = State(frame).parts
        except (UnprovableError, RecursionError, ValueError):
            self._unprovable.add(place)
            return
        held = self._held
        if held is not None and held.frame is frame and held.place == place and held.state == state:
            self._end()
        elif count == at or held is None or not (count - at) & (count - at - 1):
            # The second, third, fifth, ninth: a period of 16 is found.
            self._held = Held(frame, place, state, self._loops[place[0]].is_in_for(place[1]))


class Held(NamedTuple):
    """The state of a loop at a jump of its frame."""

    frame: FrameType
    place: tuple[int, int]
    state: Any
    is_in_for: bool


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
