"""What the rows of one problem say about each other: shared prefixes, and steps whose faults can be seen.

A prefix is the text of a program's steps up to and including one of them. The rule is that no two rows may
give one prefix two labels. :func:`settle` writes into each row what the others showed, and
:func:`check_prefixes` verifies the outcome. Both look at the rows of one problem at a time, so the memory
that they need is bounded by one problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from prmdata.evidence.executed import declared_steps
from prmdata.evidence.passing import distinguishes_step, passes
from prmdata.labels.labelled_step import labelled_step
from prmdata.records import IGNORE, Trace, Verdict
from prmdata.steps.split import split_steps


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rows of the same label kind that give one prefix two labels."""

    kind: str
    first_id: str
    second_id: str
    step: int


def settle(traces: Sequence[Trace]) -> list[Trace]:
    """The rows of one problem, in the same order, with ``evidence.prefix_passes`` and
    ``evidence.step_told_apart`` filled in.

    ``prefix_passes``: some other passing program of the rows (or a witness in them) begins with the steps of
    the failing row up to and including the step that would get ``0``. ``step_told_apart``: how many edits of
    the steps that this row's edit replaces were distinguished from the reference, by a test or a generated
    input. Programs that do not compile show nothing about a step and do not count. For a declaration, edits
    of its suite count too, as they do for whether it ran. Otherwise, nothing could show that the declaration
    of a function is observed if its parameters can change places without effect (as in a sum).
    """
    passing: set[bytes] = set()
    for trace in traces:
        if passes(trace.verdict, trace.evidence):
            passing.update(_digests(trace.steps))
        if trace.witness is not None:
            passing.update(_digests([step.text for step in split_steps(trace.witness)]))
    distinguished: dict[bytes, int] = {}
    targets = [_replaced(trace) for trace in traces]
    for trace, steps in zip(traces, targets, strict=True):
        if _shows_its_step(trace):
            for step in steps:
                distinguished[step] = distinguished.get(step, 0) + 1
    return [
        replace(
            trace,
            evidence=replace(
                trace.evidence,
                prefix_passes=_blamed(trace) in passing,
                step_told_apart=max(
                    (distinguished.get(step, 0) for step in (*steps, *_suites(trace))), default=0
                ),
            ),
        )
        for trace, steps in zip(traces, targets, strict=True)
    ]


def check_prefixes(traces: Iterable[Trace]) -> list[Conflict]:
    """The conflicts among the labelled rows of one problem, each against the first row that labelled the
    prefix. The reference's row counts as one row of each kind."""
    seen: dict[tuple[str, bytes], tuple[int, str]] = {}
    conflicts = []
    for trace in traces:
        kinds = ("fault", "prefix") if trace.label_kind == "reference" else (trace.label_kind,)
        digests = _digests(trace.steps)
        for step, (label, digest) in enumerate(zip(trace.labels, digests, strict=True)):
            if label == IGNORE:
                continue
            for kind in kinds:
                first, by = seen.setdefault((kind, digest), (label, trace.id))
                if first != label:
                    conflicts.append(Conflict(kind, by, trace.id, step))
    return conflicts


def _digests(steps: Iterable[str]) -> Iterator[bytes]:
    """A digest of each prefix of a program, the shortest first."""
    running = blake2b(digest_size=16)
    for text in steps:
        running.update(text.encode("utf-8", "surrogatepass"))
        yield running.copy().digest()


def _digest(texts: Iterable[str]) -> bytes:
    return blake2b("".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _blamed(trace: Trace) -> bytes | None:
    """The prefix to which a failing row would give the label ``0``."""
    if passes(trace.verdict, trace.evidence):
        return None
    step = labelled_step(trace) if trace.label_kind == "fault" else trace.cut
    if step is None or trace.stage is not None:
        return None
    return _digest(trace.steps[: step + 1])


def _replaced(trace: Trace) -> tuple[bytes, ...]:
    """The steps of the edited program that a row's edit replaced, each named by the prefix that ends
    with it. For an insertion it is the step that follows, or else the step before."""
    edit = trace.edit
    if edit is None:
        return ()
    head = "".join(trace.steps[: edit.step])
    if not edit.before:
        following = trace.steps[edit.step + edit.n_steps : edit.step + edit.n_steps + 1]
        return (_digest((head, *following)),)
    steps = [step.text for step in split_steps(head + edit.before)]
    if len(steps) <= edit.step:
        return (_digest((head, edit.before)),)
    return tuple(list(_digests(steps))[edit.step :])


def _suites(trace: Trace) -> tuple[bytes, ...]:
    """The steps in the suites of the declarations that a row's edit replaced, also named by their
    prefixes."""
    edit = trace.edit
    if edit is None or not ("def " in edit.before or "class " in edit.before):
        return ()
    rest = trace.steps[edit.step + edit.n_steps :]
    steps = split_steps("".join((*trace.steps[: edit.step], edit.before, *rest)))
    replaced = range(edit.step, len(steps) - len(rest))
    inside = {child for index in replaced for child in declared_steps(steps, index)}
    if not inside:
        return ()
    digests = list(_digests(step.text for step in steps))
    return tuple(digests[child] for child in sorted(inside))


def _shows_its_step(trace: Trace) -> bool:
    """Whether a row shows that a fault in the steps of its edit can be seen. A rewrite has others for all that follow: which
    of them is seen, it does not show."""
    compiles = trace.verdict != Verdict.COMPILE_ERROR
    return trace.label_kind == "fault" and compiles and distinguishes_step(trace.verdict, trace.evidence)
