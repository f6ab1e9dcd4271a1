"""Jobs and their queue: order, sharing, blame. These tests need no worker."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from dataclasses import replace

import pytest

from prmdata.errors import QuarantineError, SandboxError
from prmdata.records import Execution, Problem, Spec, Task, Test, Verdict
from prmdata.sandboxes.queue import BATCH, CHUNK, Queue, SandboxJob

SPEC = Spec(Problem("p", "", "", (Test("assert", "assert f() == 1"),)), cpu_s=0.06)
SLOW = replace(SPEC, cpu_s=1.5)


def job(count: int) -> SandboxJob:
    return SandboxJob(SPEC, [Task(f"# {n}\n") for n in range(count)])


def passed(note: str = "") -> Execution:
    return Execution(Verdict.PASSED, (Verdict.PASSED,), error_detail=note)


def queue_with(one: SandboxJob) -> Queue:
    """A queue with ``one``, and with a larger job that has not begun."""
    queue = Queue(8)
    queue.put(one)
    queue.put(job(99))
    return queue


def finish(queue: Queue, one: SandboxJob, chunk: list[int]) -> None:
    with queue.reporting(one):
        one.answered(chunk, [passed(one.distinct[index].program) for index in chunk])


def test_equal_tasks_of_one_job_are_judged_once_and_answered_in_the_order_asked() -> None:
    one = SandboxJob(SPEC, [Task("a"), Task("b"), Task("a"), Task("b", watch=(1,))])
    queue = queue_with(one)
    taken = queue.take(None)
    assert taken is not None
    assert [one.distinct[index] for index in taken[1]] == [Task("a"), Task("b"), Task("b", watch=(1,))]
    finish(queue, *taken)
    answers = one.future.result(timeout=0)
    assert [getattr(each, "error_detail", "") for each in answers] == ["a", "b", "a", "b"]


def test_a_large_job_is_shared_by_workers_with_nothing_else_to_do() -> None:
    one = job(3 * CHUNK)
    queue = Queue(8, workers=2)
    queue.put(one)
    shares = []
    while one.has_work:
        taken = queue.take(None)
        assert taken is not None
        shares.append(taken)
    sizes = [len(chunk) for _, chunk in shares]
    assert sizes == sorted(sizes, reverse=True)
    assert (
        sizes[-4:] == [1] * 4
    )  # the last chunk holds one task, so no worker gets the whole slow end of the job
    for taken in reversed(shares):
        finish(queue, *taken)
    programs = [getattr(each, "error_detail", "") for each in one.future.result(timeout=0)]
    assert programs == [f"# {n}\n" for n in range(3 * CHUNK)]


def test_while_there_is_another_job_one_is_taken_in_whole_chunks() -> None:
    one = job(2 * CHUNK)
    queue = queue_with(one)
    for start in (0, CHUNK):
        taken = queue.take(one)
        assert taken is not None
        assert taken[1] == list(range(start, start + CHUNK))


def test_a_worker_stays_with_its_job_and_a_free_one_takes_a_job_of_its_own() -> None:
    queue = Queue(8)
    one, two = job(2 * CHUNK), job(2 * CHUNK)
    queue.put(one)
    queue.put(two)
    mine = queue.take(None)
    theirs = queue.take(None)
    assert mine
    assert theirs
    assert (mine[0], theirs[0]) == (one, two)
    finish(queue, *theirs)
    again = queue.take(two)
    assert again is not None
    assert again[0] is two


def test_the_job_that_may_take_longest_comes_first_and_of_those_the_smallest() -> None:
    queue = Queue(8)
    quick, slow, smaller = job(2), SandboxJob(SLOW, [Task("a"), Task("b")]), SandboxJob(SLOW, [Task("c")])
    for one in (quick, slow, smaller):
        queue.put(one)
    taken = [queue.take(None) for _ in range(3)]
    assert [each and each[0] for each in taken] == [smaller, slow, quick]


def test_a_worker_waits_a_moment_for_the_next_job_of_its_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(8)
    one, another, following = job(1), SandboxJob(SLOW, [Task("a")]), job(2)
    queue.put(one)
    taken = queue.take(None)
    assert taken is not None
    queue.put(another)
    finish(queue, *taken)
    monkeypatch.setattr("prmdata.sandboxes.queue.LINGER_S", 60.0)
    late = threading.Timer(0.05, queue.put, [following])
    late.start()
    found = queue.take(one)
    late.join()
    assert found is not None
    assert found[0] is following
    finish(queue, *found)
    monkeypatch.setattr("prmdata.sandboxes.queue.LINGER_S", 0.01)
    rest = queue.take(following)
    assert rest is not None
    assert rest[0] is another


def test_trusted_programs_go_in_large_chunks_unless_they_are_slow() -> None:
    trusted = [Task(f"# {n}\n", trusted=True) for n in range(100)]
    sizes = [len(SandboxJob(spec, trusted).take()) for spec in (SPEC, SLOW)]
    assert sizes == [BATCH, CHUNK]


def test_quick_trusted_programs_are_shared_evenly_by_workers_with_nothing_else_to_do() -> None:
    queue = Queue(8, workers=2)
    queue.put(SandboxJob(SPEC, [Task(f"# {n}\n", trusted=True) for n in range(2 * CHUNK + 4)]))
    sizes = [len(queue.take(None)[1]) for _ in range(3)]  # type: ignore[index]
    assert sizes == [CHUNK + 2, CHUNK, 2]


def test_one_worker_takes_whole_chunks() -> None:
    queue = Queue(8, workers=1)
    queue.put(job(CHUNK + 1))
    assert [len(queue.take(None)[1]) for _ in range(2)] == [CHUNK, 1]  # type: ignore[index]


def test_after_a_death_each_task_of_the_chunk_goes_alone_and_only_the_guilty_one_is_quarantined() -> None:
    one = job(3)
    queue = queue_with(one)
    calls = []
    while not one.future.done():
        taken = queue.take(one)
        assert taken is not None
        chunk = taken[1]
        calls.append(chunk)
        if 1 in chunk:
            with queue.reporting(one):
                one.killed(chunk, "it vanished")
        else:
            finish(queue, one, chunk)
    assert calls == [[0, 1, 2], [0], [1], [2], [1]]
    answers = one.future.result(timeout=0)
    assert isinstance(answers[1], QuarantineError)
    assert answers[1].reason == "killed two workers"
    assert "it vanished" in str(answers[1])
    assert [getattr(answers[n], "verdict", None) for n in (0, 2)] == [Verdict.PASSED, Verdict.PASSED]


def test_a_chunk_that_is_given_back_blames_nobody() -> None:
    one = job(2)
    queue = queue_with(one)
    for _ in range(5):
        taken = queue.take(one)
        assert taken is not None
        assert taken[1] == [0, 1]
        with queue.reporting(one):
            one.returned(taken[1])
    taken = queue.take(one)
    assert taken is not None
    finish(queue, *taken)
    assert one.future.done()


def test_a_full_queue_makes_the_next_job_wait_until_one_is_finished() -> None:
    queue = Queue(1)
    one, two = job(1), job(1)
    queue.put(one)
    entered = threading.Event()

    def late() -> None:
        queue.put(two)
        entered.set()

    waiter = threading.Thread(target=late)
    waiter.start()
    taken = queue.take(None)
    assert taken is not None
    assert not entered.is_set()
    finish(queue, *taken)
    waiter.join(timeout=10)
    assert entered.is_set()


def test_closing_ends_what_waits_and_refuses_what_comes() -> None:
    queue = Queue(8)
    one, two = job(1), job(1)
    queue.put(one)
    queue.put(two)
    queue.take(None)
    queue.close(SandboxError("no engine"))
    for each in (one, two):
        with pytest.raises(SandboxError, match="no engine"):
            each.future.result(timeout=0)
    assert queue.take(None) is None
    with pytest.raises(SandboxError, match="no engine"):
        queue.put(job(1))


def test_a_cancelled_job_is_never_handed_out() -> None:
    queue = Queue(8)
    one, two = job(1), job(1)
    queue.put(one)
    queue.put(two)
    assert one.future.cancel()
    taken = queue.take(None)
    assert taken is not None
    assert taken[0] is two
    with pytest.raises(CancelledError):
        one.future.result(timeout=0)
