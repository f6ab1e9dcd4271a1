"""Generated inputs: how they are recorded and compared, and what ends a suite."""

from __future__ import annotations

from prmdata.records import Compare, Execution, Observation, Suite, Task, Verdict
from prmdata.resources import guest_module
from tests.sandboxes.conftest import Judge

codec = guest_module("codec")
TEST = "assert f(1) is not False"


def inputs(*args: object) -> tuple[str, ...]:
    return tuple(codec.encode_call([arg], {}) for arg in args)


def observe(judged: Judge, program: str, suite: Suite, **task: object) -> tuple[Observation, ...]:
    found: Execution = judged(program, TEST, task=Task("", suites=(suite,), **task), cpu_s=0.1)  # type: ignore[arg-type]
    assert found.verdict == Verdict.PASSED
    return found.observations[0]


def statuses(seen: tuple[Observation, ...]) -> list[str]:
    return [each.status for each in seen]


def test_answers_are_recorded_in_the_codecs_text(judged: Judge) -> None:
    program = (
        "def f(a):\n    if a == 3: raise KeyError(a)\n    if a == 4: return object()\n    return (a, [a])\n"
    )
    seen = observe(judged, program, Suite(inputs(1, 2, 3, 4)))
    assert statuses(seen) == ["answered", "answered", "raised", "opaque"]
    assert seen[1].answer == '{"t":[2,[2]]}'
    assert seen[2].answer == "KeyError"


def test_answers_are_compared_with_recorded_ones(judged: Judge) -> None:
    expected = ("2", "4", '{"!":"KeyError"}', "8")
    program = "def f(a):\n    if a == 3: raise KeyError\n    return a * 2 if a < 4 else 9\n"
    seen = observe(judged, program, Suite(inputs(1, 2, 3, 4), expected))
    assert statuses(seen) == ["agreed", "agreed", "agreed", "disagreed"]
    assert seen[3].answer == "9"


def test_a_value_where_an_exception_is_expected_and_the_other_way(judged: Judge) -> None:
    program = "def f(a):\n    if a == 2: raise ValueError\n    return a\n"
    seen = observe(judged, program, Suite(inputs(1, 2, 2), ('{"!":"KeyError"}', "2", '{"!":"KeyError"}')))
    assert statuses(seen) == ["disagreed", "raised", "raised"]


def test_a_function_that_works_in_place_is_seen_by_its_arguments(judged: Judge) -> None:
    seen = observe(judged, "def f(a):\n    if a != 1: a.sort()\n", Suite(inputs([2, 1], [1, 2])))
    assert [each.answer for each in seen] == ['{"m":[[1,2]]}', "null"]
    same = Suite(inputs([2, 1], [1, 2]), ('{"m":[[1,2]]}', "null"))
    assert statuses(observe(judged, "def f(a):\n    if a != 1: a[:] = sorted(a)\n", same)) == ["agreed"] * 2
    assert statuses(observe(judged, "def f(a): pass\n", same)) == ["disagreed", "agreed"]


def test_rules_of_comparison(judged: Judge) -> None:
    half = "def f(a):\n    return [a / 3, [a]] if a != 9 else float('nan')\n"
    near = Suite(inputs(1, 9), ("[0.333333,[1]]", "NaN"), Compare("float", 1e-5))
    assert statuses(observe(judged, half, near)) == ["agreed", "agreed"]
    far = Suite(inputs(1), ("[0.3333,[1]]",), Compare("float", 1e-5))
    assert statuses(observe(judged, half, far)) == ["disagreed"]
    order = Suite(inputs(1), ("[3,[1],2]",), Compare("any-order"))
    assert statuses(observe(judged, "def f(a): return [2, 3, [1]]\n", order)) == ["agreed"]
    assert statuses(observe(judged, "def f(a): return [2, 3, 3]\n", order)) == ["disagreed"]
    ok = "def ok(input, expected, got):\n    return got % input[0] == expected\n"
    checked = Suite(inputs(5, 4), ("0", "0"), Compare("checker", checker=ok))
    assert statuses(observe(judged, "def f(a): return 20 + (a == 4)\n", checked)) == ["agreed", "disagreed"]


def test_nan_is_itself_and_types_are_pythons(judged: Judge) -> None:
    program = "def f(a): return [float('nan'), 1 == 1, 2.0]\n"
    assert statuses(observe(judged, program, Suite(inputs(0), ("[NaN,1,2]",)))) == ["agreed"]
    assert statuses(observe(judged, "def f(a): return (1,)\n", Suite(inputs(0), ("[1]",)))) == ["disagreed"]


def test_a_time_out_ends_the_suite_at_its_input(judged: Judge) -> None:
    program = "def f(a):\n    while a == 70: pass\n    return a\n"
    seen = observe(judged, program, Suite(inputs(*range(200))))
    assert statuses(seen) == ["answered"] * 70 + ["timeout"]


def test_a_death_ends_the_suite_at_its_input(judged: Judge) -> None:
    program = "import os\ndef f(a):\n    if a == 70: os._exit(0)\n    return a\n"
    assert statuses(observe(judged, program, Suite(inputs(*range(200))))) == ["answered"] * 70 + ["died"]


def test_a_suite_stops_after_so_many_disagreements(judged: Judge) -> None:
    suite = Suite(inputs(*range(100)), tuple(str(n if n % 2 else -1) for n in range(100)))
    seen = observe(judged, "def f(a): return a\n", suite, stop_after=3)
    assert statuses(seen) == ["disagreed", "agreed", "disagreed", "agreed", "disagreed"]


def test_a_later_suite_runs_only_if_all_before_it_passed(judged: Judge) -> None:
    one, two = Suite(inputs(1), ("1",)), Suite(inputs(2), ("2",))
    both = judged("def f(a): return a\n", TEST, task=Task("", suites=(one, two)))
    assert [len(suite) for suite in both.observations] == [1, 1]
    first = judged("def f(a): return 2\n", TEST, task=Task("", suites=(one, two)))
    assert [len(suite) for suite in first.observations] == [1]
    none = judged("def f(a): return False\n", TEST, task=Task("", suites=(one, two)))
    assert (none.verdict, none.observations) == (Verdict.WRONG_ANSWER, ())


def test_watched_lines_and_lines_by_input(judged: Judge) -> None:
    program = "def f(a):\n    if a > 2:\n        return 0\n    return 1\n"
    seen = observe(judged, program, Suite(inputs(1, 3, 2)), watch=(3,))
    assert [each.reached for each in seen] == [False, True, False]
    seen = observe(judged, program, Suite(inputs(1, 3)), lines_by_input=True)
    assert [set(each.lines or ()) - {1} for each in seen] == [{2, 4}, {2, 3}]


def test_lines_of_an_execution_are_those_of_its_tests(judged: Judge) -> None:
    program = "def f(a):\n    if a > 2:\n        return 0\n    return 1\n"
    found = judged(program, TEST, task=Task("", suites=(Suite(inputs(1, 3)),), watch=(3,)))
    assert found.lines == (1, 2, 4)


def test_recorded_inputs_serve_as_inputs(judged: Judge) -> None:
    found = judged("def f(a): return a\n", "assert f([1, (2,)])", task=Task("", record_inputs=True))
    seen = observe(judged, "def f(a): return a\n", Suite(found.recorded_inputs))
    assert seen[0].answer == '[1,{"t":[2]}]'
