"""Strategy ``first-error`` (PSGPO, arXiv 2410.17621): where a sampled program goes wrong.

Each rollout is judged; a failing one is searched for its first bad step: the first prefix that none of
K completions turns into a passing program. ``search`` ``full`` values every prefix instead (VinePPO,
Math-Shepherd). A program passes when it passes the tests and agrees with the reference inside the hull.
The completer is named in the row: that it could not complete a prefix is not that nothing can.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, log2
from typing import Any, Literal

from prmdata.completers.reference import ReferenceCompleter
from prmdata.edits.fingerprint import fingerprint
from prmdata.errors import QuarantineError
from prmdata.evidence.explore import InputCorpus, budget_of, explore
from prmdata.evidence.gather import gather
from prmdata.evidence.given_tests import explain
from prmdata.evidence.program_case import Gathered
from prmdata.records import Probe, Problem, Question, Reject, Request, Rollout, Step, Trace, Verdict, Vetted
from prmdata.steps import given_count, join, split_steps
from prmdata.strategies import bisect
from prmdata.strategies.program_faults import work_or_rejected, workable
from prmdata.strategies.rows import StrategyResult, StrategySettings, program_row, seed_for

NAME = "first-error"
FIRST_BATCHES = (1, 3)
"""How many completions are judged first. One that passes settles a prefix, and usually an early one does."""


@dataclass(frozen=True, slots=True)
class FirstErrorOptions:
    """``k``: how many completions a prefix gets. ``rollouts``: how many programs are sampled from the teacher
    in addition to the given ones."""

    seed: int = 0
    k: int = 20
    search: Literal["first", "full"] = "first"
    completer: Literal["reference", "openai"] = "reference"
    rollouts: int = 0


def make(settings: StrategySettings) -> Callable[[Vetted], Generator[Question, Any, StrategyResult]]:
    """The strategy with the settings of a build."""
    return partial(run, options=options_of(settings))


def options_of(settings: StrategySettings) -> FirstErrorOptions:
    """The options that the settings of a build name."""
    return FirstErrorOptions(
        settings.seed, settings.k, settings.search, settings.completer, settings.rollouts
    )


Completions = Callable[[int, int, int], Generator[Question, Any, list[str]]]
"""Maps (through, n, attempt) to whole programs that begin with the rollout's steps up to and including
``through``."""


def run(vetted: Vetted, options: FirstErrorOptions) -> Generator[Question, Any, StrategyResult]:
    """One row for each rollout, in the given order. The programs that the teacher was asked to sample come
    last."""
    outcome = StrategyResult()
    problem = vetted.problem
    rollouts = list(problem.rollouts)
    if options.rollouts:
        rollouts += yield from _sampled(problem, options, outcome)
    rollouts = list({rollout.program: rollout for rollout in reversed(rollouts)}.values())[::-1]
    rollouts = workable(outcome, problem.id, rollouts)
    if not rollouts:
        return outcome
    seed = seed_for(problem, options.seed)
    corpus = yield from explore(vetted, seed=seed, budget=budget_of(vetted))
    programs = [rollout.program for rollout in rollouts]
    findings = yield from gather(vetted, programs, corpus=corpus)
    findings = yield from explain(vetted, corpus, programs, findings)
    passes = [isinstance(finding, Gathered) and finding.passes for finding in findings]
    passing = sorted(rollout.program for rollout, good in zip(rollouts, passes, strict=True) if good)
    known = {fingerprint(problem.reference): True}
    known |= {fingerprint(rollout.program): good for rollout, good in zip(rollouts, passes, strict=True)}
    around = _Around(vetted, corpus, options, passing, known, outcome)
    for rollout, finding in zip(rollouts, findings, strict=True):
        if isinstance(finding, QuarantineError):
            outcome.rejects.append(
                Reject(problem.id, "judge", finding.reason, finding.detail, rollout.program)
            )
            continue
        searching = _searched(around, rollout, finding)
        row = yield from work_or_rejected(outcome, problem.id, rollout.program, searching)
        if row is not None:
            outcome.traces.append(row)
    return outcome


@dataclass(frozen=True, slots=True)
class _Around:
    """The state that the searches in the rollouts of one problem share. ``passing`` is sorted, so that no row
    depends on the order of the rollouts."""

    vetted: Vetted
    corpus: InputCorpus
    options: FirstErrorOptions
    passing: Sequence[str]
    known: dict[str, bool]
    """What is known about the problem's programs, by compiled code, because rollouts share many completions."""
    outcome: StrategyResult
    forms: set[str] = field(default_factory=set)
    """How the teacher was asked to continue prefixes."""

    @property
    def completer(self) -> str:
        """The name of the completer. For a model it also says how it was asked, if that was not a plain chat."""
        forms = sorted(self.forms - {"", "chat"})
        return ":".join([self.options.completer, *forms])


