"""A process that asks is killed again and again; nothing whose answer was on disk is sent again."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prmdata.testing.faults import FaultPlan
from prmdata.testing.server import faulty_server

CHILD = """
import asyncio, json, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import conftest
from prmdata.records import Request
from prmdata.steps import split_steps
from prmdata.teachers import make_teacher

requests = [
    Request(kind, one, one.reference, tuple(range(1, len(split_steps(one.reference)))), per_step=1, seed=seed)
    for one in conftest.PROBLEMS for kind in ("mutate", "refactor") for seed in range(10)
]

async def main():
    teacher = make_teacher(
        "openai", model="faulty-1", base_url={url!r}, answers=Path({answers!r}), backoff_s=0.005, concurrency=4)
    replies = await asyncio.gather(*(teacher.ask(one) for one in requests))
    await teacher.close()
    print(json.dumps([[[e.start, e.text, e.operator] for e in one.edits] + [one.unusable] for one in replies]))

asyncio.run(main())
"""


def _count(path: Path) -> int:
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    except sqlite3.Error:
        return 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_kills_and_nothing_is_asked_twice(tmp_path: Path) -> None:
    chance = random.Random(5)
    with faulty_server(FaultPlan(0.2, seed=9), latency_s=0.01) as server:
        asked: list[str] = []
        for folder, kills in (("killed", 10), ("whole", 0)):
            answers = tmp_path / folder / "answers.sqlite"
            script = CHILD.format(tests=str(Path(__file__).parent), answers=str(answers), url=server.base_url)
            before = 0
            for _ in range(kills):
                child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
                until = before + chance.randint(1, 5)
                while child.poll() is None and _count(answers) < until:
                    time.sleep(0.01)
                os.kill(child.pid, signal.SIGKILL)
                child.communicate()
                assert _count(answers) >= before, "what was stored stays"
                before = _count(answers)
            done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True)
            asked.append(done.stdout.decode())
            if kills:
                # Only what was under way at a kill (at most four requests) may have been sent again.
                extra = sum(server.served.values()) - _count(answers)
                assert 0 <= extra <= 4 * kills
    assert json.loads(asked[0]) == json.loads(asked[1])
    assert len(json.loads(asked[0])) == 60
