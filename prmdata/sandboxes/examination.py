"""``prmdata doctor`` as a function: examines this machine, its sandboxes, and what each enforces."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from prmdata import __version__
from prmdata.errors import PrmdataError
from prmdata.sandboxes.checking import CheckResult
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.sandboxes.docker import DockerSandbox
from prmdata.sandboxes.docker_engine import describe
from prmdata.sandboxes.local import LocalSandbox
from prmdata.sandboxes.selfcheck import run_checks

EXTRAS: Final = {"ray": "builds on a cluster", "sklearn": "export --keep", "tokenizers": "export --tokenizer"}
_NAMESPACES: Final = ("user", "pid", "net", "mnt", "ipc")


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """One sandbox: whether it works (every required check holds), and the results of the checks."""

    name: str
    works: bool
    error: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    checks: tuple[CheckResult, ...] = ()
    does_not_cover: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """What ``doctor`` found. The result is good if any sandbox works."""

    version: str
    python: str
    system: str
    engine: dict[str, Any]
    namespaces: dict[str, str]
    extras: dict[str, bool]
    environment: dict[str, str]
    sandboxes: tuple[SandboxReport, ...]

    @property
    def well(self) -> bool:
        """Whether some sandbox can judge programs on this machine."""
        return any(report.works for report in self.sandboxes)

    def as_dict(self) -> dict[str, Any]:
        """The examination as plain data, for ``--json``."""
        return asdict(self) | {"well": self.well}


def examine(runtimes: tuple[str | None, ...] | None = None) -> Examination:
    """Examine this machine and run every self-check on every sandbox it has.

    ``runtimes`` are the container runtimes to check; None means the default one, and gVisor if it is
    registered.
    """
    engine = _engine()
    if runtimes is None:
        runtimes = (None, *(["runsc"] if "runsc" in engine.get("runtimes", ()) else ()))
    reports = [
        _sandbox(f"docker ({runtime})" if runtime else "docker", partial(DockerSandbox, runtime=runtime))
        for runtime in runtimes
    ]
    reports.append(_sandbox("local", LocalSandbox))
    return Examination(
        version=__version__,
        python=sys.version.split()[0],
        system=f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} CPUs",
        engine=engine,
        namespaces={name: _namespace(name) for name in _NAMESPACES},
        extras={name: find_spec(name) is not None for name in EXTRAS},
        environment={
            name: os.environ[name]
            for name in ("DOCKER_HOST", "PRMDATA_SANDBOX_BASE", "PRMDATA_DATA")
            if name in os.environ
        },
        sandboxes=tuple(reports),
    )


def _sandbox(name: str, make: Callable[[], SandboxProvider]) -> SandboxReport:
    """Start one sandbox and run its checks. A failure to start is reported too."""
    try:
        provider = make()
        with provider.start() as worker:
            facts = asdict(worker.facts)
        checks = tuple(run_checks(provider))
    except PrmdataError as error:
        return SandboxReport(name, works=False, error=str(error))
    facts |= provider.describe() if hasattr(provider, "describe") else {}
    works = all(check.holds for check in checks if check.required)
    return SandboxReport(name, works, "", facts, checks, tuple(provider.does_not_cover))


def _engine() -> dict[str, Any]:
    try:
        info = describe()
    except PrmdataError as error:
        return {"answers": False, "said": str(error)}
    return {
        "answers": True,
        "version": info.get("ServerVersion"),
        "runtimes": sorted(info.get("Runtimes") or ()),
        "cgroups": info.get("CgroupVersion"),
        "rootless": any("rootless" in option for option in info.get("SecurityOptions") or ()),
    }


def _namespace(name: str) -> str:
    """What the kernel says about a namespace: how many may be made, or that the kernel has none."""
    if not Path(f"/proc/self/ns/{name}").exists():
        return "not in this kernel"
    try:
        most = Path(f"/proc/sys/user/max_{name}_namespaces").read_text().strip()
    except OSError:
        return "unknown"
    return "switched off (max 0)" if most == "0" else f"up to {most}"