def _searched(around: _Around, rollout: Rollout, finding: Gathered) -> Generator[Question, Any, Trace]:
    """The row of one rollout. It is searched if it does not pass."""
    row = _row(around.vetted.problem, rollout, finding)
    if finding.passes:
        return row
    search = _Search(around, split_steps(rollout.program), row.given_steps, _completions(around, rollout))
    return (yield from search.run(row))


def expected(problem: Problem, options: FirstErrorOptions) -> list[Request]:
    """The requests that a problem will take, for pricing a build: what is sampled, and, for a model that
    completes, the probes of every given rollout as if it failed half way (an upper bound)."""
    seed = seed_for(problem, options.seed)
    steps = split_steps(problem.reference)
    start = join(steps[: given_count(problem.prompt, steps)])
    asked = [Request("complete", problem, start, n=options.rollouts, seed=seed)] if options.rollouts else []
    if options.completer == "openai":
        programs = [rollout.program for rollout in problem.rollouts]
        for program in programs + [problem.reference] * options.rollouts:
            places = split_steps(program)
            middle = Request("complete", problem, join(places[: len(places) // 2]), n=options.k, seed=seed)
            probes = len(places) if options.search == "full" else ceil(log2(len(places) + 1)) + 1
            asked += [middle] * probes
    return asked


def _row(problem: Problem, rollout: Rollout, finding: Gathered) -> Trace:
    row = program_row(
        problem,
        split_steps(rollout.program),
        finding,
        strategy=NAME,
        label_kind="prefix",
    )
    return replace(row, metadata={"n_samples": str(rollout.n_samples)})


def _sampled(
    problem: Problem, options: FirstErrorOptions, outcome: StrategyResult
) -> Generator[Question, Any, list[Rollout]]:
    """Programs that the teacher writes after the steps of the prompt."""
    steps = split_steps(problem.reference)
    start = join(steps[: given_count(problem.prompt, steps)])
    reply = yield Request(
        "complete", problem, start, n=options.rollouts, seed=seed_for(problem, options.seed)
    )
    outcome.count_unusable(reply.unusable)
    return [Rollout(start + text) for text in reply.completions]


def _completions(around: _Around, rollout: Rollout) -> Completions:
    """How the prefixes of one rollout are completed."""
    problem, options = around.vetted.problem, around.options
    steps = split_steps(rollout.program)
    if options.completer == "reference":
        completer = ReferenceCompleter(steps, [problem.reference, *around.passing], problem.prompt)
        known: dict[int, list[str]] = {}

        def offline(through: int, n: int, attempt: int) -> Generator[Question, Any, list[str]]:
            yield from ()
            if through not in known:
                known[through] = completer.completions(through, options.k)
            return known[through][attempt : attempt + n]

        return offline

    def asked(through: int, n: int, attempt: int) -> Generator[Question, Any, list[str]]:
        prefix = join(steps[: through + 1])
        seed = seed_for(problem, options.seed)
        reply = yield Request("complete", problem, prefix, n=n, seed=seed, attempt=attempt)
        around.outcome.count_unusable(reply.unusable)
        around.forms.add(reply.form)
        return [prefix + text for text in reply.completions]

    return asked


@dataclass(slots=True)
class _Search:
    """The search in one rollout: what was probed, and what passed."""

    around: _Around
    steps: tuple[Step, ...]
    given: int
    completions: Completions
    probes: list[Probe] = field(default_factory=list)
    witnesses: dict[int, str] = field(default_factory=dict)
    values: dict[int, float] = field(default_factory=dict)

    def run(self, row: Trace) -> Generator[Question, Any, Trace]:
        """The failing row with its cut, probes, values and witness."""
        places = [
            place for place in range(self.given, len(self.steps)) if self.steps[place].kind != "docstring"
        ]
        empty = self.given - 1
        if self.around.options.search == "full":
            yield from self._probe(empty)
        asking = (bisect.full if self.around.options.search == "full" else bisect.first)(len(places))
        is_good: bool | None = None
        while True:
            try:
                place = asking.send(is_good)  # type: ignore[arg-type]
            except StopIteration as end:
                found: bisect.CutFound = end.value
                break
            is_good = yield from self._probe(places[place])
        bad = None if found.cut is None else places[found.cut]
        good = len(places) if found.cut is None else found.cut
        before = places[good - 1] if good else empty
        if before == empty and empty not in self.witnesses and self.around.options.search == "first":
            yield from self._start_over(empty)
        return replace(
            row,
            completer=self.around.completer,
            k=self.around.options.k,
            probes=tuple(replace(probe, step=-1) if probe.step == empty else probe for probe in self.probes),
            values=tuple(self.values.get(place) for place in range(len(self.steps))),
            prompt_value=self.values.get(empty),
            cut=bad,
            witness=self.witnesses.get(before),
            error_step=bad if row.verdict == Verdict.WRONG_ANSWER else row.error_step,
        )

    def _probe(self, through: int) -> Generator[Question, Any, bool]:
        """Judge completions of one prefix. Stop at the first one that passes, unless all are wanted."""
        end = self._end(through)
        tried = passed = 0
        whole = self.around.options.search == "full"
        batches = (self.around.options.k,) if whole else (*FIRST_BATCHES, self.around.options.k)
        for batch in batches:
            wanted = min(batch, self.around.options.k - tried)
            programs = yield from self.completions(end, wanted, tried)
            good = yield from self._passing(programs)
            tried += len(programs)
            passed += len(good)
            if good:
                self.witnesses.setdefault(through, good[0])
            if len(programs) < wanted or tried >= self.around.options.k or (good and not whole):
                break
        is_model = self.around.options.completer != "reference"
        if not tried and is_model and end + 1 < len(self.steps):
            # If a model gives nothing usable, nothing is known about the prefix. (After the whole program, which fails,
            # there is nothing to complete, so a good model gives nothing.)
            raise QuarantineError("no completion", f"of the prefix through step {through}")
        self.probes.append(Probe(through, tried, passed))
        if tried and (whole or not passed):
            self.values[through] = passed / tried
        return passed > 0

    def _start_over(self, empty: int) -> Generator[Question, Any, None]:
        """A witness for the given steps alone. The reference shows that they can be completed, so the
        completer is not asked for K completions, unless the reference does not fit behind them."""
        problem = self.around.vetted.problem
        completer = ReferenceCompleter(self.steps, [problem.reference], problem.prompt)
        good = yield from self._passing(completer.completions(self._end(empty), sum(FIRST_BATCHES)))
        if good:
            self.witnesses[empty] = good[0]
        else:
            yield from self._probe(empty)

    def _end(self, through: int) -> int:
        """The last step of the prefix. A docstring is no place of its own; it belongs to the step before it."""
        while through + 1 < len(self.steps) and self.steps[through + 1].kind == "docstring":
            through += 1
        return through

    def _passing(self, programs: Sequence[str]) -> Generator[Question, Any, list[str]]:
        """The members of ``programs`` that pass. Programs that were judged before are not run again."""
        keys = [fingerprint(program) for program in programs]
        fresh = {
            key: program for key, program in zip(keys, programs, strict=True) if key not in self.around.known
        }
        findings = yield from gather(
            self.around.vetted, list(fresh.values()), corpus=self.around.corpus, pass_only=True
        )
        for key, finding in zip(fresh, findings, strict=True):
            self.around.known[key] = isinstance(finding, Gathered) and finding.passes
        return [program for key, program in zip(keys, programs, strict=True) if self.around.known[key]]
