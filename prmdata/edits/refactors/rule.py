"""What a refactoring is: a rule over a program and its facts, made into an operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from prmdata.edits.operators import Examples, Operator, Splice, Splices, operator
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.source import Source

Rule = Callable[[Source, Facts], Iterator[Splices]]


@lru_cache(maxsize=8)
def facts_of(source: Source) -> Facts:
    """The facts of ``source``, computed once for all refactorings (the last few programs are kept)."""
    return Facts(source)


def _separate(program: str, splice: Splice) -> Splice:
    """``splice`` with the blanks that separate its text from the words beside it (``if(a)``)."""
    start, end, text = splice
    if start < end and text:
        if _is_word(program[start - 1 : start]) and _is_word(text[0]):
            text = " " + text
        if _is_word(text[-1]) and _is_word(program[end : end + 1]):
            text += " "
    return start, end, text


def _is_word(char: str) -> bool:
    return char.isalnum() or char in {"_", '"', "'"}


def refactor(name: str, *, family: str, summary: str, examples: Examples) -> Callable[[Rule], Operator]:
    """Make a rule an operator of intent ``refactor``. It proposes nothing for programs that do not parse or
    that inspect their own names (``locals``, ``eval`` ...)."""

    def named(rule: Rule) -> Operator:
        def splices(source: Source) -> Iterator[Splices]:
            if source.tree is not None and not (facts := facts_of(source)).is_dynamic:
                for proposed in rule(source, facts):
                    yield [_separate(source.program, splice) for splice in proposed]

        return operator(name, intent="refactor", family=family, summary=summary, examples=examples)(splices)

    return named
