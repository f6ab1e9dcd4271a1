"""The Docker sandbox: each worker is one long-lived, hardened container around a guest.

``docker run`` for a candidate costs 250 ms and ``docker exec`` 73 ms, but a fork inside a warm container
costs a few milliseconds. So a container is started once and driven over its attached stream. It ends when
that stream ends: when the host process dies, for whatever reason, its containers end with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from prmdata.errors import SandboxError, UsageError
from prmdata.records import RunResults, Spec, Task
from prmdata.sandboxes import leftovers
from prmdata.sandboxes.attached import AttachedStream
from prmdata.sandboxes.contract import SandboxProvider, Worker
from prmdata.sandboxes.docker_engine import client, describe, speaking
from prmdata.sandboxes.hardening import GUEST, WORK_DIR, Hardening
from prmdata.sandboxes.image import Image, usable_image
from prmdata.sandboxes.probe import Capabilities, probe
from prmdata.sandboxes.session import SEEDS, Session, SessionWorker, fresh_uids

_END_S: Final = 3.0
"""How long a guest may take to end after its input has ended. After that, its container is removed."""


class DockerWorker(SessionWorker):
    """One container. It is removed with all its contents when the worker is closed or its host process
    ends."""

    def __init__(
        self, image: str, hardening: Hardening, labels: dict[str, str], seeds: tuple[int, ...]
    ) -> None:
        self._hardening = hardening
        self._closing = threading.Lock()
        self._closed = False
        with speaking("create a container"):
            self.container = hardening.create(image, GUEST, labels)
        try:
            with speaking("start a container"):
                self._stream = AttachedStream(self.container)
                client().start(self.container)
            self._session = Session(self._stream, work=WORK_DIR, uids=fresh_uids(), seeds=seeds)
        except BaseException:  # whatever ended the start, a container without an owner must not stay
            self._discard()
            raise

    def run(self, spec: Spec, tasks: Sequence[Task]) -> RunResults:
        """See :class:`prmdata.sandboxes.contract.Worker`. For a problem that allows more memory than the
        container has, the container's limit is raised first."""
        if spec.memory_mb > self._hardening.memory_mb:
            self._grow(spec.memory_mb)
        try:
            return super().run(spec, tasks)
        except SandboxError as error:
            raise SandboxError(f"{error}{self._stream.complaint()}") from error

    def close(self) -> None:
        """End the guest's input, wait briefly for the container to end, and remove it if it does not.

        Any thread may call this. A ``run`` under way ends with SandboxError.
        """
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._stream.close()
        with suppress(SandboxError):  # if the engine is down, its containers are gone or swept later
            self._await_end()

    def _await_end(self) -> None:
        from docker.errors import NotFound

        deadline = time.monotonic() + _END_S
        with speaking("look at a container"):
            while time.monotonic() < deadline:
                try:
                    client().inspect_container(self.container)
                except NotFound:
                    return
                time.sleep(0.02)
        leftovers.remove(self.container)

    def _discard(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.close()
        with suppress(SandboxError):
            leftovers.remove(self.container)

    def _grow(self, memory_mb: int) -> None:
        """Raise the container's memory limit. The guest bounds each candidate below it."""
        self._hardening = replace(self._hardening, memory_mb=memory_mb)
        if "memory" not in self._hardening.without:
            most = self._hardening.memory_bytes()
            with speaking("raise a container's memory limit"):
                client().update_container(self.container, mem_limit=most, memswap_limit=most)


class DockerSandbox(SandboxProvider):
    """Hardened containers around guests, on the engine that ``DOCKER_HOST`` or the default socket names."""

    name = "docker"
    covers = (
        "no network, read-only root, bounded memory, processes, files and output",
        "judge, candidate and supervisor are three users without privileges to gain",
        "no file, process or secret of this machine is in reach",
        "no keys, io_uring or sockets to a virtual machine's host: a filter of the guest's own (x86_64, aarch64)",
    )
    does_not_cover = (
        "faults of the kernel itself, which containers share with the host (--runtime runsc narrows that)",
        "timing: a candidate can see how busy the machine is",
    )

    def __init__(
        self,
        *,
        base: str | None = None,
        runtime: str | None = None,
        memory_mb: int = 512,
        seeds: tuple[int, ...] = SEEDS,
    ) -> None:
        """Make the image and probe the engine, so that what is missing is reported before any work.

        Raises NoEngineError, UsageError (an unknown runtime) or SandboxError (no image can be made).
        """
        known = describe().get("Runtimes") or {}
        if runtime and runtime not in known:
            raise UsageError(
                f"--runtime {runtime}: the engine has no such runtime; it has {', '.join(sorted(known))}"
            )
        self.image: Image = usable_image(base)
        self.capabilities: Capabilities = probe(
            self.image.id, Hardening(runtime=runtime, memory_mb=memory_mb)
        )
        self._labels = leftovers.owner_labels()
        self._seeds = seeds
        self._swept = threading.Event()

    @property
    def environment(self) -> str:
        """See :class:`prmdata.sandboxes.contract.SandboxProvider`."""
        packages = f" with {', '.join(self.image.packages)}" if self.image.packages else ""
        return f"{self.image.name} on {self.image.base}{packages}"

    def start(self) -> Worker:
        """See :class:`prmdata.sandboxes.contract.SandboxProvider`. The first start removes containers of dead
        runs."""
        if not self._swept.is_set():
            self._swept.set()
            leftovers.sweep()
        return DockerWorker(self.image.id, self.capabilities.hardening, self._labels, self._seeds)

    def describe(self) -> dict[str, Any]:
        """The image, the engine and the limits that the engine enforces, for ``doctor`` and the manifest."""
        found = self.capabilities
        return {
            "image": self.image.name,
            "base": self.image.base,
            "packages": self.image.packages,
            "engine": found.engine,
            "runtime": found.runtime,
            "rootless": found.rootless,
            "engine_holds": found.held,
            "engine_does_not_hold": found.lost,
        }
