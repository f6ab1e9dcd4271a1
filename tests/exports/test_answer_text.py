"""The prompt and the given steps come once, and the answer is the rest of the program."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from prmdata.exports.answer_text import parts
from prmdata.steps.split import split_steps


@given(st.integers(0, 9), st.sampled_from(["", "    ", "\n", "    # write it\n", "    # a\n    # b\n\n"]))
def test_a_prompt_of_code_and_the_answer_are_the_program_once(made, place, tail):
    trace = made.reference_trace(place)
    prompt = trace.prompt + tail
    program = prompt.rstrip(" ") + "".join(trace.steps[trace.given_steps :])
    steps = tuple(step.text for step in split_steps(program))
    moved = replace(trace, prompt=prompt, steps=steps, labels=trace.labels, reasons=trace.reasons)
    part = parts(moved)
    assert part.question + "".join(part.steps) == program
    assert part.question.endswith("\n")
    assert len(part.steps) == len(part.labels) == len(part.reasons)


def test_a_prompt_in_words_is_followed_by_the_whole_program(made):
    trace = replace(made.reference_trace(0), prompt="Sum the numbers.", given_steps=0)
    part = parts(trace)
    assert part.question == "Sum the numbers.\n"
    assert part.steps == trace.steps


def test_a_rollout_with_another_docstring_does_not_repeat_the_signature(made):
    trace = made.reference_trace(0)
    trimmed = replace(trace, steps=(trace.steps[0], '    """Trimmed."""\n', *trace.steps[2:]))
    part = parts(trimmed)
    assert part.question == trace.prompt
    assert part.steps == trace.steps[2:]


def test_a_prompt_that_ends_within_a_line_is_completed_by_the_step(made):
    trace = made.reference_trace(0)
    part = parts(replace(trace, prompt=trace.prompt + "    found"))
    assert part.question + "".join(part.steps) == "".join(trace.steps)
