"""The bounds that a statement gives its numbers: "1 ≤ n, m ≤ 10^5", "1 ≤ a_i ≤ n", "|x| ≤ 10^9"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prmdata.evidence.domain.call_bounds import POWER_OF_TEN
from prmdata.evidence.inputs.grammar.count import Count

_SPELLED: Final = (
    (re.compile(r"\\leq?(?![a-z])|⩽|≦|<=|&le;"), "≤"),
    (re.compile(r"\\geq?(?![a-z])|⩾|≧|>=|&ge;"), "≥"),
    (re.compile(r"\\neq?(?![a-z])|!="), "≠"),
    (re.compile(r"\\lt(?![a-z])|&lt;"), "<"),
    (re.compile(r"\\cdot|\\times|⋅|·|×"), "*"),
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"\\[,;!]|\$"), ""),
    (re.compile(r"\^\{(\d+)\}"), r"^\1"),
    (re.compile(r"(?<=\d)[ \u00a0,](?=\d{3}(?!\d))"), ""),
    (re.compile(r"(\b\w+)\s*≤\s*\\?min\s*\(([^(),]+),([^(),]+)\)"), r"\1 ≤ \2; \1 ≤ \3"),
)
_NUMBER = r"-?\s*(?:\d+\s*\*\s*)?\d+(?:\s*\^\s*\d+)?"
NAME: Final = r"[A-Za-z]{1,4}\d?(?:_(?:\{[A-Za-z0-9, ]+\}|[A-Za-z0-9]+))?"
_NAMES = rf"(?:\|\s*{NAME}\s*\||{NAME})"
_TERM = rf"(?:{_NUMBER}{NAME}|{_NUMBER}|{_NAMES}(?:\s*,\s*{_NAMES})*(?:\s*[-+]\s*\d+)?)"
_CHAIN: Final = re.compile(rf"(?<![\w^*]){_TERM}(?:\s*[≤<]\s*{_TERM})+(?![\w^*])")
_INDICES: Final = frozenset({"i", "j"})
_OF_NAME: Final = re.compile(rf"(?:(\d+)\s*\*?\s*)?({NAME})(?:\s*([-+])\s*(\d+))?")
_EITHER: Final = re.compile(rf"({NAME})\s+is\s+(?:either\s+)?({_NUMBER})\s+or\s+({_NUMBER})\b")
_DOTS = r"(?:…|\.\.\.?|\*\*\*)"
_LISTED = rf"(?:{_DOTS}|(?!(?:in|on|an|i|j)\b)[A-Za-z](?:_?\{{?(?:\d+|[ijkmnNM])\}}?)?(?![A-Za-z]))"
_DECLARED: Final = re.compile(
    rf"\b(?:[Ii]ntegers?|[Nn]umbers?|[Vv]alues?)\b[:,]?\s*({_LISTED}(?:\s*(?:,\s*and\b|,|\band\b)\s*{_LISTED})*)"
)
"""Names behind the word for what they are: "two integers n and m", "n numbers a_1, a_2, ..., a_n"."""
_LENGTH: Final = re.compile(
    rf"\blengths?\b[^.;\n]{{0,60}}?(?:from\s+(\d+)\s+to|between\s+(\d+)\s+and|exceed|at most|up to|more than|greater than)"
    rf"\s+({_NUMBER})"
    rf"|(?:at most|up to|more than|exceed)\s+({_NUMBER})\s+(?:\w+\s+){{0,3}}(?:characters|letters|symbols|digits)\b",
    re.IGNORECASE,
)
"""The length of a text in words: "its length does not exceed 100", "at most 50 lowercase letters"."""

_COORDINATES = r"(?:coordinates?|numbers?|integers?|values?)\b"
_MAGNITUDE: Final = re.compile(
    rf"\b{_COORDINATES}[^.;\n]{{0,60}}?(?:\bnot|n['’]t) exceed\s+({_NUMBER})\s+(?:in|by)\s+(?:the |its |their )?"
    r"(?:absolute values?|modulus|magnitude)"
    rf"|\babsolute values? of (?:(?:all|any|each|every|the|these) )*{_COORDINATES}[^.;\n]{{0,40}}?(?:\bnot|n['’]t) exceed\s+({_NUMBER})",
    re.IGNORECASE,
)
"""What bounds all numbers at once: "all coordinates do not exceed 10^4 in absolute value"."""


@dataclass(frozen=True, slots=True)
class StatedBound:
    """What a statement says of the number ``name``: at least each of ``lows``, at most each of ``highs``. Where these
    name something, it is another name of the statement."""

    name: str
    lows: tuple[Count, ...]
    highs: tuple[Count, ...]


def stated_bounds(statement: str) -> list[StatedBound]:
    """The bounds in what ``statement`` says of its input, in their order, one for each name. Lengths of texts are left
    out, and so are indices (``1 ≤ i ≤ n``), names that nothing bounds from above, and what is only compared with a name
    without bounds (the vertices j with ``a_j < a_i``)."""
    text = spelled(statement)
    lows: dict[str, list[Count]] = {}
    highs: dict[str, list[Count]] = {}
    bounded: set[str] = set()
    for _, name, low, high in _number_bounds(text):
        if high is not None:
            bounded.add(name)
        lows.setdefault(name, []).extend(low)
        highs.setdefault(name, []).extend(high or ())
    return [
        StatedBound(name, tuple(dict.fromkeys(lows[name])), tuple(dict.fromkeys(highs[name])))
        for name in lows
        if name in bounded
        and any(each.name is None or each.name in bounded for each in (*lows[name], *highs[name]))
    ]


def stated_lengths(statement: str) -> list[StatedBound]:
    """The bounds of the lengths of texts, in their order: "1 ≤ |s| ≤ 100", "the length does not exceed 100"."""
    text = spelled(statement)
    found: list[tuple[int, StatedBound]] = []
    for match in _CHAIN.finditer(text):
        terms, counts = _terms(match[0], "^" not in text)
        for place, term in enumerate(terms):
            low = [each for each in counts[:place] if each is not None]
            high = [each for each in counts[place + 1 :] if each is not None]
            if place and high and term.startswith("|"):
                found += [
                    (match.start(), StatedBound(plain_name(name), tuple(low), tuple(high)))
                    for name in re.split(r"\s*,\s*", term)
                ]
    if not found:
        for match in _LENGTH.finditer(text):
            low = [Count(None, int(match[1] or match[2] or 1))]
            high = [Count(None, _number(match[3] or match[4], "^" not in text))]
            found.append((match.start(), StatedBound("", tuple(low), tuple(high))))
    return [bound for _, bound in sorted(found, key=lambda each: each[0])]


def stated_magnitude(statement: str) -> int | None:
    """The greatest absolute value of all numbers that count nothing, where ``statement`` says one in words."""
    text = spelled(statement)
    found = _MAGNITUDE.search(text)
    return None if found is None else _number(found[1] or found[2], "^" not in text)


def stated_names(statement: str) -> list[str]:
    """The names of numbers in what ``statement`` says of its input, without their indices, in the order in which they
    are first introduced or bounded."""
    text = spelled(statement)
    found = [
        (start, without_index(name)) for start, name, _, high in _number_bounds(text) if high is not None
    ]
    for match in _DECLARED.finditer(text):
        listed = re.finditer(rf"\b{_LISTED}", match[1])
        found += [
            (match.start(1) + each.start(), without_index(plain_name(each[0])))
            for each in listed
            if each[0][0].isalpha()
        ]
    return list(dict.fromkeys(name for _, name in sorted(found)))


def without_index(name: str) -> str:
    """``ai``, ``a1`` and ``an`` are elements of ``a``."""
    return (
        name[:-1].rstrip("0123456789")
        if re.fullmatch(r"[A-Za-z]+?(?:\d+|[ijkmnNM])", name) and len(name) > 1
        else name
    )


def spelled(statement: str) -> str:
    text = input_part(statement)
    for pattern, plain in _SPELLED:
        text = pattern.sub(plain, text)
    return text


def _number_bounds(text: str) -> Iterator[tuple[int, str, list[Count], list[Count] | None]]:
    """Where a bound stands, the name, and the constants and names on both sides; None on the right for the last name."""
    found: list[tuple[int, str, list[Count], list[Count] | None]] = []
    for match in _CHAIN.finditer(text):
        found += [(match.start(), *bound) for bound in _pairs(match[0], "^" not in text)]
    for match in _EITHER.finditer(text):
        both = sorted(_number(each, "^" not in text) for each in (match[2], match[3]))
        found.append((match.start(), plain_name(match[1]), [Count(None, both[0])], [Count(None, both[1])]))
    yield from sorted(found, key=lambda each: each[0])


def input_part(statement: str) -> str:
    """The part of a statement between the headings "Input" and "Output"; the whole where there are none."""
    start = re.search(r"^\W*(input|constraints?)\b.{0,15}$", statement, re.IGNORECASE | re.MULTILINE)
    if start is None:
        return statement
    rest = statement[start.end() :]
    end = re.search(r"^\W*(output|examples?)\b.{0,15}$", rest, re.IGNORECASE | re.MULTILINE)
    said = rest if end is None else rest[: end.start()]
    return said if _CHAIN.search(said.replace("<=", "≤")) or "≤" in said else statement


def _pairs(chain: str, without_powers: bool) -> Iterator[tuple[str, list[Count], list[Count] | None]]:
    """The names of a chain, each with the constants and the names on its left and on its right; the last with None."""
    terms, counts = _terms(chain, without_powers)
    strict = [sign == "<" for sign in re.findall(r"[≤<]", chain)]
    for place, term in enumerate(terms):
        if re.match(r"-?\s*\d", term) or re.search(r"[-+]\s*\d+$", term):
            continue
        low = [
            _shifted(count, sum(strict[other:place]))
            for other, count in enumerate(counts[:place])
            if count is not None and (count.name is None or other == place - 1)
        ]
        high = [
            _shifted(count, -sum(strict[place:other]))
            for other, count in enumerate(counts)
            if other > place and count is not None and (count.name is None or other == place + 1)
        ]
        for name in re.split(r"\s*,\s*(?![^{]*\})", term):
            if plain_name(name) in _INDICES:
                continue
            if not name.startswith("|"):
                yield plain_name(name), low, high if place < len(terms) - 1 else None
            elif place == 0:  # a magnitude; "1 ≤ |s| ≤ 100" is a length
                mirrored = [Count(None, -each.plus) for each in high if each.name is None]
                yield plain_name(name), mirrored, [each for each in high if each.name is None]


def _terms(chain: str, without_powers: bool) -> tuple[list[str], list[Count | None]]:
    terms = re.split(r"\s*[≤<]\s*", chain)
    # "≤ n, x ≠ y": what follows is another sentence
    terms[-1] = re.split(r"\s*,\s*(?![^{]*\})", terms[-1])[0]
    return terms, [_count(term, without_powers) for term in terms]


def _count(term: str, without_powers: bool) -> Count | None:
    """What a term of a chain stands for; None where it stands for several numbers, or for a length."""
    if re.fullmatch(_NUMBER, term.strip()):
        return Count(None, _number(term, without_powers))
    found = _OF_NAME.fullmatch(term.strip())
    if found is None:
        return None
    plus = int(found[4] or 0) * (-1 if found[3] == "-" else 1)
    return Count(plain_name(found[2]), plus, int(found[1] or 1))


def _number(term: str, without_powers: bool) -> int:
    compact = re.sub(r"\s", "", term)
    value = -1 if compact.startswith("-") else 1
    for factor in compact.lstrip("-").split("*"):
        base, _, power = factor.partition("^")
        lost = POWER_OF_TEN.fullmatch(base) if without_powers else None
        value *= 10 ** int(lost[1]) if lost is not None else int(base) ** min(int(power or 1), 60)
    return value


def _shifted(count: Count, by: int) -> Count:
    return Count(count.name, count.plus + by, count.scale)


def plain_name(name: str) -> str:
    """``a_i``, ``a_{i}`` and ``ai`` (an index behind a letter) are one name."""
    return re.sub(r"[\s|{}_]", "", name)
