"""Programs and their steps: lossless cutting, and lines to steps."""

from prmdata.steps.cut import cut, given_count, join, step_of_line, steps_of_lines

__all__ = ["cut", "given_count", "join", "step_of_line", "steps_of_lines"]
