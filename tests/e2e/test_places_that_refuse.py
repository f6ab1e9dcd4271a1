"""A folder that cannot be written, a full disk, or a Hub that does not answer gives one line and exit code 2,
never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Prmdata

SOURCE = {"id": "a", "prompt": "Double x.", "reference": "def double(x):\n    return 2 * x\n", "tests": ["assert double(2) == 4", "assert double(5) == 10"]}  # fmt: skip


def mounted(folder: Path, options: str) -> None:
    """A small file system of its own at ``folder``, because the user may be root, and permission bits do not
    stop root."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip()}")


@pytest.fixture(params=["read-only", "full"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder in which nothing can be written, and the system's message about it."""
    folder = tmp_path / "place"
    mounted(folder, "size=16k,mode=777")
    try:
        if request.param == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        else:
            with pytest.raises(OSError, match="No space"), (folder / "filler").open("wb") as file:
                file.write(b"x" * 100_000)
        yield folder, {"read-only": "Read-only file system", "full": "No space left on device"}[request.param]
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.jsonl"
    path.write_text(json.dumps(SOURCE) + "\n")
    return path


def test_each_command_says_that_it_cannot_write(
    place: tuple[Path, str], out: Path, source: Path, prmdata: Prmdata
) -> None:
    folder, why = place
    sandbox = ("--sandbox", "local", "--workers", 1)
    commands = {
        "export": ("export", out, "--format", "trl", "--label-kind", "fault", "-o", folder / "x"),
        "export of lines": (
            "export",
            out,
            "--format",
            "openrlhf",
            "--label-kind",
            "fault",
            "-o",
            folder / "y",
        ),
        "vet": ("vet", source, "-o", folder / "v", "--no-kills", *sandbox),
        "testgen": ("testgen", source, "-o", folder / "t" / "tests.jsonl", *sandbox),
    }
    for name, arguments in commands.items():
        ended = prmdata(*arguments, code=2)
        last = ended.stderr.splitlines()[-1]
        assert last.startswith(f"prmdata: {folder}"), (name, ended.stderr)
        assert why in last, (name, ended.stderr)
        if why.startswith("Read"):
            assert ended.stderr.count("\n") == 1, (name, ended.stderr)


def test_labels_that_are_derived_into_a_place_that_refuses(
    place: tuple[Path, str], source: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    folder, why = place
    prmdata("build", source, "-o", tmp_path / "OUT", "--sandbox", "local", "--workers", 1, "--per-step", 1)
    ended = prmdata("relabel", tmp_path / "OUT", "--policy", "paper", "-o", folder / "paper", code=2)
    assert ended.stderr.startswith(f"prmdata: {folder}"), ended.stderr
    assert why in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_report_into_a_dataset_that_is_read_only(out: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    folder = tmp_path / "place"
    mounted(folder, "size=4m")
    try:
        subprocess.run(["cp", "-r", str(out), str(folder / "OUT")], check=True)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        for arguments in (["report"], ["export", "--format", "trl", "--as-config", "--label-kind", "fault"]):
            ended = prmdata(arguments[0], folder / "OUT", *arguments[1:], code=2)
            assert ended.stderr.count("\n") == 1, ended.stderr
            assert "cannot be written (Read-only file system); name a place that can be" in ended.stderr
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_file_where_a_folder_should_be(out: Path, source: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    for arguments in (
        ("vet", source, "-o", taken, "--sandbox", "local"),
        ("testgen", source, "-o", taken / "tests.jsonl", "--sandbox", "local"),
        ("export", out, "--format", "trl", "--label-kind", "fault", "-o", taken / "x"),
    ):
        ended = prmdata(*arguments, code=2)
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert "taken" in ended.stderr
    assert taken.read_text() == "mine"


@pytest.mark.parametrize("arguments", [["show"], ["stats"], ["stats", "--json"]])
def test_what_is_printed_to_a_full_disk(out: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "prmdata.cli.main", arguments[0], str(out), *arguments[1:]]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "standard output: cannot be written (No space left on device)" in ended.stderr


OFFLINE = {"HF_ENDPOINT": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}


@pytest.mark.parametrize("how", ["dead", "offline"])
@pytest.mark.parametrize("command", ["build", "vet", "testgen"])
def test_the_hub_that_does_not_answer(
    how: str, command: str, tmp_path: Path, prmdata: Prmdata, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (OFFLINE if how == "dead" else {"HF_HUB_OFFLINE": "1"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    ended = prmdata(command, "hf:owner/name", "-o", tmp_path / "o", "--sandbox", "local", code=2)
    assert ended.stderr.startswith("prmdata: hf:owner/name: cannot be loaded from the Hub: ")
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert not (tmp_path / "o").exists()


def test_a_tokenizer_on_a_hub_that_does_not_answer(
    out: Path, tmp_path: Path, prmdata: Prmdata, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tokenizers", reason="pip install 'prmdata[tokenizers]'")
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    ended = prmdata("export", out, "--format", "trl", "-o", tmp_path / "x", "--tokenizer", "gpt2", code=2)
    assert ended.stderr.startswith(
        "prmdata: --tokenizer gpt2: no such file, and http://127.0.0.1:9 does not answer"
    )
    assert ended.stderr.count("\n") == 1, ended.stderr


# ---------------------------------------------------------------- --log-json


def objects(stderr: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in stderr.splitlines()]


def test_a_build_that_logs_json_says_everything_in_objects(
    source: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    ended = prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local", "--log-json")
    events = [one["event"] for one in objects(ended.stderr)]
    assert {"notice", "progress"} == set(events), "the local sandbox has something to say"
    ended = prmdata(
        "build", source, "-o", tmp_path / "o", "--sandbox", "local", "--seed", 9, "--log-json", code=2
    )
    (refused,) = objects(ended.stderr)
    assert refused["event"] == "error"
    assert refused["exit_code"] == 2
    assert "seed was 0, is 9" in str(refused["message"])


@pytest.mark.parametrize("arguments", [["nosuch"], ["--limit", "x"], ["--nosuch"]])
def test_an_error_is_an_object_too(arguments: list[str], tmp_path: Path, prmdata: Prmdata) -> None:
    ended = prmdata("build", *arguments, "-o", tmp_path / "o", "--log-json", code=2)
    (refused,) = objects(ended.stderr)
    assert refused["event"] == "error"


def test_the_file_of_settings_asks_for_json_too(source: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    settings = tmp_path / "prmdata.toml"
    settings.write_text("[build]\nlog_json = true\n")
    ended = prmdata("build", source, "--config", settings, "-o", tmp_path / "o", "--sandbox", "local")
    assert objects(ended.stderr)


def test_what_libraries_warn_of_is_an_object(tmp_path: Path) -> None:
    code = (
        "import logging, warnings\nfrom prmdata.cli.conventions import ErrorStream\nErrorStream().speak_json()\n"
        "warnings.warn('old', stacklevel=1)\nlogging.getLogger('x').warning('Retrying')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert [one["event"] for one in objects(ended.stderr)] == ["notice", "notice"]


def test_nothing_is_said_before_an_error_of_usage(source: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local")
    ended = prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local", "--seed", 9, code=2)
    assert ended.stderr.count("\n") == 1, ended.stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{not json\n")
    for command in ("vet", "testgen"):
        ended = prmdata(command, broken, "-o", tmp_path / "v", "--sandbox", "local", code=2)
        assert ended.stderr.count("\n") == 1, ended.stderr
