"""Chooses among the solutions that a data set calls correct."""

from __future__ import annotations

from collections.abc import Iterable

from prmdata.problems.syntax import parses

MAX_REFERENCES = 8
"""The most further solutions of a problem that are kept. They are enough to outvote a wrong expected output;
CodeContests has hundreds."""


def first_whole(solutions: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """The first solution that parses (APPS and CodeContests hold Python 2 and torn texts too), and up to
    ``MAX_REFERENCES`` further ones, distinct. Where none parses: the first as it is, so that the reject can say why."""
    distinct = list(dict.fromkeys(text for text in solutions if text.strip()))
    whole: list[str] = []
    for text in distinct:
        if len(whole) > MAX_REFERENCES:
            break
        if parses(text):
            whole.append(text)
    if not whole:
        return (distinct[0] if distinct else ""), ()
    return whole[0], tuple(whole[1:])
