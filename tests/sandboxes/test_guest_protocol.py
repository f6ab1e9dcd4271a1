"""The messages between host and guest: they come back as they went, and nothing else is taken for one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.errors import SandboxError
from prmdata.records import Execution, Isolation, Problem, Spec, Suite, Task, Test
from prmdata.resources import guest_module, shipped
from prmdata.sandboxes.contract import GuestFacts
from prmdata.sandboxes.wire import Unpacker, outcome, pack, spec_message, suite_message, task_message

messages, protocol, wire = map(guest_module, ("messages", "protocol", "wire"))

SPEC = Spec(Problem("p", "", "print(1)\n", (Test("stdio", input="1\n", output="1\n"),)), cpu_s=1)
FACTS: dict[str, Any] = {
    "verdict": "wrong_answer",
    "outcomes": ["passed", "wrong_answer", None],
    "error_type": None,
    "error_line": 3,
    "error_detail": "no",
    "lines": [1, 3],
    "exit_code": 0,
    "signal": None,
    "wall_s": 0.5,
    "cpu_s": 0.25,
    "peak_bytes": 1 << 20,
    "stdout_tail": "",
    "stderr_tail": "",
    "shared": True,
    "confirmed": False,
    "observations": [[["agreed", "", True, None], ["raised", "KeyError", False, [2]]]],
    "recorded_inputs": ["1\n"],
    "recorded_sequences": [],
}
RESULT = protocol.ResultAnswer(protocol.ExecutionFacts(**FACTS), runs=1)
MESSAGES = [
    protocol.StartMessage("/work", [0, 0], [0, 1]),
    spec_message(SPEC, 3),
    protocol.ReturnMessage(3, 0.5, 256),
    suite_message(Suite(("1\n", "2\n"), ("1\n", "4\n"))),
    protocol.BatchMessage([task_message(Task("print(1)\n", suites=(), watch=(1,)), [0, 1])]),
    protocol.ReadyMessage("3.13.5", "monitoring", True, True, ["pid"], False),
    protocol.AliveMessage(),
    protocol.BatchAnswer(
        [RESULT, protocol.QuarantineAnswer("unrepeatable", "lines"), protocol.FailureAnswer("gone")],
        "",
    ),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.op)
def test_a_message_comes_back_as_it_went(message: Any) -> None:
    (back,) = Unpacker().feed(pack(message))
    assert back == message
    assert type(back) is type(message)


def test_the_facts_have_the_fields_of_an_execution() -> None:
    theirs = [field.name for field in fields(protocol.ExecutionFacts)]
    assert theirs == [field.name for field in fields(Execution) if field.name not in ("isolation", "runs")]
    assert [field.name for field in fields(protocol.ReadyMessage)] == [
        field.name for field in fields(GuestFacts)
    ]


def test_an_execution_keeps_every_fact() -> None:
    found = outcome(RESULT, Isolation.ONE_PROCESS)
    assert isinstance(found, Execution)
    for name, value in FACTS.items():
        kept = getattr(found, name)
        if name == "observations":
            kept = [
                [[each.status, each.answer, each.reached, each.lines and list(each.lines)] for each in suite]
                for suite in kept
            ]
        assert (list(kept) if type(kept) is tuple else kept) == value, name


OTHERS: dict[str, Any] = {
    "another type": {**RESULT.to_message(), "runs": "1"},
    "truth for a number": {**RESULT.to_message(), "runs": True},
    "a field too many": {**RESULT.to_message(), "more": 1},
    "a field too few": {"op": "result", "runs": 1},
    "no message within": {"op": "result", "runs": 1, "execution": None},
    "another type within": {"op": "result", "runs": 1, "execution": {**FACTS, "lines": [1, "2"]}},
    "a list for a suite's observation": {"op": "result", "runs": 1, "execution": {**FACTS, "observations": [[1]]}},
    "another message within": {"op": "batch", "tasks": [{"op": "alive"}]},
    "no class": {"op": "verdict"},
    "no name of a class": {"op": {}},
    "the name of a part": {"op": "", **FACTS},
    "a list": [],
    "a word of no list": {**MESSAGES[4].to_message(), "coverage": "none"},
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_message_is_refused(what: str) -> None:
    with pytest.raises(SandboxError, match="the guest sent no message"):
        Unpacker().feed(wire.pack(OTHERS[what]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verdict", "internal"),
        ("outcomes", ["lost"]),
        ("observations", [[["agreed"]]]),
        ("observations", [[["won", "", True, None]]]),
    ],
)
def test_facts_that_are_no_execution_are_refused(name: str, value: Any) -> None:
    with pytest.raises(SandboxError, match="the guest sent an invalid result"):
        outcome(
            protocol.ResultAnswer(protocol.ExecutionFacts(**{**FACTS, name: value}), 1),
            Isolation.TWO_PROCESSES,
        )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["op", *FACTS]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.sampled_from(MESSAGES), st.data())
def test_a_message_with_one_field_of_anything_raises_nothing_else(message: Any, data: st.DataObject) -> None:
    sent = message.to_message()
    sent[data.draw(st.sampled_from(sorted(sent)))] = data.draw(JSON)
    try:
        back = messages.read(sent)
    except messages.ProtocolError:
        return
    assert messages.read(back.to_message()) == back


def test_fork_servers_load_no_dataclasses() -> None:
    """Else a program that imports them would find them loaded, and share a process that it changes."""
    code = (
        f"import sys; sys.path.insert(0, {str(shipped('sandbox'))!r})\n"
        "from guest import bootstrap, fork_server\nfork_server.preload(0)\nprint('dataclasses' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
