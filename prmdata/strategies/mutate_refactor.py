"""Strategy ``mutate-refactor`` (PRLCoder, arXiv 2502.01715): edit a reference one place at a time.

A teacher mutates or refactors steps of the reference; execution says what came of it. What the
teacher meant is kept as the edit's intent and decides nothing. A model also writes ends of it anew
(:mod:`prmdata.strategies.rewrites`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from prmdata.edits.fingerprint import fingerprint
from prmdata.edits.propagate import propagate_rename
from prmdata.edits.reachable import reachable_steps
from prmdata.edits.rules import default_per_step
from prmdata.edits.source import Source, source_of
from prmdata.edits.splice import BY_LIBCST, splice
from prmdata.errors import EditRefused, QuarantineError
from prmdata.evidence.explore import InputCorpus, explore
from prmdata.evidence.gather import gather
from prmdata.evidence.given_tests import explain
from prmdata.evidence.input_budget import budget_of
from prmdata.evidence.program_case import Gathered
from prmdata.records import (
    Candidate,
    Edit,
    Intent,
    Problem,
    Question,
    Reject,
    Request,
    Trace,
    Verdict,
    Vetted,
)
from prmdata.strategies.closed_prefixes import JudgedEdit, prefixes_compile
from prmdata.strategies.prefix_search import SampledProgram, SearchOptions, searched_rows
from prmdata.strategies.probes import doubtful_steps, first_failing, request_of
from prmdata.strategies.program_faults import done_or_rejected
from prmdata.strategies.proofs import with_proof
from prmdata.strategies.reached_edits import those_reached
from prmdata.strategies.rewrites import requests, rewritten
from prmdata.strategies.rows import StrategyResult, StrategySettings, edit_record, program_row, seed_for

NAME = "mutate-refactor"
BASES_PER_DEPTH = 2
"""How many refactored programs each further level of ``--depth`` starts from."""
MOST_MORE = 3
"""How many more edits of one step ``--per-step auto`` asks for after the first; with more, they repeat."""


@dataclass(frozen=True, slots=True)
class EditOptions:
    """``per_step``: how many edits of each kind a step gets; None means about two dozen for a short function, and ``auto``
    one for each step, then more of the steps whose edit earned a label. ``depth``: how many levels of verified
    refactorings come first. ``rewrites``: how many ends of the reference the teacher writes anew. ``search``: how the
    first bad steps of these are found."""

    seed: int = 0
    per_step: int | Literal["auto"] | None = None
    depth: int = 0
    rewrites: int = 0
    search: SearchOptions = field(default_factory=SearchOptions)


def make(settings: StrategySettings) -> Callable[[Vetted], Generator[Question, Any, StrategyResult]]:
    """The strategy with the settings of a build."""
    return partial(run, options=options_of(settings))


def options_of(settings: StrategySettings) -> EditOptions:
    """The options that the settings of a build name."""
    search = SearchOptions(settings.seed, settings.k, "first", settings.completer)
    return EditOptions(settings.seed, settings.per_step, settings.depth, settings.rewrites or 0, search)


def run(vetted: Vetted, options: EditOptions) -> Generator[Question, Any, StrategyResult]:
    """All judged edits of one problem, one row for each."""
    problem = vetted.problem
    seed = seed_for(problem, options.seed)
    outcome = StrategyResult()
    seen = {fingerprint(problem.reference), problem.reference}
    judged: list[JudgedEdit] = []
    bases = [problem.reference]
    trusted = {problem.reference} if problem.trusts_reference else set()
    corpus: InputCorpus | None = None
    rewrites: list[SampledProgram] = []
    for level in range(options.depth + 1):
        fresh: list[JudgedEdit] = []
        for base in bases:
            source = source_of(base, problem.prompt)
            asked = _requests(problem, source, options, seed + level)
            candidates = yield from _candidates(vetted, source, asked, seen, outcome)
            candidates = _trusting(candidates, base in trusted)
            if corpus is None:  # only now: while a batch is waited for, thousands of problems are in memory
                rewrites = yield from rewritten(problem, options.rewrites, options.seed, seen, outcome)
                corpus = yield from explore(vetted, seed=seed, budget=budget_of(vetted))
            candidates = those_reached(vetted, corpus, source, candidates, outcome)
            found = yield from _judge(vetted, corpus, candidates, source, seen, outcome)
            if options.per_step == "auto":
                asked = _more(asked, found)
                candidates = yield from _candidates(vetted, source, asked, seen, outcome)
                candidates = _trusting(candidates, base in trusted)
                candidates = those_reached(vetted, corpus, source, candidates, outcome)
                found += yield from _judge(vetted, corpus, candidates, source, seen, outcome)
            found = [
                (one, with_proof(finding, base, one.program, is_script=problem.is_stdio))
                for one, finding in found
            ]
            candidates = yield from _probes(vetted, source, asked, found, seen)
            fresh += found
            fresh += yield from _judge(vetted, corpus, candidates, source, seen, outcome)
        judged += fresh
        trusted |= {candidate.program for candidate, _ in fresh if candidate.trusted}
        bases = _next_bases(fresh, random.Random(seed + level))
    compiles = yield from prefixes_compile(vetted, judged)
    for (candidate, finding), closed in zip(judged, compiles, strict=True):
        made = partial(_row, vetted, candidate, finding, closed)
        row = done_or_rejected(outcome, problem.id, candidate.program, made)
        if row is not None:
            outcome.traces.append(row)
    if corpus is not None and rewrites:
        yield from searched_rows(vetted, corpus, rewrites, options.search, NAME, outcome)
    outcome.spliced.update(candidate.spliced_as_text or BY_LIBCST for candidate, _ in judged)
    return outcome


def _trusting(candidates: Sequence[Candidate], is_base_trusted: bool) -> list[Candidate]:
    """The candidates, trusted where both the edit and the program that it edits are."""
    return [replace(each, trusted=each.edit.trusted and is_base_trusted) for each in candidates]


def _candidates(
    vetted: Vetted, source: Source, asked: Sequence[Request], seen: set[str], outcome: StrategyResult
) -> Generator[Question, Any, list[Candidate]]:
    """Ask the teacher for edits and splice in its answers. Answers that cannot be used are counted."""
    found: list[Candidate] = []
    for request in asked:
        reply = yield request
        outcome.count_unusable(reply.unusable)
        for edit in reply.edits:
            made = partial(_spliced, source, edit, seen, outcome)
            candidate = done_or_rejected(outcome, vetted.problem.id, edit.text, made)
            if candidate is not None:
                found.append(candidate)
    return found


def _requests(problem: Problem, source: Source, options: EditOptions, seed: int) -> list[Request]:
    """The questions to the teacher about one program: mutations and then refactorings of all steps that may run."""
    steps = reachable_steps(problem, source)
    per_step = 1 if options.per_step == "auto" else options.per_step or default_per_step(len(steps))
    kinds: tuple[Intent, ...] = ("mutate", "refactor")
    return [
        Request(kind=kind, problem=problem, program=source.program, steps=steps, per_step=per_step, seed=seed)
        for kind in kinds
    ]


def _more(asked: Sequence[Request], judged: Sequence[JudgedEdit]) -> list[Request]:
    """More edits of the steps of which an edit earned a label: as many in all as one for each step, and at most
    ``MOST_MORE`` a step."""
    more: list[Request] = []
    for request in asked:
        earned = {
            candidate.edit.start
            for candidate, finding in judged
            if candidate.edit.intent == request.kind and _earns_a_label(candidate, finding)
        }
        if earned:
            per_step = min(MOST_MORE, len(request.steps) // len(earned))
            more.append(replace(request, steps=tuple(sorted(earned)), per_step=per_step, attempt=1))
    return more


def _probes(
    vetted: Vetted, source: Source, asked: Sequence[Request], judged: Sequence[JudgedEdit], seen: set[str]
) -> Generator[Question, Any, list[Candidate]]:
    """One more edit for each step at which none was told apart, where a given test fails one (see
    :mod:`prmdata.strategies.probes`). Those that fail none are no rows, for nothing could label them."""
    request = request_of(asked, doubtful_steps(source, judged))
    if request is None:
        return []
    tried = yield from _candidates(vetted, source, [request], set(seen), StrategyResult())
    is_trusted = any(candidate.trusted for candidate, _ in judged)
    found = yield from first_failing(vetted, _trusting(tried, is_trusted))
    seen |= {key for each in found for key in (fingerprint(each.program), each.program)}
    return found


def _earns_a_label(candidate: Candidate, finding: Gathered) -> bool:
    """Whether an edit did as it was meant, by tests and inputs that ran it."""
    if finding.execution.verdict == Verdict.COMPILE_ERROR:
        return False
    is_right = candidate.edit.intent == "refactor"
    return finding.is_distinguished != is_right and (not is_right or bool(finding.evidence.edit_executed))


def expected(problem: Problem, options: EditOptions) -> list[Request]:
    """The requests that a problem will take, for pricing a build before it is started. The programs that
    ``depth`` starts from are not known yet: the reference stands for each. Of ``--per-step auto`` each step counts twice."""
    source = source_of(problem.reference, problem.prompt)
    asked = _requests(problem, source, options, seed_for(problem, options.seed))
    if options.per_step == "auto":
        asked += [replace(one, attempt=1) for one in asked]
    asked *= 1 + BASES_PER_DEPTH * options.depth
    return asked + requests(problem, options.rewrites, options.seed)


def _spliced(source: Source, edit: Edit, seen: set[str], outcome: StrategyResult) -> Candidate | None:
    """The candidate of an edit; None if the edit is refused, does nothing or repeats another one. Such edits
    are counted."""
    try:
        candidate = splice(source, edit)
    except EditRefused as refused:
        outcome.count_unusable(((refused.reason, 1),))
        return None
    key = fingerprint(candidate.program)
    if key in seen or candidate.program in seen:
        outcome.count_unusable((("duplicate", 1),))
        return None
    seen |= {key, candidate.program}
    return candidate


def _judge(
    vetted: Vetted,
    corpus: InputCorpus,
    candidates: Sequence[Candidate],
    source: Source,
    seen: set[str],
    outcome: StrategyResult,
) -> Generator[Question, Any, list[JudgedEdit]]:
    """Judge candidates; a refactor that fails only because later steps use the old name is judged
    again with the rename propagated (the row that stays is the one that is whole)."""
    problem = vetted.problem
    findings = yield from gather(vetted, candidates, corpus=corpus)
    propagated: dict[int, Candidate] = {}
    for place, (candidate, finding) in enumerate(zip(candidates, findings, strict=True)):
        if candidate.edit.intent != "refactor" or isinstance(finding, QuarantineError):
            continue
        if (
            finding.execution.verdict != Verdict.PASSED
            and (whole := _propagated(candidate, source, problem.entry_point)) is not None
        ):
            key = fingerprint(whole.program)
            if key not in seen and whole.program not in seen:
                seen |= {key, whole.program}
                propagated[place] = whole
    again = yield from gather(vetted, list(propagated.values()), corpus=corpus)
    better = dict(zip(propagated, again, strict=True))
    judged: list[JudgedEdit] = []
    for place, (candidate, finding) in enumerate(zip(candidates, findings, strict=True)):
        second = better.get(place)
        if isinstance(second, Gathered) and second.execution.verdict == Verdict.PASSED:
            candidate, finding = propagated[place], second
        if isinstance(finding, QuarantineError):
            outcome.rejects.append(
                Reject(problem.id, "judge", finding.reason, finding.detail, candidate.program)
            )
        else:
            judged.append((candidate, finding))
    kept = [candidate for candidate, _ in judged]
    shown = yield from explain(vetted, corpus, kept, [finding for _, finding in judged])
    return [(candidate, finding) for (candidate, _), finding in zip(judged, shown, strict=True)]


def _propagated(candidate: Candidate, source: Source, entry_point: str | None) -> Candidate | None:
    """The candidate with its rename propagated to the steps that use the name; None if it is no rename, or if
    the rename cannot be followed."""
    try:
        whole = propagate_rename(candidate, source, entry_point)
        return None if whole is None else replace(whole, trusted=candidate.trusted)
    except (RecursionError, MemoryError):
        return None


def _next_bases(judged: Sequence[JudgedEdit], rng: random.Random) -> list[str]:
    """Programs of refactorings that passed and agreed, drawn with the seed."""
    verified = [
        candidate.program
        for candidate, finding in judged
        if candidate.edit.intent == "refactor" and not finding.is_distinguished
    ]
    return rng.sample(verified, min(BASES_PER_DEPTH, len(verified)))


def _row(vetted: Vetted, candidate: Candidate, finding: Gathered, prefix_compiles: bool) -> Trace:
    return program_row(
        vetted.problem,
        candidate.steps,
        replace(finding, evidence=replace(finding.evidence, prefix_compiles=prefix_compiles)),
        strategy=NAME,
        label_kind="fault",
        edit=edit_record(candidate),
    )
