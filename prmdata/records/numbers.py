"""Numbers in sentences: "1 problem", not "1 problems"."""

from __future__ import annotations


def number_of(n: int, one: str, many: str | None = None) -> str:
    """``1 problem``, ``2 problems``. Give ``many`` if the plural is not made with an "s"."""
    return f"{n} {one if n == 1 else many or one + 's'}"
