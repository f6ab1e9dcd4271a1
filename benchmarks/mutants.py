"""Mutants judged per second: this sandbox, mutmut and cosmic-ray, on the same functions, tests and cores.

    python benchmarks/mutants.py [--functions N] [--sandbox docker|local] [--source FILE] [--seconds S]

Each tool makes its own mutants of the same functions and runs the same tests on them, two at a time. Mutants
that run for ever count. mutmut's rate is the one that it prints (its mutation phase alone). cosmic-ray runs
twice, each time for at most S seconds. In plain use, one session covers the whole package and its whole
tests, one mutant after another, with 10 s for each. With help, two sessions run at a time, and each mutant
meets only the tests of its own function, with 5 s. Here, every mutant is judged with judge and candidate in
two processes, with coverage, and under two seeds if chance could affect it. The two other tools are installed
from PyPI into an environment of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from prmdata.app.wiring import sandbox_of
from prmdata.config import configure
from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import apply
from prmdata.problems import read_problems
from prmdata.records import Problem, Task, Vetted
from prmdata.sandboxes.pool import Pool
from prmdata.testing.trampoline import run_to_end as drive
from prmdata.vetting.vet import vet

Row = dict[str, Any]


def chosen(source: str, number: int) -> list[Problem]:
    """The first problems that are one module and plain asserts."""
    found: list[Problem] = []
    for problem in read_problems(source):
        if (
            isinstance(problem, Problem)
            and all(test.form == "assert" for test in problem.tests)
            and not problem.setup
            and not str(problem.entry_point).startswith("test")  # the runner of the other tools would call it
        ):
            found.append(problem)
        if len(found) == number:
            break
    return found


def ours(problems: Sequence[Problem], sandbox: str) -> Row:
    """All mutants of prmdata's operators, each on its given tests."""
    config = configure(sandbox=sandbox, workers=2)
    with Pool(sandbox_of(config, remote=False, notice=lambda _: None), workers=2) as pool:
        jobs = []
        for problem in problems:
            vetted = drive(vet(problem), lambda run: pool.submit(run.spec, run.tasks).result())
            if isinstance(vetted, Vetted):
                source = Source(problem.reference)
                edits = propose(source, ("mutate",), per_step=1000)
                jobs.append((vetted.spec, [Task(apply(source, edit)) for edit in edits]))
        began = time.monotonic()
        answers = [answer for each in [pool.submit(*job) for job in jobs] for answer in each.result()]
        took = time.monotonic() - began
    verdicts = [str(getattr(answer, "verdict", "quarantined")) for answer in answers]
    return {"what": f"prmdata ({sandbox})", "mutants": len(answers), "s": took, "mutants/s": len(answers) / took,
            "timeouts": verdicts.count("timeout")}  # fmt: skip


def project(problems: Sequence[Problem], folder: Path) -> None:
    """The functions as modules of a package, and the tests as pytest's, with one function for each assert."""
    (folder / "pkg").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "pkg" / "__init__.py").write_text("")
    for number, problem in enumerate(problems):
        (folder / "pkg" / f"f{number}.py").write_text(problem.reference)
        tests = "".join(
            f"\n\ndef test_{place}():\n" + "".join(f"    {line}\n" for line in test.code.splitlines())
            for place, test in enumerate(problem.tests)
        )
        (folder / "tests" / f"test_f{number}.py").write_text(f"from pkg.f{number} import *\n{tests}")
    (folder / "setup.cfg").write_text(
        "[mutmut]\nsource_paths=pkg\npytest_add_cli_args_test_selection=tests/\n"
    )


