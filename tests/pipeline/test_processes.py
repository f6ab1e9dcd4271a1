"""Sandbox workers are divided among processes, and errors travel between processes."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.errors import BudgetReached, EditRefused, InputError, PrmdataError, QuarantineError, SandboxError
from prmdata.pipeline.engine import WORKERS_PER_PROCESS
from prmdata.pipeline.engines.processes import shares_of


@given(st.integers(1, 500))
def test_every_worker_has_one_process_and_no_process_more_than_it_can_feed(workers: int) -> None:
    shares = shares_of(workers)
    assert sum(shares) == workers
    assert 1 <= min(shares) <= max(shares) <= WORKERS_PER_PROCESS
    assert max(shares) - min(shares) <= 1
    assert len(shares) == -(-workers // WORKERS_PER_PROCESS)


@pytest.mark.parametrize(
    "error",
    [
        InputError("problems.jsonl:3", "no tests"),
        EditRefused("overlap", "two edits of one line"),
        BudgetReached("--max-cost 1 is reached"),
        SandboxError("the guest is gone"),
        QuarantineError("unrepeatable", "two runs differ"),
    ],
)
def test_an_error_comes_through_whole(error: PrmdataError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)
    assert back.exit_code == error.exit_code
