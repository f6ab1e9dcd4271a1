"""Explores a problem: generates inputs, and records the reference's answers and the lines that it runs."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from prmdata.errors import QuarantineError
from prmdata.evidence.compare_rule import accepts_several, compare_rule
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.input_budget import FULL_CPU_S, SEQUENCES, Budget
from prmdata.evidence.input_space import CallSpace, InputSpace
from prmdata.evidence.inputs.quick_random import QuickRandom
from prmdata.evidence.same_life import differing_from_itself, uses_objects
from prmdata.evidence.sequence_space import SequenceSpace
from prmdata.evidence.sequences import NOTHING, is_sequence
from prmdata.evidence.suites import RecordedInput, as_suite, in_turn, suites_of
from prmdata.records import Compare, Run, RunResults, Suite, Task, Vetted
from prmdata.resources import guest_module

RESUMES: Final = 4
"""How many times recording continues after an input on which the reference died or ran too long."""
STRIDE: Final = 4
"""Inputs with large numbers count only if the reference needs no more than this part of the limit."""
LARGE_RESUMES: Final = 3
LONGEST_ANSWER: Final = 20_000
WORK_PER_CPU_S: Final = 1_000_000
"""How many loops and calls the reference may run for one input, for each second of the limit up to
``FULL_CPU_S``, and as many again for each second beyond it. This is a twentieth to a tenth of what the
reference could run. A count is used so that the inputs do not depend on the load of the machine: under a CPU
limit alone, a recursion that doubles with each step ran out of time one step earlier on a busy machine."""
_FEW_BROKEN: Final = 2


@dataclass(slots=True)
class InputCorpus:
    """What is known about a problem's inputs. It grows while candidates are searched, in the order of the
    candidates."""

    space: InputSpace
    compare: Compare
    rng: random.Random
    recordings: list[RecordedInput] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    distinguishing: list[RecordedInput] = field(default_factory=list)
    """The inputs that distinguished some program from the reference."""
    given: list[str] = field(default_factory=list)
    excluded: list[RecordedInput] | None = None
    """Inputs that the statement excludes; None before they are needed."""
    budget: Budget | None = None
    """The budget for sequences of calls, if the problem has state; None otherwise."""

    @property
    def starts_afresh(self) -> bool:
        """Whether each input finds a program in the state before its first call."""
        return self.budget is not None or self.space.reads_text

    def inside(self) -> list[RecordedInput]:
        return [recorded for recorded in self.recordings if recorded.inside]

    def outside(self) -> list[RecordedInput]:
        return [recorded for recorded in self.recordings if not recorded.inside]

    def suites(self, budget: Budget) -> list[list[RecordedInput]]:
        """The recorded inputs on which candidates are judged, inside and outside. There is no empty suite
        among them."""
        return [chosen for chosen in suites_of(self.recordings, (budget.inside, budget.outside)) if chosen]

    def without(self, recordings: Sequence[RecordedInput]) -> InputCorpus:
        """Makes the corpus forget some of its inputs."""
        texts = {recorded.text for recorded in recordings}
        self.recordings = [recorded for recorded in self.recordings if recorded.text not in texts]
        return self


def explore(vetted: Vetted, *, seed: int, budget: Budget) -> Generator[Run, RunResults, InputCorpus]:
    """The corpus on which candidates of one problem are compared: inputs inside and outside the hull, with
    the reference's answers. It climbs towards lines of the reference that few inputs run.

    The problem has state if the tests use objects of the program, or if the reference differs from itself
    when it is judged as a candidate is (after the tests, in one process). Then its inputs are sequences of
    calls, each from a fresh start. An input is dropped if the reference still gives different answers to it.
    """
    problem = vetted.problem
    is_slow = vetted.spec.cpu_s > FULL_CPU_S
    programs, is_open = [problem.reference], accepts_several(problem)
    rng = QuickRandom(f"{seed}\0{problem.id}")
    if problem.is_stdio:
        from prmdata.evidence.stdin_space import (
            StdinSpace,  # imports the learner of grammars, which inputs of calls do not need
        )

        stdin = StdinSpace(vetted.recorded_inputs, programs, statement=problem.prompt, is_slow=is_slow)
        # Without a grammar there are only the given inputs, which show no more than the tests do.
        given = vetted.recorded_inputs if stdin.grammar is not None else ()
        return (yield from _explored(vetted, stdin, rng, budget.for_space(stdin), given))
    if not uses_objects(vetted):
        calls = CallSpace(vetted.recorded_inputs, programs, is_slow=is_slow, is_open=is_open, problem=problem)
        corpus = yield from _explored(vetted, calls, rng, budget, vetted.recorded_inputs)
        differing = yield from differing_from_itself(vetted, corpus.suites(budget), corpus.compare)
        if not differing or not vetted.recorded_sequences:
            return corpus.without(differing)
    sequences = SequenceSpace(vetted.recorded_sequences, programs, is_slow=is_slow, is_open=is_open)
    few = SEQUENCES.scaled(vetted.spec.cpu_s)
    corpus = yield from _explored(vetted, sequences, rng, few, sequences.given)
    corpus.budget = few
    differing = yield from differing_from_itself(vetted, corpus.suites(few), corpus.compare)
    return corpus.without(differing)


def _explored(
    vetted: Vetted, space: InputSpace, rng: random.Random, budget: Budget, inputs: Sequence[str]
) -> Generator[Run, RunResults, InputCorpus]:
    corpus = InputCorpus(space, compare_rule(vetted.problem), rng)
    given = corpus.given = list(dict.fromkeys(inputs))
    yield from explore_near(vetted, corpus, budget.inside, budget.outside, given, first=given)
    for _ in range(budget.climbs):
        rare = _rare(corpus.recordings)
        before = {recorded.lines for recorded in corpus.recordings}
        yield from explore_near(vetted, corpus, budget.inside // 3, budget.outside // 3, rare)
        if {recorded.lines for recorded in corpus.recordings} == before:
            break
    _widen(corpus)
    yield from _stress(vetted, corpus)
    return corpus


def _stress(vetted: Vetted, corpus: InputCorpus) -> Generator[Run, RunResults, None]:
    """Inputs with far larger numbers, for a reference that handles them easily (in a small part of the
    limit). A program that counts where the reference calculates runs out of time on them, or out of digits.
    Those of calls are outside the hull, so they can only make a label disputed."""
    texts = [text for text in corpus.space.large(corpus.rng) if text not in corpus.known]
    if not texts:
        return
    corpus.known.update(texts)
    quick = replace(vetted, spec=replace(vetted.spec, cpu_s=vetted.spec.cpu_s / STRIDE))
    recordings = yield from record(quick, corpus, texts, resumes=LARGE_RESUMES)
    corpus.recordings += [replace(each, is_large=True) for each in recordings]


def explore_near(
    vetted: Vetted,
    corpus: InputCorpus,
    inside: int,
    outside: int,
    seeds: Sequence[str],
    first: Sequence[str] = (),
) -> Generator[Run, RunResults, list[RecordedInput]]:
    """Draw inputs near ``seeds``, record the reference on them, and keep what can be evidence."""
    corpus.known.update(first)
    drawn, beside = corpus.space.draw(corpus.rng, inside, seeds, corpus.known)
    texts = [*first, *drawn, *spread(corpus, beside, outside)]
    recordings = yield from record(vetted, corpus, texts)
    if corpus.compare.rule == "checker":
        recordings = yield from _accepted(vetted, corpus, recordings)
    corpus.recordings += recordings
    return recordings


def record(
    vetted: Vetted, corpus: InputCorpus, texts: Sequence[str], resumes: int = RESUMES
) -> Generator[Run, RunResults, list[RecordedInput]]:
    """The recorded inputs among ``texts``. An input is left out if the reference raised, died, ran too long,
    or gave an opaque answer or two different answers. After one that ended the process by its time, those that are
    nowhere smaller are left out too."""
    recordings: list[RecordedInput] = []
    rest = list(texts)
    for _ in range(resumes):
        if not rest:
            break
        task = Task(
            vetted.problem.reference,
            tests=False,
            suites=(Suite(tuple(rest), fresh_start=is_sequence(rest[0])),),
            lines_by_input=True,
            work=round(WORK_PER_CPU_S * (vetted.spec.cpu_s + max(0.0, vetted.spec.cpu_s - FULL_CPU_S))),
        )
        (answer,) = yield Run(vetted.spec, (task,))
        if isinstance(answer, QuarantineError):
            # Some input is not repeatable; halves find the others.
            if len(rest) < 16:
                break
            half = len(rest) // 2
            recordings += yield from record(vetted, corpus, rest[:half])
            recordings += yield from record(vetted, corpus, rest[half:])
            break
        seen = answer.observations[0] if answer.observations else ()
        for text, one in zip(rest, seen, strict=False):
            if one.status == "answered" and len(one.answer) <= LONGEST_ANSWER:
                kept, answered = corpus.space.kept(text, one.answer)
                if kept == text or (kept not in corpus.known and kept != NOTHING):
                    corpus.known.add(kept)
                    lines, broken = frozenset(one.lines or ()), corpus.space.violations(kept)
                    recordings.append(RecordedInput(kept, answered, lines, broken))
        rest = rest[max(len(seen), 1) :]
        if seen and seen[-1].status == "timeout":
            is_nowhere_smaller = guest_module("sizes").is_nowhere_smaller
            rest = [
                text for text in rest if not is_nowhere_smaller(text, task.suites[0].inputs[len(seen) - 1])
            ]
    return recordings


def _accepted(
    vetted: Vetted, corpus: InputCorpus, recordings: list[RecordedInput]
) -> Generator[Run, RunResults, list[RecordedInput]]:
    """The recorded inputs for which the problem's checker accepts the reference's own answer. The checker was
    not made for other inputs."""
    task = Task(vetted.problem.reference, tests=False, suites=(as_suite(recordings, corpus.compare),))
    (answer,) = yield Run(vetted.spec, (task,))
    if isinstance(answer, QuarantineError) or not answer.observations:
        return []
    seen = answer.observations[0]
    return [recorded for recorded, one in zip(recordings, seen, strict=False) if one.status == "agreed"]


def spread(corpus: InputCorpus, texts: Sequence[str], most: int) -> list[str]:
    """Up to ``most`` of the outside ``texts``: first those that break the fewest features, with every feature
    in turn."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for text in texts:
        broken = corpus.space.violations(text)
        groups.setdefault(tuple(sorted(map(repr, broken))), []).append(text)
    order = sorted(groups, key=lambda key: (len(key), key))
    return in_turn([groups[key] for key in order], most)


def _rare(recordings: Sequence[RecordedInput]) -> list[str]:
    """One input for each way through the reference. The ways that few inputs take come first."""
    ways: dict[frozenset[int], list[str]] = {}
    for recorded in recordings:
        ways.setdefault(recorded.lines, []).append(recorded.text)
    ordered = sorted(ways.values(), key=len)
    return [texts[0] for texts in ordered][:40]


def _widen(corpus: InputCorpus) -> None:
    """Widen the hull by the inputs that the reference was clearly made for. Such an input breaks one or two
    features, the reference answers it without raising, and it runs lines that no input inside runs (a branch
    that was made for it)."""
    usual: frozenset[int] = frozenset().union(
        *(recorded.lines for recorded in corpus.recordings if recorded.inside)
    )
    handled: set[Feature] = set()
    for recorded in corpus.outside():
        if len(recorded.broken) <= _FEW_BROKEN and not recorded.lines <= usual:
            handled |= recorded.broken
    if handled:
        corpus.space.widen(handled)
        corpus.recordings = [
            replace(each, broken=corpus.space.violations(each.text)) for each in corpus.recordings
        ]
