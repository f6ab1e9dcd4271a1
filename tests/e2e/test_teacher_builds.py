"""Whole builds with a teacher on the network that is faulty, killed, capped or replayed. All of them give the
same bytes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prmdata.testing.chat import Manners
from prmdata.testing.faults import FaultPlan
from prmdata.testing.server import FaultyServer, faulty_server

from .conftest import Prmdata, parquet_bytes

KEY = "sk-canary-51f0c2d9"
PROBLEMS = {
    "double": ("def double(x):\n    return x * 2\n", ["assert double(3) == 6", "assert double(0) == 0"]),
    "total": (
        "def total(items):\n    result = 0\n    for item in items:\n        result += item\n    return result\n",
        ["assert total([1, 2]) == 3", "assert total([]) == 0"],
    ),
}
PRICES = '[[price]]\nhost = "127.0.0.1"\nmodel = "*"\ninput = 1\noutput = 4\n'
PROMPT = "to make training data for a code reviewer"
CHATTER = "Let me know if you need anything else"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def _key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("OPENAI_LOG", "debug")
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    plan = FaultPlan(0.9, ("prose", "error_500", "bad_syntax", "truncated"))
    with faulty_server(plan, Manners(key=KEY), latency_s=0.05) as running:
        yield running


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "problems.jsonl"
    rows = [
        {"id": name, "prompt": f"Write {name}.", "reference": reference, "tests": tests, "entry_point": name}
        for name, (reference, tests) in PROBLEMS.items()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def command(server: FaultyServer, source: Path, out: Path, *more: object) -> list[str]:
    given = ["build", source, "--per-step", 1, "--sandbox", "local", "-o", out, "--teacher", "openai"]
    given += ["--model", "faulty-1", "--base-url", server.base_url, *more]
    return [str(one) for one in given]


@pytest.fixture(scope="module")
def whole(
    server: FaultyServer, source: Path, prmdata: Prmdata, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A build that was disturbed only by the teacher's own faults."""
    out = tmp_path_factory.mktemp("whole") / "out"
    ended = prmdata(*command(server, source, out, "--log-json"))
    (out.parent / "said.txt").write_text(ended.stdout + ended.stderr)
    return out


def answers(out: Path) -> int:
    """How many answers are on disk."""
    try:
        with sqlite3.connect(f"file:{out}/.prmdata/answers.sqlite?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    except sqlite3.Error:
        return 0


def test_what_was_unusable_is_counted_and_replay_gives_the_same_bytes(
    source: Path, whole: Path, prmdata: Prmdata, tmp_path: Path
) -> None:
    cost = json.loads((whole / "manifest.json").read_text())["cost"]
    assert cost["usable"] > 5
    assert cost["unusable"]
    assert cost["retries"]
    assert set(cost["by_kind"]) == {"mutate", "refactor", "rewrite"}
    assert sum(one["requests"] for one in cost["by_kind"].values()) == cost["answered"]
    for name in ("prompt_tokens", "completion_tokens"):
        assert sum(one[name] for one in cost["by_kind"].values()) == cost[name]
    stored = whole / ".prmdata" / "answers.sqlite"
    given = ["--per-step", 1, "--sandbox", "local", "--teacher", "replay", "--answers", stored]
    prmdata("build", source, *given, "-o", tmp_path / "o")
    assert parquet_bytes(tmp_path / "o") == parquet_bytes(whole)


def test_neither_key_nor_prompt_nor_answer_leaves_its_place(whole: Path) -> None:
    files = [path for path in whole.parent.rglob("*") if path.is_file()]
    texts = {path: path.read_bytes() for path in files}
    assert any(CHATTER.encode() in text for text in texts.values()), "an answer with chatter was stored"
    assert "HTTP Request" not in (whole.parent / "said.txt").read_text()
    for path, text in texts.items():
        assert KEY.encode() not in text, path
        assert PROMPT.encode() not in text, path
        if ".prmdata" not in path.parts:
            assert CHATTER.encode() not in text, path
            assert b'{"edits": [' not in text, path


def test_kills_repeat_no_request_whose_answer_is_on_disk(
    server: FaultyServer, source: Path, whole: Path, prmdata: Prmdata, tmp_path: Path
) -> None:
    out = tmp_path / "o"
    served = server.counts["answers"]
    for wanted in (1, 3):
        process = subprocess.Popen(
            [sys.executable, "-m", "prmdata.cli.main", *command(server, source, out)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and answers(out) < wanted:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.2)  # the answers that are under way reach nobody
    lost = server.counts["answers"] - served - answers(out)
    assert 0 <= lost <= 2 * len(PROBLEMS), "at most what was in flight: one request a problem"
    prmdata(*command(server, source, out))
    assert server.counts["answers"] - served == answers(out) + lost
    assert parquet_bytes(out) == parquet_bytes(whole)


def test_a_cap_stops_with_nothing_lost_and_a_higher_one_goes_on(
    server: FaultyServer, source: Path, whole: Path, prmdata: Prmdata, tmp_path: Path
) -> None:
    out, prices = tmp_path / "o", tmp_path / "prices.toml"
    prices.write_text(PRICES)
    served = server.counts["answers"]
    ended = prmdata(*command(server, source, out, "--prices", prices, "--max-cost", 0.0055), code=130)
    assert "--max-cost 0.0055 reached" in ended.stdout
    job = json.loads((out / "manifest.json").read_text())["cost"]["job"]
    assert 0 < job["cost_usd"] + job["uncertain_usd"] <= 0.0055
    assert answers(out) == server.counts["answers"] - served > 0
    prmdata(*command(server, source, out, "--prices", prices, "--max-cost", 5))
    assert server.counts["answers"] - served == answers(out)
    assert parquet_bytes(out) == parquet_bytes(whole)
