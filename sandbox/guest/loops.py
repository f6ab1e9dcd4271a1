"""The loops of a code object: what a jump goes around.

A loop is what leads to a jump back without passing the place that it goes to (a natural loop). Where its code stands says
nothing: since Python 3.14 the body of a loop may stand behind the jump of the loop that it is in.
"""

from __future__ import annotations

from collections import defaultdict
from opcode import hasjrel, opmap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType


_CACHE, _EXTENDED, _FOR = opmap["CACHE"], opmap["EXTENDED_ARG"], opmap["FOR_ITER"]
_JUMPS = frozenset(hasjrel)
_BACKWARD = frozenset(number for name, number in opmap.items() if "JUMP_BACKWARD" in name)
_LEAVING = frozenset(
    number
    for name, number in opmap.items()
    if name.startswith(("JUMP_FORWARD", "JUMP_BACKWARD", "RETURN_VALUE", "RETURN_CONST", "RAISE", "RERAISE"))
)
"""Instructions behind which the program does not go on to the next one."""
_MOST_KEPT = 256
_kept: dict[bytes, Loops] = {}


class Instruction(NamedTuple):
    """One instruction: where it is, where what extends its argument begins, and where it may jump to."""

    operation: int
    begin: int
    at: int
    stop: int | None


def instructions(code: CodeType) -> Iterator[Instruction]:
    """Yield the instructions of a code object, as :mod:`dis` does. With that, a program of HumanEval took 330 µs instead of 70."""
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    argument, begin = 0, -1
    for place, operation in enumerate(operations):
        if operation == _CACHE:
            continue
        argument = argument << 8 | arguments[place]
        begin = 2 * place if begin < 0 else begin
        if operation == _EXTENDED:
            continue
        stop = None
        if operation in _JUMPS:
            following = place + 1
            while following < len(operations) and operations[following] == _CACHE:
                following += 1
            stop = 2 * (following - argument if operation in _BACKWARD else following + argument)
        yield Instruction(operation, begin, 2 * place, stop)
        argument, begin = 0, -1


class Loops:
    """The loops of a code object, comprehensions included, each by the place that its jumps go back to. Places are offsets in
    bytes."""

    def __init__(self, code: CodeType) -> None:
        before: dict[int, list[int]] = defaultdict(list)
        back: list[tuple[int, int]] = []
        self.heads: set[int] = set()
        """Where ``for`` loops begin."""
        last = None
        for each in instructions(code):
            if last is not None:
                before[each.begin].append(last)
            if each.at > each.begin:
                before[each.at].append(each.begin)
            if each.stop is not None:
                before[each.stop].append(each.at)
                if each.stop <= each.at:
                    back.append((each.at, each.stop))
            if each.operation == _FOR:
                self.heads |= {each.begin, each.at}
            last = None if each.operation in _LEAVING else each.at
        self._bodies: dict[int, set[int]] = {}
        for start, stop in back:
            _add(self._bodies.setdefault(stop, {stop}), start, before)
        self._for = {head: body for head, body in self._bodies.items() if head in self.heads}
        self._holding = [
            head
            for head, body in self._for.items()
            if any(one != head and one in body for one in self._bodies)
        ]

    def go_on(self, stop: int) -> bool:
        """Whether by a jump to ``stop`` a ``for`` loop goes on, or begins anew, in which another loop is."""
        body = self._bodies.get(stop, ())
        return any(head in body for head in self._holding)

    def is_in_for(self, place: int) -> bool:
        """Whether any ``for`` loop is around a place."""
        return any(place in body for body in self._for.values())

    def is_around(self, stop: int, place: int) -> bool:
        """Whether the loop that a jump to ``stop`` goes around has a place in it."""
        return place in self._bodies.get(stop, ())


def loops_of(code: CodeType) -> Loops:
    """Return the loops of a code object. Many mutants have the same functions, so those of a few are kept."""
    found = _kept.get(code.co_code)
    if found is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        found = _kept[code.co_code] = Loops(code)
    return found


def _add(body: set[int], start: int, before: dict[int, list[int]]) -> None:
    """Add to the body of a loop all from where its jump at ``start`` is reached, but not through the beginning, which is in
    it."""
    pending = [start]
    while pending:
        at = pending.pop()
        if at not in body:
            body.add(at)
            pending += before[at]
