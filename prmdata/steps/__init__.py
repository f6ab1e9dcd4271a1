"""Steps: a program split without loss, the step of a line, prefixes closed so that they compile."""

from prmdata.steps.close import close_prefix
from prmdata.steps.split import given_count, join, physical_lines, split_steps, step_of_line, steps_of_lines

__all__ = [
    "close_prefix",
    "given_count",
    "join",
    "physical_lines",
    "split_steps",
    "step_of_line",
    "steps_of_lines",
]
