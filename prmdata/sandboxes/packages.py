"""Python packages for the image (``prmdata sandbox build --with numpy``), fetched by the host.

The host asks its own package index for wheels that fit the *image's* Python and unpacks them into the build
context. Nothing is downloaded inside a container, and nothing is built from source.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prmdata.errors import SandboxError, UsageError
from prmdata.sandboxes.docker_engine import client, speaking

_ASK: Final = (
    "import json, platform, sys;"
    "print(json.dumps([list(sys.version_info[:2]), platform.machine(), list(platform.libc_ver())]))"
)
_GLIBC_TAGS: Final = (
    "2_17",
    "2_24",
    "2_26",
    "2_27",
    "2_28",
    "2_31",
    "2_34",
    "2_35",
    "2_36",
    "2_38",
    "2_39",
    "2_40",
    "2_41",
)
_TIMEOUT_S: Final = 600


@dataclass(frozen=True, slots=True)
class Target:
    """The interpreter that the wheels must fit: ``(3, 13)``, ``x86_64``, glibc ``(2, 41)``."""

    python: tuple[int, int]
    machine: str
    glibc: tuple[int, int]

    def platforms(self) -> list[str]:
        """The platform tags that this interpreter accepts, as pip names them, the newest first."""
        fitting = [tag for tag in _GLIBC_TAGS if tuple(map(int, tag.split("_"))) <= self.glibc]
        return [f"manylinux_{tag}_{self.machine}" for tag in reversed(fitting)] + [
            f"manylinux2014_{self.machine}"
        ]


def target_of(image: str) -> Target:
    """Ask the image's own Python, in a temporary container without network."""
    with speaking(f"ask {image} for its Python"):
        api = client()
        made = api.create_container(
            image,
            ["python3", "-I", "-c", _ASK],
            host_config=api.create_host_config(network_mode="none", cap_drop=["ALL"]),
        )["Id"]
        try:
            api.start(made)
            status = api.wait(made)["StatusCode"]
            said = api.logs(made, stdout=True, stderr=True).decode(errors="replace")
        finally:
            api.remove_container(made, force=True)
    if status != 0:
        raise SandboxError(f"python3 does not answer in the base image: {said.strip()[:300]}")
    python, machine, libc = json.loads(said)
    if libc[0] != "glibc":
        raise SandboxError("--with needs a base image with glibc (wheels are manylinux); this one has none")
    major, minor = str(libc[1]).split(".")[:2]
    return Target((python[0], python[1]), str(machine), (int(major), int(minor)))


def unpack(packages: Sequence[str], folder: Path, target: Target) -> None:
    """Fetch ``packages`` (requirements) with their dependencies for ``target`` and unpack them into ``folder``."""
    if any(name.startswith("-") or "/" in name or " " in name for name in packages):
        raise UsageError(
            f"--with takes the name of a package, like numpy or numpy==2.3.1: {' '.join(packages)}"
        )
    version = f"{target.python[0]}.{target.python[1]}"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--only-binary=:all:"]
    command += ["--implementation", "cp", "--python-version", version, "--target", str(folder)]
    command += [word for tag in target.platforms() for word in ("--platform", tag)]
    try:
        done = subprocess.run(
            [*command, *packages], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SandboxError(f"fetching {' '.join(packages)} took more than {_TIMEOUT_S} s") from error
    if done.returncode != 0:
        last = " ".join(done.stderr.strip().splitlines()[-2:])
        raise SandboxError(f"could not fetch {' '.join(packages)} for Python {version} with pip: {last}")
