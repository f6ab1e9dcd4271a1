"""Sums of what a teacher took. An unknown price makes the sum unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

BY_KIND: Final = "by_kind"
"""Where the manifest's costs say what the answers took, by the kind of edit or program that they were for."""


def add_costs(total: dict[str, Any], cost: Mapping[str, Any]) -> None:
    """Add the numbers of ``cost`` to ``total``, those of tables in it too. None (unknown) stays None; other values are left
    out."""
    for key, value in cost.items():
        if isinstance(value, Mapping):
            add_costs(total.setdefault(key, {}), value)
        elif value is None:
            total[key] = None
        elif isinstance(value, (int, float)) and total.get(key, 0) is not None:
            total[key] = total.get(key, 0) + value
