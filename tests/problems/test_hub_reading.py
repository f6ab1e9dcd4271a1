"""Reading from the Hub through `datasets` itself, against a server on this machine that speaks the Hub's protocol."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SHA = "0123456789abcdef0123456789abcdef01234567"

ROWS = [
    {
        "task_id": n,
        "text": f"Add {n}.",
        "code": f"def add(x):\r\n    return x + {n}\r\n",
        "test_list": [f"assert add(1) == {n + 1}"],
        "test_setup_code": "",
        "challenge_test_list": [],
    }
    for n in range(5)
]


def parquet(rows: list[dict[str, object]]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), stream)
    return stream.getvalue()


CARD = b"""---
license: cc-by-4.0
configs:
- config_name: full
  data_files:
  - {split: train, path: full/train-*.parquet}
  - {split: test, path: full/test-*.parquet}
---
"""
APPS_ROW = {
    "problem_id": 7,
    "question": "Print the sum.",
    "solutions": json.dumps(["print(int(input()) + int(input()))\n"]),
    "input_output": json.dumps({"inputs": ["1\n2\n"], "outputs": ["3\n"]}),
    "difficulty": "interview",
    "url": "",
    "starter_code": "",
}
REPOSITORIES: Mapping[str, Mapping[str, bytes]] = {
    "google-research-datasets/mbpp": {
        "README.md": CARD,
        "full/train-00000-of-00001.parquet": parquet(ROWS[:3]),
        "full/test-00000-of-00001.parquet": parquet(ROWS[3:]),
    },
    "codeparrot/apps": {
        "README.md": b"---\nlicense: mit\n---\n",
        "apps.py": b"raise SystemExit('a loading script must never run')\n",
        "test.jsonl": json.dumps(APPS_ROW).encode() + b"\n",
        "train.jsonl": json.dumps(APPS_ROW | {"problem_id": 8}).encode() + b"\n",
    },
}


class Hub(BaseHTTPRequestHandler):
    """Repository facts, trees, paths and files: what `datasets` asks of the Hub."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        wanted = json.loads(raw)["paths"] if raw.startswith("{") else parse_qs(raw).get("paths", [])
        parts = urlsplit(self.path).path.split("/")
        files = REPOSITORIES.get("/".join(parts[3:5]))
        if files is None or parts[5] != "paths-info":
            self._send(404, b"", {})
            return
        self._json([entry(path, data) for path, data in files.items() if path in wanted])

    def _answer(self, *, body: bool) -> None:
        parts = unquote(urlsplit(self.path).path).split("/")
        if parts[1] == "api" and parts[2] == "datasets":
            self._api("/".join(parts[3:5]), parts[5:])
            return
        files = REPOSITORIES.get("/".join(parts[2:4]), {}) if parts[1] == "datasets" else {}
        data = files.get("/".join(parts[6:]))
        if data is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound" if files else "RepoNotFound"})
            return
        self._file(data, body=body)

    def _api(self, repo: str, rest: list[str]) -> None:
        files = REPOSITORIES.get(repo)
        if files is None:
            self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
        elif rest[:1] == ["tree"]:
            self._json(listing(files, "/".join(rest[2:]), deep="recursive=true" in self.path.lower()))
        else:
            facts = {"id": repo, "sha": SHA, "private": False, "gated": False, "disabled": False, "tags": []}
            self._json(
                facts | {"siblings": [{"rfilename": path} for path in files], "downloads": 0, "likes": 0}
            )

    def _file(self, data: bytes, *, body: bool) -> None:
        headers = {
            "ETag": f'"{hashlib.sha1(data).hexdigest()}"',
            "X-Repo-Commit": SHA,
            "Accept-Ranges": "bytes",
        }
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, stop = int(first), min(int(last or len(data) - 1), len(data) - 1)
            headers["Content-Range"] = f"bytes {start}-{stop}/{len(data)}"
            self._send(206, data[start : stop + 1], headers, body=body)
        else:
            self._send(200, data, headers, body=body)

    def _json(self, value: object) -> None:
        self._send(
            200, json.dumps(value).encode(), {"Content-Type": "application/json", "X-Repo-Commit": SHA}
        )

    def _send(self, status: int, data: bytes, headers: Mapping[str, str], *, body: bool = True) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def entry(path: str, data: bytes) -> dict[str, object]:
    return {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}


def listing(files: Mapping[str, bytes], folder: str, *, deep: bool) -> list[dict[str, object]]:
    """The folder's files and folders; with ``deep`` those of the folders in it too."""
    inside = f"{folder}/" if folder else ""
    found: dict[str, dict[str, object]] = {}
    for path, data in files.items():
        if path.startswith(inside):
            names = path.removeprefix(inside).split("/")
            for depth in range(1, len(names)):
                name = inside + "/".join(names[:depth])
                found[name] = {"type": "directory", "path": name, "oid": SHA, "size": 0}
            found[path] = entry(path, data)
    return [one for name, one in found.items() if deep or "/" not in name.removeprefix(inside)]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


READER = """
import json, sys
from prmdata.errors import PrmdataError
from prmdata.problems import read_problems
for source in sys.argv[1:]:
    try:
        found = [[p.id, p.reference, p.source, p.license, p.tests[0].form] for p in read_problems(source)]
    except PrmdataError as error:
        print(json.dumps({"error": str(error), "code": error.exit_code}))
    else:
        print(json.dumps({"found": found}))
"""
FAULTS = {
    "hf:nobody/nothing": "nobody/nothing",
    "hf:google-research-datasets/mbpp:full:valid": "valid",
    "hf:google-research-datasets/mbpp:half": "half",
    "hf:mbpp": "hf:owner/name",
    "hf:a/b:c:d:e": "hf:owner/name",
}


@pytest.fixture(scope="module")
def read(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """What each source gives, read in one fresh process: `HF_ENDPOINT` is read when the Hub's library is imported."""
    folder = tmp_path_factory.mktemp("hub") / "folder"
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_bytes(b"---\nlicense: mit\n---\n")
    (folder / "data" / "train-00000-of-00001.parquet").write_bytes(parquet(ROWS))
    named = {"folder": str(folder), "hf folder": f"hf:{folder}"}
    sources = ["mbpp", "hf:google-research-datasets/mbpp:full:test", "apps", *FAULTS, *named]
    env = os.environ | {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(folder.parent),
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    command = [sys.executable, "-c", READER, *(named.get(source, source) for source in sources)]
    run = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return dict(zip(sources, answers, strict=True))


def test_a_name_reads_every_split_in_order_with_the_licence_of_the_card(
    read: Mapping[str, dict[str, Any]],
) -> None:
    expected = [
        [str(row["task_id"]), row["code"], "google-research-datasets/mbpp", "cc-by-4.0", "assert"]
        for row in ROWS
    ]
    assert read["mbpp"] == {"found": expected}


def test_a_split_may_be_named(read: Mapping[str, dict[str, Any]]) -> None:
    assert [row[0] for row in read["hf:google-research-datasets/mbpp:full:test"]["found"]] == ["3", "4"]


def test_a_script_repository_is_read_by_its_data_files(read: Mapping[str, dict[str, Any]]) -> None:
    assert [row[0] for row in read["apps"]["found"]] == ["7", "8"]


@pytest.mark.parametrize("source", FAULTS)
def test_what_is_not_there_is_one_clear_line(read: Mapping[str, dict[str, Any]], source: str) -> None:
    assert read[source]["code"] == 2
    assert FAULTS[source] in read[source]["error"]
    assert "\n" not in read[source]["error"]


@pytest.mark.parametrize("source", ["folder", "hf folder"])
def test_a_local_folder_is_a_data_set(read: Mapping[str, dict[str, Any]], source: str) -> None:
    assert [(row[0], row[3]) for row in read[source]["found"]] == [(str(n), "mit") for n in range(5)]
