"""The container engine: finds it, calls it, and distinguishes its failures from a program's.

Docker, rootless Docker and Podman's Docker-compatible socket are reached in the same way, through
``DOCKER_HOST`` or the default socket. The SDK is imported on first use (0.13 s). Each thread has a client of
its own, because the SDK's connection pool is not safe to share while streams are attached.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prmdata.errors import NoEngineError, SandboxError

if TYPE_CHECKING:
    from docker import APIClient

_own = threading.local()

PING_TIMEOUT_S = 10
CALL_TIMEOUT_S = 120
"""A call to the engine that takes longer has failed: a loaded engine needs up to 20 s to start a
container."""


def client() -> APIClient:
    """This thread's client of the engine. Raises NoEngineError if no engine answers."""
    existing: APIClient | None = getattr(_own, "client", None)
    if existing is not None:
        return existing
    import docker
    from docker.errors import DockerException

    try:
        made = docker.APIClient(version="auto", timeout=PING_TIMEOUT_S, **docker.utils.kwargs_from_env())
        # The SDK keeps a connection for each of the last 25 URLs, so descriptors would accumulate.
        made.headers["Connection"] = "close"
        made.ping()
    except (DockerException, OSError) as error:
        where = os.environ.get("DOCKER_HOST", "the default socket (DOCKER_HOST is not set)")
        raise NoEngineError(f"no container engine answers at {where}: {_one_line(error)}") from error
    made.timeout = CALL_TIMEOUT_S
    _own.client = made
    return made


def forget_client() -> None:
    """Close this thread's client, because the thread ends or the engine was restarted."""
    existing: APIClient | None = getattr(_own, "client", None)
    if existing is not None:
        _own.client = None
        existing.close()


def answers() -> bool:
    """Whether an engine answers."""
    try:
        client()
    except NoEngineError:
        return False
    return True


def describe() -> dict[str, Any]:
    """What the engine reports about itself (``docker info``): version, runtimes, cgroup controllers."""
    with speaking("describe the engine"):
        info: dict[str, Any] = client().info()
    return info


@contextmanager
def speaking(aim: str) -> Iterator[None]:
    """Turn every failure of the engine into a SandboxError: "could not ``aim``: the engine's message".

    After a broken connection the client is dropped, so that the next attempt connects again.
    """
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    try:
        yield
    except DockerException as error:  # first: an engine's error answer is a RequestException too
        raise SandboxError(f"could not {aim}: {_one_line(error)}") from error
    except (RequestException, OSError) as error:
        forget_client()
        raise SandboxError(f"could not {aim}: the engine's connection broke: {_one_line(error)}") from error


def _one_line(error: BaseException) -> str:
    said = getattr(error, "explanation", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:500]
