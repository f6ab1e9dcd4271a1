"""Which sandbox a build runs in, and what has to be said about it.

``auto`` takes Docker where an engine answers and the image can be made. Else it takes the local
sandbox and says what that does not cover, but never for code that a remote model wrote: that must be
asked for by name. Further sandboxes come by the entry point group ``prmdata.sandboxes``, each a
callable without arguments that gives a :class:`SandboxProvider`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

from prmdata.errors import NoEngineError, SandboxError, UsageError
from prmdata.sandboxes.contract import SandboxProvider

GROUP: Final = "prmdata.sandboxes"


@dataclass(frozen=True, slots=True)
class SandboxChoice:
    """The provider, and lines to show before work begins."""

    provider: SandboxProvider
    notices: tuple[str, ...] = ()


def choose(
    name: str = "auto", *, runtime: str | None = None, remote_teacher: bool = False, base: str | None = None
) -> SandboxChoice:
    """The sandbox called ``name`` (``auto``, ``docker``, ``local`` or an added one), ready to start.

    Raises NoEngineError (exit 2) where Docker is needed and not there, UsageError for a name or a
    runtime that is none, SandboxError where the image cannot be made.
    """
    if name == "local":
        if runtime:
            raise UsageError(f"--runtime {runtime} is a runtime of containers: it needs --sandbox docker")
        return _local()
    if name == "docker" or (name == "auto" and runtime):
        return _docker(runtime, base)
    if name == "auto":
        try:
            return _docker(None, base)
        except SandboxError as error:
            if remote_teacher:
                raise NoEngineError(
                    f"{error}; a remote model's code is not run in the local sandbox unasked:"
                    " start an engine, or accept what it does not cover with --sandbox local"
                ) from error
            chosen = _local()
            return SandboxChoice(chosen.provider, (f"no Docker sandbox: {error}", *chosen.notices))
    return SandboxChoice(_added(name))


def names() -> list[str]:
    """Every sandbox that can be named, the added ones last."""
    return ["auto", "docker", "local", *sorted(found.name for found in entry_points(group=GROUP))]


def _docker(runtime: str | None, base: str | None) -> SandboxChoice:
    from prmdata.sandboxes.docker import (
        DockerSandbox,  # an engine's client, which the local sandbox needs not
    )

    try:
        provider = DockerSandbox(base=base, runtime=runtime)
    except NoEngineError:
        raise
    except SandboxError as error:  # an engine, and no image: the user has to say which base
        raise NoEngineError(str(error)) from error
    lost = provider.capabilities.lost
    notices = tuple(f"the container engine does not hold: {what}" for what in lost)
    return SandboxChoice(provider, notices)


def _local() -> SandboxChoice:
    from prmdata.sandboxes.local import LocalSandbox  # what seals a process here, which a container needs not

    provider = LocalSandbox()
    return SandboxChoice(
        provider,
        (
            "running in the local sandbox, which is weaker than a container. It does not cover:",
            *(f"  - {what}" for what in provider.does_not_cover),
        ),
    )


def _added(name: str) -> SandboxProvider:
    for found in entry_points(group=GROUP):
        if found.name == name:
            made = found.load()()
            if not isinstance(made, SandboxProvider):
                raise UsageError(f"--sandbox {name}: {found.value} does not give a SandboxProvider")
            return made
    raise UsageError(f"--sandbox {name}: there is no such sandbox; there are {', '.join(names())}")
