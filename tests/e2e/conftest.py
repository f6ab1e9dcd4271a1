"""Whole builds, run as a user runs them: the command, as a process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Prmdata = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def prmdata() -> Prmdata:
    """Run the command line in a process of its own; ``code`` is the exit code it must end with."""

    def run(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "prmdata.cli.main", *map(str, arguments)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=570)
        assert ended.returncode == code, f"exit {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended

    return run


def parquet_bytes(out: Path) -> dict[str, str]:
    """The digest of each data file, by its path in the dataset."""
    found = {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*.parquet"))
    }
    assert found
    return found
