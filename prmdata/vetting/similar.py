"""Duplicates and near-duplicates: the same problem under other names, in another order, in other words.

Two problems are near-duplicates where their references are alike once names, order of definitions, docstrings and
comments are gone, or where their prompts are, whatever the reference.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence

from prmdata.records import Problem
from prmdata.vetting.normal import normal_code, normal_prompt

HASHES = 64
"""Hashes each for code and prompt: a share of 0.75 is estimated to within 0.054 (one standard deviation)."""
ROWS = 4
"""Hashes a band: two problems are compared where one of the ``HASHES / ROWS`` bands is equal. At a share of 0.75 the
chance that none is equal is 0.2%."""
COMPARED = 32
ALIKE_CODE = 0.75
ALIKE_PROMPT = 0.75

_PRIME = (1 << 61) - 1
_CODE_SHINGLE, _PROMPT_SHINGLE = 5, 3
_drawn = random.Random(
    "prmdata.problems.similar"
)  # the signatures of older data sets were made with this seed
_MAPS = tuple((_drawn.randrange(1, _PRIME), _drawn.randrange(_PRIME)) for _ in range(HASHES))


def duplicate_key(problem: Problem) -> str:
    """A digest that is equal for equal problems. Prompt and reference must be the same, apart from white
    space and line ends."""
    return content_digest(problem.prompt, problem.reference)


def content_digest(prompt: str, reference: str) -> str:
    """The SHA-256 (hex) of a prompt and a reference, whatever their white space at line ends."""
    prompt = " ".join(prompt.split())
    lines = [line.rstrip() for line in reference.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    text = prompt + "\0" + "\n".join(line for line in lines if line)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def signature(problem: Problem) -> tuple[int, ...]:
    """``2 * HASHES`` numbers below 2**61: the MinHash of the code, then that of the prompt (-1s where there is none)."""
    code = {shingle for tokens in normal_code(problem) for shingle in _shingles(tokens, _CODE_SHINGLE)}
    prompt = set(_shingles(normal_prompt(problem), _PROMPT_SHINGLE))
    return (*_minhash(code), *_minhash(prompt))


def alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two signatures are of near-duplicates."""
    return (
        _share(one[:HASHES], other[:HASHES]) >= ALIKE_CODE
        or _share(one[HASHES:], other[HASHES:]) >= ALIKE_PROMPT
    )


def clusters(signatures: Sequence[Sequence[int]]) -> list[int]:
    """For each signature the index of the first of its group. Near-duplicates of near-duplicates are one group.

    One band at a time is held, so memory is that of the signatures. Of the members of a band at most ``COMPARED`` that
    differ are compared with: trivial functions share theirs with thousands.
    """
    group = list(range(len(signatures)))

    def find(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for start in range(0, 2 * HASHES, ROWS):
        members: dict[tuple[int, ...], list[int]] = {}
        for index, one in enumerate(signatures):
            band = tuple(one[start : start + ROWS])
            if band[0] < 0:
                continue
            known = members.setdefault(band, [])
            for other in known:
                first, second = sorted((find(index), find(other)))
                if first != second and alike(signatures[other], one):
                    group[second] = first
            if len(known) < COMPARED and all(find(other) != find(index) for other in known):
                known.append(index)
    return [find(index) for index in range(len(signatures))]


class Index:
    """Signatures by their bands: finds the near-duplicates of one among many without comparing all."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, ...]] = []
        self._bands: dict[tuple[int, ...], list[int]] = {}

    def add(self, one: Sequence[int]) -> int:
        """Keep a signature; the number it is found by. Of equal signatures only the first is indexed."""
        number = len(self._kept)
        kept = tuple(one)
        for band in _bands(kept):
            known = self._bands.setdefault(band, [])
            if not any(self._kept[other] == kept for other in known[:1]):
                known.append(number)
        self._kept.append(kept)
        return number

    def near(self, one: Sequence[int]) -> list[int]:
        """The numbers of the kept signatures that are near-duplicates, in ascending order."""
        found = {number for band in _bands(one) for number in self._bands.get(band, ())}
        return sorted(number for number in found if alike(self._kept[number], one))


def _bands(one: Sequence[int]) -> Iterable[tuple[int, ...]]:
    for start in range(0, len(one), ROWS):
        band = tuple(one[start : start + ROWS])
        if band[0] >= 0:
            yield (start, *band)


def _share(one: Sequence[int], other: Sequence[int]) -> float:
    if not one or one[0] < 0 or other[0] < 0:
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def _shingles(tokens: Sequence[str], size: int) -> Iterable[str]:
    """Each run of ``size`` tokens. If there are fewer tokens, all of them together are the only run."""
    if not tokens:
        return []
    return ("\0".join(tokens[at : at + size]) for at in range(max(len(tokens) - size + 1, 1)))


def _minhash(shingles: set[str]) -> tuple[int, ...]:
    if not shingles:
        return (-1,) * HASHES
    hashed = [
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest(), "big")
        for text in shingles
    ]
    return tuple(min((a * value + b) % _PRIME for value in hashed) for a, b in _MAPS)
