"""``critique``: for each labelled step a judgement in words, made from the evidence, for reward models
that write before they score. No model is needed; nothing is said that was not seen.

A teacher's own explanation (``metadata["explanation"]``) is put first where the row's label agrees with
what it claims (``metadata["claim"]``: ``correct`` or ``incorrect``), and dropped where not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from prmdata.datasets.exports.contract import Format, Group, Options, Tally
from prmdata.datasets.exports.saying import say_step
from prmdata.datasets.exports.text import Parts, body, labelled
from prmdata.records import IGNORE, Trace, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

WORDS: Final = {1: "correct", 0: "incorrect"}
LONGEST: Final = 400
"""Characters of an input or answer that are quoted."""


def schema() -> pa.Schema:
    """Columns of the format."""
    import pyarrow as pa

    strings = [(name, pa.string()) for name in ("prompt", "completion", "label_kind", "id", "problem_id")]
    return pa.schema([*strings[:2], ("label", pa.int64()), ("step", pa.int32()), *strings[2:]])


def render(group: Group, options: Options, tally: Tally) -> Iterator[dict[str, Any]]:
    """One row a labelled step."""
    for trace, part in labelled(group, options, tally, "critique"):
        for index, label in enumerate(part.labels):
            if label != IGNORE:
                yield {
                    "prompt": _question(trace, part, index),
                    "completion": _judgement(trace, part, index, tally),
                    "label": label,
                    "step": part.first + index,
                    "label_kind": trace.label_kind,
                    "id": trace.id,
                    "problem_id": trace.problem_id,
                }


def _question(trace: Trace, part: Parts, index: int) -> str:
    prefix = "".join(part.steps[: index + 1])
    asked = {
        "prefix": "Can a correct program still begin with these lines, the last one included?",
    }.get(trace.label_kind, "Is the last line correct, given that the lines before it are?")
    return f"{part.question}\nThe solution so far:\n\n{prefix.rstrip()}\n\nThe last line is:\n\n{body(part.steps[index]).strip()}\n\n{asked}\n"


def _judgement(trace: Trace, part: Parts, index: int, tally: Tally) -> str:
    label, reason = part.labels[index], part.reasons[index]
    sentences = [say_step(part.steps[index])]
    claim = trace.metadata.get("claim")
    if claim and trace.edit is not None:
        if claim == WORDS[label]:
            sentences.append(trace.metadata.get("explanation", ""))
        else:
            tally.left_out["explanations that the evidence contradicts"] += 1
    sentences += _incorrect(trace, reason) if label == 0 else [_correct(trace, reason)]
    return " ".join(filter(None, sentences)) + f"\nJudgement: {WORDS[label]}"


def _incorrect(trace: Trace, reason: str) -> list[str]:
    if trace.label_kind == "prefix":
        tried = next((probe for probe in trace.probes if probe.step == trace.cut), None)
        if tried is None:
            return ["No completion of the lines so far passed."]
        return [
            f"Of {tried.k} completions of the lines so far, {tried.passed} passed, while the lines before could still be completed."
        ]
    if reason == Verdict.COMPILE_ERROR:
        return ["With it the lines so far do not compile, whatever follows."]
    seen = trace.evidence.counterexample
    if seen is not None:
        how = f"On input {_quote(seen.input)} the program should give {_quote(seen.expected)}, but with this line it gives {_quote(seen.got)}."
        return [how]
    failed = len(trace.outcomes) - sum(outcome == Verdict.PASSED for outcome in trace.outcomes)
    what = {
        Verdict.RUNTIME_ERROR: f"raises {trace.error_type or 'an exception'}",
        Verdict.TIMEOUT: "does not end in time",
        Verdict.MEMORY_LIMIT: "needs too much memory",
        Verdict.OUTPUT_LIMIT: "prints without end",
    }.get(trace.verdict, "gives a wrong answer")
    return [f"With this line the program {what}: it does not pass {failed} of {len(trace.outcomes)} tests."]


def _correct(trace: Trace, reason: str) -> str:
    if reason == "reference":
        return "The tests run it, and the program passes all of them."
    if reason == "recovered":
        return "From here a program that passes can still be reached."
    tried = trace.evidence
    if tried.differential and tried.inputs_reached:
        return f"The program passes all {len(trace.outcomes)} tests, and agrees with a known solution on {tried.inputs_tried} more inputs, of which {tried.inputs_reached} run this line."
    return f"The program passes all {len(trace.outcomes)} tests."


def _quote(text: str) -> str:
    short = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return f"`{short}`" if "\n" not in short else f"\n{short}\n"


def text(row: Mapping[str, Any]) -> str:
    """What a trainer tokenizes."""
    return f"{row['prompt']}{row['completion']}"


FORMAT = Format(
    name="critique",
    summary="generative PRMs: a written judgement of each labelled step, made from the evidence",
    schema=schema,
    render=render,
    text=text,
    recipe="""\
```python
rows = load_dataset("DIR", split="train").select_columns(["prompt", "completion"])   # what SFTTrainer reads
```""",
)
