"""Numbers in sentences: one problem is not "1 problems"."""

from __future__ import annotations


def number_of(n: int, one: str, many: str | None = None) -> str:
    """``1 problem``, ``2 problems``; ``many`` where an "s" does not do."""
    return f"{n} {one if n == 1 else many or one + 's'}"
