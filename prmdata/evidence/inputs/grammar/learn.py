"""Learn the grammar that given inputs share: the cheapest of all that reads every one of them to its end.

A search by growing cost over grammars, item by item, on all inputs at once. A list or a repetition whose size some
field says is cheap, one that nothing explains is dear. Counted, not timed: the same inputs give the same grammar.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Any, Final

from prmdata.evidence.inputs.grammar.code_reading import CodeReading
from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import (
    Field,
    GrammarItem,
    InputGrammar,
    Kind,
    Line,
    Many,
    Repeat,
    parse_items,
)
from prmdata.evidence.inputs.grammar.line_forms import Instance, SearchState, counts_of, line_forms
from prmdata.evidence.inputs.grammar.lines_and_tokens import lines_of

MOST_STATES: Final = 1_500
"""The search looks at this many partial grammars at most."""
_PASSES: Final = ((12, 40_000), (60, 160_000))
"""How many partial forms of the rows of one repetition are looked at, and how often the search tries to read one item of one
input, at most: a second time where nothing says how long the rows of the first grammar are. (With 60 at once, six of a
hundred problems had no grammar, because the rows of repetitions that were none took all the tries. With 12 alone, three had
one of that kind.)"""
_LOOP_BONUS: Final = 0.8
_WIDTH_BONUS: Final = 0.6
_FREE_COST: Final = 2.0
_LATER: Final = 0.5
"""Once one form of the rows of a repetition is found, the search for another form costs this much more."""
_LEAST_LINE: Final = 1.0
_LEAST_REPEAT: Final = 1.9
"""The lines that are still unread cost about this much at least: one more line, or one more repetition."""
_MOST_COMMANDS: Final = 8
_ALIKE: Final = 6
"""Partial grammars that read as far as each other, of which the cheapest are followed."""
_LARGEST: Final = 2_000
_ENOUGH: Final = 12
"""Inputs of more characters, and more inputs than these, only check what the others taught."""
_BODIES: Final = 4
"""Forms of what repeats that are followed, the cheapest first."""
_BODY_ITEMS: Final = 5
_DEPTH: Final = 2


def learn_grammar(texts: Sequence[str], reading: CodeReading | None = None) -> InputGrammar | None:
    """The cheapest grammar that reads all of ``texts``; None where none is found. ``reading``: what the reference's code says
    about the form of its input. Grammars that agree with it cost less. A grammar with rows of any length is found only
    where there is no other."""
    return _learned(tuple(texts), reading or CodeReading())


@lru_cache(maxsize=8)
def _learned(texts: tuple[str, ...], reading: CodeReading) -> InputGrammar | None:
    small = [text for text in sorted(texts, key=len) if len(text) <= _LARGEST] or sorted(texts, key=len)[:1]
    documents = tuple(dict.fromkeys(tuple(lines_of(text)) for text in small))[:_ENOUGH]
    if not documents or not all(documents):
        return None
    start = SearchState((), tuple(Instance(lines, 0, {}) for lines in documents), 0)
    loose: InputGrammar | None = None
    for body_states, tried in _PASSES:
        search = _GrammarSearch(reading, 0, _Effort(tried), body_states)
        for _, state in search.states(start, MOST_STATES):
            if all(not instance.left for instance in state.instances):
                grammar = InputGrammar(state.items)
                if not _is_loose(grammar):
                    return grammar
                loose = loose or grammar
        if loose is None:
            return None
    # Where the code counts its rows by the first number, a grammar without any count is another one.
    return None if reading.loops and loose is not None and not loose.counts() else loose


def _is_loose(grammar: InputGrammar) -> bool:
    """Whether rows repeat of which nothing says how many values they have."""
    return any(isinstance(item, Repeat) and _n_free(item) for item in grammar.items)


_Found = tuple[float, GrammarItem, int]
"""Cost of an item, the item, and how many fields have a name then."""


@dataclass(slots=True)
class _Effort:
    """What a whole search may still look at."""

    left: int


class _GrammarSearch:
    def __init__(self, reading: CodeReading, depth: int, effort: _Effort, body_states: int) -> None:
        self._reading = reading
        self._depth = depth
        self._effort = effort
        self._body_states = body_states

    def states(self, start: SearchState, most: int) -> Iterator[tuple[float, SearchState]]:
        """Partial grammars, the cheapest first. The rows of a repetition are looked for only when nothing cheaper is left."""
        order = count()
        queue: list[tuple[float, int, SearchState, Iterator[_Found] | None, float]] = []
        heapq.heappush(queue, (0.0, next(order), start, None, 0.0))
        here: Counter[tuple[int, ...]] = Counter()
        for _ in range(most):
            if not queue or self._effort.left < 0:
                return
            _, _, state, repeats, cost = heapq.heappop(queue)
            if repeats is None:
                at = tuple(instance.at for instance in state.instances)
                here[at] += 1
                if here[at] > _ALIKE:
                    continue
                yield cost, state
                for more, item in self._lines(state):
                    self._push(queue, order, state, cost, (more, item, state.named + len(item.parts)))
                for least, found in self._repeats(state):
                    heapq.heappush(queue, (cost + least, next(order), state, found, cost))
                continue
            one = next(repeats, None)
            if one is not None:
                self._push(queue, order, state, cost, one)
                heapq.heappush(queue, (cost + one[0] + _LATER, next(order), state, repeats, cost))

    def _push(
        self, queue: list[Any], order: Iterator[int], state: SearchState, cost: float, found: _Found
    ) -> None:
        more, item, named = found
        self._effort.left -= len(state.instances)
        instances = []
        for instance in state.instances:
            following = instance.after(item)
            if following is None:
                return
            instances.append(following)
        after = SearchState((*state.items, item), tuple(instances), named, state.is_inner)
        heapq.heappush(queue, (cost + more + self._ahead(after), next(order), after, None, cost + more))

    def _ahead(self, state: SearchState) -> float:
        """What the lines that are still unread cost at least. Where the inputs have different numbers of them left, a
        repetition must come."""
        left = {instance.left for instance in state.instances}
        if self._depth or left == {0}:
            return 0.0
        return _LEAST_LINE if len(left) == 1 else _LEAST_REPEAT

    def _lines(self, state: SearchState) -> Iterator[tuple[float, Line]]:
        if all(instance.left for instance in state.instances):
            for cost, line in line_forms(state):
                is_unpacked = len(line.parts) > 1 and len(line.parts) in self._reading.widths
                is_fixed = all(isinstance(part, Field) for part in line.parts)
                yield (cost - _WIDTH_BONUS if is_unpacked and is_fixed else cost), line

    def _repeats(self, state: SearchState) -> Iterator[tuple[float, Iterator[_Found]]]:
        """What may repeat next: the least cost, and what may be found at it and above."""
        if self._depth >= _DEPTH or not any(instance.left for instance in state.instances):
            return
        for more, how_often in counts_of(state.instances):
            sizes = [how_often.of(instance.known) or 0 for instance in state.instances]
            fits = zip(sizes, state.instances, strict=True)
            is_loop = how_often.name in self._reading.loops and how_often == Count(how_often.name)
            # What comes once at most is no repetition, unless the code has a loop for it.
            if max(sizes) < (1 if is_loop else 2) or any(size > each.left for size, each in fits):
                continue
            cost = 1.0 + more - (_LOOP_BONUS if is_loop else 0.0)
            yield cost + 0.9, self._bodies(state, how_often, cost, sizes)
        if self._depth == 0:
            sizes = [instance.left for instance in state.instances]
            if len(set(sizes)) == 1 and max(sizes) > 1:
                yield 2.5 + 0.9, self._bodies(state, Count(None, max(sizes)), 2.5, sizes)
            elif max(sizes) > 1:
                yield 3.0 + 0.9, self._bodies(state, None, 3.0, sizes)

    def _bodies(
        self, state: SearchState, how_often: Count | None, cost: float, sizes: Sequence[int]
    ) -> Iterator[_Found]:
        counter = None if how_often is None else how_often.name
        firsts = tuple(
            Instance(each.lines, each.at, {name: v for name, v in each.known.items() if name != counter})
            for each, size in zip(state.instances, sizes, strict=True)
            if size > 0
        )
        firsts = tuple({each.lines[each.at :]: each for each in firsts}.values())
        name = f"x{state.named + 1}"
        start = SearchState((), firsts, state.named + 1, is_inner=True)
        found, late = 0, list[_Found]()
        inner = _GrammarSearch(self._reading, self._depth + 1, self._effort, self._body_states)
        for more, body in inner.states(start, self._body_states):
            if not body.items or len(body.items) > _BODY_ITEMS:
                continue
            repeat = Repeat(name, how_often, body.items)
            self._effort.left -= sum(sizes) // 2
            widened = _widened(repeat, state.instances)
            if widened is None:
                continue
            counted = _with_count(widened, state.instances, f"x{body.named + 1}")
            if counted is not None:
                widened, body = counted, replace(body, named=body.named + 1)
            commands = _with_commands(widened, state.instances)
            if commands is None and _n_free(widened):
                late.append((cost + more + _FREE_COST * _n_free(widened), widened, body.named))
                continue
            yield cost + more, widened if commands is None else commands, body.named
            found += 1
            if found == _BODIES:
                break
        yield from late[:_BODIES]


def _n_free(repeat: Repeat) -> int:
    free = 0
    for item in repeat.items:
        if isinstance(item, Repeat):
            free += _n_free(item)
        else:
            free += sum(
                isinstance(part, Many) and part.count is None and not part.commands for part in item.parts
            )
    return free


def _with_count(repeat: Repeat, instances: Sequence[Instance], name: str) -> Repeat | None:
    """``repeat`` with the first number of its rows as the count of those that follow, which are a list ``name``; None where it is
    not. (The search finds it only where the first row of an input has such a list.)"""
    (item,) = repeat.items if len(repeat.items) == 1 else (None,)
    if not isinstance(item, Line) or not isinstance(item.parts[0], Many) or item.parts[0].count is not None:
        return None
    part, sizes = item.parts[0], set[int]()
    for instance in instances:
        found = parse_items((repeat,), instance.lines, instance.at, instance.known)
        for row in () if found is None else found[0][repeat.name]:
            tokens = row[part.name]
            if not tokens or tokens[0] != len(tokens) - 1:
                return None
            sizes.add(len(tokens))
    if len(sizes) < 2:
        return None
    line = Line((Field(part.name, "int"), Many(name, part.kind, Count(part.name))))
    return Repeat(repeat.name, repeat.count, (line,))


def _with_commands(repeat: Repeat, instances: Sequence[Instance]) -> Repeat | None:
    """``repeat`` with the first token of its rows as a command that says how many tokens follow; None where it does not."""
    (item,) = repeat.items if len(repeat.items) == 1 else (None,)
    if not isinstance(item, Line) or not isinstance(item.parts[0], Many) or item.parts[0].count is not None:
        return None
    part, sizes, rows = item.parts[0], dict[Any, int](), 0
    for instance in instances:
        found = parse_items((repeat,), instance.lines, instance.at, instance.known)
        for row in () if found is None else found[0][repeat.name]:
            tokens = row[part.name]
            rows += 1
            if not tokens or sizes.setdefault(tokens[0], len(tokens)) != len(tokens):
                return None
    if len(set(sizes.values())) < 2 or len(sizes) > _MOST_COMMANDS or rows < 2 * len(sizes):
        return None
    commands = tuple(sorted(sizes.items(), key=repr))
    return Repeat(repeat.name, repeat.count, (Line((Many(part.name, part.kind, None, commands),)),))


def _widened(repeat: Repeat, instances: Sequence[Instance]) -> Repeat | None:
    """``repeat`` with kinds wide enough for all of its rows, not for the first alone."""
    for kinds in ((), ("int",), ("int", "float")):
        wider = Repeat(repeat.name, repeat.count, tuple(_with_kinds(item, kinds) for item in repeat.items))
        if all(instance.after(wider) is not None for instance in instances):
            return wider
    return None


def _with_kinds(item: GrammarItem, narrow: Collection[str]) -> GrammarItem:
    """``item`` with fields of the kinds ``narrow`` made one step wider: a float, or a word."""
    if isinstance(item, Repeat):
        return Repeat(item.name, item.count, tuple(_with_kinds(each, narrow) for each in item.items))
    if not narrow:
        return item
    kind: Kind = "float" if narrow == ("int",) else "word"
    parts: list[Field | Many] = []
    for part in item.parts:
        if part.kind not in narrow:
            parts.append(part)
        elif isinstance(part, Many):
            parts.append(Many(part.name, kind, part.count, part.commands))
        else:
            parts.append(Field(part.name, kind, part.length))
    return Line(tuple(parts))
