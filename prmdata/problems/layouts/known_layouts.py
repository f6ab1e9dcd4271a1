"""All layouts, and the choice of the layout that fits a row's columns. The module of a layout is imported
with its first row."""

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
    _layout("native", "prompt reference tests", "mapped", "read_native"),
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
    _layout("TACO", "question solutions input_output", "apps"),
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
    _layout("KodCode", "question solution test", "training_sets", "read_kodcode"),
    _layout("AceCode", "question test_cases", "training_sets", "read_acecode"),
    _layout("OpenCoder", "instruction code testcase", "training_sets", "read_opencoder"),
    _layout(
        "open-r1 verifiable",
        "problem_statement gold_standard_solution verification_info",
        "training_sets",
        "read_openr1_verifiable",
    ),
    _layout("open-r1 Codeforces", "description input_format official_tests", "codeforces"),
    _layout("DeepCoder", "problem tests", "training_sets", "read_deepcoder"),
    _layout("verl", "prompt reward_model", "training_sets", "read_verl"),
    _layout("rStar-Coder", "question inputs outputs", "training_sets", "read_rstar"),
    _layout(
        "BigCodeBench",
        "task_id complete_prompt canonical_solution entry_point test",
        "benchmarks",
        "read_bigcodebench",
    ),
    _layout("ClassEval", "task_id skeleton solution_code class_name test", "benchmarks", "read_classeval"),
    _layout("CRUXEval", "code input output", "benchmarks", "read_cruxeval"),
    _layout("MultiPL-E", "name language prompt tests", "benchmarks", "read_multipl_e"),
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


def fitting(columns: Set[str]) -> Layout | None:
    """The layout whose columns are all there; the one that asks for most where several fit (EvalPlus has all of MBPP's
    columns); None where none fits."""
    found = [layout for layout in known_layouts() if layout.columns <= columns]
    return max(found, key=lambda layout: len(layout.columns)) if found else None


def recognise(columns: Set[str], where: str) -> Layout:
    """The layout that fits. Raises InputError with what the two nearest lack, and with the ``--columns`` that would do."""
    layout = fitting(columns)
    if layout is not None:
        return layout
    nearest = sorted(
        known_layouts(), key=lambda one: (len(one.columns - columns), -len(one.columns & columns), one.name)
    )
    lacks = "; ".join(f"{one.name} lacks {', '.join(sorted(one.columns - columns))}" for one in nearest[:2])
    raise InputError(
        where,
        f"the columns ({', '.join(sorted(columns))}) fit no layout; {lacks}. Say which column is which: "
        f"--columns {suggested(columns)}",
    )


_WORDS = {
    "prompt": "prompt question instruction problem problem_statement description text task query input content",
    "reference": "reference solution canonical_solution answer code completion output response program gold",
    "tests": "tests test test_cases test_list testcases unit_tests cases asserts checks examples",
}
"""The names that columns of each part often have, the likeliest first."""


def suggested(columns: Set[str]) -> str:
    """``prompt=question,reference=answer,tests=cases``: the columns that look like the parts of a problem; in capitals
    what the user has to say."""
    left = sorted(columns)
    pairs = []
    for role, words in _WORDS.items():
        known = words.split()
        best = next((name for word in known for name in left if name.lower() == word), None) or next(
            (name for word in known for name in left if word in name.lower()), None
        )
        if best is not None:
            left.remove(best)
        pairs.append(f"{role}={best or role.upper() + '_COLUMN'}")
    return ",".join(pairs)
