"""What a statement says of its arguments in words: "a non-empty list", "positive integers", "sorted", "of the same size".

A sentence speaks of a feature of the hull: every given input has the feature, and the statement has a word for it. Then an
input without the feature is none. Words alone do not count ("count the positive numbers" speaks of lists with others in
them), and neither does a condition ("if the list is not empty").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.values import Path

_NUMBERS: Final = frozenset({"int", "float"})
_LISTS: Final = frozenset({"list", "tuple"})
_TEXTS: Final = frozenset({"str"})
_SIZED: Final = frozenset({"list", "tuple", "set", "frozenset", "dict", "str"})
_OF_LISTS: Final = (
    r"(?:lists?|arrays?|sequences?|vectors?|tuples?|matri\w+|grids?|collections?|sets?|dict\w*)"
)
_OF_TEXTS: Final = r"(?:strings?|texts?|words?|sentences?|names?)"
_ITEMS: Final = (
    r"(?:elements?|numbers?|integers?|items?|values?|words?|strings?|characters?|letters?|entries)"
)
_POSITIVE: Final = r"\b(?:strictly\s+)?positive\s+(?:\w+\s+){0,2}?(?:integers?|ints?|numbers?|values?|elements?|floats?|reals?)\b"
_ORDERED: Final = (
    r"\b(?:already\s+)?sorted\s+(?:\w+\s+){0,2}?(?:lists?|arrays?|sequences?|tuples?|numbers?|integers?|elements?|matri\w+)\b"
    r"|\b(?:lists?|arrays?|sequences?|\w+)\s+(?:is|are)\s+(?:already\s+)?(?:sorted|ordered)\b"
    r"|\b(?:sorted|ordered)\s+in\s+(?:strictly\s+)?(?:non-?\s?decreasing|ascending|increasing|non-?\s?increasing|descending|decreasing)"
    r"|\b(?:ascending|increasing|non-?\s?decreasing|descending|decreasing)\s+(?:order|lists?|arrays?|sequences?)\b"
)
_UNIQUE: Final = (
    rf"\b(?:unique|distinct|different)\s+(?:\w+\s+){{0,2}}?{_ITEMS}\b|\b(?:no|without)\s+(?:any\s+)?(?:duplicates?|repeat\w*)\b"
    rf"|\b{_ITEMS}\s+(?:\w+\s+){{0,3}}?(?:is|are)\s+(?:all\s+)?(?:unique|distinct|different)\b"
    r"|\bno\s+two\b|\bpairwise\b|\bpermutations?\b|\bexactly\s+once\b"
)
_RUN: Final = r"\bpermutations?\b|\bexactly\s+once\b|\b(?:each|every|all)\s+(?:\w+\s+)?(?:integers?|numbers?)\s+(?:from|in|between)\b"
_SPACED: Final = (
    r"\bseparated\s+by\s+(?:a\s+|one\s+|single\s+)*(?:spaces?|blanks?|whitespaces?)\b|\bspace[-\s](?:separated|delimited)\b"
    r"|\bsingle\s+spaces?\b"
)
_SAME_SIZE: Final = r"\b(?:same|equal|identical)\s+(?:size|length|number\s+of)|\bequally\s+long\b"

_TOLD: Final[tuple[tuple[str, frozenset[str], str], ...]] = (
    (
        "nonempty",
        _LISTS | {"set", "frozenset", "dict"},
        rf"\bnon-?\s?empty\s+(?:\w+\s+){{0,3}}?{_OF_LISTS}\b",
    ),
    ("nonempty", _TEXTS, rf"\bnon-?\s?empty\s+(?:\w+\s+){{0,3}}?{_OF_TEXTS}\b"),
    (
        "nonempty",
        _SIZED,
        rf"\bnot\s+(?:be\s+)?empty\b|\bnever\s+empty\b|\bat\s+least\s+(?:one|two|three|1|2|3)\s+{_ITEMS}\b",
    ),
    (
        "several",
        _SIZED,
        rf"\bat\s+least\s+(?:two|three|2|3)\s+{_ITEMS}\b|\b(?:two|2)\s+or\s+more\s+{_ITEMS}\b|\blength\s+(?:of\s+)?at\s+least\s+(?:two|2)\b"
        rf"|\bmore\s+than\s+(?:one|1)\s+{_ITEMS}\b",
    ),
    ("nonempty", _SIZED, r"\blength\s+(?:of\s+)?at\s+least\s+(?:one|two|three|\d)\b"),
    (
        "nonnegative",
        _NUMBERS,
        rf"{_POSITIVE}|\bnon-?\s?negative\b|\bnatural\s+numbers?\b|\bunsigned\b|\bwhole\s+numbers?\b",
    ),
    ("nonzero", _NUMBERS, rf"{_POSITIVE}|\bnon-?\s?zero\b"),
    (
        "beyond one",
        _NUMBERS,
        r"\b(?:greater|larger|bigger|more)\s+than\s+(?:1|one)\b|(?<![\w.])[A-Za-z]\w?\s*>\s*1\b|(?<![\w.])[A-Za-z]\w?\s*(?:>=|≥)\s*2\b",
    ),
    ("composite", _NUMBERS, r"\b(?:not|isn't)\s+(?:a\s+)?prime\b|\bcomposite\b|\bnon-?\s?prime\b"),
    (
        "nonzero",
        _NUMBERS,
        r"\b(?:greater|larger|bigger|more)\s+than\s+(?:0|zero)\b|(?<![\w.])[A-Za-z]\w?\s*>\s*0\b",
    ),
    (
        "nonnegative",
        _NUMBERS,
        r"\b(?:greater|larger|bigger|more)\s+than\s+(?:0|1|zero|one)\b|(?<![\w.])[A-Za-z]\w?\s*(?:>|>=|≥)\s*[0-2]\b",
    ),
    ("unit", _NUMBERS, r"\b(?:from|between)\s+(?:0|zero)\s+(?:and|to)\s+(?:1|one)\b|\[0,\s*1\]"),
    ("ascending", _LISTS, _ORDERED),
    ("descending", _LISTS, _ORDERED),
    ("distinct", _LISTS | _TEXTS, _UNIQUE),
    ("distinct throughout", _LISTS, _UNIQUE),
    ("run of numbers", _LISTS, _RUN),
    ("run of numbers throughout", _LISTS, _RUN),
    ("numbers from", _LISTS, _RUN),
    ("rectangular", _LISTS, r"\bmatri(?:x|ces)\b|\bgrids?\b|\brectang\w+|\brows\b|\bboards?\b|\b2-?d\b"),
    (
        "square",
        _LISTS,
        r"\bsquare\s+(?:matri\w+|grids?|boards?|arrays?)\b|\b([nN])\s*(?:x|×|\*)\s*\1\b|\bN\s+rows\s+and\s+N\s+columns\b",
    ),
    ("tree", _LISTS, r"\btrees?\b"),
    ("tree from one", _LISTS, r"\btrees?\b"),
    ("single spaces", _TEXTS, _SPACED),
    ("trimmed", _TEXTS, rf"{_SPACED}|\b(?:leading|trailing)\b"),
    ("even length", _LISTS | _TEXTS, r"\beven\s+(?:number|length|size)\b"),
    ("odd length", _LISTS | _TEXTS, r"\bodd\s+(?:number|length|size)\b"),
)
"""Features of a hull, the kinds of the values that have them, and the words by which a statement asks for them."""
_NATURAL: Final = (
    r"\b(?:co-?\s?)?primes?\b|\bdivisors?\b|\bfactors?\b|\bfactorials?\b|\bgcd\b|\blcm\b|\bgreatest\s+common\b|\bleast\s+common\b"
    r"|\bn-?\s?'?th\b|\bfirst\s+n\b|\bdigits?\b|\bbits?\b|\b(?:hexadecimal|octal|binary)\b|\b(?:roman|\w+gonal|\w+hedral)\b"
    r"|\b(?:binomial|eulerian|fibonacci|lucas|catalan|bell|stirling|permutation|combination)\w*\b|\bperfect\s+(?:squares?|numbers?)\b"
    r"|\b(?!even|odd|positive|negative|given|real|whole|two|three|the|a)\w+\s+number\s+or\s+not\b"
    r"|\b(?:area|volume|perimeter|circumference|radius|diameter|sides?|height|width|age|distance|year|month)\b"
)
_NEGATIVE: Final = r"(?<!non)(?<!non[-\s])\bnegative|\([^()]*-\d"
_SUPERLATIVE: Final = (
    r"\b(?:maximum|minimum|max|min|largest|smallest|greatest|longest|shortest|highest|lowest|biggest|most|(?<!at )least)(?!\s+number\s+of\b)"
    rf"\s+(?:[\w/]+\s+){{0,2}}?{_ITEMS}\b"
    # "The first word" alone may be the first of several arguments.
    rf"|\b(?:first|last)\s+(?:[\w/]+\s+){{0,2}}?{_ITEMS}\s+(?:of|in|from)\b"
)
_EMPTY: Final = r"(?<!non)(?<!non[-\s])(?<!not )(?<!not be )\bempty\b|\bno\s+(?:such|elements?)\b|\bnone\b"
_TOPICS: Final = (
    ("nonnegative", _NUMBERS, _NATURAL, _NEGATIVE),
    ("nonempty", _SIZED, _SUPERLATIVE, _EMPTY),
    ("nonempty", _LISTS, r"\b(?:matri(?:x|ces)|grids?|boards?)\b", _EMPTY),
)
"""What a statement speaks of that only some arguments have: natural numbers have divisors and digits, and only what is not
empty has a first or a largest element, and rows. This counts unless the statement has the other word."""
_LETTERS: Final = (
    r"\b(?:consist\w*|contain\w*|compris\w*|made\s+up|only)\b[^.;]{0,50}?\b(?:letters|digits|characters|alphabet\w*|parenthes[ei]s|brackets)\b"
    r"|\b(?:lower|upper)-?\s?case\s+(?:english\s+|latin\s+)?letters\b"
    r"|\bbinary\s+(?:strings?|numbers?)\b|\bstrings?\s+of\s+(?:digits|letters|parenthes[ei]s|brackets)\b"
)
_COUNTS: Final = {1: "one|single", 2: "two|pair", 3: "three|triplet", 4: "four", 5: "five", 6: "six"}
_CONDITION: Final = r"\b(?:if|when|unless|whether|until|otherwise|check|verify|determine)\b"
_OF_ANSWERS: Final = r"|\b(?:returns?|print|produces?|output|create|make|count|number\s+of|how\s+many|convert|flip|change|replace|extract|remove)\b"
_AIMS: Final = r"|\b(?:find|get)\b"
_BEFORE: Final = {
    **dict.fromkeys(
        ("ascending", "descending", "letters"), re.compile(_CONDITION + _OF_ANSWERS, re.IGNORECASE)
    ),
    **dict.fromkeys(
        ("distinct", "distinct throughout"), re.compile(_CONDITION + _OF_ANSWERS + _AIMS, re.IGNORECASE)
    ),
}
"""What stands in front of words that speak of something else than every input: of a condition, or of the answer."""
_OTHER_BEFORE: Final = re.compile(_CONDITION, re.IGNORECASE)


def told_features(
    statement: str, features: Collection[Feature], kinds: Mapping[Path, frozenset[str]]
) -> dict[Feature, str]:
    """Those of a hull's ``features`` that ``statement`` has words for, each with its sentence. ``kinds``: the kinds of the
    values at each path. ``letters`` at a path stands for the classes of letters that were seen there."""
    found: dict[Feature, str] = {}
    sentences = list(_sentences(statement))
    for feature in sorted(features, key=repr):
        at = kinds.get(feature[1], _TEXTS if feature[1][-1] == "word" else frozenset())
        for pattern in _patterns(feature, at, features):
            sentence = next((one for one in sentences if _says(one, pattern, feature[0])), None)
            if sentence is not None:
                found.setdefault(feature, sentence)
        if feature not in found and (topic := _topic(feature, at, sentences, statement)) is not None:
            found[feature] = topic
    return found


def _topic(feature: Feature, at: frozenset[str], sentences: Sequence[str], statement: str) -> str | None:
    """The sentence whose subject has ``feature``, for an argument itself (not its elements)."""
    for name, kinds, pattern, other in _TOPICS:
        is_asked = name == feature[0] and len(feature[1]) == 1 and at and at <= kinds
        if is_asked and not re.search(other, statement, re.IGNORECASE):
            return next((one for one in sentences if re.search(pattern, one, re.IGNORECASE)), None)
    return None


def _patterns(feature: Feature, at: frozenset[str], features: Collection[Feature]) -> Iterator[str]:
    name, path, where = feature
    if not at:
        return
    yield from (pattern for told, kinds, pattern in _TOLD if told == name and at <= kinds)
    if name == "letters" and at <= _TEXTS:
        yield _LETTERS
    if name == "length" and where:
        count = "|".join((str(where[0]), *_COUNTS.get(where[0], "").split("|"))).rstrip("|")
        yield (
            rf"\b(?:{count})\s+(?:\w+\s+){{0,2}}?(?:{_ITEMS}|digits?|lists?|arrays?)\b|\b(?:length|size)\s+(?:of\s+)?(?:{count})\b"
            rf"|\b(?:{count})-digit\b"
        )
    if name in ("<=", ">=") and where[1:] == ("length", "length"):
        other = ">=" if name == "<=" else "<="
        if (other, path, where) in features:
            yield _SAME_SIZE


def _says(sentence: str, pattern: str, name: str) -> bool:
    before = _BEFORE.get(name, _OTHER_BEFORE)
    return any(
        not before.search(sentence, 0, match.start())
        for match in re.finditer(pattern, sentence, re.IGNORECASE)
    )


def _sentences(statement: str) -> Iterator[str]:
    """The sentences of a statement, without its examples and without code."""
    prose = "\n".join(
        f"\n{line}\n" if _COMPARES.search(line) else line
        for line in _EXAMPLES.sub("\n", statement).split("\n")
        if not _CODE.match(line)
    )
    for part in re.split(r"[.;!?]\s|\n\s*\n|\n\s*[-*•]", prose):
        sentence = " ".join(part.split())
        if sentence:
            yield sentence


_EXAMPLES: Final = re.compile(
    r"^\W*(?:for\s+)?examples?\s*\d*\s*:.*?(?=^\W*(?:constraints?|notes?|assum\w+)\b|\Z)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_CODE: Final = re.compile(
    r"\s*(?:>>>|def |class |import |from \w+ import |elif |else:|@|(?:if|while|for) .*:\s*$|return (?:True|False|None|\w+\()|[\w.\[\]]+ [-+]?= )"
)
_COMPARES: Final = re.compile(r"[<>=]=|[≤≥]")
