"""The faulty server: its faults depend on the seed and the request, not on the order, and it can be started
as a command."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from prmdata.testing.actor import continuation, edits_for, read_prompt
from prmdata.testing.faults import ALL, CONTENT, TRANSPORT, FaultPlan
from prmdata.testing.server import faulty_server

PROMPT = """The program
[0] def f(x):
      # a note
[1]     total = x + 1

[2]     return total

Write wrong versions: each edit plants one realistic bug.
Give 2 edits for each of these steps: 1, 2.
"""


def post(url: str, data: Any) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{url}/chat/completions", json.dumps(data).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())
    except (OSError, ValueError, Exception) as error:
        return 0, type(error).__name__


def chat(text: str) -> dict[str, Any]:
    return {"model": "faulty-1", "messages": [{"role": "user", "content": text}]}


def test_faults_do_not_depend_on_the_order_of_requests() -> None:
    requests = [chat(f"{PROMPT} {at}") for at in range(40)]
    seen: list[list[Any]] = []
    for order in (requests, requests[::-1], random.Random(1).sample(requests, 40)):
        with faulty_server(FaultPlan(0.5, seed=7)) as server:
            found = {json.dumps(one): [post(server.base_url, one) for _ in range(2)] for one in order}
            seen.append([found[json.dumps(one)] for one in requests])
    assert seen[0] == seen[1] == seen[2]
    with faulty_server(FaultPlan(0.5, seed=8)) as server:
        assert [[post(server.base_url, one) for _ in range(2)] for one in requests] != seen[0]


def test_the_rate_is_what_was_asked_for() -> None:
    plan = FaultPlan(0.2, ALL, seed=1)
    hit = sum(bool(plan.transport(str(at), 0)) + bool(plan.content(str(at))) for at in range(5000))
    assert 0.17 < hit / 5000 < 0.23
    assert not any(FaultPlan(0.0).content(str(at)) for at in range(100))
    assert {FaultPlan(1.0, CONTENT).content(str(at)) for at in range(2000)} == set(CONTENT)
    assert {FaultPlan(1.0, TRANSPORT).transport(str(at), 0) for at in range(2000)} == set(TRANSPORT)
    with pytest.raises(ValueError, match="unknown"):
        FaultPlan(0.1, ("nonsense",))


def test_the_prompt_is_read_as_a_model_would() -> None:
    asked = read_prompt(PROMPT)
    assert asked is not None
    assert asked.program == "def f(x):\n  # a note\n    total = x + 1\n\n    return total\n"
    assert (asked.intent, asked.steps, asked.per_step) == ("mutate", (1, 2), 2)
    said = edits_for(asked, 0)
    assert said == edits_for(asked, 0)
    assert {edit["step"] for edit in said["edits"]} == {1, 2}
    assert all(edit["old"] in asked.program and edit["new"] != edit["old"] for edit in said["edits"])
    assert read_prompt("How are you?") is None


def test_a_known_solution_is_continued_rightly_and_wrongly() -> None:
    solution = "def f(x):\n    y = x + 1\n    return y * 2\n"
    prompt = "The beginning of the program\n```python\ndef f(x):\n    y = x + 1\n```\n"
    assert continuation(prompt, [solution], 0.5, 0, 0.1) == "    return y * 2\n"
    wrong = continuation(prompt, [solution], 0.5, 0, 0.9)
    assert wrong != "    return y * 2\n"
    compile("def f(x):\n    y = x + 1\n" + wrong, "wrong", "exec")
    assert continuation("The function is called f.", [solution], 1.0, 0, 0.1) == solution
    assert "NotImplementedError" in continuation("The function is called g.", [], 1.0, 0, 0.1)


def test_it_is_a_command_that_counts(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "prmdata.testing.server",
        "--rate",
        "0",
        "--model",
        "m-1",
        "--latency-ms",
        "1",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    status, body = post(url, {**chat(PROMPT), "model": "m-1"})
    assert status == 200
    assert len(json.loads(body["choices"][0]["message"]["content"])["edits"]) >= 2
    assert body["usage"]["prompt_tokens"] > 20
    assert post(url, chat(PROMPT))[0] == 404
    with urllib.request.urlopen(f"{url}/models", timeout=20) as reply:
        assert [one["id"] for one in json.loads(reply.read())["data"]] == ["m-1"]
    process.send_signal(signal.SIGTERM)
    stats = json.loads(process.communicate(timeout=20)[0])
    assert (stats["requests"], stats["answers"], stats["refused_404"]) == (2, 1, 1)


def test_what_is_no_request_is_refused_and_the_server_lives() -> None:
    with faulty_server() as server:
        data: Any
        for data in ([], {"model": "faulty-1"}, {"model": "faulty-1", "messages": []}, "x", None):
            assert post(server.base_url, data)[0] in (400, 404)
        assert post(server.base_url, chat(PROMPT))[0] == 200
