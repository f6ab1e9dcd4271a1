"""A row as question and answer: the prompt and the given steps are put together once, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prmdata.exports.format import ExportCounts, ExportOptions, Group, RefusedError
from prmdata.labels.labelled_step import last_label
from prmdata.records import IGNORE, Trace


@dataclass(frozen=True, slots=True)
class PromptAndAnswer:
    """``question`` (empty, or whole lines) followed by ``steps`` is what a model sees. ``first`` is the
    index, in the row, of the first of ``steps``; ``labels`` and ``reasons`` are theirs."""

    question: str
    steps: tuple[str, ...]
    labels: tuple[int, ...]
    reasons: tuple[str, ...]
    first: int


def parts(trace: Trace) -> PromptAndAnswer:
    """Divide a row into question and answer. If the program begins with the prompt's whole lines (HumanEval),
    these lines are the question and the rest is the answer, so comment lines at the end of the prompt are not
    repeated. If the program only shares its first steps with the prompt, these steps are left to the prompt.
    If it shares none (a prompt in words), the answer is the whole program."""
    head = trace.prompt[: trace.prompt.rfind("\n") + 1]
    tail = trace.prompt[len(head) :]
    program = "".join(trace.steps)
    if head and program.startswith(head) and (not tail.strip() or program.startswith(trace.prompt)):
        first, trimmed = _skip(trace.steps, len(head))
        steps = (trimmed, *trace.steps[first + 1 :]) if trimmed else trace.steps[first:]
        return _parts(trace, head, steps, first)
    question = trace.prompt if not trace.prompt or trace.prompt.endswith("\n") else trace.prompt + "\n"
    return _parts(trace, question, trace.steps[trace.given_steps :], trace.given_steps)


def _skip(steps: tuple[str, ...], length: int) -> tuple[int, str]:
    """The first step that does not lie within the first ``length`` characters, and the part of it that is
    left."""
    for index, step in enumerate(steps):
        if length < len(step):
            return index, step[length:]
        length -= len(step)
    return len(steps), ""


def _parts(trace: Trace, question: str, steps: tuple[str, ...], first: int) -> PromptAndAnswer:
    return PromptAndAnswer(question, steps, trace.labels[first:], trace.reasons[first:], first)


def usable(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[Trace]:
    """The rows of a group that may go into one export: rows of the kinds that were asked for, without
    curriculum stages (they repeat the reference's steps). Raises RefusedError for rows without labels, or
    with other labels than 1, 0 and -100."""
    for trace in group.traces:
        if len(trace.labels) != len(trace.steps):
            raise RefusedError(
                options.format,
                f"row {trace.id} has {len(trace.labels)} labels for {len(trace.steps)} steps; run `prmdata relabel`",
            )
        if not set(trace.labels) <= {1, 0, IGNORE}:
            wrong = next(label for label in trace.labels if label not in (1, 0, IGNORE))
            raise RefusedError(
                options.format, f"row {trace.id} has a label {wrong!r}; only 1, 0 and -100 can be held"
            )
        if trace.stage is not None:
            counts.left_out["curriculum stage"] += 1
        elif trace.label_kind not in options.kinds:
            counts.left_out[f"label kind {trace.label_kind}"] += 1
        else:
            yield trace


def labelled(
    group: Group, options: ExportOptions, counts: ExportCounts
) -> Iterator[tuple[Trace, PromptAndAnswer]]:
    """Usable rows with at least one label in their answer. Each is cut after its last label that counts: the
    first error, or the last label if there is no error. The steps after it are counted as cut."""
    for trace in usable(group, options, counts):
        whole = parts(trace)
        end = last_label(whole.labels)
        if end is None:
            counts.left_out["no label"] += 1
            continue
        counts.cut_steps += len(whole.steps) - end - 1
        labels = whole.labels[: end + 1]
        counts.count_labels(labels)
        yield (
            trace,
            PromptAndAnswer(
                whole.question, whole.steps[: end + 1], labels, whole.reasons[: end + 1], whole.first
            ),
        )


def body(step: str) -> str:
    """A step without its line end."""
    for end in ("\r\n", "\n", "\r"):
        if step.endswith(end):
            return step.removesuffix(end)
    return step
