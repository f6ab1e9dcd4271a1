"""``critique``: for each labelled step a judgement in words, made from the evidence, for reward models
that write before they score. No model is needed; nothing is said that was not seen.

A teacher's own explanation (``metadata["explanation"]``) is put first where the row's label agrees with
what it claims (``metadata["claim"]``: ``correct`` or ``incorrect``), and dropped where not.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from prmdata.exports.answer_text import PromptAndAnswer, body, labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined
from prmdata.exports.step_description import describe_step
from prmdata.labels.reasons import Reason
from prmdata.records import IGNORE, Trace, Verdict

WORDS: Final = {1: "correct", 0: "incorrect"}
LONGEST: Final = 400
"""Characters of an input or answer that are quoted."""


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each labelled step."""
    for trace, part in labelled(group, options, counts):
        for index, label in enumerate(part.labels):
            if label != IGNORE:
                yield {
                    "prompt": _question(trace, part, index),
                    "completion": _judgement(trace, part, index, counts),
                    "label": label,
                    "step": part.first + index,
                    "label_kind": trace.label_kind,
                    **identity(trace),
                }


def _question(trace: Trace, part: PromptAndAnswer, index: int) -> str:
    prefix = "".join(part.steps[: index + 1])
    asked = {
        "prefix": "Can a correct program still begin with these lines, the last one included?",
    }.get(trace.label_kind, "Is the last line correct, given that the lines before it are?")
    return f"{part.question}\nThe solution so far:\n\n{prefix.rstrip()}\n\nThe last line is:\n\n{body(part.steps[index]).strip()}\n\n{asked}\n"


def _judgement(trace: Trace, part: PromptAndAnswer, index: int, counts: ExportCounts) -> str:
    label, reason = part.labels[index], part.reasons[index]
    sentences = [describe_step(part.steps[index])]
    claim = trace.metadata.get("claim")
    if claim and trace.edit is not None:
        if claim == WORDS[label]:
            sentences.append(trace.metadata.get("explanation", ""))
        else:
            counts.left_out["explanations that the evidence contradicts"] += 1
    sentences += _incorrect(trace, reason) if label == 0 else [_correct(trace, reason, part.first + index)]
    judgement = ""
    for sentence in filter(None, sentences):
        judgement += sentence if not judgement or judgement.endswith("\n") else f" {sentence}"
    return f"{judgement}\nJudgement: {WORDS[label]}"


def _incorrect(trace: Trace, reason: str) -> list[str]:
    if trace.label_kind == "prefix":
        return [_not_recovered(trace)]
    missing = _missing(trace)
    if reason == Verdict.COMPILE_ERROR:
        return [*missing, "With it the lines so far do not compile, whatever follows."]
    so = (
        "without what is missing"
        if missing
        else "with these lines"
        if _n_new(trace) > 1
        else "with this line"
    )
    seen = trace.evidence.counterexample
    if seen is not None:
        what = f"gives {_quote(seen.got)}" if (odd := _instead(seen.got)) is None else odd
        return [
            *missing,
            f"On input {_quote(seen.input)} the program should give {_quote(seen.expected)}, but {so} it {what}.",
        ]
    what = {
        Verdict.RUNTIME_ERROR: f"raises {trace.error_type or 'an exception'}",
        Verdict.TIMEOUT: "does not end in time",
        Verdict.MEMORY_LIMIT: "needs too much memory",
        Verdict.OUTPUT_LIMIT: "prints without end",
    }.get(trace.verdict, "gives a wrong answer")
    failed = sum(outcome != Verdict.PASSED for outcome in trace.outcomes)
    return [*missing, f"{so.capitalize()} the program {what}: it does not pass {_tests(failed, trace)}."]


def _n_new(trace: Trace) -> int:
    return trace.edit.n_steps if trace.edit is not None else 1


def _missing(trace: Trace) -> list[str]:
    """The step that a deletion removed. The label stands on the step after it."""
    if trace.edit is None or trace.edit.n_steps or not trace.edit.before.strip():
        return []
    gone = textwrap.dedent(trace.edit.before.strip("\n")).strip()
    if "\n" in gone:
        return [f"Before it, these lines are missing:\n\n{textwrap.indent(_shortened(gone), '    ')}\n\n"]
    return [f"Before it, a line is missing: {_quote(gone)}."]


def _not_recovered(trace: Trace) -> str:
    tried = next((probe for probe in trace.probes if probe.step == trace.cut), None)
    outcome = f"Of {tried.k} completions of the lines so far, {tried.passed} passed" if tried else ""
    if trace.witness is not None:
        before = "without the last line they can be completed to a program that passes"
        return (
            f"{outcome}, while {before}."
            if outcome
            else f"No completion of the lines so far passed; {before}."
        )
    return f"{outcome or 'No completion of the lines so far passed'}."


def _instead(got: str) -> str | None:
    """What happened instead of an answer, in words; None if there was an answer."""
    if found := re.fullmatch(r"raised (\w+)", got):
        return f"raises {found[1]}"
    return {
        "timeout": "does not end in time",
        "died": "dies",
        "opaque": "gives something that is no plain data",
    }.get(got)


def _tests(count: int, trace: Trace) -> str:
    total = len(trace.outcomes)
    return "the test" if total == 1 else f"{count} of {total} tests"


def _correct(trace: Trace, reason: str, step: int) -> str:
    passes = f"passes {'the test' if len(trace.outcomes) == 1 else f'all {len(trace.outcomes)} tests'}"
    if reason == Reason.REFERENCE:
        return "The tests run it, and the program passes them."
    if reason == Reason.RECOVERED:
        tried = next((probe for probe in trace.probes if probe.step == step and probe.passed), None)
        if tried is None:
            return "From here a program that passes can still be reached."
        return f"From here a program that passes can still be reached: {tried.passed} of {tried.k} completions passed."
    if reason == Reason.PROVED:
        return f"The program {passes}, and is proved to do the same as a program that passes them without this change."
    if reason == Reason.PREFIX:
        return "It stands so in a program that passes."
    seen = trace.evidence
    if not seen.inputs_tried or seen.inputs_disagreed_inside + seen.inputs_disagreed_outside:
        return f"The program {passes}."
    reached = "all" if seen.inputs_reached == seen.inputs_tried else seen.inputs_reached
    ran = f", {reached} of which run this line" if reached else ""
    return f"The program {passes}, and agrees with a known solution on {seen.inputs_tried} more inputs{ran}."


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _quote(text: str) -> str:
    short = _shortened(text)
    return f"`{short}`" if "\n" not in short else f"\n{short}\n"


FORMAT = Format(
    name="critique",
    summary="generative PRMs: a written judgement of each labelled step, made from the evidence",
    schema=columns(
        prompt="string", completion="string", label="int64", step="int32", label_kind="string", **IDS
    ),
    render=render,
    text=joined("prompt", "completion"),
    recipe="""\
```python
rows = load_dataset("DIR", split="train").select_columns(["prompt", "completion"])   # what SFTTrainer reads
```""",
)
