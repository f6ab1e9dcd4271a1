"""Shares that must hold, as hypothesis tests how good its results are: a required share, and a test that fails where
what was counted would be very unlikely if the share held. A slip or two of a small sample do not fail."""

from __future__ import annotations

from math import exp, lgamma, log
from typing import Final

UNLIKELY: Final = 0.01
"""A test fails if counts at least this bad come by with less than this probability where the share just holds."""


def at_least(share: float, hits: int, of: int, what: str) -> None:
    """Fails if ``hits`` of ``of`` are too few for a true share of ``share``."""
    by_chance = _no_more_than(hits, of, share)
    assert by_chance >= UNLIKELY, (
        f"{what}: {hits} of {of}, at least {share:.1%} required (by chance {by_chance:.2g})"
    )


def at_most(share: float, hits: int, of: int, what: str) -> None:
    """Fails if ``hits`` of ``of`` are too many for a true share of ``share``."""
    by_chance = _no_more_than(of - hits, of, 1 - share)
    assert by_chance >= UNLIKELY, (
        f"{what}: {hits} of {of}, at most {share:.1%} allowed (by chance {by_chance:.2g})"
    )


def _no_more_than(hits: int, of: int, share: float) -> float:
    """The probability of ``hits`` or fewer in ``of`` draws, each a hit with the probability ``share``, by logarithms: the
    number of ways to choose from a thousand is no float."""
    return sum(
        exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(share) + (of - k) * log(1 - share))
        for k in range(hits + 1)
    )
