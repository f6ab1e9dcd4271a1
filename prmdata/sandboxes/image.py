"""The sandbox image: built from ``sandbox/``, a base image and packages, and named after them.

The name ends in a digest of everything that went into the image. So an image is never stale, and two runs
that name the same image ran the same guest. ``prmdata-sandbox:current`` names the image that was built last.
A run uses that image as long as it fits the guest that ships with this prmdata.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import stat
import tarfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, Final

from prmdata.errors import SandboxError
from prmdata.resources import digest_of, files_of, guest_digest, shipped
from prmdata.sandboxes.docker_engine import client, speaking

DEFAULT_BASE: Final = "python:3.13-slim"
BASE_VARIABLE: Final = "PRMDATA_SANDBOX_BASE"
REPOSITORY: Final = "prmdata-sandbox"
CURRENT: Final = f"{REPOSITORY}:current"
BASE_MARK: Final = "io.prmdata.base"
"""A label on images that were imported as base images (``.ci/base-image`` sets it)."""
_GUEST, _FROM, _FROM_ID, _WITH = (
    f"io.prmdata.image.{key}" for key in ("guest", "base", "base-id", "packages")
)


@dataclass(frozen=True, slots=True)
class Image:
    """A built image. Containers are made from ``id``; ``name`` says what is in the image."""

    id: str
    name: str
    base: str
    packages: tuple[str, ...] = ()


def usable_image(base: str | None = None) -> Image:
    """The image to run with: the current one if it fits, else one that is built now.

    ``base`` falls back to ``PRMDATA_SANDBOX_BASE``, then to the base of the current image, then to
    ``python:3.13-slim``. If no image can be made, raises SandboxError, which says what to do.
    """
    wanted = base or os.environ.get(BASE_VARIABLE)
    current = _inspect(CURRENT)
    labels = _labels_of(current)
    built_from = labels.get(_FROM, "")
    if current and labels and wanted in (None, built_from):
        same_base = _image_id(built_from) in (None, labels.get(_FROM_ID))
        if same_base and labels.get(_GUEST) == guest_digest():
            return _image(current)
    elif labels:
        labels = {}  # another base was asked for, so the packages of the current image do not apply
    return build(wanted or built_from or DEFAULT_BASE, tuple(labels.get(_WITH, "").split()))


def build(base: str | None = None, packages: Iterable[str] = ()) -> Image:
    """Build the image (unless it exists) and make it the current one.

    ``base`` falls back as for :func:`usable_image`. Raises SandboxError, which says what to do.
    """
    base = base or os.environ.get(BASE_VARIABLE) or _labels_of(_inspect(CURRENT)).get(_FROM) or DEFAULT_BASE
    base_id = _present(base)
    wanted = tuple(packages)
    with TemporaryDirectory(prefix="prmdata-image-") as folder:
        unpacked = Path(folder) / "packages"
        unpacked.mkdir()
        if wanted:
            from prmdata.sandboxes import packages as wheels  # needs pip and a download, for `--with` only

            wheels.unpack(wanted, unpacked, wheels.target_of(base_id))
        guest = guest_digest()
        content = hashlib.sha256(f"{guest} {base_id} {digest_of(unpacked)}".encode()).hexdigest()[:16]
        name = f"{REPOSITORY}:{content}"
        with one_build_at_a_time():
            if not _labels_of(_inspect(name)):
                labels = {_GUEST: guest, _FROM: base, _FROM_ID: base_id, _WITH: " ".join(wanted)}
                _build(name, _context(unpacked), base, labels)
    found = _inspect(name)
    if found is None:
        raise SandboxError(f"the image {name} is gone; build it again: prmdata sandbox build")
    with speaking("name the image"):
        client().tag(name, REPOSITORY, "current", force=True)
    return _image(found)


@contextmanager
def one_build_at_a_time() -> Iterator[None]:
    """Two builds at once on this machine would make two images of one content. The lock stands in a folder
    that is this user's alone, and no link is followed to it."""
    folder = Path(gettempdir()) / f"prmdata-{os.getuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SandboxError(f"{folder}: is not a folder of this user's alone; remove it or set TMPDIR")
    try:
        handle = os.open(folder / "image.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise SandboxError(f"{folder / 'image.lock'}: {error.strerror}; remove it or set TMPDIR") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def prune(older_than_s: float = 24 * 3600) -> list[str]:
    """Remove sandbox images that newer ones have replaced; return their names.

    An image that a container uses stays, and so does one that is younger than ``older_than_s``: a live run
    whose only worker has just died still needs its image.
    """
    from docker.errors import APIError

    with speaking("remove old images"):
        current = _image_id(CURRENT)
        removed = []
        for one in client().images(filters={"label": _GUEST}):
            if one["Id"] == current or time.time() - one["Created"] < older_than_s:
                continue
            with suppress(APIError):  # the image is in use
                for name in one.get("RepoTags") or [one["Id"]]:
                    client().remove_image(name)
                    removed.append(name)
    return removed


def _present(base: str) -> str:
    """The id of the base image, which is pulled if it is missing."""
    found = _image_id(base)
    if found is not None:
        return found
    try:
        with speaking(f"pull {base}"):
            client().pull(base)
        found = _image_id(base)
    except SandboxError as error:
        local = _local_bases()
        hint = (
            f"a base is here already: use --base {local[0]} or set {BASE_VARIABLE}={local[0]}"
            if local
            else f"give any image with Python 3.11+ by --base or {BASE_VARIABLE}"
            " (without a registry: debootstrap and docker import, see sandbox/README.md)"
        )
        raise SandboxError(f"the sandbox needs its base image: {error}; {hint}") from error
    if found is None:
        raise SandboxError(f"the engine pulled {base} but does not have it")
    return found


def _local_bases() -> list[str]:
    """Images that were imported as base images, found by label or by name."""
    with speaking("list images"):
        found = client().images()
    return sorted(
        tag
        for one in found
        for tag in one.get("RepoTags") or ()
        if BASE_MARK in (one.get("Labels") or {}) or tag.startswith("prmdata-base:")
    )


def _build(name: str, context: bytes, base: str, labels: dict[str, str]) -> None:
    """Run one classic build. If it fails, the error contains what it printed last."""
    said: list[str] = []
    with speaking("build the sandbox image"):
        for event in client().build(
            fileobj=io.BytesIO(context),
            custom_context=True,
            encoding="identity",
            tag=name,
            buildargs={"BASE": base},
            labels=labels,
            network_mode="none",
            rm=True,
            forcerm=True,
            decode=True,
        ):
            if "error" in event:
                raise SandboxError(
                    f"building the sandbox image failed: {event['error']} {' '.join(said[-3:])}"
                )
            said.extend(filter(None, [str(event.get("stream", "")).strip()]))


def _context(packages: Path) -> bytes:
    """The build context as a tar file: recipe, guest, packages. The same content gives the same bytes."""
    folder = shipped("sandbox")
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        tar.add(folder / "Dockerfile", "Dockerfile", filter=_plain)
        for root, name in ((folder / "guest", "guest"), (packages, "packages")):
            tar.add(root, name, recursive=False, filter=_plain)
            for path in files_of(root):
                tar.add(path, f"{name}/{path.relative_to(root)}", filter=_plain)
    return held.getvalue()


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Remove the facts of this machine from a file's entry, so that the builder's cache recognises equal
    files."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def _image(found: dict[str, Any]) -> Image:
    """An :class:`Image` from the engine's description of it (another build may move ``current`` at any
    moment)."""
    labels = _labels_of(found)
    tags = [tag for tag in found["RepoTags"] if tag.startswith(f"{REPOSITORY}:") and tag != CURRENT]
    return Image(found["Id"], min(tags, default=CURRENT), labels[_FROM], tuple(labels[_WITH].split()))


def _labels_of(found: dict[str, Any] | None) -> dict[str, str]:
    """The labels of one of prmdata's images; empty if it is not one of them."""
    labels: dict[str, str] = (found or {}).get("Config", {}).get("Labels") or {}
    return labels if _GUEST in labels else {}


def _image_id(name: str) -> str | None:
    found = _inspect(name)
    return None if found is None else str(found["Id"])


def _inspect(name: str) -> dict[str, Any] | None:
    from docker.errors import ImageNotFound

    with speaking(f"look at the image {name}"):
        try:
            found: dict[str, Any] = client().inspect_image(name)
        except ImageNotFound:
            return None
    return found
