"""The search for the first step of a failing program from which nothing passes: K completions of prefixes, judged.

A program passes when it passes the tests and agrees with the reference inside the hull. The completer is named
in the row: that it could not complete a prefix is not that nothing can.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from prmdata.completers.reference import ReferenceCompleter
from prmdata.edits.fingerprint import fingerprint
from prmdata.errors import QuarantineError
from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.gather import gather
from prmdata.evidence.given_tests import explain
from prmdata.evidence.program_case import Gathered
from prmdata.records import EditRecord, Intent, Probe, Question, Reject, Request, Step, Trace, Verdict, Vetted
from prmdata.steps import join, split_steps
from prmdata.strategies import bisect
from prmdata.strategies.program_faults import work_or_rejected
from prmdata.strategies.rows import StrategyResult, program_row, seed_for

FIRST_BATCHES: Final = (1, 3)
"""How many completions are judged first. One that passes settles a prefix, and usually an early one does."""

Completer = Literal["reference", "openai"]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """``k``: how many completions a prefix gets. ``search``: ``first`` bisects to the cut; ``full`` values
    every prefix."""

    seed: int = 0
    k: int = 20
    search: Literal["first", "full"] = "first"
    completer: Completer = "reference"


@dataclass(frozen=True, slots=True)
class SampledProgram:
    """A program to search. ``n_samples``: how many times it was sampled. ``edit``: for a rewrite, the steps
    of the reference that it replaces. The steps before them are the reference's own and known to be good."""

    program: str
    n_samples: int = 1
    edit: EditRecord | None = None


Completions = Callable[[int, int, int], Generator[Question, Any, list[str]]]
"""Maps (through, n, attempt) to whole programs that begin with the program's steps up to and including
``through``."""


def searched_rows(
    vetted: Vetted,
    corpus: InputCorpus,
    sampled: Sequence[SampledProgram],
    options: SearchOptions,
    strategy: str,
    outcome: StrategyResult,
) -> Generator[Question, Any, None]:
    """Judge the programs and search those that fail. ``outcome`` gets one row for each, in their order."""
    programs = [one.program for one in sampled]
    findings = yield from gather(vetted, programs, corpus=corpus)
    findings = yield from explain(vetted, corpus, programs, findings)
    passes = [isinstance(finding, Gathered) and finding.passes for finding in findings]
    passing = sorted(program for program, good in zip(programs, passes, strict=True) if good)
    known = {fingerprint(vetted.problem.reference): True}
    known |= {fingerprint(program): good for program, good in zip(programs, passes, strict=True)}
    around = _Around(vetted, corpus, options, passing, known, outcome)
    for one, finding in zip(sampled, findings, strict=True):
        if isinstance(finding, QuarantineError):
            outcome.rejects.append(
                Reject(vetted.problem.id, "judge", finding.reason, finding.detail, one.program)
            )
            continue
        row = yield from work_or_rejected(
            outcome, vetted.problem.id, one.program, _searched(around, one, finding, strategy)
        )
        if row is not None:
            outcome.traces.append(row)


@dataclass(frozen=True, slots=True)
class _Around:
    """The state that the searches in the programs of one problem share. ``passing`` is sorted, so that no row
    depends on the order of the programs."""

    vetted: Vetted
    corpus: InputCorpus
    options: SearchOptions
    passing: Sequence[str]
    known: dict[str, bool]
    """What is known about the problem's programs, by compiled code, because programs share many completions."""
    outcome: StrategyResult
    forms: set[str] = field(default_factory=set)
    """How the teacher was asked to continue prefixes."""

    @property
    def completer(self) -> str:
        """The name of the completer. For a model it also says how it was asked, if that was not a plain chat."""
        forms = sorted(self.forms - {"", "chat"})
        return ":".join([self.options.completer, *forms])


def _searched(
    around: _Around, sampled: SampledProgram, finding: Gathered, strategy: str
) -> Generator[Question, Any, Trace]:
    """The row of one program. It is searched if it does not pass."""
    steps = split_steps(sampled.program)
    row = program_row(
        around.vetted.problem, steps, finding, strategy=strategy, label_kind="prefix", edit=sampled.edit
    )
    row = replace(row, metadata={"n_samples": str(sampled.n_samples)})
    if finding.passes:
        return row
    start = row.given_steps if sampled.edit is None else max(row.given_steps, sampled.edit.step)
    purpose = None if sampled.edit is None else sampled.edit.intent
    search = _Search(around, steps, start, _completions(around, sampled.program, purpose))
    if sampled.edit is not None:
        search.witnesses[start - 1] = around.vetted.problem.reference
    return (yield from search.run(row))


def _completions(around: _Around, program: str, purpose: Intent | None) -> Completions:
    """How the prefixes of one program are completed."""
    problem, options = around.vetted.problem, around.options
    steps = split_steps(program)
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
        reply = yield Request("complete", problem, prefix, n=n, seed=seed, attempt=attempt, purpose=purpose)
        around.outcome.count_unusable(reply.unusable)
        around.forms.add(reply.form)
        return [prefix + text for text in reply.completions]

    return asked


@dataclass(slots=True)
class _Search:
    """The search in one program: what was probed, and what passed. ``start``: the first step that can be the
    cut."""

    around: _Around
    steps: tuple[Step, ...]
    start: int
    completions: Completions
    probes: list[Probe] = field(default_factory=list)
    witnesses: dict[int, str] = field(default_factory=dict)
    values: dict[int, float] = field(default_factory=dict)

    def run(self, row: Trace) -> Generator[Question, Any, Trace]:
        """The failing row with its cut, probes, values and witness."""
        places = [
            place for place in range(self.start, len(self.steps)) if self.steps[place].kind != "docstring"
        ]
        empty, prompt = self.start - 1, row.given_steps - 1
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
            probes=tuple(replace(probe, step=-1) if probe.step == prompt else probe for probe in self.probes),
            values=tuple(self.values.get(place) for place in range(len(self.steps))),
            prompt_value=self.values.get(prompt),
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
            # That a model gave nothing usable says nothing about the prefix; of the whole program, which fails, there
            # is nothing to complete, and a good model says nothing.
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
