"""The reasons are a contract. Each is described in words, and each is given by a policy."""

from __future__ import annotations

from pathlib import Path

from prmdata.datasets.describe import REASONS, reason_text
from prmdata.labels.reasons import Reason, failure_reason
from prmdata.records import Verdict

POLICIES = Path(__file__).parents[2] / "prmdata/labels/policies"


def test_every_reason_is_said_in_words_and_no_other() -> None:
    assert set(REASONS) == set(Reason)
    assert reason_text("of_a_plug_in") == "of a plug in"


def test_a_failing_verdict_is_a_reason_of_its_own_name() -> None:
    assert {failure_reason(verdict).value for verdict in Verdict} == {verdict.value for verdict in Verdict}


def test_every_reason_is_given_by_some_policy() -> None:
    text = "".join(path.read_text("utf-8") for path in POLICIES.glob("*.py"))
    verdicts = {verdict.value for verdict in Verdict}
    assert all(f"Reason.{reason.name}" in text for reason in Reason if reason.value not in verdicts)
