"""The package's public names: pinned, importable, documented, and callable after each other."""

from __future__ import annotations

import subprocess
import sys

import pytest

import prmdata

NAMES = [
    "BenchInputs", "BudgetReached", "BuildConfig", "BuildResult", "Compare", "Edit", "EditRefused",
    "Engine", "EngineSetup", "Execution", "ExportCounts", "ExportOptions", "Format", "Group", "GuestFacts",
    "InputError", "LabelPolicy", "Layout", "Limits", "MachineryError", "MergeOptions", "NoEngineError",
    "NothingUsableError", "Operator", "Preview", "PrmdataError", "Problem", "ProblemDone", "QuarantineError", "Reject", "Reply",
    "Request", "Rollout", "Row", "SandboxError", "SandboxProvider", "Source", "Spec", "Task", "Teacher",
    "TeacherError", "Test", "Trace", "UsageError", "Verdict", "Worker", "__version__", "audit",
    "bench_build", "bench_check", "bench_score", "build", "configure", "dry_run", "export", "judge",
    "merge", "operator", "push", "read_problems", "relabel", "report", "show", "stats", "testgen", "vet",
]  # fmt: skip


def test_public_names_are_pinned() -> None:
    assert sorted(prmdata.__all__) == sorted(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__version__"])
def test_a_public_name_is_callable_and_says_what_it_promises(name: str) -> None:
    for _ in range(2):
        found = getattr(prmdata, name)
        assert callable(found)
        assert found.__doc__


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, prmdata; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pyarrow", "libcst", "openai", "datasets", "docker", "pydantic", "click"} & set(loaded)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'bild'"):
        prmdata.bild  # noqa: B018
