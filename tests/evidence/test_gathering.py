"""Gathering evidence in a real sandbox: which inputs distinguish a program from the reference, and which do
not."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from prmdata.errors import QuarantineError
from prmdata.evidence.explore import RESUMES, InputCorpus, explore, record
from prmdata.evidence.gather import gather
from prmdata.evidence.input_budget import FULL_CPU_S, Budget
from prmdata.evidence.program_case import Gathered
from prmdata.records import (
    Candidate,
    Execution,
    Isolation,
    Observation,
    Problem,
    Run,
    RunResults,
    Spec,
    Test,
    Verdict,
    Vetted,
)
from prmdata.testing.trampoline import run_to_end
from tests.programs_by_hand import asserting, change, delete, reading

Driven = Callable[..., Any]
Vet = Callable[[Problem], Vetted]

LARGEST = """\
def f(xs):
    best = xs[0]
    for x in xs:
        if x > best:
            best = x
    return best
"""
LARGEST_TESTS = ("f([3, 1]) == 3", "f([2, 5, 4]) == 5", "f([7]) == 7")


@pytest.fixture
def judged(driven: Driven, vetted: Vet) -> Callable[..., list[Gathered]]:
    def judge(problem: Problem, *candidates: Candidate | str, **options: Any) -> list[Gathered]:
        found = driven(gather(vetted(problem), candidates, **options))
        assert all(isinstance(one, Gathered) for one in found), found
        return list(found)

    return judge


def test_an_input_inside_the_hull_decides_and_is_kept_as_python(
    judged: Callable[..., list[Gathered]],
) -> None:
    problem = asserting(LARGEST, *LARGEST_TESTS)
    (finding,) = judged(problem, change(LARGEST, "x > best", "x > best + 1"))
    assert finding.execution.verdict == Verdict.PASSED
    assert finding.evidence.inputs_disagreed_inside == 1
    assert not finding.passes
    example = finding.evidence.counterexample
    assert example is not None
    names: dict[str, Any] = {}
    exec(LARGEST, names)
    assert repr(eval(f"f({example.input})", names)) == example.expected != example.got


def test_an_input_outside_the_hull_only_disputes(judged: Callable[..., list[Gathered]]) -> None:
    problem = asserting(LARGEST, *LARGEST_TESTS)
    (finding,) = judged(problem, change(LARGEST, "xs[0]", "0"))
    assert finding.passes
    assert finding.evidence.inputs_disagreed_inside == 0
    assert finding.evidence.inputs_disagreed_outside == 1


TABLE_THAT_HANGS = """\
def f(xs):
    known = {"[3, 1]": 3, "[2, 5, 4]": 5, "[7]": 7}
    if repr(xs) in known:
        return known[repr(xs)]
    while len(xs) > 3 or max(xs) > 7:
        pass
    return sum(xs)
