"""How a container is restricted: the one list of flags, and which of them this engine can enforce.

The list is the one in the design and the threat model (``sandbox/README.md``). Engines without root or
without some cgroup controllers refuse some flags. The optional ones among these are left out by name in
``without``. The engine is probed once, and what is left out is reported, never dropped silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.sandboxes.docker_engine import client

GUEST: Final = ("python3", "-I", "-B", "/opt/prmdata/guest")
WORK_DIR: Final = "/tmp"
WORK_BYTES: Final = 64 << 20
"""Bytes that a candidate can write, in all files together."""
OVERHEAD_BYTES: Final = 256 << 20
"""Memory of supervisor, judge and their page cache, in addition to a candidate and its files."""
PIDS: Final = 256
"""Processes and threads of one container: two fork servers, two judges, a candidate's 64, and some room."""
PIDS_OF_ANOTHER_KERNEL: Final = 2048
"""The same for a runtime with a kernel of its own (gVisor). Its threads count too, and it ends with
everything in it if the host refuses it a thread (seen at 256 with two processes too many)."""

OPTIONAL: Final = ("sysctls", "init", "pids", "memory", "ulimits", "log")
"""The flags that a container can start without, in the order in which a probe gives them up."""

_CAPABILITIES: Final = ("SETUID", "SETGID", "KILL")
"""The capabilities that the supervisor needs to run judge and candidate as users of their own and to end
them."""

_NO_SYSV_IPC: Final = {
    "kernel.shmmni": "0",
    "kernel.msgmni": "0",
    "kernel.sem": "0 0 0 0",
    "fs.mqueue.queues_max": "0",
}
"""Segments and queues outlive the processes that made them, so making them is forbidden."""


@dataclass(frozen=True, slots=True)
class Hardening:
    """The flags of a container. ``memory_mb`` is the limit of a candidate; the container gets more."""

    runtime: str | None = None
    memory_mb: int = 512
    without: frozenset[str] = field(default_factory=frozenset)

    def create(self, image: str, command: tuple[str, ...], labels: dict[str, str]) -> str:
        """Create a container (not started) and return its id. Raises the errors of the SDK."""
        api = client()
        made = api.create_container(
            image,
            list(command),
            stdin_open=True,  # the SDK adds StdinOnce: when the host's stream ends, so does stdin
            user="0:0",
            working_dir="/",
            environment={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
            labels=labels,
            hostname="sandbox",
            host_config=api.create_host_config(**self.host_config()),
        )
        container: str = made["Id"]
        return container

    def host_config(self) -> dict[str, Any]:
        """The engine's ``HostConfig``, as keywords of ``create_host_config``."""
        from docker.types import LogConfig, Ulimit

        config: dict[str, Any] = {
            "auto_remove": True,
            "network_mode": "none",
            "ipc_mode": "none",
            "read_only": True,
            "cap_drop": ["ALL"],
            "cap_add": list(_CAPABILITIES),
            "security_opt": ["no-new-privileges"],
            "tmpfs": {
                WORK_DIR: f"rw,exec,nosuid,nodev,size={WORK_BYTES},nr_inodes=8192,mode=1777",
            },
            "oom_score_adj": 500,  # if the host runs out of memory, its kernel kills these processes first
        }
        if self.runtime:
            config["runtime"] = self.runtime
        if "init" not in self.without:
            config["init"] = True
        if "pids" not in self.without:
            config["pids_limit"] = PIDS_OF_ANOTHER_KERNEL if self.runtime else PIDS
        if "memory" not in self.without:
            config["mem_limit"] = config["memswap_limit"] = self.memory_bytes()
        if "sysctls" not in self.without:
            config["sysctls"] = dict(_NO_SYSV_IPC)
        if "ulimits" not in self.without:
            config["ulimits"] = [
                Ulimit(name="core", soft=0, hard=0),
                Ulimit(name="nofile", soft=1024, hard=1024),
                Ulimit(name="memlock", soft=0, hard=0),
            ]
        if "log" not in self.without:
            config["log_config"] = LogConfig(type="none")
        return config

    def memory_bytes(self) -> int:
        """The container's memory limit, swap included: for the candidate, its files and the guest's own
        processes."""
        return (self.memory_mb << 20) + WORK_BYTES + OVERHEAD_BYTES
