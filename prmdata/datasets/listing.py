"""A program as a listing: each step with the mark of its label and, where it says something, its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prmdata.datasets.describe import reason_text
from prmdata.records import IGNORE, Trace

SYMBOLS: Final = {1: "+", 0: "-", IGNORE: " "}
STYLES: Final = {1: "\x1b[32m", 0: "\x1b[31m", IGNORE: "\x1b[2m"}
"""Terminal styles of the classes: green, red, dim."""
OFF: Final = "\x1b[0m"


def listing(trace: Trace, *, color: bool = False) -> Iterator[str]:
    """The program, a mark and the reason beside each step: ``+`` correct, ``-`` incorrect, blank masked.
    Reasons that say nothing new (given, before or after the edit) are left to their blank mark."""
    labels = trace.labels or (IGNORE,) * len(trace.steps)
    reasons = trace.reasons or ("",) * len(trace.steps)
    edited = range(trace.edit.step, trace.edit.step + trace.edit.n_steps) if trace.edit else range(0)
    for index, step in enumerate(trace.steps):
        label = labels[index]
        lines = step.removesuffix("\n").split("\n")
        reason = reasons[index] if label != IGNORE or index in edited else ""
        if label != IGNORE and reason:
            reason = f"{reason}: {reason_text(reason)}" if label == 0 else reason
        for number, text in enumerate(lines):
            last = number == len(lines) - 1
            note = f"  ← {reason}" if reason and last else ""
            line = f"{SYMBOLS[label] if last else ' '} {index if last else '':>3} │ {visible(text)}"
            yield f"{STYLES[label]}{line}{OFF}{note}" if color else f"{line}{note}"


def visible(text: str) -> str:
    """Text safe to send to a terminal: what would move the cursor or change colours is escaped."""
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode()
        for char in text
    )
