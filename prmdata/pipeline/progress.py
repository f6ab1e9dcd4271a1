"""Shows progress: problems, programs per second, labels by class, unusable answers, money, time left.

On a terminal it is a tqdm bar. Elsewhere it is a plain line with a timestamp every ten seconds, whether or
not anything was finished, or, with ``--log-json``, one JSON object on each line. All of it goes to stderr.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from tqdm import tqdm

from prmdata.records import IGNORE, Trace

EVERY_S = 10.0

Style = Literal["bar", "lines", "json", "silent"]
RowLabeller = Callable[[Sequence[dict[str, Any]]], list[Trace]]
Item = TypeVar("Item")

_CLASSES = {1: "correct", 0: "incorrect", IGNORE: "masked"}


@dataclass(frozen=True, slots=True)
class ProblemDone:
    """An event of a build: one problem is finished, and its outcome is on disk.

    ``programs``: how many rows were made of it. ``labels``: their steps by class (``correct``, ``incorrect``,
    ``masked``). ``rejects``: what was left out, as (stage, reason). ``figures``: what is known of the whole run by now
    (:meth:`Progress.figures`).
    """

    problem_id: str
    programs: int
    labels: dict[str, int]
    rejects: tuple[tuple[str, str], ...]
    figures: dict[str, Any]


Listener = Callable[[ProblemDone], None]


def style_for(log_json: bool, *, is_shown: bool = True) -> Style:
    """The style in which this process reports progress. JSON lines were asked for; other lines are written
    where progress is shown."""
    if not (log_json or is_shown):
        return "silent"
    if log_json:
        return "json"
    return "bar" if sys.stderr.isatty() else "lines"


def counted(items: Iterable[Item], total: int | None, *, is_shown: bool) -> Iterator[Item]:
    """The items as they come, one for each problem. Where progress is shown, their number is shown as
    :class:`Progress` shows it."""
    if not is_shown:
        yield from items
        return
    began = said = time.monotonic()
    bar = tqdm(items, total=total, unit="problem", disable=None, file=sys.stderr, dynamic_ncols=True)
    for number, item in enumerate(bar, 1):
        yield item
        now = time.monotonic()
        if bar.disable and now - said >= EVERY_S:
            said = now
            left = "" if total is None else f"; {span(max(total - number, 0) * (now - began) / number)} left"
            print(f"{_stamp()} {number}{_of(total)} problems{left}", file=sys.stderr, flush=True)


class Progress:
    """Counts what was done and shows it.

    ``total`` is the number of rows of the source (None: unknown). ``spent`` gives the teacher's figures, if
    there is a teacher. ``labelled`` gives the rows of a problem the labels that they will have in the
    dataset. ``listen`` is called with each problem that is done, in the thread that runs the build.
    """

    def __init__(
        self,
        total: int | None,
        style: Style,
        *,
        labelled: RowLabeller,
        spent: Callable[[], dict[str, Any]] | None = None,
        listen: Listener | None = None,
    ) -> None:
        self.problems = 0
        self.resumed = 0
        self.programs = 0
        self.labels: Counter[str] = Counter()
        self.unusable: Counter[str] = Counter()
        self.shared: Counter[str] = Counter()
        """What became of trusted programs (see :func:`prmdata.pipeline.problem_work.counting`)."""
        self._rows, self._read, self._mine = total, 0, 0
        self._style = style
        self._spent = spent or dict
        self._labelled = labelled
        self._listen = listen
        self._began = time.monotonic()
        self._said = self._finished = self._began
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._bar = tqdm(
            total=total, unit="problem", disable=style != "bar", file=sys.stderr, dynamic_ncols=True
        )
        if style != "silent":
            threading.Thread(target=self._keep_speaking, name="progress", daemon=True).start()

    def read(self, *, is_mine: bool) -> None:
        """Count one row of the source as read. ``is_mine`` says whether it belongs to this shard."""
        self._read += 1
        self._mine += is_mine
        self._bar.total = self.total

    @property
    def total(self) -> int | None:
        """The number of problems of this run. For a shard: those read, and its share of the rest of the
        source."""
        if self._rows is None:
            return None
        left = max(self._rows - self._read, 0)
        return self._mine + (round(left * self._mine / self._read) if self._read else left)

    def resume(self) -> None:
        """Count one requested problem that was finished before this run."""
        self.problems += 1
        self.resumed += 1
        self._bar.update(1)

    def finish(self, outcome: dict[str, Any]) -> None:
        """Count one problem as done, and tell the listener."""
        is_heard = self._style != "silent" or self._listen is not None
        labels: Counter[str] = Counter()
        for trace in self._labelled(outcome["rows"]) if is_heard else ():
            labels.update(_CLASSES[label] for label in trace.labels)
        with self._lock:
            self._finished = time.monotonic()
            self.problems += 1
            self.programs += len(outcome["rows"])
            self.labels.update(labels)
            self.unusable.update(outcome["unusable"])
            self._bar.update(1)
            self._speak(final=False)
        if self._listen is not None:
            self._listen(self._event(outcome, labels))

    def _event(self, outcome: dict[str, Any], labels: Counter[str]) -> ProblemDone:
        rejects = outcome["rejects"]
        problem_id = (outcome["problem"] or rejects[0])["problem_id"]
        by_class = {name: labels[name] for name in _CLASSES.values()}
        reasons = tuple((one["stage"], one["reason"]) for one in rejects)
        return ProblemDone(problem_id, len(outcome["rows"]), by_class, reasons, self.figures())

    def spend(self, figures: dict[str, Any]) -> None:
        """Take the teacher's figures from another process."""
        self._spent = lambda: figures

    def close(self) -> None:
        """Show the last figures."""
        self._closing.set()
        with self._lock:
            self._speak(final=True)
            self._bar.close()

    def _keep_speaking(self) -> None:
        while not self._closing.wait(EVERY_S):
            with self._lock:
                if not self._closing.is_set():
                    self._speak(final=False)

    def figures(self) -> dict[str, Any]:
        """What is known now, as values for JSON. Rates are of this run only. ``eta_s`` is None if the time
        left cannot be estimated: the length is unknown, or nothing was finished for longer than all the rest
        should take (the last problems are the slow ones)."""
        now = time.monotonic()
        took = max(now - self._began, 1e-9)
        done, total = self.problems - self.resumed, self.total
        left = None if total is None or not done else max(total - self.problems, 0) * took / done
        if left is not None and now - self._finished > max(left, EVERY_S):
            left = None
        return {
            "problems": self.problems,
            "problems_total": total,
            "problems_resumed": self.resumed,
            "programs": self.programs,
            "programs_per_s": round(self.programs / took, 1),
            "labels": {name: self.labels[name] for name in _CLASSES.values()},
            "unusable": dict(sorted(self.unusable.items())),
            "elapsed_s": round(took, 1),
            "eta_s": None if left is None else round(left, 1),
            **self._spent(),
        }

    def _speak(self, *, final: bool) -> None:
        now = time.monotonic()
        if self._style == "silent" or (
            not final and now - self._said < (0.5 if self._style == "bar" else EVERY_S)
        ):
            return
        self._said = now
        figures = self.figures()
        if self._style == "json":
            print(json.dumps({"time": _stamp(), "event": "progress", **figures}), file=sys.stderr, flush=True)
        elif self._style == "bar":
            self._bar.set_postfix_str(_line(figures), refresh=True)
        else:
            of = _of(figures["problems_total"])
            left = "" if figures["eta_s"] is None else f"; {span(figures['eta_s'])} left"
            behind = (self.total or 0) - self.problems
            if not left and self.problems > self.resumed and behind > 0:
                left = f"; slow ones left: {behind}"
            print(
                f"{_stamp()} {figures['problems']}{of} problems, {_line(figures)}{left}",
                file=sys.stderr,
                flush=True,
            )


def _line(figures: dict[str, Any]) -> str:
    labels = figures["labels"]
    parts = [
        f"{figures['programs']} programs ({figures['programs_per_s']}/s)",
        f"labels: {labels['correct']} correct, {labels['incorrect']} incorrect, {labels['masked']} masked",
    ]
    if figures.get("requests"):
        money = figures.get("cost_usd")
        cost = "price unknown" if money is None else f"${money:.4f}"
        parts.append(f"{figures['requests']} requests, {figures.get('tokens', 0)} tokens, {cost}")
        parts.append(f"{figures.get('usable', 0)} usable from the teacher")
    if figures["unusable"]:
        parts.append("unusable: " + ", ".join(f"{k} {v}" for k, v in figures["unusable"].items()))
    return "; ".join(parts)


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _of(total: int | None) -> str:
    return f"/{total}" if total else ""


def span(seconds: float) -> str:
    """A length of time for people: ``45 s``, ``12 min``, ``7.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
