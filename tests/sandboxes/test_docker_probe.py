"""A container finds out which limits an engine enforces, and those that are missing are reported."""

from __future__ import annotations

from typing import Any

import pytest

from prmdata.errors import NoEngineError, SandboxError
from prmdata.sandboxes import docker_engine as engine
from prmdata.sandboxes import probe
from prmdata.sandboxes.hardening import Hardening

SEEN: dict[str, Any] = {
    "python": "3.13.5",
    "no_new_privs": "1",
    "seccomp": "2",
    "capabilities": 0xE0,
    "interfaces": ["lo"],
    "writable": [],
    "work_bytes": 64 << 20,
    "memory": str((512 + 64 + 256) << 20),
    "pids": "256",
    "segments": "0",
}


@pytest.mark.docker
def test_on_an_ordinary_engine_everything_holds(docker_engine: str) -> None:
    found = probe.probe(docker_engine, Hardening())
    assert found.rootless or not found.lost
    assert "no network but loopback" in found.held


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"interfaces": ["eth0", "lo"]}, "no network but loopback"),
        ({"writable": ["/tmp"]}, "nothing writable but the work directory"),
        ({"no_new_privs": "0"}, "no privilege can be gained (no_new_privs)"),
        ({"capabilities": 0xFFFF}, "only the capabilities that switching users needs"),
        ({"seccomp": "0"}, "system calls filtered"),
        ({"work_bytes": 1 << 40}, "work directory bounded"),
        ({"memory": "max"}, "memory bounded"),
        ({"pids": "max"}, "processes bounded"),
        ({"segments": "4096"}, "no System V segments or message queues"),
    ],
)
def test_what_a_container_sees_missing_is_said(change: dict[str, Any], lost: str) -> None:
    found = probe._judge({"ServerVersion": "1"}, Hardening(), SEEN | change)
    assert found.lost == (lost,)
    assert lost not in found.held


def test_a_container_that_cannot_change_users_is_no_sandbox() -> None:
    with pytest.raises(SandboxError, match="no change of user"):
        probe._judge({}, Hardening(), SEEN | {"writable": None})


def test_what_was_left_out_is_lost_by_name() -> None:
    without = Hardening(without=frozenset({"pids", "init", "sysctls"}))
    found = probe._judge({"SecurityOptions": ["name=rootless"]}, without, SEEN | {"segments": "4096"})
    assert found.rootless
    assert set(found.lost) == {
        "processes bounded",
        "orphans reaped by an init",
        "no System V segments or message queues",
    }


@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ('sysctl "kernel.shmmni" is not allowed', "sysctls"),
        ("container-init binary not found on the host: catatonit", "init"),
        ("OCI runtime error: controller `pids` is not available under /sys/fs/cgroup", "pids"),
        ("Your kernel does not support memory limit capabilities or the cgroup is not mounted", "memory"),
        ("setting rlimits: operation not permitted: ulimit nofile", "ulimits"),
        ("logger: no log driver named 'none' is registered", "log"),
        ("something else", None),
    ],
)
def test_an_engines_refusal_names_the_flag(said: str, flag: str | None) -> None:
    assert probe._refused(said) == flag


def test_no_engine_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/at/all.sock")
    engine.forget_client()
    try:
        assert not engine.answers()
        with pytest.raises(NoEngineError, match=r"unix:///nowhere/at/all\.sock") as caught:
            engine.client()
    finally:
        engine.forget_client()
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_an_engine_that_is_another_server_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    import http.server
    import threading

    class NotFound(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), NotFound) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
        engine.forget_client()
        try:
            assert not engine.answers()
        finally:
            engine.forget_client()
            server.shutdown()
