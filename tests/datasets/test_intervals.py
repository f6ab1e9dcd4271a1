"""Wilson's interval agrees with published values."""

from __future__ import annotations

import pytest

from prmdata.datasets.intervals import wilson


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (49, 119, 0.3274, 0.5016),
        (8, 10, 0.4902, 0.9433),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_intervals_equal_published_values(hits, total, low, high):
    assert wilson(hits, total) == pytest.approx((low, high), abs=1e-4)


def test_more_confidence_is_a_wider_interval():
    low, high = wilson(8, 10)
    wider = wilson(8, 10, confidence=0.99)
    assert wider[0] < low < high < wider[1]
