"""The limits of one run of a program: of its time, memory, output, files and processes."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from . import fork_server

if TYPE_CHECKING:
    from .protocol import SpecMessage

OUTPUT_BYTES = 1 << 20
"""What a program may write where its problem neither says otherwise nor expects more."""
FILE_BYTES = 16 << 20
PROCESSES = 64
SUITE_FACTOR = 20
"""A whole suite may use this many times ``cpu_s``; each of its inputs may use ``cpu_s``."""
RECORDED = 2
"""A reference may take this many times ``cpu_s`` for an input whose answer is recorded: half of what every
program gets there (see :mod:`dispatcher`), since an edit may do the same a little more slowly."""
IDLE_BASE_S = 1.0
CALLS_FACTOR = 3
"""All calls together may be idle for this many times what one of them may. With the factor of suites, a program that
rests in each of its inputs would hold the worker for 20 seconds and more."""
IMPORT_S = 2.0
_IMPORTED = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)


def import_s(program: str) -> float:
    """Return the CPU time that a program gets for its imports alone: two seconds where it imports anything that is not
    of the standard library. The import of numpy takes 0.2 to 0.5 s, a reference without it a hundredth of that, and
    the limit comes from the reference."""
    found = _IMPORTED.findall(program)
    return 0.0 if set(found) <= sys.stdlib_module_names else IMPORT_S


def most_recorded_s(spec: SpecMessage, program: str) -> float:
    """Return the CPU time that an input may take whose answer is recorded."""
    return RECORDED * (spec.cpu_s + import_s(program))


def output_bytes_of(spec: SpecMessage) -> int:
    """Return how much output a program of a problem may write on each stream: what the problem says; else 1 MB, or
    twice the longest output that is expected."""
    if spec.output_bytes:
        return spec.output_bytes
    return max(OUTPUT_BYTES, 2 * max((len(test.output) for test in spec.tests), default=0))


class Limits:
    """The limits of one run, of ``programs`` programs. ``extended_cpu_s`` replaces ``cpu_s`` where one run is enough (see
    :meth:`CandidateProcess.allowed_s`)."""

    warm_up_s = 0.0
    """What a process may use before its first program begins (see :mod:`batch_runs`)."""

    def __init__(
        self,
        cpu_s: float,
        memory_mb: int,
        extended_cpu_s: float | None = None,
        output_bytes: int = OUTPUT_BYTES,
        programs: int = 1,
    ) -> None:
        self.cpu_s = cpu_s
        self.programs = programs
        self.output_bytes = output_bytes
        self.extended_cpu_s = cpu_s if extended_cpu_s is None else extended_cpu_s
        self.memory_bytes = memory_mb << 20
        self.idle_s = IDLE_BASE_S + 2 * cpu_s

    def packed(self, uid: int) -> bytes:
        kernel_s = int(self.extended_cpu_s * (SUITE_FACTOR + 2) * self.programs) + 2
        return fork_server.FORK.pack(b"F", self.memory_bytes, kernel_s, FILE_BYTES, PROCESSES, uid)
