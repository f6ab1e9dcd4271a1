"""The judge's process holds one problem's tests and expected values, and gives the verdicts on its candidates.

It is forked for one problem and runs as a user of its own. Tests are compiled once. Every candidate is judged in
fresh namespaces made from compiled code, under the same seed. The judge reports to the supervisor over descriptor 3.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
from functools import partial
from types import CodeType
from typing import TYPE_CHECKING

from . import batch_judging, confine, determinism, judging, program, sequences, test_modules, wire
from .boundary import facts_of, text_of
from .compare import Comparison
from .encoder import Encoder
from .entry import free_names
from .kinds import is_plain_kind
from .orders import Orders
from .remote import MAX_REPLY, Link, Remote
from .solution_handle import SolutionHandle
from .suites import run_suite
from .trail import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .wire import Channel


_CONTROL = 3
_MOST_TRAILS = 100
_COLLECT_EVERY = 64


class ProblemContext:
    """One problem as the judge knows it: everything that stays the same for all of its candidates."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.tests = spec["tests"]
        self.codes = judging.compiled_tests(self.tests) if not spec["is_stdio"] else []
        test_modules.provide(self.tests, is_isolated=True)
        self.comparison = Comparison(**spec["compare"])
        self.suites: list[tuple[dict[str, Any], Comparison]] = []
        self._setup = _compiled(spec["setup"], program.SETUP_FILE)
        self._prompt: CodeType | None = (
            _compiled(spec["prompt"], "<prompt>") if not spec["is_stdio"] else None
        )
        self._reference: CodeType | None = None
        self._setup_last = False
        self.missing_names: frozenset[str] = frozenset()
        if self.codes:
            self._resolve()
        self.shares = sorted(self.classes(self.fresh_names()))
        self.is_deterministic = self.problem_is(determinism.is_deterministic, self.codes)
        self.inputs_are_deterministic = self.problem_is(determinism.is_deterministic, [])

    def problem_is(self, what: Callable[..., bool], tests: Sequence[object]) -> bool:
        """Whether all code that the problem itself brings is deterministic in some way, with these tests."""
        if self.spec["is_one_process"] or self.comparison.rule == "checker":
            return False
        entry = _compiled(self.spec["entry_point"], "<entry>")
        used = [self._setup, self._prompt, self._reference, entry, *tests]
        return what(*(code for code in used if type(code) is CodeType))

    def _resolve(self) -> None:
        """Decide where the names come from that the tests use besides the entry point."""
        codes = [code for code in self.codes if not isinstance(code, BaseException)]
        needed = set().union(*map(free_names, codes)) - {self.spec["entry_root"]}
        try:
            names = self.fresh_names()
        except Exception:
            self._prompt = None  # a prompt that is no program
            try:
                names = self.fresh_names()
            except Exception:
                self._reference = self.compiled_reference()
                self._setup_last = True  # a setup that makes objects of the reference's classes
                names = self.fresh_names()
        self.missing_names = frozenset(needed - names.keys())
        if self.missing_names:
            self._reference = self.compiled_reference()

    def compiled_reference(self) -> CodeType | None:
        return _compiled(self.spec["reference"], "<reference>")

    def fresh_names(self) -> dict[str, Any]:
        """Return a new namespace for the tests: setup, prompt (where it runs), and missing names from the reference."""
        names = {"__name__": "judge", test_modules.SOLUTION: None}
        codes = (self._prompt,) if self._setup_last else (self._setup, self._prompt)
        for code in codes:
            if code is not None:
                exec(code, names)
        if self._reference is not None:
            self._add_reference(names)
        if self._setup_last:
            exec(self._setup, names)  # type: ignore[arg-type]
        return names

    def _add_reference(self, names: dict[str, Any]) -> None:
        """Add the missing names and the classes of the reference. The reference runs in a namespace of its own,
        so that its helpers call its own entry point and never the candidate's."""
        reference = {"__name__": "judge"}
        try:
            exec(self._reference, reference)  # type: ignore[arg-type]
        except Exception:
            return
        for name, found in reference.items():
            if name in self.missing_names or self._setup_last or _is_own_class(found):
                names.setdefault(name, found)

    def add_suite(self, suite: dict[str, Any]) -> None:
        """Keep a suite; a comparison that cannot be set up agrees with nothing."""
        self.suites.append((suite, Comparison(**suite["compare"])))

    def errors(self, names: dict[str, Any]) -> dict[str, type[BaseException]]:
        """Return the problem's own exceptions by name: what the candidate raises comes back as one of them."""
        return {
            name: found
            for name, found in names.items()
            if _is_own_class(found) and issubclass(found, BaseException)
        }

    def classes(self, names: dict[str, Any]) -> dict[str, type[Any]]:
        """Return the classes whose instances are rebuilt here: the problem's own, except the one under test."""
        return {
            found.__name__: found
            for name, found in names.items()
            if name != self.spec["entry_root"] and _is_own_class(found) and is_plain_kind(found)
        }


def child() -> None:
    """Serve the supervisor as a forked judge; return when the supervisor hangs up."""
    orders = Orders(socket.socket(fileno=_CONTROL))
    confine.hide_memory()
    spec = orders.next()
    try:
        context = ProblemContext(spec)
    except BaseException as error:
        orders.reply({"op": "failed", "detail": f"{type(error).__name__}: {error}"[:500]})
        return
    orders.reply(
        {
            "op": "prepared",
            "shares": context.shares,
            "deterministic": context.is_deterministic,
            "deterministic_inputs": context.inputs_are_deterministic,
            "seeds": batch_judging.seeds(context),
        }
    )
    count = 0
    while (order := orders.next()) is not None:
        if order["op"] == "suite":
            context.add_suite(order)
        elif order["op"] == "output":
            orders.reply(_output(context, order))
        else:
            fd = orders.fds.pop(0)
            channel = wire.Channel(fd, MAX_REPLY)
            if order["op"] == "batch":
                batch_judging.report_each(partial(Evaluation, context, channel), channel, order, orders.reply)
            else:
                orders.reply(Evaluation(context, channel, order).report())
            os.close(fd)
            count += 1
            if count % _COLLECT_EVERY == 0 or order["op"] == "batch":
                gc.collect()


