"""Digests of folders that go into a sandbox: its guest program above all."""

from __future__ import annotations

import hashlib
from pathlib import Path

from prmdata.resources import shipped


def guest_digest() -> str:
    """Digest of what ``sandbox/`` puts into an image: the recipe and the guest program."""
    folder = shipped("sandbox")
    digest = hashlib.sha256((folder / "Dockerfile").read_bytes())
    digest.update(digest_of(folder / "guest").encode())
    return digest.hexdigest()[:16]


def digest_of(root: Path) -> str:
    """Digest of the files under ``root``, their names and contents."""
    digest = hashlib.sha256()
    for path in files_of(root):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def files_of(root: Path) -> list[Path]:
    """The files under ``root`` in order, without what Python writes beside them."""
    return sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
