"""Whose container is it? Labels that name the owner, and the removal of what dead owners left.

A container ends when its host process does: its standard input ends, the guest exits, the engine
removes it. What that does not cover is a host that died between *create* and *start*, and an engine
that was down at the time. Such a leftover is found by its labels: made on this machine, by a process
that is no longer there. A live run's containers are never touched, nor those of another machine
that shares the engine.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from pathlib import Path

from prmdata.sandboxes.docker_engine import client, speaking

OWNER = "io.prmdata.owner"
"""Marks every container that prmdata makes; its value is the run's id."""
_MACHINE = "io.prmdata.machine"
_BOOT = "io.prmdata.boot"
_NAMESPACE = "io.prmdata.pid-namespace"
_PID = "io.prmdata.pid"
_STARTED = "io.prmdata.started"


def owner_labels(run_id: str | None = None) -> dict[str, str]:
    """Labels that name this process as the owner, beyond doubt: pids are used again, so the
    start time and the boot stand beside the pid."""
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

    After a reboot only what does not run is certain: a cloned machine may share this one's id.
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
    """Ids of the containers that dead runs of this machine left."""
    with speaking("list containers"):
        found = client().containers(all=True, filters={"label": OWNER})
    return [one["Id"] for one in found if is_leftover(one.get("Labels") or {}, one.get("State") == "running")]


def sweep() -> list[str]:
    """Remove the containers that dead runs left; their ids."""
    removed = []
    for container in find():
        remove(container)
        removed.append(container)
    return removed


def remove(container: str) -> None:
    """Remove a container, running or not. One that is gone or being removed is fine."""
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
    """The start time of ``pid`` in clock ticks after boot; None where there is no such process
    (a zombie is none: it runs nothing any more)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()  # the name before it may hold spaces and brackets
    return None if fields[0] in "ZX" else fields[19]
