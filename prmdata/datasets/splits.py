"""Which split a problem goes to: by problem, near-duplicates together, the same for the same seed.

Shares are of problems, not of rows: a problem with many edits must not pull its neighbours over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from prmdata.errors import UsageError


def assign_splits(
    problem_ids: Iterable[str],
    shares: Sequence[tuple[str, float]],
    *,
    seed: int = 0,
    groups: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The split of each problem.

    ``groups`` names the group of near-duplicates of a problem (absent: it stands alone); a group is
    never divided. The largest groups are placed first, each where most is still missing, so counts are
    within one group of ``shares``, and no split stays empty while there are as many groups as splits.
    The order of ``problem_ids`` does not matter. Raises UsageError for shares that are not positive.
    """
    if not shares or any(share <= 0 for _, share in shares):
        raise UsageError("split: every share must be positive, such as train=0.9,test=0.1")
    members: dict[str, list[str]] = {}
    for problem in dict.fromkeys(problem_ids):
        # A problem without a group is its own: the prefix keeps it apart from groups of the same name.
        key = f"group:{groups[problem]}" if groups and problem in groups else f"alone:{problem}"
        members.setdefault(key, []).append(problem)
    order = sorted(members, key=lambda key: (-len(members[key]), _draw(seed, min(members[key]))))
    total = sum(len(found) for found in members.values())
    whole = sum(share for _, share in shares)
    missing = {name: total * share / whole for name, share in shares}
    chosen: dict[str, str] = {}
    empty = [name for name, _ in sorted(shares, key=lambda pair: -pair[1])]
    for position, key in enumerate(order):
        if len(order) - position <= len(empty):
            split = empty[0]  # just enough groups are left to give each empty split one
        else:
            split = max(missing, key=lambda name: missing[name])
        if split in empty:
            empty.remove(split)
        missing[split] -= len(members[key])
        chosen.update(dict.fromkeys(members[key], split))
    return chosen


def _draw(seed: int, problem: str) -> str:
    return hashlib.sha256(f"{seed}\0{problem}".encode()).hexdigest()
