"""Labels that name the owner of a container, and the removal of containers whose owner is dead.

A container ends when its host process does: its standard input ends, the guest exits, and the engine removes
the container. This does not work if the host process died between *create* and *start*, or if the engine was
down at the time. Such a leftover is found by its labels: they name this machine and a process that no longer
exists. The containers of a live run are never touched, nor those of another machine that shares the engine.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from pathlib import Path

from prmdata.sandboxes.docker_engine import client, speaking

OWNER = "io.prmdata.owner"
"""Marks every container that prmdata makes. Its value is the id of the run."""
_MACHINE = "io.prmdata.machine"
_BOOT = "io.prmdata.boot"
_NAMESPACE = "io.prmdata.pid-namespace"
_PID = "io.prmdata.pid"
_STARTED = "io.prmdata.started"


def owner_labels(run_id: str | None = None) -> dict[str, str]:
    """Labels that name this process as the owner without ambiguity. A pid can be used again, so the labels
    also hold the start time of the process and the boot id."""
    pid = os.getpid()
    return {
        OWNER: run_id or uuid.uuid4().hex,
        _MACHINE: _machine(),
        _BOOT: _boot(),
        _NAMESPACE: _namespace(),
        _PID: str(pid),
        _STARTED: _started(pid) or "",
    }


def is_leftover(labels: Mapping[str, str], running: bool) -> bool:
    """Whether the owner that ``labels`` name is dead, as far as this machine can know.

    After a reboot, only a container that does not run is certainly a leftover: a cloned machine may share
    this one's id.
    """
    if labels.get(_MACHINE) != _machine():
        return False
    if labels.get(_BOOT) != _boot():
        return not running
    if labels.get(_NAMESPACE) != _namespace():
        return False  # pids of another namespace mean nothing here
    pid = labels.get(_PID, "")
    return not pid.isdigit() or _started(int(pid)) != labels.get(_STARTED)


def find() -> list[str]:
    """The ids of the containers that dead runs of this machine left."""
    with speaking("list containers"):
        found = client().containers(all=True, filters={"label": OWNER})
    return [one["Id"] for one in found if is_leftover(one.get("Labels") or {}, one.get("State") == "running")]


def sweep() -> list[str]:
    """Remove the containers that dead runs left; return their ids."""
    removed = []
    for container in find():
        remove(container)
        removed.append(container)
    return removed


def remove(container: str) -> None:
    """Remove a container, running or not. It is no error if the container is gone or being removed."""
    from docker.errors import APIError, NotFound

    with speaking(f"remove container {container[:12]}"):
        try:
            client().remove_container(container, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            if error.status_code != 409:  # "removal ... is already in progress"
                raise


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())


def _machine() -> str:
    try:
        return Path("/etc/machine-id").read_text().strip() or os.uname().nodename
    except OSError:
        return os.uname().nodename


def _started(pid: int) -> str | None:
    """The start time of ``pid`` in clock ticks after boot; None if there is no such process. A zombie counts
    as no process, because it runs nothing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()  # the name before ")" may contain spaces and brackets
    return None if fields[0] in "ZX" else fields[19]