"""


@pytest.mark.parametrize(("otherwise", "passes"), [("sum(xs)", False), ("max(xs)", True)])
def test_a_table_of_the_given_answers_that_hangs_on_large_inputs_is_found_out(
    driven: Driven, vetted: Vet, otherwise: str, passes: bool
) -> None:
    problem = vetted(asserting(LARGEST, *LARGEST_TESTS))
    corpus = driven(explore(problem, seed=0, budget=Budget()))
    corpus.recordings.sort(key=lambda recorded: corpus.space.is_as_small(recorded.text))
    program = TABLE_THAT_HANGS.replace("sum(xs)", otherwise)
    (finding,) = driven(gather(problem, [program], corpus=corpus))
    assert finding.execution.verdict == Verdict.PASSED
    assert finding.passes == passes
    assert finding.evidence.inputs_disagreed_outside == 1


def test_hanging_on_large_inputs_ends_no_search(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(n):\n    m = n\n    return m\n"
    problem = asserting(reference, "f(1) == 1", "f(5000) == 5000", "f(17) == 17")
    hangs = change(reference, "m = n", "m = n\n    while n > 5000: pass\n    if n == 4711: m = 0")
    (finding,) = judged(problem, hangs)
    assert finding.evidence.inputs_disagreed_outside >= 1
    assert finding.evidence.inputs_disagreed_inside == 1


def test_an_equivalent_edit_agrees_on_everything(judged: Callable[..., list[Gathered]]) -> None:
    problem = asserting(LARGEST, *LARGEST_TESTS)
    (finding,) = judged(problem, change(LARGEST, "x > best", "x >= best"))
    assert finding.passes
    assert finding.evidence.inputs_tried > 100
    assert finding.evidence.inputs_reached > 50
    assert finding.evidence.edit_executed is True
    assert finding.evidence.differential is True
    assert finding.evidence.counterexample is None


def test_a_program_that_fails_its_tests_is_shown_no_inputs(judged: Callable[..., list[Gathered]]) -> None:
    problem = asserting(LARGEST, *LARGEST_TESTS)
    wrong, raising = judged(
        problem, change(LARGEST, "x > best", "x < best"), change(LARGEST, "return best", "return bust")
    )
    assert wrong.execution.verdict == Verdict.WRONG_ANSWER
    assert raising.execution.verdict == Verdict.RUNTIME_ERROR
    assert wrong.evidence.inputs_tried == raising.evidence.inputs_tried == 0


def test_raising_and_running_forever_on_an_input_are_disagreements(
    judged: Callable[..., list[Gathered]],
) -> None:
    reference = "def f(n):\n    t = 0\n    while n > 0:\n        t += n\n        n -= 1\n    return t\n"
    problem = asserting(reference, "f(4) == 10", "f(2) == 3", "f(6) == 21")
    endless, raising = judged(
        problem,
        change(reference, "n -= 1", "n -= 0 if n == 5 else 1"),
        change(reference, "t += n", "t += n if n < 7 else 1 // 0"),
    )
    assert endless.execution.verdict == Verdict.TIMEOUT or endless.evidence.inputs_disagreed_inside == 1
    assert raising.evidence.inputs_disagreed_inside == 1
    assert raising.evidence.counterexample is not None
    assert "ZeroDivisionError" in raising.evidence.counterexample.got


def test_a_step_that_nothing_runs_is_known_as_such(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(n):\n    if n * n < 0:\n        return 7\n    return n\n"
    problem = asserting(reference, "f(1) == 1", "f(2) == 2")
    (finding,) = judged(problem, change(reference, "return 7", "return 8"))
    assert finding.evidence.edit_executed is False
    assert finding.evidence.inputs_reached == 0


def test_the_literals_of_the_program_are_tried(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(n):\n    return n\n"
    problem = asserting(reference, "f(1) == 1", "f(2) == 2", "f(900) == 900")
    (finding,) = judged(problem, change(reference, "return n", "return 0 if n == 8711 else n"))
    assert finding.evidence.counterexample is not None
    assert finding.evidence.counterexample.input == "8711"


def test_ties_and_duplicates_are_tried(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(xs):\n    best = 0\n    for i in range(len(xs)):\n        if xs[i] > xs[best]:\n            best = i\n    return best\n"
    problem = asserting(
        reference,
        "f([3, 1]) == 0",
        "f([2, 5, 4]) == 1",
        "f([1, 7]) == 1",
    )
    (finding,) = judged(problem, change(reference, "xs[i] > xs[best]", "xs[i] >= xs[best]"))
    assert finding.evidence.inputs_disagreed_inside + finding.evidence.inputs_disagreed_outside == 1


def test_a_branch_made_for_the_empty_input_is_in_the_domain(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(xs):\n    if not xs:\n        return 0\n    return sum(xs) // len(xs)\n"
    problem = asserting(reference, "f([3, 1]) == 2", "f([6]) == 6", "f([2, 9, 4]) == 5")
    (finding,) = judged(problem, change(reference, "return 0", "return 1"))
    assert finding.evidence.inputs_disagreed_inside == 1
    assert finding.evidence.counterexample is not None
    assert finding.evidence.counterexample.input == "[]"


def test_permuted_arguments_are_tried(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(a, b, c):\n    return a + b == c or a + c == b or b + c == a\n"
    problem = asserting(reference, "f(20, 30, 50)", "f(50, 20, 30)", "not f(1, 30, 20)", "not f(9, 8, 7)")
    (finding,) = judged(problem, change(reference, "or a + c == b ", ""))
    assert finding.evidence.inputs_disagreed_inside == 1


def test_what_distinguished_one_edit_is_tried_on_the_others(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(n):\n    a = n\n    b = n\n    return a + b\n"
    problem = asserting(reference, "f(1) == 2", "f(2) == 4", "f(900) == 1800")
    odd = "0 if n % 90 == 7 and n > 50 else n"
    first, second = judged(
        problem, change(reference, "a = n", f"a = {odd}"), change(reference, "b = n", f"b = {odd}")
    )
    assert first.evidence.inputs_disagreed_inside == second.evidence.inputs_disagreed_inside


def test_float_noise_is_no_disagreement(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(xs):\n    t = 0.0\n    for x in xs:\n        t = t + x / 3\n    return t\n"
    problem = asserting(reference, "abs(f([1.5]) - 0.5) < 1e-6", "abs(f([3.0, 1.2]) - 1.4) < 1e-6")
    (finding,) = judged(problem, change(reference, "t = t + x / 3", "t = t + x * (1 / 3)"))
    assert finding.passes
    assert finding.evidence.inputs_disagreed_outside == 0


def test_any_order_where_the_tests_sort(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(xs):\n    return [x for x in xs if x > 2]\n"
    problem = asserting(reference, "sorted(f([3, 1, 5])) == [3, 5]", "sorted(f([2, 4])) == [4]")
    (finding,) = judged(problem, change(reference, "for x in xs", "for x in reversed(xs)"))
    assert finding.passes
    assert finding.evidence.inputs_disagreed_outside == 0


def test_arguments_changed_in_place_are_answers(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(xs):\n    xs.sort()\n"
    codes = ("a = [3, 1]\nf(a)\nassert a == [1, 3]", "a = [2, 5, 4]\nf(a)\nassert a == [2, 4, 5]")
    tests = tuple(Test("assert", code=code) for code in codes)
    problem = Problem("p", "Sort in place.", reference, tests, entry_point="f")
    (finding,) = judged(problem, change(reference, "xs.sort()", "xs[:3] = sorted(xs[:3])"))
    assert finding.evidence.inputs_disagreed_inside == 1


def test_deletions_and_whole_programs(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(xs):\n    xs = list(xs)\n    xs.append(0)\n    return xs[0]\n"
    problem = asserting(reference, "f([3, 1]) == 3", "f([2]) == 2")
    deleted, whole = judged(
        problem, delete(reference, "xs.append"), "def f(xs):\n    return xs[0] if xs else 0\n"
    )
    assert deleted.evidence.edit_executed is True
    assert whole.passes
    assert whole.evidence.edit_executed is None


def test_standard_input_is_varied_too(judged: Callable[..., list[Gathered]]) -> None:
    reference = "n = int(input())\nxs = list(map(int, input().split()))\nprint(max(xs) - min(xs))\n"
    problem = reading(reference, ("3\n4 1 9\n", "8\n"), ("2\n5 70\n", "65\n"), ("4\n1 2 3 40\n", "39\n"))
    right, wrong = judged(
        problem,
        change(reference, "max(xs) - min(xs)", "-(min(xs) - max(xs))"),
        change(reference, "max(xs) - min(xs)", "max(xs) - min(xs[:3])"),
    )
    assert right.passes
    assert right.evidence.inputs_tried > 5
    assert right.evidence.edit_executed is True
    assert wrong.evidence.inputs_disagreed_inside == 1
    assert wrong.evidence.counterexample is not None
    lines = wrong.evidence.counterexample.input.split("\n")
    assert int(lines[0]) == len(lines[1].split())


def test_nothing_to_judge_asks_nothing(driven: Driven, vetted: Vet) -> None:
    assert driven(gather(vetted(asserting(LARGEST, *LARGEST_TESTS)), [])) == []


def test_the_same_questions_for_the_same_seed_and_others_for_another(vetted: Vet, local_worker: Any) -> None:
    held = vetted(asserting(LARGEST, *LARGEST_TESTS))
    candidates = [change(LARGEST, "x > best", "x >= best"), change(LARGEST, "xs[0]", "0")]

    def asked(seed: int) -> list[Run]:
        questions, runs, answers = gather(held, candidates, seed=seed), [], None
        try:
            while True:
                runs.append(questions.send(answers))  # type: ignore[arg-type]
                answers = local_worker.run(runs[-1].spec, runs[-1].tasks)
        except StopIteration:
            return runs

    assert asked(1) == asked(1)
    assert asked(1) != asked(2)


def test_a_corpus_can_be_shared_between_batches(driven: Driven, vetted: Vet) -> None:
    held = vetted(asserting(LARGEST, *LARGEST_TESTS))

    def both() -> Generator[Run, Any, tuple[list[Any], InputCorpus, int]]:
        corpus = yield from explore(held, seed=0, budget=Budget())
        before = len(corpus.recordings)
        found = yield from gather(held, [change(LARGEST, "x > best", "x > best + 1")], corpus=corpus)
        return found, corpus, before

    found, corpus, before = driven(both())
    assert found[0].evidence.inputs_disagreed_inside == 1
    assert corpus.distinguishing
    assert len(corpus.recordings) >= before > 100


def test_slow_references_get_fewer_inputs() -> None:
    full = Budget()
    assert full.scaled(FULL_CPU_S) == full
    assert full.scaled(16 * FULL_CPU_S).inside < full.scaled(4 * FULL_CPU_S).inside < full.inside
    assert full.scaled(1000.0).inside >= 16


# ---------------------------------------------------------------- what machinery may answer


def spec_of(problem: Problem) -> Vetted:
    passed = Execution(Verdict.PASSED, (Verdict.PASSED,), lines=(1,))
    return Vetted(Spec(problem), passed, ('{"a":[[1,2]],"k":{}}', '{"a":[[3]],"k":{}}'))


def test_a_quarantined_program_comes_back_as_such_and_the_rest_goes_on() -> None:
    """Answers written by hand, for a program whose two seeded runs differ."""
    held = spec_of(asserting(LARGEST, *LARGEST_TESTS))
    refused = QuarantineError("unrepeatable")
    questions = gather(held, [LARGEST, LARGEST + "\n"], budget=Budget(inside=4, outside=2, climbs=0))
    run = next(questions)
    while len(run.tasks) == 1:  # the run that records the reference
        seen = tuple(Observation("answered", "1", lines=(1, 2)) for _ in run.tasks[0].suites[0].inputs)
        run = questions.send((Execution(Verdict.PASSED, (), observations=(seen,)),))
    assert [task.program for task in run.tasks] == [LARGEST, LARGEST + "\n"]
    with pytest.raises(StopIteration) as stop:
        questions.send((refused, Execution(Verdict.WRONG_ANSWER, (Verdict.WRONG_ANSWER,))))
    assert stop.value.value[0] is refused
    assert stop.value.value[1].execution.verdict == Verdict.WRONG_ANSWER


def test_inputs_that_are_not_repeatable_are_found_by_halves() -> None:
    held = spec_of(asserting(LARGEST, *LARGEST_TESTS))
    corpus = _empty_corpus(held)
    texts = [f'{{"a":[[{n}]],"k":{{}}}}' for n in range(64)]
    questions = record(held, corpus, texts)
    run, sizes = next(questions), []
    try:
        while True:
            inputs = run.tasks[0].suites[0].inputs
            sizes.append(len(inputs))
            flaky = texts[5] in inputs
            answer = (
                QuarantineError("unrepeatable")
                if flaky
                else Execution(
                    Verdict.PASSED,
                    (),
                    observations=(tuple(Observation("answered", "1", lines=(1,)) for _ in inputs),),
                )
            )
            run = questions.send((answer,))
    except StopIteration as stop:
        recordings = stop.value
    assert 48 <= len(recordings) < 64
    assert texts[5] not in {recorded.text for recorded in recordings}
    assert sizes == sorted(sizes, reverse=True) or max(sizes) == 64


def test_inputs_on_which_the_reference_fails_are_no_evidence() -> None:
    """After an input that takes too long, the ones that are nowhere smaller are left out."""
    held = spec_of(asserting(LARGEST, *LARGEST_TESTS))
    texts = [f'{{"a":[[{n}]],"k":{{}}}}' for n in (0, 1, 2, 9, 4, 50, 5)]
    questions = record(held, _empty_corpus(held), texts)
    next(questions)
    first = tuple(
        Observation(status, "1", lines=(1,)) for status in ("answered", "raised", "opaque", "timeout")
    )  # type: ignore[arg-type]
    rest = questions.send((Execution(Verdict.PASSED, (), observations=(first,)),))
    assert rest.tasks[0].suites[0].inputs == (texts[4], texts[6])
    long = Observation("answered", "1" * 30_000, lines=None)
    with pytest.raises(StopIteration) as stop:
        questions.send((Execution(Verdict.PASSED, (), observations=((long, Observation("answered", "2")),)),))
    assert [recorded.answer for recorded in stop.value.value] == ["1", "2"]


def test_a_reference_that_keeps_dying_is_given_up_on() -> None:
    held = spec_of(asserting(LARGEST, *LARGEST_TESTS))
    questions = record(held, _empty_corpus(held), [f'{{"a":[[{n}]],"k":{{}}}}' for n in range(9)])
    sizes: list[int] = []

    def answer(run: Run) -> RunResults:
        sizes.append(len(run.tasks[0].suites[0].inputs))
        return (Execution(Verdict.PASSED, (), observations=((Observation("died"),),)),)

    found = run_to_end(questions, answer)
    assert sizes == [9, 8, 7, 6]
    assert len(sizes) == RESUMES
    assert found == []


def test_one_process_problems_are_gathered_the_same_way(driven: Driven, vetted: Vet) -> None:
    reference = "def f(n):\n    for i in range(n):\n        yield i * i\n"
    held = vetted(asserting(reference, "list(f(3)) == [0, 1, 4]", "list(f(2)) == [0, 1]"))
    (finding,) = driven(gather(held, [change(reference, "i * i", "i * i if i < 3 else 0")]))
    assert finding.execution.isolation in tuple(Isolation)
    assert finding.evidence.differential is True


def _empty_corpus(held: Vetted) -> InputCorpus:
    from random import Random

    from prmdata.evidence.compare_rule import compare_rule
    from prmdata.evidence.input_space import CallSpace

    space = CallSpace(held.recorded_inputs, [held.problem.reference])
    return InputCorpus(space, compare_rule(held.problem), Random(0))


def test_counting_where_the_reference_reckons_is_a_dispute(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(n):\n    t = n + n\n    return t\n"
    problem = asserting(reference, "f(3) == 6", "f(4) == 8", "f(10) == 20")
    counting = "sum(2 if n > 0 else -2 for _ in range(abs(n)))"
    (finding,) = judged(problem, change(reference, "n + n", counting))
    assert finding.evidence.inputs_disagreed_inside == 0
    assert finding.evidence.inputs_disagreed_outside == 1
    assert finding.evidence.counterexample is not None
    assert finding.evidence.counterexample.got == "timeout"


def test_dividing_further_than_to_the_root_is_a_dispute(judged: Callable[..., list[Gathered]]) -> None:
    reference = "def f(n):\n    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))\n"
    problem = asserting(reference, "f(7) is True", "f(9) is False", "f(101) is True", "f(102) is False")
    (finding,) = judged(problem, change(reference, "n ** 0.5", "n * 0.5"))
    assert finding.evidence.inputs_disagreed_inside == 0
    assert finding.evidence.counterexample is not None
    assert finding.evidence.counterexample.got == "timeout"


def test_a_float_that_keeps_an_integer_is_told_where_it_matters(
    judged: Callable[..., list[Gathered]],
) -> None:
    reference = "def f(n):\n    t = n * n\n    return t\n"
    problem = asserting(reference, "f(3) == 9", "f(4) == 16", "f(10) == 100")
    (finding,) = judged(problem, change(reference, "n * n", "float(n) * n"))
    assert finding.evidence.inputs_disagreed_outside == 1


def test_a_whole_program_that_is_slow_on_an_input_is_disputed_and_an_endless_one_refuted(
    judged: Callable[..., list[Gathered]],
) -> None:
    problem = asserting(LARGEST, *LARGEST_TESTS)
    other = "def f(xs):\n    if xs not in ([3, 1], [2, 5, 4], [7]):\n"
    slow = (
        "import time\n" + other + "        end = time.process_time() + 0.55\n"
        "        while time.process_time() < end:\n            pass\n    return max(xs)\n"
    )
    endless = other + "        while True:\n            pass\n    return max(xs)\n"
    late, never, probed = *judged(problem, slow, endless), *judged(problem, slow, pass_only=True)
    assert (late.passes, late.evidence.inputs_disagreed_inside) == (True, 0)
    assert late.evidence.inputs_disagreed_outside > 0
    assert not never.passes
    assert not probed.passes, "a completion that is slow is no witness"
