"""Sums of costs: what is unknown stays unknown, and a replay of shards does not add up what they share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.pipeline.costs import add_costs
from prmdata.pipeline.problem_work import _counted
from prmdata.pipeline.shards import _summed
from prmdata.records import Problem, Reply, Request, Usage

NUMBERS = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 99))


@given(st.lists(NUMBERS, max_size=5))
def test_a_sum_is_unknown_where_one_cost_is(costs: list[dict[str, int | None]]) -> None:
    total: dict[str, Any] = {}
    for one in costs:
        add_costs(total, {"by_kind": {"mutate": one}})
    found = total.get("by_kind", {}).get("mutate", {})
    for name in "abc":
        said = [one[name] for one in costs if name in one]
        known = None if None in said else sum(filter(None, said))
        assert found.get(name, 0) == (known if said else 0)


def test_shards_add_what_each_asked_and_not_what_they_share() -> None:
    kinds = {"rewrite": {"requests": 2, "prompt_tokens": 5, "completion_tokens": 7, "cost_usd": None}}
    cost = {"requests": 2, "unusable": {"empty": 1}, "job": {"requests": 9}, "by_kind": kinds}
    total = _summed([{"cost": cost}, {"cost": cost}, {}])
    assert (total["requests"], "job" in total, "unusable" in total) == (4, False, False)
    assert total["by_kind"]["rewrite"] == {
        "requests": 4, "prompt_tokens": 10, "completion_tokens": 14, "cost_usd": None
    }  # fmt: skip


def test_answers_are_counted_by_what_they_were_for() -> None:
    problem = Problem("p", "P", "x = 1\n", ())
    search = Request("complete", problem, "", purpose="rewrite")

    def strategy() -> Any:
        return [(yield Request("mutate", problem, "")), (yield search), (yield search), (yield "run")]

    asked: dict[str, Any] = {}
    passed_on = _counted(strategy(), asked)
    replies = [Reply(), Reply(usage=Usage(1, 10, 2, 0.5)), Reply(usage=Usage(2, 20, 4, 0.25)), ("done",)]
    next(passed_on)
    for reply in replies[:-1]:
        passed_on.send(reply)
    with pytest.raises(StopIteration) as end:
        passed_on.send(replies[-1])
    assert end.value.value == replies
    assert asked == {
        "rewrite": {"requests": 3, "prompt_tokens": 30, "completion_tokens": 6, "cost_usd": 0.75}
    }  # offline edits cost nothing and are not counted
