"""The judge of a batch: it has trusted programs judged one after the other in one process of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import batch_candidate, determinism, wire
from .boundary import message_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .judge import Evaluation, ProblemContext


def seeds(context: ProblemContext) -> list[int]:
    """Return under how many seeds edits of the reference can share a process, with the tests and without: 0 for none.
    Under two of them, each seed has a process of its own."""
    if context.spec["is_stdio"]:
        return [0, 0]
    reference = context.compiled_reference()
    return [_seeds(context, [*tests, reference]) for tests in (context.codes, [])]


def _seeds(context: ProblemContext, codes: list[object]) -> int:
    if context.problem_is(determinism.is_deterministic, codes):
        return 1
    return 2 if context.problem_is(determinism.is_deterministic_under_a_seed, codes) else 0


def report_each(
    make_evaluation: Callable[[dict[str, Any]], Evaluation],
    channel: wire.Channel,
    order: dict[str, Any],
    reply: Callable[[dict[str, Any]], None],
) -> None:
    """Report on one program of the order after the other. A report has ``end``, what the candidate's process said of
    itself after the program, or None where the process did not get that far. The last report has ``last`` set: nothing
    follows one after which the process is not as it was before."""
    tasks = order["tasks"]
    for number, task in enumerate(tasks, 1):
        end = None
        try:
            channel.send({"program": task["program"]})
            found = make_evaluation({**order, **task}).report()
            if not (found["gone"] or found["exhausted"] or found.get("cut")):
                end = _end(channel)
        except (wire.WireError, OSError):
            found = {"op": "report", "gone": True, "exhausted": False}
        is_last = number == len(tasks) or end is None or bool(end["changed"])
        reply({**found, "end": end, "last": is_last})
        if is_last:
            return


def _end(channel: wire.Channel) -> dict[str, Any]:
    """Tell the candidate's process that its program has been judged; return what it says of itself. Answers that nobody
    waits for any more come first."""
    channel.send_text(batch_candidate.END)
    while (message := message_of(channel.receive_text())).get("op") != "end":
        continue
    return message
