"""Every layout, and which one a row's columns are."""

from __future__ import annotations

from collections.abc import Set
from importlib.metadata import entry_points

from prmdata.errors import InputError, UsageError
from prmdata.problems.layouts import (
    apps,
    codecontests,
    evalplus,
    humaneval,
    leetcode,
    livecodebench,
    mbpp,
    native,
    quixbugs,
)
from prmdata.problems.layouts.layout import Layout

GROUP = "prmdata.layouts"

BUILT_IN = (
    native.LAYOUT,
    humaneval.LAYOUT,
    evalplus.INPUTS,
    evalplus.SCRIPT,
    mbpp.LAYOUT,
    mbpp.SANITIZED,
    apps.LAYOUT,
    apps.PLUS,
    codecontests.HUB,
    codecontests.JOINED,
    livecodebench.LAYOUT,
    leetcode.LAYOUT,
    quixbugs.LAYOUT,
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
