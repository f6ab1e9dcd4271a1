"""Pushing to a loopback Hub over HTTP, in a process of its own, as a user does it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from prmdata.testing.hub import LoopbackHub
from tests.builders.traces import write_split

SECRET = "hf_secretsecretsecret"


@pytest.fixture
def hub():
    with LoopbackHub(token=SECRET) as found:
        yield found


@pytest.fixture
def run(hub, tmp_path):
    def run(*arguments, **environment):
        env = (
            os.environ | hub.environment() | {"HF_HOME": str(tmp_path / "hf"), "HF_DEBUG": "1", **environment}
        )
        code = "from prmdata.cli.main import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert SECRET not in done.stdout + done.stderr, "the token stands in a log"
        return done

    return run


@pytest.fixture
def state(out):
    """Adds unfinished work and private notes beside the dataset."""
    (out / ".prmdata").mkdir()
    (out / ".prmdata/journal.sqlite").write_text("paid answers")
    (out / "data/steps/.train-00000.1.tmp").write_text("torn")
    (out / "notes.txt").write_text("mine")
    return out


def sent(hub):
    return [(seen.method, seen.path) for seen in hub.seen if seen.method == "PUT" or "/commit/" in seen.path]


def test_a_push_is_one_commit_of_card_and_data_and_nothing_else(run, hub, state):
    done = run("push", state, "me/set")
    assert done.returncode == 0, done.stderr
    assert "(private): commit" in done.stdout
    assert hub.store.repositories["me/set"].private
    assert len(hub.commits("me/set")) == 2, "the Hub's own first commit, and ours"
    names = {"README.md", "manifest.json", "rejects.jsonl", ".gitattributes"}
    data = {f"data/steps/{split}-00000-of-00001.parquet" for split in ("train", "test")}
    assert set(hub.files("me/set")) == names | data
    for name in data:
        assert hub.files("me/set")[name] == (state / name).read_bytes()
    assert 'load_dataset("me/set", "steps")' in hub.files("me/set")["README.md"].decode()
    assert all(seen.authorized for seen in hub.seen if "/commit/" in seen.path)


def test_a_second_push_of_an_unchanged_set_sends_nothing(run, hub, out):
    run("push", out, "me/set")
    before = len(sent(hub))
    done = run("push", out, "me/set")
    assert done.returncode == 0, done.stderr
    assert "nothing was sent" in done.stdout
    assert len(sent(hub)) == before
    assert len(hub.commits("me/set")) == 2


def test_a_changed_set_sends_what_changed_and_removes_what_is_gone(run, hub, out, made):
    run("push", out, "me/set")
    rows = list(made.build(6))
    write_split(rows, out / "data/steps", "train", rows_per_shard=80)
    (out / "data/steps/test-00000-of-00001.parquet").unlink()
    already = len(sent(hub))
    assert run("push", out, "me/set").returncode == 0
    assert set(hub.files("me/set")) >= {f"data/steps/train-{i:05d}-of-00002.parquet" for i in range(2)}
    assert not any("test-" in name or "of-00001" in name for name in hub.files("me/set"))
    assert [method for method, _ in sent(hub)[already:]] == ["PUT", "PUT", "POST"]


slow = pytest.mark.slow
FAULTS = [
    ("PUT /lfs", 400),
    ("/commit/", 0),
    pytest.param("PUT /lfs", 0, marks=slow),
    pytest.param("/commit/", 500, marks=slow),
    pytest.param("/verify", 400, marks=slow),
]


@pytest.mark.parametrize(("match", "status"), FAULTS)
def test_a_push_that_breaks_half_way_goes_on_where_it_stopped(run, hub, out, match, status):
    hub.fail(match, times=99, status=status)
    broken = run("push", out, "me/set")
    assert broken.returncode == 1, broken.stderr
    assert "push again" in broken.stderr.strip().split("\n")[-1]
    assert "Traceback" not in broken.stderr
    assert len(hub.commits("me/set")) == 1, "nothing half done is visible"
    arrived = set(hub.store.repositories["me/set"].objects)
    hub.faults.clear()
    already = len(hub.seen)
    assert run("push", out, "me/set").returncode == 0
    assert len(hub.commits("me/set")) == 2
    uploads = [seen.path.rsplit("/", 1)[1] for seen in hub.seen[already:] if seen.method == "PUT"]
    assert not arrived & set(uploads), "what arrived is not sent twice"


def test_a_fault_that_passes_is_not_noticed(run, hub, out):
    hub.fail("PUT /lfs", times=1, status=503)
    assert run("push", out, "me/set").returncode == 0


def test_a_pull_request_leaves_main_alone(run, hub, out):
    run("push", out, "me/set")
    (out / "rejects.jsonl").write_text('{"problem_id": "p", "reason": "new"}\n')
    done = run("push", out, "me/set", "--create-pr")
    assert "pull request" in done.stdout, done.stderr
    assert "discussions/1" in done.stdout
    assert len(hub.commits("me/set")) == 2
    assert b'"new"' in hub.files("me/set", "refs/pr/1")["rejects.jsonl"]


def test_a_branch_is_made_and_a_public_repository_only_when_asked(run, hub, out):
    done = run("push", out, "me/set", "--revision", "v2", "--public", "--message", "second")
    assert done.returncode == 0, done.stderr
    assert "(public)" in done.stdout
    assert not hub.store.repositories["me/set"].private
    assert [commit.message for commit in hub.commits("me/set", "v2")][-1] == "second"
    assert len(hub.commits("me/set")) == 1


def test_a_card_that_somebody_edited_stays_theirs(run, hub, out):
    text = (out / "README.md").read_text() + "\nMy own words.\n"
    (out / "README.md").write_text(text)
    run("push", out, "me/set")
    assert hub.files("me/set")["README.md"].decode() == text


@pytest.mark.parametrize(("token", "said"), [("", "hf auth login"), ("hf_wrong", "does not know you")])
def test_without_a_token_it_says_what_to_do(run, hub, out, token, said):
    done = run("push", out, "me/set", HF_TOKEN=token)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_dataset_is_not_pushed(run, hub, tmp_path):
    done = run("push", tmp_path, "me/set")
    assert done.returncode == 2
    assert "prmdata build" in done.stderr
    assert not hub.seen
    assert run("push", tmp_path, "me/set", "--create-pr", "--revision", "x").returncode == 2


def test_an_export_is_pushed_without_its_neighbours_and_loads_from_there(run, hub, out, tmp_path):
    folder = tmp_path / "x"
    assert run("export", out, "--format", "trl", "-o", folder, "--label-kind", "fault").returncode == 0
    (folder / "notes.txt").write_text("mine")
    done = run("push", folder, "me/trl", "--revision", "v1", "--private")
    assert done.returncode == 0, done.stderr
    data = {f"data/{split}-00000-of-00001.parquet" for split in ("train", "test")}
    assert set(hub.files("me/trl", "v1")) == {"README.md", "export.json", ".gitattributes"} | data
    assert 'load_dataset("me/trl"' in hub.files("me/trl", "v1")["README.md"].decode()
    assert "nothing was sent" in run("push", folder, "me/trl", "--revision", "v1").stdout
    assert run("export", out, "--format", "openrlhf", "-o", folder, "--label-kind", "fault").returncode == 0
    assert run("push", folder, "me/trl", "--revision", "v1").returncode == 0
    assert {name for name in hub.files("me/trl", "v1") if name.endswith((".jsonl", ".parquet"))} == {
        "train.jsonl",
        "test.jsonl",
    }


@slow
def test_load_dataset_reads_what_was_pushed(run, hub, out, tmp_path):
    run("push", out, "me/set")
    code = (
        "import datasets, sys\n"
        "found = datasets.load_dataset('me/set', 'steps')\n"
        "print({name: len(part) for name, part in found.items()}, found['train'].features['labels'])"
    )
    env = os.environ | hub.environment() | {"HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    assert "{'train': 132, 'test': 44} List(Value('int8'))" in done.stdout, done.stderr[-2000:]


@pytest.mark.slow
def test_a_large_set_goes_on_where_it_stopped(run, hub, out, made):
    """The folder has more files than the Hub's client takes at a time, and one of them does not arrive."""
    rows = list(made.build(12))
    rows = [replace(one, id=f"{one.id}/{turn}") for turn in range(300 // len(rows) + 1) for one in rows]
    shards = write_split(rows, out / "data/steps", "train", rows_per_shard=1)
    assert len(shards) > 250
    missing = hashlib.sha256(shards[200].read_bytes()).hexdigest()
    hub.fail(missing, times=99, status=400)
    broken = run("push", out, "me/set")
    assert (broken.returncode, "Traceback" in broken.stderr) == (1, False), broken.stderr
    assert "push again" in broken.stderr.strip().split("\n")[-1]
    arrived = set(hub.store.repositories["me/set"].objects)
    assert len(arrived) > 20
    assert missing not in arrived
    hub.faults.clear()
    already = len(hub.seen)
    ended = run("push", out, "me/set")
    assert ended.returncode == 0, ended.stderr
    uploads = {seen.path.rsplit("/", 1)[1] for seen in hub.seen[already:] if seen.method == "PUT"}
    assert missing in uploads
    assert not arrived & uploads
    there = {path for path in hub.files("me/set") if path.startswith("data/steps/train-")}
    assert there == {f"data/steps/{path.name}" for path in shards}
