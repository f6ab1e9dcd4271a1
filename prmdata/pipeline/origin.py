"""Where the rows of a dataset folder come from: which source, and which shards of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prmdata.errors import UsageError


@dataclass(frozen=True, slots=True)
class Origin:
    """``source`` is the digest of all problems of the source as read. It is None if the source was not read
    to its end, or if the dataset was made by 0.1.0, which kept no digest. ``parts`` are the shards of ``of``,
    counted from 1; () stands for the whole source."""

    source: str | None = None
    parts: tuple[int, ...] = ()
    of: int = 1

    def as_dict(self) -> dict[str, Any]:
        """The origin as plain data for the manifest."""
        return {"source_digest": self.source, "shards": list(self.parts), "of": self.of}


def origin_of(manifest: Mapping[str, Any]) -> Origin:
    """The origin that a manifest states. A manifest of 0.1.0 states its shard only in its command."""
    stated = manifest.get("origin")
    if stated is not None:
        return Origin(stated["source_digest"], tuple(stated["shards"]), stated["of"])
    words = shlex.split(manifest.get("command", ""))
    for index, word in enumerate(words):
        given = word.removeprefix("--shard=") if word.startswith("--shard=") else ""
        if word == "--shard" and index + 1 < len(words):
            given = words[index + 1]
        number, _, count = given.partition("/")
        if number.isdecimal() and count.isdecimal() and int(count) > 1:
            return Origin(None, (int(number),), int(count))
    return Origin()


def merged_origin(folders: Sequence[Path], origins: Sequence[Origin], *, is_partial: bool) -> Origin:
    """The origin of what the folders hold together.

    Either all folders are shards of one build, each shard once and, unless ``is_partial``, without gaps; or
    all are plain builds of different sources. Raises UsageError, which names the folders, for anything else.
    """
    shards = [bool(origin.parts) for origin in origins]
    if any(shards) and not all(shards):
        plain, shard = folders[shards.index(False)], folders[shards.index(True)]
        raise UsageError(
            f"{plain}: a plain build, and {shard} is a shard; merge shards of one build, or plain builds"
        )
    return _of_shards(folders, origins, is_partial) if all(shards) else _of_plain_builds(folders, origins)


def _of_plain_builds(folders: Sequence[Path], origins: Sequence[Origin]) -> Origin:
    seen: dict[str, Path] = {}
    for folder, origin in zip(folders, origins, strict=True):
        if origin.source is not None and (first := seen.setdefault(origin.source, folder)) != folder:
            raise UsageError(f"{folder}: made from the same problems as {first}; give each build once")
        if folders.count(folder) > 1:
            raise UsageError(f"{folder}: given twice; give each build once")
    return Origin() if len(folders) > 1 else origins[0]


def _of_shards(folders: Sequence[Path], origins: Sequence[Origin], is_partial: bool) -> Origin:
    owner: dict[int, Path] = {}
    first = origins[0]
    for folder, origin in zip(folders, origins, strict=True):
        if origin.of != first.of:
            raise UsageError(
                f"{folder}: one of {origin.of} shards, and {folders[0]} is one of {first.of}; merge shards of one build"
            )
        known = [other.source for other in origins if other.source is not None]
        if origin.source is not None and origin.source != known[0]:
            raise UsageError(
                f"{folder}: a shard of another source than {folders[0]} (the problems differ); merge shards of one build"
            )
        for part in origin.parts:
            if part in owner:
                raise UsageError(
                    f"{folder}: holds shard {part}/{first.of}, as {owner[part]} does; give each shard once"
                )
            owner[part] = folder
    missing = [part for part in range(1, first.of + 1) if part not in owner]
    if missing and not is_partial:
        shown = ", ".join(f"{part}/{first.of}" for part in missing)
        raise UsageError(
            f"shards are missing: {shown}; give their folders too, or --partial to merge what is there"
        )
    sources = [origin.source for origin in origins if origin.source is not None]
    whole = Origin(sources[0] if sources else None)
    return replace(whole, parts=tuple(sorted(owner)), of=first.of) if missing else whole
