"""The findings of vetting, as files and as a page of text."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import indent
from typing import IO, Any

from prmdata.evidence.input_budget import ENOUGH_INPUTS
from prmdata.outputs import open_output
from prmdata.problems.layouts.native import native_row
from prmdata.records import Reject, Vetted
from prmdata.records.numbers import number_of
from prmdata.vetting.inspection import Inspection
from prmdata.vetting.similar import clusters


@dataclass(slots=True)
class VetReport:
    """The figures of one vetting. :meth:`add` counts one problem after the other. Memory holds 1 KB for each
    problem, to find near-duplicates."""

    problems: int = 0
    vetted: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    isolation: Counter[str] = field(default_factory=Counter)
    cpu_s: Counter[float] = field(default_factory=Counter)
    mutants: int = 0
    killed: int = 0
    tests: int = 0
    idle_tests: int = 0
    unwatched_steps: int = 0
    reading_stdin: int = 0
    """Vetted problems that read standard input."""
    few_inputs: Counter[str] = field(default_factory=Counter)
    """Those of them for which few valid inputs were made, by the reason."""
    near: list[list[str]] = field(default_factory=list)
    """Groups of near-duplicate problems, by id; known after :meth:`close`."""
    _ids: list[str] = field(default_factory=list)
    _signatures: list[array[int]] = field(default_factory=list)

    def add(self, found: Inspection) -> None:
        """Count one problem."""
        self.problems += 1
        if isinstance(found.result, Reject):
            self.rejects[found.result.reason] += 1
            return
        self.vetted += 1
        self.notes.update(note.partition(":")[0] for note in found.result.notes)
        self.isolation[str(found.result.spec.isolation)] += 1
        self.cpu_s[found.result.spec.cpu_s] += 1
        self._ids.append(found.result.problem.id)
        self._signatures.append(found.signature)
        if found.inputs is not None:
            self.reading_stdin += 1
            if found.inputs.few_because is not None:
                self.few_inputs[found.inputs.few_because.partition(":")[0]] += 1
        if found.kills is not None:
            self.mutants += found.kills.mutants
            self.killed += found.kills.killed
            self.tests += len(found.kills.by_test)
            self.idle_tests += len(found.kills.idle_tests)
            self.unwatched_steps += len(found.kills.unwatched_steps)

    def close(self) -> None:
        """Find the groups of near-duplicates among what was added."""
        groups: dict[int, list[str]] = {}
        for name, group in zip(self._ids, clusters(self._signatures), strict=True):
            groups.setdefault(group, []).append(name)
        self.near = [names for names in groups.values() if len(names) > 1]

    def as_dict(self) -> dict[str, Any]:
        """The figures as values for JSON; counters are ordered from the largest."""
        shown: dict[str, Any] = {"problems": self.problems, "vetted": self.vetted}
        for name in ("rejects", "notes", "isolation", "cpu_s"):
            counter: Counter[Any] = getattr(self, name)
            shown[name] = {str(key): count for key, count in sorted(counter.items(), key=_by_count)}
        share = round(self.killed / self.mutants, 4) if self.mutants else None
        shown["kills"] = {"mutants": self.mutants, "killed": self.killed, "share": share, "tests": self.tests}
        shown["kills"] |= {"idle_tests": self.idle_tests, "unwatched_steps": self.unwatched_steps}
        enough = self.reading_stdin - self.few_inputs.total()
        few = dict(sorted(self.few_inputs.items(), key=_by_count))
        shown["inputs"] = {"problems": self.reading_stdin, "enough": enough, "few": few}
        shown["near_duplicates"] = self.near
        return shown

    def text(self) -> str:
        """The summary table of the command."""
        lines = [f"{self.vetted} of {number_of(self.problems, 'problem')} vetted"]
        for title, counter in (("rejected", self.rejects), ("noted", self.notes)):
            lines += [
                f"  {title:9}{count:6}  {name}" for name, count in sorted(counter.items(), key=_by_count)
            ]
        together = self.isolation.get("one-process", 0)
        if together:
            lines.append(
                f"  {number_of(together, 'problem')} judged in one process (the reference cannot pass in two)"
            )
        if self.mutants:
            lines.append(
                f"tests notice {self.killed} of {number_of(self.mutants, 'mutant')} ({self.killed / self.mutants:.1%}); "
                f"{self.idle_tests} of {number_of(self.tests, 'test')} notice none; the mutants of {number_of(self.unwatched_steps, 'step')} all pass"
            )
        if self.reading_stdin:
            enough = self.reading_stdin - self.few_inputs.total()
            said = f"{ENOUGH_INPUTS} valid inputs or more were made for {enough} of {number_of(self.reading_stdin, 'problem')} that read standard input"
            few = [f"  few      {n:6}  {why}" for why, n in sorted(self.few_inputs.items(), key=_by_count)]
            lines += [said, *few]
        if self.near:
            shown = "; ".join(", ".join(names[:4]) for names in self.near[:3])
            lines.append(f"{number_of(len(self.near), 'group')} of near-duplicates, such as {shown}")
        return "\n".join(lines)


def write_vetting(
    inspections: Iterable[Inspection], out: Path | None, show: Callable[[str], None] | None = None
) -> VetReport:
    """Consume ``inspections``; with ``out``, write ``vetted.jsonl`` (native layout, repaired where it was),
    ``rejects.jsonl``, ``problems.jsonl`` (notes, limits and kill power of each problem) and ``report.json`` there as they
    come. ``show`` gets the grammar of the input, and how many inputs were made, of each vetted problem that reads standard input.
    """
    report = VetReport()
    with ExitStack() as stack:
        files: dict[str, IO[str]] = {}
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name in ("vetted", "rejects", "problems"):
                files[name] = stack.enter_context(open_output(out / f"{name}.jsonl"))
        for found in inspections:
            report.add(found)
            if show is not None and isinstance(found.result, Vetted) and found.inputs is not None:
                show(f"{found.result.problem.id}\n{indent(found.inputs.text, '    ')}")
            if isinstance(found.result, Reject):
                _line(files, "rejects", asdict(found.result))
            else:
                _line(files, "vetted", native_row(found.result.problem))
                _line(files, "problems", _facts(found.result, found))
    report.close()
    if out is not None:
        with open_output(out / "report.json") as file:
            file.write(json.dumps(report.as_dict(), indent=2) + "\n")
    return report


def _facts(vetted: Vetted, found: Inspection) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": vetted.problem.id,
        "isolation": str(vetted.spec.isolation),
        "cpu_s": vetted.spec.cpu_s,
        "notes": list(vetted.notes),
    }
    if found.inputs is not None:
        facts["inputs"] = asdict(found.inputs)
    if found.kills is not None:
        kills = found.kills
        facts["kills"] = {"mutants": kills.mutants, "killed": kills.killed, "by_test": list(kills.by_test)}
        facts["kills"]["by_step"] = [list(step) for step in kills.by_step]
        facts["kills"]["idle_tests"] = list(kills.idle_tests)
    return facts


def _line(files: dict[str, IO[str]], name: str, row: dict[str, Any]) -> None:
    if name in files:
        files[name].write(json.dumps(row) + "\n")


def _by_count(pair: tuple[Any, int]) -> tuple[int, str]:
    return -pair[1], str(pair[0])
