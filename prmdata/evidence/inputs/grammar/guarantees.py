"""What a statement guarantees of its inputs beyond bounds, and whether drawn inputs are known to hold it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from prmdata.evidence.inputs.grammar.structures import EdgeForm

_SENTENCE: Final = re.compile(r"[^.;\n]*(?:guarante|will be equal to)[^.;\n]*", re.IGNORECASE)
_DENIED: Final = re.compile(
    r"\bnot guaranteed\b|can guarantee|^\s*for example\b|always exists? under", re.IGNORECASE
)
_OF_TREES: Final = re.compile(r"\btrees?\b", re.IGNORECASE)
_OF_CONNECTION: Final = re.compile(r"connected\b|\breach|\bpaths? (between|from)|\bget from", re.IGNORECASE)
_OF_SIMPLE_EDGES: Final = re.compile(
    r"multiple edges|self-?loops?|at most one|more than one|same pair|no two (roads|edges)|(appear|occur)s? twice",
    re.IGNORECASE,
)
_OF_ANY: Final = re.compile(
    r"\bsums?\b|\btotal\b|≤|<=|\\le|exceed|\blength|\bempty\b|letters|distinct|differ|coincide|unique|pairwise"
    r"|\binteger|permutation|no two",
    re.IGNORECASE,
)
"""What bounds, the letters seen and the features of the hull keep."""
FEW_ENDS: Final = re.compile(
    r"(at most|no more than|not more than|exactly) (two|2)\b|(two|2) at most", re.IGNORECASE
)


def unread_guarantee(statement: str, edges: Collection[EdgeForm], *, has_parents: bool = False) -> str | None:
    """The first sentence of ``statement`` that guarantees something of its inputs which drawn ones may not hold, given
    the forms of their ``edges``; None where there is none. ``has_parents``: a list gives the parents of a tree's nodes.
    """
    for sentence in _SENTENCE.findall(statement):
        is_kept = _is_kept(sentence, edges) or (has_parents and _OF_TREES.search(sentence))
        if not is_kept and not _DENIED.search(sentence):
            return str(sentence).strip()
    return None


def _is_kept(sentence: str, edges: Collection[EdgeForm]) -> bool:
    if FEW_ENDS.search(sentence):
        return any(form.most_ends is not None for form in edges)
    if _OF_TREES.search(sentence):
        return any(form.is_tree for form in edges)
    if _OF_SIMPLE_EDGES.search(sentence) and not any(form.is_simple for form in edges):
        return False
    if _OF_CONNECTION.search(sentence):
        return any(form.is_connected for form in edges)
    return bool(_OF_SIMPLE_EDGES.search(sentence) or _OF_ANY.search(sentence))
