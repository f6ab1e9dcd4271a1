"""The judge of a batch: it has trusted programs judged one after the other in one process of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import batch_candidate, wire
from .boundary import message_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .judge import Evaluation


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
