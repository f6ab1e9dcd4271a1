"""The native layout is read and written without loss."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmdata.problems.layouts.native import native_row, read
from prmdata.problems.rows import Row
from prmdata.records import Compare, Limits, Problem, Rollout, Test

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
FILLED = TEXT.filter(bool)
COMPARES = st.one_of(
    st.just(Compare()),
    st.just(Compare("exact")),
    st.just(Compare("any-order")),
    st.floats(0, 1).map(lambda tolerance: Compare("float", tolerance=tolerance)),
    st.just(Compare("checker", checker="def ok(input, expected, got):\n    return True\n")),
)
CALLED = st.lists(
    st.sampled_from(
        [
            Test("assert", code="assert f(1) == 2"),
            Test("assert", code="for x in range(3):\r\n    assert f(x)"),
            Test("check", code="def check(candidate):\n    assert candidate(1)\n"),
        ]
    )
)
FED = st.lists(st.builds(Test, form=st.just("stdio"), input=TEXT, output=TEXT))
PROBLEMS = st.builds(
    Problem,
    id=FILLED,
    prompt=TEXT,
    reference=TEXT,
    tests=(CALLED | FED).map(tuple),
    entry_point=st.none() | FILLED,
    setup=TEXT,
    compare=COMPARES,
    rollouts=st.lists(st.builds(Rollout, program=TEXT, n_samples=st.integers(1, 9))).map(tuple),
    references=st.lists(TEXT).map(tuple),
    source=TEXT,
    license=TEXT,
    limits=st.builds(Limits, st.none() | st.floats(0.1, 9), st.none() | st.integers(1, 4096)),
    metadata=st.dictionaries(TEXT.map("x_".__add__), st.none() | st.integers() | TEXT | st.lists(TEXT)),
)


# On a busy machine a problem of this many parts takes longer to draw than Hypothesis likes.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PROBLEMS)
def test_what_is_written_is_read_back(problem: Problem) -> None:
    row = json.loads(json.dumps(native_row(problem)))
    back = read(Row(row, "here"))
    assert back == problem
    assert dict(back.metadata) == dict(problem.metadata)


def test_optional_keys_that_say_nothing_are_not_written() -> None:
    problem = Problem("a", "p", "r", (Test("assert", code="assert f()"),))
    assert native_row(problem) == {"id": "a", "prompt": "p", "reference": "r", "tests": ["assert f()"]}
