"""What a reviewer reads: the question before judging, and afterwards the label and its reason."""

from __future__ import annotations

from collections.abc import Iterator

from prmdata.datasets.describe import reason_text, visible
from prmdata.pages.review.sample_review import WORDS, Judgement, Sampled
from prmdata.steps.split import split_steps

QUESTIONS = {
    "prefix": "Can a correct program begin with these lines, the marked one included?",
    "fault": "Is the marked step correct in this program (or does it break it)?",
    "reference": "Is the marked step correct in this program?",
}


def context(item: Sampled) -> tuple[str, int]:
    """What to show with a step: the prompt (if the program does not begin with it), and the number of steps
    to show (for labels of kind ``prefix``, nothing after the step in question)."""
    trace = item.trace
    given = split_steps(trace.prompt)
    prompt = "" if trace.given_steps and trace.given_steps >= len(given) else trace.prompt
    return prompt, item.step + 1 if trace.label_kind == "prefix" else len(trace.steps)


def reason_of(item: Sampled) -> str:
    """Why the step has its label, in one line."""
    return reason_text(item.trace.reasons[item.step])


def question(item: Sampled, place: str) -> Iterator[str]:
    """The prompt, the program and the marked step. For labels of kind ``prefix``, nothing after the step."""
    trace = item.trace
    yield f"── {place} · {trace.problem_id} · row {trace.id} · step {item.step}"
    prompt, end = context(item)
    if prompt:
        yield from (f"    {visible(line)}" for line in prompt.strip().split("\n"))
        yield ""
    for index, step in enumerate(trace.steps[:end]):
        for line in step.removesuffix("\n").split("\n"):
            yield f"{'>' if index == item.step else ' '} {index:>3} │ {visible(line)}"
    yield QUESTIONS[trace.label_kind]


def answer(item: Sampled, judgement: Judgement) -> Iterator[str]:
    """The label, its reason and, if there is one, the input that shows the fault."""
    trace, word = item.trace, WORDS[item.label]
    verb = "unsure" if judgement == "unsure" else "agreed" if judgement == word else "DISAGREED"
    yield f"{verb}: labelled {word}, {reason_of(item)}"
    seen = trace.evidence.counterexample
    if seen is not None and item.label == 0:
        yield from (f"  {name:9}{visible(getattr(seen, name))}" for name in ("input", "expected", "got"))
    yield ""
