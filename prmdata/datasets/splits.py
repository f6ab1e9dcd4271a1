"""Which split a problem goes to. The split is by problem, near-duplicates stay together, and every way to
make the dataset gives the same side.

A cluster of near-duplicates has a point in [0, 1): the smallest hash of (seed, content) among its members.
The shares are cumulated in the order of their names, and the point decides the split of the cluster. So a
side depends only on the cluster, the seed and the shares, and a build, the merge of its shards and a
relabelling agree. Problems that are added later move another problem only if they join its cluster with a
smaller hash.

Shares are shares of problems, not of rows, and hold on average: of 1,000 problems, a share of 0.1 gets 100
plus or minus 9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from prmdata.errors import UsageError

Shares = Sequence[tuple[str, float]]
_BITS: Final = 64


def point(content: str, seed: int = 0) -> float:
    """The point of one problem in [0, 1), computed from the digest of its content."""
    digest = hashlib.sha256(f"{seed}\0{content}".encode()).digest()
    return int.from_bytes(digest[: _BITS // 8], "big") / float(2**_BITS)


def side_of(at: float, shares: Shares) -> str:
    """The split whose part of [0, 1) contains the point ``at``. The order of ``shares`` does not matter.

    Raises UsageError for shares that are not positive.
    """
    if not shares or any(share <= 0 for _, share in shares):
        raise UsageError("split: every share must be positive, such as train=0.9,test=0.1")
    ordered = sorted(shares)
    whole = sum(share for _, share in ordered)
    reached = 0.0
    for name, share in ordered:
        reached += share
        if at * whole < reached:
            return name
    return ordered[-1][0]


def assign(
    clusters: Sequence[tuple[str, int]],
    shares: Shares,
    seed: int = 0,
    pinned: Mapping[str, str] | None = None,
) -> list[str]:
    """The split of each problem, in the order given.

    ``clusters`` holds, for each problem, the digest of its content and the number of its cluster of
    near-duplicates. ``pinned`` maps content to a split. A problem that is in it keeps that split, and the
    others of its cluster follow the pinned problem with the smallest point. Raises UsageError for a pinned
    split that has no share.
    """
    pinned = pinned or {}
    unknown = sorted(set(pinned.values()) - {name for name, _ in shares})
    if unknown:
        raise UsageError(f"--splits-from: it has a split {unknown[0]!r}, and --split gives it no share")
    decided: dict[int, tuple[bool, float, str]] = {}
    for content, cluster in clusters:
        mine = (content not in pinned, point(content, seed), content)
        decided[cluster] = min(decided.get(cluster, mine), mine)
    sides: list[str] = []
    for content, cluster in clusters:
        _, at, first = decided[cluster]
        sides.append(pinned.get(content) or pinned.get(first) or side_of(at, shares))
    return sides
