"""The sides of a split for the problems of a dataset: which are near-duplicates, pinned, or moved."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prmdata.config import BuildConfig
from prmdata.datasets.reader import configs, read_rows
from prmdata.datasets.splits import assign
from prmdata.errors import InputError
from prmdata.records.numbers import number_of
from prmdata.vetting.similar import clusters, content_digest


@dataclass(frozen=True, slots=True)
class Sides:
    """The split of each problem by its place in the source, and what a user should know about it."""

    of: Mapping[int, str]
    moved: int = 0
    """Problems that were on another side in the dataset that was in the folder before."""
    notes: list[str] = field(default_factory=list)


def sides_of(
    problems: Iterable[tuple[int, dict[str, Any]]],
    config: BuildConfig,
    *,
    pinned: Mapping[str, str] | None = None,
    before: Mapping[str, str] | None = None,
) -> Sides:
    """The sides of ``problems`` (place and row of config ``problems``). Memory holds 1.2 KB for each problem.

    ``pinned`` and ``before`` map the digest of a problem's content to its side in another dataset.
    """
    if len(config.split) == 1:
        return Sides(_Everywhere(config.split[0][0]))
    signatures: list[array[int]] = []
    places: list[int] = []
    contents: list[str] = []
    for place, row in problems:
        signatures.append(array("q", row["signature"]))
        places.append(place)
        contents.append(content_digest(row["prompt"], row["reference"]))
    groups = clusters(signatures)
    chosen = assign(list(zip(contents, groups, strict=True)), config.split, config.seed, pinned)
    moved = sum(
        (before or {}).get(content, side) != side for content, side in zip(contents, chosen, strict=True)
    )
    return Sides(dict(zip(places, chosen, strict=True)), moved, _notes(groups, chosen, config))


def stored_sides(out: Path) -> dict[str, str]:
    """The side of each problem of a dataset folder, by the digest of its content; {} if there is no
    dataset."""
    if not out.is_dir() or "problems" not in configs(out):
        return {}
    rows = read_rows(out, "problems", columns=["prompt", "reference"])
    return {content_digest(row["prompt"], row["reference"]): split for split, row in rows}


def pinned_sides(out: Path) -> dict[str, str]:
    """:func:`stored_sides` of a folder that must hold a dataset. Raises InputError if it holds none."""
    found = stored_sides(out)
    if not found:
        raise InputError(
            str(out), "no dataset of prmdata with problems in it; give the folder of an older build"
        )
    return found


def digest_of_sides(sides: Mapping[str, str]) -> str:
    """One SHA-256 over all sides: it is equal exactly if all sides are equal."""
    lines = "".join(f"{content} {side}\n" for content, side in sorted(sides.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _notes(groups: list[int], chosen: list[str], config: BuildConfig) -> list[str]:
    notes = []
    sizes = Counter(chosen)
    for name, share in config.split:
        if chosen and not sizes[name]:
            notes.append(
                f"split {name} is empty: none of {number_of(len(chosen), 'problem')} fell into its share of {share:g};"
                " another --seed draws anew"
            )
    torn = Counter(group for group, _ in set(zip(groups, chosen, strict=True)))
    divided = sum(count > 1 for count in torn.values())
    if divided:
        notes.append(
            f"{number_of(divided, 'cluster of near-duplicates stands', 'clusters of near-duplicates stand')} on more than one side, as --splits-from pinned them"
        )
    return notes


class _Everywhere(dict[int, str]):
    """The same side for every place."""

    def __init__(self, side: str) -> None:
        super().__init__()
        self._side = side

    def __missing__(self, place: int) -> str:
        return self._side
