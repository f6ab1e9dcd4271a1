"""The material for inputs: the values seen at each path of the given inputs, and the programs' literals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.evidence.domain.features import RECORD_LENGTH, char_class
from prmdata.evidence.domain.observe import is_record
from prmdata.evidence.inputs.literals import Literals
from prmdata.evidence.values import Call, Path, kind_of


@dataclass(slots=True)
class Slot:
    """What was seen at one path: its kinds in the order in which they were seen, the values of each kind, and
    the lengths."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        return list(self.values)


class ValuePool:
    """Slots by path, filled from the given calls; ``literals`` are offered at every path of their kind."""

    def __init__(self, given: Sequence[Call], literals: Literals) -> None:
        self.given = tuple(given)
        self.literals = literals
        self.slots: dict[Path, Slot] = {}
        self._letters: dict[Path, list[str]] = {}
        for call in given:
            for path, value in call.slots():
                self._fill(path, value)

    def slot(self, path: Path) -> Slot:
        return self.slots.get(path, _EMPTY)

    def letters(self, path: Path) -> list[str]:
        """The letters for new texts: the letters that were seen, the letters in the programs' literals, the
        ends of each class that was seen, and the letters whose codes stand in the programs. Letters of
        literals come in both cases and with the letters on both sides. (``c != "k"`` and ``c < "k"`` differ
        only for some letter above "k".)"""
        if path not in self._letters:
            seen = self.slot(path).letters
            classes = {char_class(char) for char in seen}
            found = list(seen)
            _extend(
                found,
                (way for text in self.literals.texts for char in text for way in (char, char.swapcase())),
            )
            _extend(found, (chr(code) for code in self.literals.integers if _is_a_letter(code)))
            single = [text for text in self.literals.texts if len(text) == 1]
            beside = (ord(text) + step for text in single for step in (-1, 1))
            _extend(found, (chr(code) for code in beside if _is_a_letter(code)))
            for kind, ends in (("a", "az"), ("A", "AZ"), ("0", "09")):
                if kind in classes:
                    _extend(found, ends)
            self._letters[path] = found or ["a", "b"]
        return self._letters[path]

    def _fill(self, path: Path, value: Any) -> None:
        slot = self.slots.setdefault(path, Slot())
        seen = slot.values.setdefault(kind_of(value), [])
        if value not in seen and len(seen) < 64:
            seen.append(value)
        if isinstance(value, str):
            slot.lengths.append(len(value))
            _extend(slot.letters, value)
            _extend(slot.words, (word for word in value.split(" ") if word))
        elif isinstance(value, dict):
            slot.lengths.append(len(value))
            for key, item in value.items():
                self._fill((*path, "k"), key)
                self._fill((*path, "v"), item)
        elif isinstance(value, list | tuple | set | frozenset):
            slot.lengths.append(len(value))
            for place, item in enumerate(value):
                self._fill((*path, "[]"), item)
                if place < RECORD_LENGTH and is_record(value):
                    self._fill((*path, place), item)


_EMPTY = Slot()
_LAST_CODE: Final = 0x2FFF
"""Numbers in programs up to this one are also tried as codes of letters (128 and 256 are sizes of tables of
letters)."""


def _is_a_letter(code: int) -> bool:
    return 32 <= code <= _LAST_CODE and chr(code).isprintable()


def _extend(seen: list[str], more: Iterable[str]) -> None:
    for one in more:
        if one not in seen and len(seen) < 96:
            seen.append(one)
