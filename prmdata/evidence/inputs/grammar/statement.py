"""What a problem's statement says of its inputs, as far as it can be read."""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from prmdata.evidence.domain.observe import Feature

_ORDERED: Final = r"ascend|descend|increas|decreas|sorted|\border|lexicograph"
_TELLS: Final = {
    "prime": r"prime",
    "composite": r"prime|composite",
    "divides": r"divi|multiple|factor",
    "divided by": r"divi|multiple|factor",
    "even length": r"\beven\b",
    "odd length": r"\bodd\b",
    "even": r"\beven\b",
    "odd": r"\bodd\b",
    "length": r"\bexactly\b|\bdigit",
    "!=": r"differ|distinct|≠|!=|\\neq?\b|not equal|unique|pairwise|no two|same",
    "unequal": r"differ|distinct|≠|!=|\\neq?\b|not equal|unique|pairwise|no two|same",
    "distinct": r"differ|distinct|≠|!=|\\neq?\b|unique|pairwise|permutation|no two|same",
    "distinct throughout": r"differ|distinct|≠|!=|\\neq?\b|unique|pairwise|permutation|no two|same",
    "beyond one": r"\b2 *(≤|<=|\\leq?\b|⩽|≦)|\b1 *(<|\\lt\b)|greater than (1|one)|at least (2|two)|\btwo\b",
    "run of numbers": r"permutation|consecutive|from 1 to",
    "run of numbers throughout": r"permutation|consecutive|from 1 to",
    "ascending": _ORDERED,
    "descending": _ORDERED,
    "palindrome": r"palindrom",
    "square": r"square|n *[x×*] *n",
    "unit": r"\b(0|zero)\b.{0,20}\b(1|one)\b",
}
"""Features that few given inputs may share by chance, each with what a statement says where it asks for them."""
_HAS_BOUNDS: Final = re.compile(r"≤|<=|\\leq?\b|⩽|≦")


def is_said(feature: Feature, sentences: str) -> bool:
    """Whether ``sentences`` (guarantees) have a word for a feature."""
    tells = _TELLS.get(feature[0])
    return tells is not None and re.search(tells, sentences, re.IGNORECASE) is not None


def is_unsaid(feature: Feature, statement: str) -> bool:
    """Whether ``statement``, which gives the bounds of its inputs, has no word for a feature that given inputs may
    share by chance. (A statement without bounds may leave out more.)"""
    tells = _TELLS.get(feature[0])
    if tells is None or not _HAS_BOUNDS.search(statement):
        return False
    return re.search(tells, statement, re.IGNORECASE) is None


_LETTERS: Final = (
    (
        ascii_lowercase,
        re.compile(
            r"\b(lower-?\s?case|small)\s+((english|latin|roman)\s+)?(letters?|characters?)", re.IGNORECASE
        ),
    ),
    (
        ascii_uppercase,
        re.compile(
            r"\b(upper-?\s?case|capital)\s+((english|latin|roman)\s+)?(letters?|characters?)", re.IGNORECASE
        ),
    ),
)


def stated_letters(statement: str) -> frozenset[str]:
    """The letters of which ``statement`` says that its texts consist; empty where it says none."""
    return frozenset("".join(letters for letters, said in _LETTERS if said.search(statement)))
