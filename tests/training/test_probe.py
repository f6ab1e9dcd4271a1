"""The linear probe: the minimum of its loss, whatever the scale of a feature, and chosen on other problems."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.training.probe import HELD_OUT, auc, fit, held_out_rows, train


def cloud(n: int = 400, width: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = (draw.random(n) < 0.8).astype(int)
    found = draw.normal(size=(n, width))
    found[:, 2] += 1.5 * labels
    return found, labels


def test_its_loss_has_no_slope_where_it_ends() -> None:
    features, labels = cloud()
    for probe in fit(features, labels, (1e-2, 1.0)):
        inputs = (features - probe.mean) / probe.scale
        share = np.where(labels == 1, 0.5 / (labels == 1).sum(), 0.5 / (labels == 0).sum())
        odds = 1 / (1 + np.exp(-probe(features)))
        slope = inputs.T @ (share * (odds - labels)) + probe.penalty * probe.weights
        assert np.abs(slope).max() < 1e-6
        assert abs((share * (odds - labels)).sum() + probe.penalty * probe.bias) < 1e-6


def test_units_of_a_feature_do_not_matter() -> None:
    features, labels = cloud()
    units = np.array([1.0, 1e3, 1e-2, 7.0, 1.0])
    one, other = (fit(each, labels, (0.1,))[0] for each in (features, features * units + 3))
    assert np.allclose(one(features), other(features * units + 3), atol=1e-2)


def test_it_finds_what_tells_steps_of_other_rows_apart() -> None:
    problems = [f"p{row % 20}" for row in range(400)]
    probe = train(*cloud(), problems, seed=0)
    features, labels = cloud(seed=1)
    assert auc(probe(features), labels) > 0.8
    assert np.abs(probe.weights).argmax() == 2


def test_problems_are_held_out_whole_and_by_seed() -> None:
    problems = [f"p{row % 20}" for row in range(100)]
    away = held_out_rows(problems, 3)
    names = {problem for problem, out in zip(problems, away, strict=True) if out}
    assert len(names) == round(20 * HELD_OUT)
    assert not names & {problem for problem, out in zip(problems, away, strict=True) if not out}
    assert (away == held_out_rows(problems, 3)).all()
    assert (away != held_out_rows(problems, 4)).any()


def test_the_area_counts_pairs_and_ties_half() -> None:
    scores, labels = np.array([3.0, 1.0, 2.0, 1.0]), np.array([1, 1, 0, 0])
    assert auc(scores, labels) == pytest.approx((1 + 1 + 0 + 0.5) / 4)


def test_rows_of_one_label_are_refused() -> None:
    with pytest.raises(ValueError, match="both labels"):
        fit(np.ones((3, 2)), np.ones(3, int), (1.0,))
