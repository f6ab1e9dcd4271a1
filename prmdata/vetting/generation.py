"""New tests for many problems: vetted, generated, written, in source order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prmdata.outputs import open_new
from prmdata.problems.layouts.native import native_row
from prmdata.records import Problem, Question, Reject
from prmdata.records.numbers import number_of
from prmdata.vetting.testgen import Generated, generate_tests
from prmdata.vetting.vet import vet


@dataclass(slots=True)
class GenerationReport:
    """The figures of one ``testgen``."""

    problems: int = 0
    vetted: int = 0
    tests_given: int = 0
    tests_new: int = 0
    from_teacher: int = 0
    mutants: int = 0
    killed_given: int = 0
    killed: int = 0
    unwritable: int = 0
    rejects: Counter[str] = field(default_factory=Counter)

    def add(self, found: Generated | Reject) -> None:
        """Count one problem."""
        self.problems += 1
        if isinstance(found, Reject):
            self.rejects[found.reason] += 1
            return
        self.vetted += 1
        new = found.from_inputs + found.from_teacher
        self.tests_new += new
        self.tests_given += len(found.problem.tests) - new
        self.from_teacher += found.from_teacher
        self.mutants += found.given.mutants
        self.killed_given += found.given.killed
        self.killed += found.killed
        self.unwritable += found.unwritable

    def text(self) -> str:
        """The closing lines of the command."""
        lines = [
            f"{self.vetted} of {number_of(self.problems, 'problem')} vetted; {number_of(self.tests_new, 'new test')} beside {self.tests_given} given"
            + (f" ({self.from_teacher} proposed by the teacher)" if self.from_teacher else "")
        ]
        if self.mutants:
            before, after = self.killed_given / self.mutants, self.killed / self.mutants
            lines.append(f"mutants killed: {before:.1%} by the given tests, {after:.1%} with the new ones")
        lines += [f"  rejected {count:6}  {reason}" for reason, count in self.rejects.most_common()]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Generation:
    """How new tests are made: the seed of what is drawn, new tests of a problem at most, tests asked of a teacher."""

    seed: int = 0
    most: int = 20
    proposals: int = 0


def generate(problem: Problem, settings: Generation) -> Generator[Question, Any, Generated | Reject]:
    """Vet ``problem``, then make its new tests. The result is a Reject if the problem does not hold."""
    vetted = yield from vet(problem)
    if isinstance(vetted, Reject):
        return vetted
    made = generate_tests(vetted, seed=settings.seed, most=settings.most, proposals=settings.proposals)
    return (yield from made)


def write_generated(found: Iterable[Generated | Reject], out: Path) -> GenerationReport:
    """Consume ``found`` and write the problems with their tests to ``out``, as native JSON Lines. The file is
    written completely or not at all."""
    report = GenerationReport()
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(out.name + ".unfinished")
    with open_new(unfinished) as file:
        for one in found:
            report.add(one)
            if isinstance(one, Generated):
                file.write(json.dumps(native_row(one.problem)) + "\n")
    unfinished.replace(out)
    return report
