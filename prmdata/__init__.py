"""Process-supervision datasets for code: labels on every line, earned by execution.

The functions behind the command line are here too. ``build``, ``dry_run``, ``merge``, ``relabel``, ``vet``,
``testgen``, ``audit`` and ``bench_build`` take a :class:`prmdata.config.BuildConfig` (``configure`` makes one
from keywords) or folders. ``export``, ``push``, ``report``, ``stats`` and ``show`` take a dataset folder.
``judge`` runs programs on a problem's tests. Each function is imported when it is first used.
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
    from prmdata.app.judge import judge
    from prmdata.app.merge import MergeOptions, merge, relabel
    from prmdata.app.score import bench_score
    from prmdata.config import BuildConfig, configure
    from prmdata.datasets.figures import stats
    from prmdata.datasets.push import push
    from prmdata.exports.export import export
    from prmdata.pages.report import report
    from prmdata.pages.show import show
    from prmdata.problems import read_problems

__version__ = "0.1.0"

_WHERE = {
    **dict.fromkeys(("bench_build", "bench_check"), "prmdata.app.bench"),
    "BenchInputs": "prmdata.app.bench_sources",
    "bench_score": "prmdata.app.score",
    "build": "prmdata.app.build",
    "dry_run": "prmdata.app.dry_run",
    "judge": "prmdata.app.judge",
    **dict.fromkeys(("audit", "testgen", "vet"), "prmdata.app.checks"),
    **dict.fromkeys(("MergeOptions", "merge", "relabel"), "prmdata.app.merge"),
    **dict.fromkeys(("BuildConfig", "configure"), "prmdata.config"),
    "export": "prmdata.exports.export",
    "push": "prmdata.datasets.push",
    "report": "prmdata.pages.report",
    "show": "prmdata.pages.show",
    "stats": "prmdata.datasets.figures",
    "read_problems": "prmdata.problems",
}


def __getattr__(name: str) -> Any:
    """Import a heavy room when one of its names is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'prmdata' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


__all__ = [
    "BenchInputs",
    "BuildConfig",
    "MergeOptions",
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
    "push",
    "read_problems",
    "relabel",
    "report",
    "show",
    "stats",
    "testgen",
    "vet",
]
