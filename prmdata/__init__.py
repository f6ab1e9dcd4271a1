"""Process-supervision datasets for code: labels on every line, earned by execution.

The functions behind the command line are here too. ``build``, ``dry_run``, ``merge``, ``relabel``, ``vet``,
``testgen``, ``audit`` and ``bench_build`` take a :class:`prmdata.config.BuildConfig` (``configure`` makes one
from keywords) or folders. ``export``, ``push``, ``report``, ``stats`` and ``show`` take a dataset folder.
``judge`` runs programs on a problem's tests. What a plug-in needs is here too: the records, the contracts and the
errors. Each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prmdata.app.bench import bench_build, bench_check
    from prmdata.app.bench_sources import BenchInputs
    from prmdata.app.build import build
    from prmdata.app.checks import audit, testgen, vet
    from prmdata.app.dry_run import dry_run
    from prmdata.app.finish import BuildResult
    from prmdata.app.judge import judge
    from prmdata.app.merge import MergeOptions, merge, relabel
    from prmdata.app.score import bench_score
    from prmdata.config import BuildConfig, configure
    from prmdata.datasets.figures import stats
    from prmdata.datasets.push import push
    from prmdata.edits.operators import Operator, operator
    from prmdata.edits.source import Source
    from prmdata.errors import (
        BudgetReached,
        EditRefused,
        InputError,
        MachineryError,
        NoEngineError,
        NothingUsableError,
        PrmdataError,
        QuarantineError,
        SandboxError,
        TeacherError,
        UsageError,
    )
    from prmdata.exports.export import export
    from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group
    from prmdata.labels.policies import LabelPolicy
    from prmdata.pages.report import report
    from prmdata.pages.show import show
    from prmdata.pipeline.engine import Engine, EngineSetup
    from prmdata.pipeline.progress import ProblemDone
    from prmdata.problems import read_problems
    from prmdata.problems.layouts import Layout
    from prmdata.problems.rows import Row
    from prmdata.records import (
        Compare,
        Edit,
        Execution,
        Limits,
        Problem,
        Reject,
        Reply,
        Request,
        Rollout,
        Spec,
        Task,
        Test,
        Trace,
        Verdict,
    )
    from prmdata.sandboxes.contract import GuestFacts, SandboxProvider, Worker
    from prmdata.teachers.contract import Teacher
    from prmdata.vetting.preview import Preview

__version__ = "0.1.0"

_WHERE = {
    name: module
    for module, names in {
        "prmdata.app.bench": "bench_build bench_check",
        "prmdata.app.bench_sources": "BenchInputs",
        "prmdata.app.build": "build",
        "prmdata.app.checks": "audit testgen vet",
        "prmdata.app.dry_run": "dry_run",
        "prmdata.app.finish": "BuildResult",
        "prmdata.app.judge": "judge",
        "prmdata.app.merge": "MergeOptions merge relabel",
        "prmdata.app.score": "bench_score",
        "prmdata.config": "BuildConfig configure",
        "prmdata.datasets.figures": "stats",
        "prmdata.datasets.push": "push",
        "prmdata.edits.operators": "Operator operator",
        "prmdata.edits.source": "Source",
        "prmdata.errors": "BudgetReached EditRefused InputError MachineryError NoEngineError NothingUsableError PrmdataError QuarantineError SandboxError TeacherError UsageError",
        "prmdata.exports.export": "export",
        "prmdata.exports.format": "ExportCounts ExportOptions Format Group",
        "prmdata.labels.policies": "LabelPolicy",
        "prmdata.pages.report": "report",
        "prmdata.pages.show": "show",
        "prmdata.pipeline.engine": "Engine EngineSetup",
        "prmdata.pipeline.progress": "ProblemDone",
        "prmdata.problems": "read_problems",
        "prmdata.problems.layouts": "Layout",
        "prmdata.problems.rows": "Row",
        "prmdata.records": "Compare Edit Execution Limits Problem Reject Reply Request Rollout Spec Task Test Trace Verdict",
        "prmdata.sandboxes.contract": "GuestFacts SandboxProvider Worker",
        "prmdata.teachers.contract": "Teacher",
        "prmdata.vetting.preview": "Preview",
    }.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    """Import a heavy room when one of its names is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'prmdata' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


__all__ = [
    "BenchInputs",
    "BudgetReached",
    "BuildConfig",
    "BuildResult",
    "Compare",
    "Edit",
    "EditRefused",
    "Engine",
    "EngineSetup",
    "Execution",
    "ExportCounts",
    "ExportOptions",
    "Format",
    "Group",
    "GuestFacts",
    "InputError",
    "LabelPolicy",
    "Layout",
    "Limits",
    "MachineryError",
    "MergeOptions",
    "NoEngineError",
    "NothingUsableError",
    "Operator",
    "Preview",
    "PrmdataError",
    "Problem",
    "ProblemDone",
    "QuarantineError",
    "Reject",
    "Reply",
    "Request",
    "Rollout",
    "Row",
    "SandboxError",
    "SandboxProvider",
    "Source",
    "Spec",
    "Task",
    "Teacher",
    "TeacherError",
    "Test",
    "Trace",
    "UsageError",
    "Verdict",
    "Worker",
    "__version__",
    "audit",
    "bench_build",
    "bench_check",
    "bench_score",
    "build",
    "configure",
    "dry_run",
    "export",
    "judge",
    "merge",
    "operator",
    "push",
    "read_problems",
    "relabel",
    "report",
    "show",
    "stats",
    "testgen",
    "vet",
]
