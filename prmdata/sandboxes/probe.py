"""Finds out what an engine really enforces, in a temporary container: once per engine, image, runtime.

Rootless engines and CI machines lack cgroup controllers, refuse flags, or accept flags and ignore them. So a
container with every flag is started and examines itself from inside. A flag that the engine refuses is left
out, and the start is tried again. What is missing is reported (``Capabilities.lost``), never assumed to hold.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from prmdata.errors import SandboxError
from prmdata.sandboxes.attached import AttachedStream
from prmdata.sandboxes.docker_engine import client, describe, speaking
from prmdata.sandboxes.hardening import OPTIONAL, WORK_BYTES, WORK_DIR, Hardening
from prmdata.sandboxes.leftovers import owner_labels, remove

_LOOK: Final = r"""
import json, os, sys
def read(*paths):
    for path in paths:
        try:
            return open(path).read().strip()
        except OSError:
            pass
    return ""
status = dict(line.split(":\t", 1) for line in read("/proc/self/status").splitlines() if ":\t" in line)
def writable():
    found = []
    for folder, _, _ in os.walk("/"):
        if not folder.startswith(("/proc", "/sys", "WORK")) and os.access(folder, os.W_OK):
            try:
                os.close(os.open(folder + "/probe", os.O_CREAT | os.O_WRONLY))
                found.append(folder)
            except OSError:
                pass
    return found
def as_candidate():
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setgroups([]); os.setgid(54321); os.setuid(54321)
        work = os.open("WORK/probe", os.O_CREAT | os.O_WRONLY)
        os.write(write_end, json.dumps(writable()).encode())
        os._exit(0)
    os.close(write_end)
    return json.loads(os.read(read_end, 60000) or "null")
space = os.statvfs("WORK")
print(json.dumps({
    "python": sys.version.split()[0],
    "no_new_privs": status.get("NoNewPrivs", ""), "seccomp": status.get("Seccomp", ""),
    "capabilities": int(status.get("CapEff", "0"), 16),
    "interfaces": sorted(os.listdir("/sys/class/net")) if os.path.isdir("/sys/class/net") else None,
    "writable": as_candidate(), "work_bytes": space.f_frsize * space.f_blocks,
    "memory": read("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    "pids": read("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"),
    "segments": read("/proc/sys/kernel/shmmni"),
}))
""".replace("WORK", WORK_DIR)
_EXPECTED_CAPABILITIES: Final = (1 << 5) | (1 << 6) | (1 << 7)  # KILL, SETGID, SETUID
_WAIT_S: Final = 60


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one engine with one runtime enforces. ``held`` and ``lost`` are sentences for people. Containers
    are to be started with ``hardening``."""

    engine: str
    runtime: str
    runtimes: tuple[str, ...]
    rootless: bool
    python: str
    hardening: Hardening
    held: tuple[str, ...]
    lost: tuple[str, ...]


@lru_cache(maxsize=16)
def probe(image: str, hardening: Hardening) -> Capabilities:
    """Start a temporary container and report what holds. Raises SandboxError if no container starts."""
    info = describe()
    left_out: set[str] = set()
    while True:
        tried = replace(hardening, without=hardening.without | left_out)
        try:
            seen = _look(image, tried)
            break
        except SandboxError as error:
            blamed = _refused(str(error)) or next(
                (flag for flag in OPTIONAL if flag not in tried.without), None
            )
            if blamed is None or blamed in tried.without:
                raise
            left_out.add(blamed)
    return _judge(info, tried, seen)


def _look(image: str, hardening: Hardening) -> dict[str, Any]:
    """What a container that is started like a worker's sees of itself."""
    with speaking("start a probe container"):
        container = hardening.create(image, ("python3", "-I", "-c", _LOOK), owner_labels())
    try:
        with speaking("start a probe container"):
            stream = AttachedStream(container)
            try:
                client().start(container)
                said = bytearray()
                while piece := stream.read(1 << 16):
                    said += piece
            finally:
                stream.close()
    finally:
        remove(container)
    try:
        seen: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise SandboxError(f"the probe container said nothing usable{stream.complaint()}") from error
    return seen


def _refused(message: str) -> str | None:
    """The optional flag that an engine's refusal is about, recognised by words that engines use."""
    lowered = message.lower()
    words = {
        "sysctls": ("sysctl",),
        "init": ("docker-init", "catatonit", "init binary", "container-init"),
        "pids": ("pids",),
        "memory": ("memory", "swap"),
        "ulimits": ("ulimit", "rlimit"),
        "log": ("log driver", "log-driver", "logging driver"),
    }
    return next((flag for flag, said in words.items() if any(word in lowered for word in said)), None)


def _judge(info: dict[str, Any], tried: Hardening, seen: dict[str, Any]) -> Capabilities:
    rootless = any("rootless" in option for option in info.get("SecurityOptions") or ())
    gvisor = "runsc" in (tried.runtime or "")
    if seen["writable"] is None:
        raise SandboxError(
            "the engine's containers cannot run candidates: no work directory or no change of user"
        )
    claims = [
        ("no network but loopback", seen["interfaces"] is None or set(seen["interfaces"]) <= {"lo"}),
        ("nothing writable but the work directory", not seen["writable"]),
        ("no privilege can be gained (no_new_privs)", seen["no_new_privs"] == "1" or gvisor),
        (
            "only the capabilities that switching users needs",
            seen["capabilities"] & ~_EXPECTED_CAPABILITIES == 0,
        ),
        ("system calls filtered", seen["seccomp"] == "2" or gvisor),
        ("work directory bounded", 0 < seen["work_bytes"] <= WORK_BYTES),
        (
            "memory bounded",
            _bounded(seen["memory"], tried.memory_bytes(), info, "MemoryLimit", "memory" in tried.without),
        ),
        ("swap bounded", "memory" not in tried.without and bool(info.get("SwapLimit", True))),
        ("processes bounded", _bounded(seen["pids"], 1 << 12, info, "PidsLimit", "pids" in tried.without)),
        ("no System V segments or message queues", seen["segments"] == "0"),
        ("orphans reaped by an init", "init" not in tried.without),
        ("open files and core dumps bounded", "ulimits" not in tried.without),
        ("engine keeps no log of the output", "log" not in tried.without),
    ]
    return Capabilities(
        engine=str(info.get("ServerVersion", "?")),
        runtime=tried.runtime or str(info.get("DefaultRuntime", "default")),
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
        rootless=rootless,
        python=str(seen["python"]),
        hardening=tried,
        held=tuple(name for name, holds in claims if holds),
        lost=tuple(name for name, holds in claims if not holds),
    )


def _bounded(seen: str, most: int, info: dict[str, Any], controller: str, left_out: bool) -> bool:
    """A limit holds if the container sees it. If it cannot look (gVisor), the engine must have the
    controller."""
    if left_out:
        return False
    if seen.isdigit():
        return int(seen) <= most
    return seen == "" and bool(info.get(controller, False))
