"""Mutants judged per second: this sandbox, mutmut, irradiate and cosmic-ray, on the same functions, tests and cores.

    python benchmarks/mutants.py [--functions N] [--sandbox docker|local] [--source FILE] [--seconds S] [--against PATH]

Each tool makes its own mutants of the same functions and runs the same tests on them, two at a time. Mutants
that run for ever count. mutmut's rate is the one that it prints (its mutation phase alone). irradiate's is that of its
whole run, with warm workers that fork for each mutant. cosmic-ray runs twice, each time for at most S seconds. In plain
use, one session covers the whole package and its whole tests, one mutant after another, with 10 s for each. With help,
two sessions run at a time, and each mutant meets only the tests of its own function, with 5 s. Here, every mutant is
judged with judge and candidate in two processes, with coverage, and under two seeds if chance could affect it;
edits of our own rules may share a process. ``in processes without any isolation`` is the limit: our mutants and their tests
in two plain processes, each with one mutant after the other. ``--against`` judges the same mutants with another checkout,
in turn, three times; ``verdicts alike`` says whether all of them agree. The other tools are installed from PyPI into an
environment of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from contextlib import closing
from dataclasses import fields
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
HERE = Path(__file__).resolve().parent.parent


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
    """All mutants of prmdata's operators, each on its given tests. A checkout that knows no trusted programs judges each
    one alone."""
    config = configure(sandbox=sandbox, workers=2)
    trusted = {"trusted": True} if "trusted" in {one.name for one in fields(Task)} else {}
    with Pool(sandbox_of(config, remote=False, notice=lambda _: None), workers=2) as pool:
        jobs = []
        for problem in problems:
            vetted = drive(vet(problem), lambda run: pool.submit(run.spec, run.tasks).result())
            if isinstance(vetted, Vetted):
                jobs.append((vetted.spec, [Task(each, **trusted) for each in mutants_of(problem)]))
        began = time.monotonic()
        answers = [answer for each in [pool.submit(*job) for job in jobs] for answer in each.result()]
        took = time.monotonic() - began
    verdicts = [str(getattr(answer, "verdict", "quarantined")) for answer in answers]
    return {"what": f"prmdata ({sandbox})", "mutants": len(answers), "s": took, "mutants/s": len(answers) / took,
            "timeouts": verdicts.count("timeout"), "verdicts": verdicts}  # fmt: skip


def mutants_of(problem: Problem) -> list[str]:
    """All mutants that the rules make of a reference."""
    source = Source(problem.reference)
    return [apply(source, edit) for edit in propose(source, ("mutate",), per_step=1000)]


def against(checkout: Path, given: argparse.Namespace) -> Row:
    """This checkout and another one, in turn: the rows of the fastest round of each, and their ratio in each round."""
    ratios: list[float] = []
    best: dict[Path, Row] = {}
    for number in range(3):
        rates: dict[Path, float] = {}
        for path in (HERE, checkout) if number % 2 == 0 else (checkout, HERE):
            command = [sys.executable, __file__, "--ours", "--functions", str(given.functions),
                       "--sandbox", given.sandbox, *(["--source", given.source] if given.source else [])]  # fmt: skip
            ended = subprocess.run(
                command, env=os.environ | {"PYTHONPATH": str(path)}, stdout=subprocess.PIPE, check=True
            )
            row = json.loads(ended.stdout)
            rates[path] = row["mutants/s"]
            best[path] = max(best.get(path, row), row, key=lambda one: one["mutants/s"])
        ratios.append(rates[HERE] / rates[checkout])
    mine, theirs = best[HERE], best[checkout]
    return mine | {"there": theirs["mutants/s"], "ours over it": statistics.median(ratios), "each round": ratios,
                   "verdicts alike": mine["verdicts"] == theirs["verdicts"]}  # fmt: skip


IN_ONE_PROCESS = """
import json, signal, sys
def stop(*_): raise TimeoutError
signal.signal(signal.SIGVTALRM, stop)
for program, tests in json.load(sys.stdin):
    names = {"__name__": "m"}
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.06)
    try:
        exec(compile(program, "m", "exec"), names)
    except BaseException:
        tests = []
    for test in tests:
        try:
            exec(test, names)
        except BaseException:
            pass
signal.setitimer(signal.ITIMER_VIRTUAL, 0)
"""


def without_isolation(problems: Sequence[Problem]) -> Row:
    """Our mutants and their tests in two plain processes: what nothing that isolates them can reach."""
    pairs = [
        (each, [test.code for test in problem.tests]) for problem in problems for each in mutants_of(problem)
    ]
    began = time.monotonic()
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", IN_ONE_PROCESS], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    for number, run in enumerate(runs):
        assert run.stdin is not None
        run.stdin.write(json.dumps(pairs[number::2]).encode())
        run.stdin.close()
    for run in runs:
        run.wait()
    took = time.monotonic() - began
    return {
        "what": "in processes without any isolation",
        "mutants": len(pairs),
        "s": took,
        "mutants/s": len(pairs) / took,
    }


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


def irradiate(problems: Sequence[Problem], folder: Path, tools: Path) -> Row:
    """``irradiate run`` with two workers, which collect the tests once and fork for each mutant."""
    project(problems, folder)
    report = folder / "report.json"
    command = [str(tools / "irradiate"), "run", "pkg", "--tests-dir", "tests", "--workers", "2", "--python",
               str(tools / "python"), "--report", "json", "--output", str(report)]  # fmt: skip
    began = time.monotonic()
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=with_path(tools))
    took = time.monotonic() - began
    if not report.exists():
        raise SystemExit(f"irradiate: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    files = json.loads(report.read_text())["files"].values()
    statuses = [mutant["status"] for file in files for mutant in file["mutants"]]
    return {"what": version(tools, "irradiate"), "mutants": len(statuses), "s": took, "mutants/s": len(statuses) / took,
            "timeouts": statuses.count("Timeout")}  # fmt: skip


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
    """Makes an environment with the tools; returns its folder of commands."""
    venv.create(folder, with_pip=True)
    tools = folder / "bin"
    subprocess.run(
        [
            str(tools / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "mutmut",
            "irradiate",
            "cosmic-ray",
            "pytest",
        ],
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
            without_isolation(problems),
            mutmut(problems, folder / "mutmut", found),
            irradiate(problems, folder / "irradiate", found),
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
    parser.add_argument("--tools", type=Path, help="bin folder of an environment that has the tools")
    parser.add_argument(
        "--against", type=Path, metavar="PATH", help="another checkout, instead of the other tools"
    )
    parser.add_argument("--ours", action="store_true", help="this checkout's row alone, with all verdicts")
    given = parser.parse_args()
    data = os.environ.get("PRMDATA_DATA")
    source = given.source or (str(Path(data) / "mbpp" / "mbpp.jsonl.gz") if data else "sample")
    if given.ours:
        print(json.dumps(ours(chosen(source, given.functions), given.sandbox)))
        return
    if given.against:
        rows = [against(given.against.resolve(), given), without_isolation(chosen(source, given.functions))]
    else:
        rows = compare(source, given.sandbox, given.functions, given.seconds, given.tools)
    for row in rows:
        row.pop("verdicts", None)
        print(json.dumps({key: rounded(value) for key, value in row.items()}))


def rounded(value: Any) -> Any:
    """A figure with two digits behind the point."""
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, 2) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())
