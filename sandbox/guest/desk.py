"""What the host asks, answered: each task runs under every seed, and the runs must agree. Where code, tests
and inputs leave chance no way in (see :mod:`chance`), the first run is the only one there can be.

The first run has ``cpu_s``; the others ``CONFIRM`` times that, so that a timeout is confirmed by them. Where
chance has no way in, the first run has all of that time itself (and ``CONFIRM`` times that where the work of an input is
counted: a clock ends what loops sooner on a busy machine, a count does not). A run that timed out where another
came further is run again with more.
"""

from . import chance, wire
from .house import GuestError
from .judging import MEMORY, PASSED
from .runs import TIMEOUT, Run
from .trial import Limits

CONFIRM = 4
_DECISIVE = (
    "verdict",
    "outcomes",
    "error_type",
    "error_line",
    "lines",
    "exit_code",
    "signal",
    "observations",
)


class RefusedError(Exception):
    """The problem cannot be prepared under one of the seeds."""


class Desk:
    """Holds the current problem; gives one answer a task."""

    def __init__(self, houses, beat):
        self._houses = houses
        self._beat = beat
        self._spec = None
        self._refused = None
        self._certain = False
        self._seated = []
        self._suites = []

    def take(self, message):
        """The answer to a message, None where none is due."""
        op = message["op"]
        if op == "spec":
            self._prepare(message)
        elif op == "suite":
            self._suites.append(message)
            for house in self._seated:
                house.add_suite(message)
        elif op == "task":
            return self._task(message)
        else:
            raise GuestError(f"unknown message {op!r}")
        return None

    def _prepare(self, spec):
        """The first house gets its judge now; the others where a run needs them."""
        self._spec, self._refused, self._suites = spec, None, []
        self._seated = []
        self._certain = self._seat(self._houses[0]) and len(self._houses) > 1

    def _seat(self, house):
        """A judge for the problem in ``house``; whether all that the problem brings is certain."""
        self._seated.append(house)
        found = house.seat_judge(self._spec)
        if found["op"] != "prepared":
            self._refused = found["detail"]
        house.shares = found.get("shares", [])
        for suite in self._suites:
            house.add_suite(suite)
        return found.get("certain", False)

    def _task(self, task):
        if self._refused is not None:
            return _quarantine("unpreparable", self._refused)
        try:
            return self._settled(task)
        except RefusedError:
            return _quarantine("unpreparable", self._refused)
        except (GuestError, wire.WireError, OSError) as error:
            return {"op": "failed", "detail": str(error)}

    def _settled(self, task):
        limit = self._spec["cpu_s"]
        whole = limit if task["pass_only"] or not self._certain else limit * CONFIRM
        if task["work"] and self._certain:
            whole *= CONFIRM
        limits = Limits(limit, self._spec["memory_mb"], whole)
        first = Run(self._houses[0], self._spec, task, limits, self._beat, tell=len(self._houses) > 1)
        runs = [first.go()]
        if first.failed_to_compile:
            return _agreed(runs)  # nothing of it ran: the seed cannot matter
        if self._is_settled_by(first, runs[0]):
            return _agreed(runs)
        if task["pass_only"] and (runs[0]["verdict"] != PASSED or _timed_out(runs[0])):
            return _agreed(runs)  # whoever asks will take nothing but a pass
        runs += [self._run(house, task, limit * CONFIRM, first.code) for house in self._houses[1:]]
        if len(runs) == 1 and _timed_out(runs[0]):
            runs = [self._run(self._houses[0], task, limit * CONFIRM, first.code)]
        for more in (CONFIRM, CONFIRM * CONFIRM):
            if all(_reached(run) == _reached(runs[0]) for run in runs):
                break
            for at, run in enumerate(runs):
                if _timed_out(run):
                    runs[at] = self._run(self._houses[at], task, limit * more, first.code)
        return _agreed(runs)

    def _is_settled_by(self, run, raw):
        """Whether another run could not come out differently: nothing in it can meet chance, no limit ended it."""
        if not (self._certain and run.certain) or run.ended or MEMORY in raw["outcomes"]:
            return False
        plain = self._houses[0].plain_suites
        if not all(plain[number] for number in run.task["suites"]):
            return False
        answers = (each[1] for suite in raw["observations"] for each in suite)
        return not chance.shows_address(raw["error_detail"], raw["stdout_tail"], raw["stderr_tail"], *answers)

    def _run(self, house, task, cpu_s, code):
        if house not in self._seated:
            self._seat(house)
            if self._refused is not None:
                raise RefusedError
        return Run(house, self._spec, task, Limits(cpu_s, self._spec["memory_mb"]), self._beat, code).go()


def _timed_out(run):
    """Whether anything of a run did, the first thing that failed or a later one."""
    return TIMEOUT in run["outcomes"] or any(
        each[0] == TIMEOUT for suite in run["observations"] for each in suite
    )


def _reached(run):
    return run["outcomes"], [[each[0] for each in suite] for suite in run["observations"]]


def _agreed(runs):
    """The first run's facts where all runs agree on what decides a label; else a quarantine."""
    first = runs[0]
    for other in runs[1:]:
        if _timed_out(first) and _timed_out(other):
            # How far a program came before its time was up is no fact of the program.
            first["lines"] = sorted(set(first["lines"]) & set(other["lines"]))
            other["lines"] = first["lines"]
        for key in _DECISIVE:
            if first[key] != other[key]:
                return _quarantine(
                    "unrepeatable", f"{key}: {str(first[key])[:300]} and {str(other[key])[:300]}"
                )
    return {"op": "result", "execution": first, "runs": len(runs)}


def _quarantine(reason, detail):
    return {"op": "quarantine", "reason": reason, "detail": detail}