def mutmut(problems: Sequence[Problem], folder: Path, tools: Path) -> Row:
    """``mutmut run`` with two child processes."""
    project(problems, folder)
    began = time.monotonic()
    ended = subprocess.run(
        [str(tools / "mutmut"), "run", "--max-children", "2"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=with_path(tools),
    )
    took = time.monotonic() - began
    rate = re.findall(r"([\d.]+) mutations/second", ended.stdout)
    last = re.findall(r"(\d+)/(\d+)\s", ended.stdout)
    timeouts = re.findall(r"⏰ (\d+)", ended.stdout)
    if not rate or not last:
        raise SystemExit(f"mutmut: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return {"what": version(tools, "mutmut"), "mutants": int(last[-1][1]), "s": took, "mutants/s": float(rate[-1]),
            "timeouts": int(timeouts[-1]) if timeouts else 0}  # fmt: skip


CONFIG = """[cosmic-ray]
module-path = "{module}"
timeout = {timeout}
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def cosmic_ray(problems: Sequence[Problem], folder: Path, tools: Path, seconds: float) -> Row:
    """cosmic-ray in plain use: one session."""
    project(problems, folder / "0")
    config = CONFIG.format(module="pkg", timeout=10.0, python=tools / "python", tests="tests")
    (folder / "0" / "c.toml").write_text(config)
    return _rays("", folder, [[""]], tools, seconds)


def cosmic_ray_helped(problems: Sequence[Problem], folder: Path, tools: Path, seconds: float) -> Row:
    """Two sessions at a time, each with a copy of the project and half of the functions, one after another."""
    halves: list[list[str]] = []
    for half in (0, 1):
        copy = folder / str(half)
        project(problems, copy)
        halves.append([str(number) for number in range(half, len(problems), 2)])
        for number in halves[half]:
            config = CONFIG.format(
                module=f"pkg/f{number}.py",
                timeout=5.0,
                python=tools / "python",
                tests=f"tests/test_f{number}.py",
            )
            (copy / f"c{number}.toml").write_text(config)
    return _rays(", helped", folder, halves, tools, seconds)


def _rays(how: str, folder: Path, halves: Sequence[Sequence[str]], tools: Path, seconds: float) -> Row:
    """What sessions of cosmic-ray get done; each list of them has a process of its own."""
    script = 'for n in "$@"; do cosmic-ray init c$n.toml s$n.sqlite >/dev/null && cosmic-ray exec c$n.toml s$n.sqlite; done'
    runs = [
        subprocess.Popen(
            ["bash", "-c", script, "-", *names],
            cwd=folder / str(half),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=with_path(tools),
            start_new_session=True,
        )
        for half, names in enumerate(halves)
    ]
    began = time.monotonic()
    deadline = began + seconds
    while any(run.poll() is None for run in runs) and time.monotonic() < deadline:
        time.sleep(0.2)
    took = time.monotonic() - began
    for run in runs:
        if run.poll() is None:
            os.killpg(run.pid, 9)
        run.wait()
    done = timeouts = 0
    for session in folder.glob("*/s*.sqlite"):
        with closing(sqlite3.connect(session)) as base:
            done += base.execute("SELECT count(*) FROM work_results").fetchone()[0]
            timeouts += base.execute(
                "SELECT count(*) FROM work_results WHERE output LIKE '%timeout%'"
            ).fetchone()[0]
    return {
        "what": version(tools, "cosmic-ray") + how,
        "mutants": done,
        "s": took,
        "mutants/s": done / took,
        "timeouts": timeouts,
    }


def with_path(tools: Path) -> dict[str, str]:
    """The environment with the tools' commands first, and without prmdata's own modules on Python's path."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return kept | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}


def version(tools: Path, name: str) -> str:
    """``name`` and its installed version."""
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    return f"{name} {subprocess.run([str(tools / 'python'), '-c', code], capture_output=True, text=True, check=True).stdout.strip()}"


def tools_in(folder: Path) -> Path:
    """Makes an environment with both tools; returns its folder of commands."""
    venv.create(folder, with_pip=True)
    tools = folder / "bin"
    subprocess.run(
        [str(tools / "python"), "-m", "pip", "install", "--quiet", "mutmut", "cosmic-ray", "pytest"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return tools


def compare(source: str, sandbox: str, number: int, seconds: float, tools: Path | None) -> list[Row]:
    """The table: one row for each tool, and how many times faster this sandbox is."""
    problems = chosen(source, number)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = tools or tools_in(folder / "tools")
        rows = [
            ours(problems, sandbox),
            mutmut(problems, folder / "mutmut", found),
            cosmic_ray(problems, folder / "cosmic", found, seconds),
            cosmic_ray_helped(problems, folder / "helped", found, seconds),
        ]
    for row in rows[1:]:
        row["ours over it"] = rows[0]["mutants/s"] / row["mutants/s"]
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--functions", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--source", default=None)
    parser.add_argument("--tools", type=Path, help="bin folder of an environment that has both tools")
    given = parser.parse_args()
    data = os.environ.get("PRMDATA_DATA")
    source = given.source or (str(Path(data) / "mbpp" / "mbpp.jsonl.gz") if data else "sample")
    for row in compare(source, given.sandbox, given.functions, given.seconds, given.tools):
        print(
            json.dumps(
                {key: round(value, 2) if isinstance(value, float) else value for key, value in row.items()}
            )
        )


if __name__ == "__main__":
    sys.exit(main())
