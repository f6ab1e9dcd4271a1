"""Which split a problem goes to: by problem, near-duplicates together, the same for the same seed.

Shares are of problems, not of rows: a problem with many edits must not pull its neighbours over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from prmdata.errors import UsageError

Key = TypeVar("Key", int, str)


def assign(group_of: Mapping[Key, str], shares: Sequence[tuple[str, float]], seed: int = 0) -> dict[Key, str]:
    """The split of each problem.

    ``group_of`` names each problem's group of near-duplicates, which is never divided. The largest groups
    are placed first, each where most is still missing, so counts are within one group of ``shares``, and
    no split stays empty while there are as many groups as splits. The order of ``group_of`` does not
    matter; the names of the groups and the seed do. Raises UsageError for shares that are not positive.
    """
    if not shares or any(share <= 0 for _, share in shares):
        raise UsageError("split: every share must be positive, such as train=0.9,test=0.1")
    members: dict[str, list[Key]] = {}
    for problem, group in group_of.items():
        members.setdefault(group, []).append(problem)
    order = sorted(members, key=lambda group: (-len(members[group]), _draw(seed, group)))
    whole = sum(share for _, share in shares)
    missing = {name: len(group_of) * share / whole for name, share in shares}
    chosen: dict[Key, str] = {}
    empty = [name for name, _ in sorted(shares, key=lambda pair: -pair[1])]
    for position, group in enumerate(order):
        if len(order) - position <= len(empty):
            split = empty[0]  # just enough groups are left to give each empty split one
        else:
            split = max(missing, key=lambda name: missing[name])
        if split in empty:
            empty.remove(split)
        missing[split] -= len(members[group])
        chosen.update(dict.fromkeys(members[group], split))
    return chosen


def _draw(seed: int, group: str) -> str:
    return hashlib.sha256(f"{seed}\0{group}".encode()).hexdigest()
