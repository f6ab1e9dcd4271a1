"""Money, pace and answers on disk: exact, shared by processes, and safe when one is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prmdata.errors import BudgetReached, InputError
from prmdata.teachers.answer_store import AnswerStore
from prmdata.teachers.budget import UNCAPPED, Caps, Ledger
from prmdata.teachers.model_request import ModelAnswer, ModelChoice, ModelQuestion
from prmdata.teachers.prices import NANO

ANSWER = ModelAnswer((ModelChoice("a ✓", "stop"), ModelChoice("", "length", True)), 10, 5, False, "")


def test_a_cap_is_never_passed_and_says_what_to_do(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite", Caps(cost_usd=1.0))
    first = ledger.reserve(100, NANO // 2)
    assert first is not None
    second = ledger.reserve(100, NANO // 2)
    assert second is not None
    assert ledger.reserve(1, 1) is None, "what is in flight may yet leave room"
    ledger.settle(first, 60, 20, NANO // 10)
    third = ledger.reserve(100, NANO * 4 // 10)
    assert third is not None
    ledger.settle(second, 60, 20, NANO // 2)
    ledger.release(third, is_uncertain=True)
    with pytest.raises(BudgetReached, match=r"--max-cost 1 reached: \$1\.0000 spent.*higher cap"):
        ledger.reserve(1, 1)
    spent = ledger.spent()
    assert (spent.requests, spent.nano_usd, spent.uncertain_nano_usd) == (3, NANO * 6 // 10, NANO * 4 // 10)
    ledger.close()
    higher = Ledger(tmp_path / "l.sqlite", Caps(cost_usd=2.0))
    assert higher.reserve(1, NANO) is not None


@pytest.mark.parametrize(
    ("caps", "name"), [(Caps(tokens=100), "--max-tokens 100"), (Caps(requests=1), "1 requests")]
)
def test_tokens_and_requests_are_capped_too(tmp_path: Path, caps: Caps, name: str) -> None:
    ledger = Ledger(tmp_path / "l.sqlite", caps)
    number = ledger.reserve(100, 0)
    assert number
    assert ledger.reserve(1, 0) is None
    ledger.settle(number, 60, 40, 0)
    with pytest.raises(BudgetReached, match=name):
        ledger.reserve(1, 0)


def test_without_caps_only_what_was_spent_is_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite")
    assert ledger.reserve(10, 10) == UNCAPPED
    ledger.settle(UNCAPPED, 3, 4, 5)
    ledger.release(UNCAPPED, is_uncertain=True)
    spent = ledger.spent()
    assert (spent.requests, spent.prompt_tokens, spent.completion_tokens, spent.nano_usd) == (2, 3, 4, 5)


def test_what_a_killed_process_had_reserved_counts_as_perhaps_spent(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    script = (
        "import sys, time; from pathlib import Path; from prmdata.teachers.budget import *\n"
        f"ledger = Ledger(Path({str(path)!r}), Caps(cost_usd=9.0)); ledger.reserve(7, 700)\n"
        "kept = ledger.reserve(5, 500); ledger.keep([kept]); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    alive = Ledger(path, Caps(cost_usd=9.0))
    assert alive.bury_dead() == 0
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert alive.bury_dead() == 1
    spent = alive.spent()
    assert (spent.uncertain_tokens, spent.uncertain_nano_usd, spent.requests) == (7, 700, 1)
    assert alive.bury_dead() == 0, "what was handed to a batch outlives its process"
    assert alive.reserve(1, 9 * NANO, is_batch=True) is None, "the batch may yet cost less"
    with pytest.raises(BudgetReached):
        alive.reserve(1, 9 * NANO)


def test_processes_share_one_cap(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    script = (
        "from pathlib import Path; from prmdata.teachers.budget import *; from prmdata.errors import *\n"
        f"ledger = Ledger(Path({str(path)!r}), Caps(requests=200)); done = 0\n"
        "try:\n"
        "    while True:\n"
        "        number = ledger.reserve(1, 1)\n"
        "        if number is not None: ledger.settle(number, 1, 1, 1); done += 1\n"
        "except BudgetReached: print(done)\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in "abc"
    ]
    counts = [int(process.communicate()[0]) for process in processes]
    assert sum(counts) == 200
    assert Ledger(path).spent().nano_usd == 200


def test_a_pace_is_kept_and_a_pause_holds_everybody(tmp_path: Path) -> None:
    ledger, other = Ledger(tmp_path / "l.sqlite"), Ledger(tmp_path / "l.sqlite")
    waits = [ledger.wait_s("e", 10, 60, None) for _ in range(5)]
    assert waits[0] == 0.0
    assert sum(1 for wait in waits if wait == 0) <= 3, "a burst of a second, then one a second"
    assert 0 < max(waits) <= 1.1
    assert ledger.wait_s("f", 600, None, 600) == 0.0
    assert 57 < ledger.wait_s("f", 1, None, 600) <= 60
    other.pause("g", 30)
    assert 29 < ledger.wait_s("g", 1, None, None) <= 30
    assert 29 < ledger.wait_s("g", 1, 60, 60) <= 30
    other.pause("g", 1)
    assert ledger.wait_s("g", 1, None, None) > 20, "a shorter pause does not end a longer one"


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    answers = AnswerStore(tmp_path / "deep" / "a.sqlite")
    assert answers.get("k") is None
    assert answers.put("k", "m", "http://e", ANSWER) == ANSWER
    assert answers.get("k") == ANSWER
    other = AnswerStore(tmp_path / "deep" / "a.sqlite")
    late = ModelAnswer((ModelChoice("other"),))
    assert other.put("k", "m", "http://e", late) == ANSWER, "the first answer stands"
    assert (answers.count(), list(answers.keys()), answers.speakers()) == (1, ["k"], [("m", "http://e")])
    answers.learn("m", "e", "dialect", {"n": False})
    assert other.learnt("m", "e", "dialect") == {"n": False}
    assert other.learnt("m", "e", "other") is None


def test_answers_survive_the_death_of_their_writer(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    script = (
        "from pathlib import Path; from prmdata.teachers.answer_store import *; from prmdata.teachers.model_request import *\n"
        f"answers = AnswerStore(Path({str(path)!r}))\n"
        "for at in range(100000):\n"
        "    answers.put(str(at), 'm', 'e', ModelAnswer((ModelChoice('x' * 500),))); print(at, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(50):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    told = process.communicate()[0].split("\n")
    last = max([49, *(int(line) for line in told if line.isdecimal())])
    answers = AnswerStore(path)
    assert answers.count() >= last
    assert all(answers.get(str(at)) is not None for at in range(last))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"certainly not a database, and long enough to tell" * 40)
    with pytest.raises(InputError, match=r"a\.sqlite: cannot be used.*run the command again"):
        AnswerStore(path)


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    answers = AnswerStore(tmp_path / "a.sqlite")
    with answers._database.reading() as connection:
        connection.execute(
            f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0] + 2}"
        )
    long = ModelAnswer((ModelChoice("x" * 3000),))
    with pytest.raises(InputError, match="full"):
        any(answers.put(str(at), "m", "e", long) is None for at in range(100))
    assert sqlite3.connect(tmp_path / "a.sqlite").execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_key_is_everything_that_could_change_the_answer() -> None:
    base = ModelQuestion("s", "u", 0.5, 100, 1, 7, 0, True)
    keys = {
        base.key("m", "e"), base.key("m2", "e"), base.key("m", "e2"),
        ModelQuestion("s2", "u", 0.5, 100, 1, 7, 0, True).key("m", "e"),
        ModelQuestion("s", "u2", 0.5, 100, 1, 7, 0, True).key("m", "e"),
        ModelQuestion("s", "u", 0.6, 100, 1, 7, 0, True).key("m", "e"),
        ModelQuestion("s", "u", 0.5, 101, 1, 7, 0, True).key("m", "e"),
        ModelQuestion("s", "u", 0.5, 100, 2, 7, 0, True).key("m", "e"),
        ModelQuestion("s", "u", 0.5, 100, 1, 8, 0, True).key("m", "e"),
        ModelQuestion("s", "u", 0.5, 100, 1, 7, 1, True).key("m", "e"),
        ModelQuestion("s", "u", 0.5, 100, 1, 7, 0, False).key("m", "e"),
    }  # fmt: skip
    assert len(keys) == 11
    assert base.key("m", "e") == ModelQuestion("s", "u", 0.5, 100, 1, 7, 0, True).key("m", "e")


def test_the_clock_of_a_pace_does_not_drift_into_debt(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite")
    assert ledger.wait_s("e", 1, 600, None) == 0.0
    time.sleep(0.3)
    assert ledger.wait_s("e", 1, 600, None) == 0.0