def _output(context: ProblemContext, order: dict[str, Any]) -> dict[str, Any]:
    """Whether the output of one run on one input is the expected one."""
    wanted = context.tests[order["test"]]["output"] if order["suite"] is None else order["expected"]
    comparison = context.comparison if order["suite"] is None else context.suites[order["suite"]][1]
    try:
        return {"same": comparison.outputs(order["input"], wanted, order["got"])}
    except Exception as error:
        return {"same": False, "detail": text_of(f"{type(error).__name__}: {error}", 500)}


class Evaluation:
    """The evaluation of one candidate by the judge."""

    def __init__(self, context: ProblemContext, channel: Channel, order: dict[str, Any]) -> None:
        import random  # imported late: a first import before the fork server's own would reseed each fork

        random.seed(order["seed"])
        self._context = context
        self._order = order
        self._names = context.fresh_names()
        self._inputs = Inputs() if order["record"] else None
        self._classes = context.classes(self._names)
        root = (
            sequences.ENTRY if context.spec["entry_point"] == context.spec["entry_root"] else sequences.ROOT
        )
        self._link = Link(channel, self._classes, self._inputs, order["forwards"], root)
        self._link.errors = context.errors(self._names)
        self._exhausted = False

    def report(self) -> dict[str, Any]:
        signal.signal(signal.SIGPROF, self._exhaust)
        signal.setitimer(signal.ITIMER_PROF, self._order["judge_cpu_s"], 0.5)
        try:
            found = self._judge()
        except judging.GoneError:
            found = {"outcomes": [], "first": None, "gone": True}
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        objects = sorted(test for test in self._link.objects if test is not None)
        return {"op": "report", "exhausted": self._exhausted, "objects": objects, **found}

    def _judge(self) -> dict[str, Any]:
        started, code_message = self._link.receive(), {}
        if self._order["asked_for_code"] and started.get("op") == "code":
            code_message, started = started, self._link.receive()
        about: dict[str, Any] = {"code": _text_or_none(code_message.get("c"))}
        about["deterministic"] = code_message.get("deterministic") is True
        if started.get("op") != "ready":
            return {
                "outcomes": [],
                "first": facts_of(started),
                "gone": False,
                "at": text_of(started.get("at"), 20),
            } | about
        outcomes, first, gone = self._tests()
        found: dict[str, Any] = {"outcomes": outcomes, "first": first, "gone": gone}
        found |= about
        if self._inputs is not None:
            found["inputs"] = list(self._inputs.found)
            found["sequences"] = [trail.text() for trail in self._link.trails[:_MOST_TRAILS] if trail.steps]
        if not gone and all(outcome == judging.PASSED for outcome in outcomes):
            found.update(self._suites())
        return found

    def _tests(self) -> tuple[list[Any], dict[str, Any] | None, bool]:
        order, names, link = self._order["tests"], self._names, self._link
        if self._context.spec["is_one_process"]:
            return self._in_one_process(order)
        root = Remote(link, 1, self._context.spec["entry_root"])
        entry = Remote(link, 0, self._context.spec["entry_root"])
        names[self._context.spec["entry_root"]] = root
        names[test_modules.SOLUTION] = SolutionHandle(link, self._context.spec["entry_root"], root)
        tests, codes = self._context.tests, self._context.codes
        suite = judging.TestSuite(tests, codes, names, lambda: entry, link.blame)
        return judging.run_in_order(order, suite, lambda: link.gone, link.begin)

    def _in_one_process(self, order: list[int]) -> tuple[list[Any], dict[str, Any] | None, bool]:
        spec = self._context.spec
        helpers = [
            text for text in (spec["prompt"], spec["reference"]) if self._context.missing_names and text
        ]
        message = {"op": "one", "tests": self._context.tests, "order": order, "helpers": helpers[-1:]}
        self._link.send(Encoder.dump(message))
        try:
            reply = self._link.receive()
            outcomes, first = list(reply["outcomes"]), reply["first"] and facts_of(reply["first"])
            is_whole = len(outcomes) == len(order) and set(outcomes) <= judging.OUTCOMES
        except (judging.GoneError, AttributeError, LookupError, TypeError):
            return [], None, True
        return (outcomes, first, False) if is_whole else ([], None, True)

    def _suites(self) -> dict[str, Any]:
        found: list[list[Any]] = []
        for index in self._order["suites"]:
            suite, comparison = self._context.suites[index]
            seen, whole = run_suite(
                self._link, suite, comparison, self._order, self._classes, first=not found
            )
            found.append(seen)
            if not whole:
                return {"suites": found, "cut": True}
            if any(each[0] not in ("agreed", "answered") for each in seen):
                return {"suites": found, "cut": False, "distinguished": True}
        return {"suites": found, "cut": False}

    def _exhaust(self, *_: Any) -> None:
        """The judge itself used up its time on the answers of the candidate."""
        self._exhausted = True
        self._link.give_up()


def _text_or_none(value: object) -> str | None:
    return value if type(value) is str and value.isascii() else None


def _is_own_class(found: object) -> bool:
    return isinstance(found, type) and found.__module__ == "judge"


def _compiled(text: str, file: str) -> CodeType | None:
    try:
        return program.compiled(text, file)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
