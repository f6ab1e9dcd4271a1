"""Which sandbox a build runs in, and what the user is told about it.

``auto`` takes Docker if an engine answers and the image can be made. Otherwise it takes the local sandbox and
says what that does not cover. It never does so for code that a remote model wrote: for such code, the user
must name the local sandbox. Further sandboxes come from the entry point group ``prmdata.sandboxes``; each
entry point is a callable without arguments that returns a :class:`SandboxProvider`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

from prmdata.errors import NoEngineError, SandboxError, UsageError
from prmdata.plug_ins import load, wrong_kind
from prmdata.sandboxes.contract import SandboxProvider

GROUP: Final = "prmdata.sandboxes"


@dataclass(frozen=True, slots=True)
class SandboxChoice:
    """The provider, and lines to show before the work begins."""

    provider: SandboxProvider
    notices: tuple[str, ...] = ()


def choose(
    name: str = "auto", *, runtime: str | None = None, remote_teacher: bool = False, base: str | None = None
) -> SandboxChoice:
    """The sandbox called ``name`` (``auto``, ``docker``, ``local`` or one of a plug-in), ready to start.

    Raises NoEngineError (exit 2) if Docker is needed and not available, UsageError for an unknown name or
    runtime, and SandboxError if the image cannot be made.
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
    """The names of all sandboxes; those of plug-ins come last."""
    return ["auto", "docker", "local", *sorted(found.name for found in entry_points(group=GROUP))]


def _docker(runtime: str | None, base: str | None) -> SandboxChoice:
    from prmdata.sandboxes.docker import (
        DockerSandbox,  # imports the client of an engine, which the local sandbox does not need
    )

    try:
        provider = DockerSandbox(base=base, runtime=runtime)
    except NoEngineError:
        raise
    except SandboxError as error:  # there is an engine but no image: the user has to name a base image
        raise NoEngineError(str(error)) from error
    lost = provider.capabilities.lost
    notices = tuple(f"the container engine does not hold: {what}" for what in lost)
    return SandboxChoice(provider, notices)


def _local() -> SandboxChoice:
    from prmdata.sandboxes.local import LocalSandbox  # a container does not need it

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
            make = load(found)
            made = make() if callable(make) else make
            if not isinstance(made, SandboxProvider):
                raise wrong_kind(found, made, "what makes a SandboxProvider")
            return made
    raise UsageError(f"--sandbox {name}: there is no such sandbox; there are {', '.join(names())}")
