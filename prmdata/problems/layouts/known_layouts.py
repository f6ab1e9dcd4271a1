"""Every layout, and which one a row's columns are. The file that reads a layout is imported with its first row."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points

from prmdata.errors import InputError, UsageError
from prmdata.problems.rows import Row
from prmdata.records import Problem, Reject

GROUP = "prmdata.layouts"


@dataclass(frozen=True, slots=True)
class Layout:
    """``columns`` are what a row must have to be of this layout; ``read`` makes the problem.

    ``read`` raises InputError (through ``row.fail``) for a value of the wrong type; what is missing it leaves empty,
    and what it cannot turn into a problem it returns as a Reject. It runs nothing. The reference is a whole program,
    and every text is kept byte for byte.
    """

    name: str
    columns: Set[str]
    read: Callable[[Row], Problem | Reject]


def _layout(name: str, columns: str, module: str, function: str = "read") -> Layout:
    """A built-in layout: what a row of it must have, and which function of this room reads it."""

    def read(row: Row) -> Problem | Reject:
        found: Problem | Reject = getattr(import_module(f"prmdata.problems.layouts.{module}"), function)(row)
        return found

    return Layout(name, frozenset(columns.split()), read)


BUILT_IN = (
    _layout("native", "id prompt reference tests", "native"),
    _layout("HumanEval", "task_id prompt canonical_solution entry_point test", "humaneval"),
    _layout(
        "EvalPlus inputs",
        "task_id prompt canonical_solution entry_point base_input plus_input",
        "evalplus",
        "read_inputs",
    ),
    _layout("EvalPlus script", "task_id prompt code test test_imports test_list", "evalplus", "read_script"),
    _layout("MBPP", "task_id text code test_list", "mbpp"),
    _layout("sanitized MBPP", "task_id prompt code test_list", "mbpp", "read_sanitized"),
    _layout("APPS", "problem_id question solutions input_output", "apps"),
    _layout("APPS+", "question canonical_solution inputs outputs", "apps", "read_plus"),
    _layout(
        "CodeContests", "name description public_tests private_tests solutions", "codecontests", "read_hub"
    ),
    _layout("CodeContests rows", "problem_id description solution tests", "codecontests", "read_joined"),
    _layout(
        "LiveCodeBench",
        "question_id question_content public_test_cases private_test_cases",
        "livecodebench",
    ),
    _layout("LeetCodeDataset", "task_id prompt completion entry_point test", "leetcode"),
    _layout("QuixBugs", "problem_id prompt buggy_code fixed_code test_list", "quixbugs"),
    _layout(
        "HumanEvalPack",
        "task_id prompt canonical_solution buggy_solution entry_point test",
        "pairs",
        "read_pack",
    ),
    _layout("DebugBench", "slug question solution buggy_code examples", "pairs", "read_debugbench"),
    _layout(
        "ConDefects", "faultyVersion correctVersion faultLocation inputs outputs", "pairs", "read_condefects"
    ),
)


def known_layouts() -> tuple[Layout, ...]:
    """The built-in layouts, then those that installed packages add. Raises UsageError for an entry point
    that loads something else."""
    found = list(BUILT_IN)
    for point in entry_points(group=GROUP):
        layout = point.load()
        if not isinstance(layout, Layout):
            raise UsageError(
                f"entry point {point.name!r} of {GROUP} loads {type(layout).__name__}, not a Layout"
            )
        found.append(layout)
    return tuple(found)


def recognise(columns: Set[str], where: str) -> Layout:
    """The layout whose columns are all there; the one that asks for most where several fit (EvalPlus has
    all of MBPP's columns). Raises InputError that names what is missing from the nearest one, and all layouts."""
    layouts = known_layouts()
    fitting = [layout for layout in layouts if layout.columns <= columns]
    if fitting:
        return max(fitting, key=lambda layout: len(layout.columns))
    nearest = min(layouts, key=lambda layout: (len(layout.columns - columns), -len(layout.columns & columns)))
    missing = ", ".join(sorted(nearest.columns - columns))
    shown = "; ".join(f"{layout.name} ({', '.join(sorted(layout.columns))})" for layout in layouts)
    raise InputError(
        where,
        f"the columns ({', '.join(sorted(columns))}) fit no layout; {nearest.name} lacks {missing}. Known: {shown}",
    )
