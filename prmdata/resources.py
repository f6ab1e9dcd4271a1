"""Finds the files that ship beside the code, in a wheel or a checkout, and makes their digests.

``prompts/`` and ``sandbox/`` stand at the top of a checkout, and in ``prmdata/_shipped/`` of a wheel. Both
places are looked at, because hatchling's ``force-include`` has no effect in an editable install.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

_PACKAGE = Path(__file__).resolve().parent
_GUEST = "_prmdata_guest"


def shipped(name: str) -> Path:
    """The folder or file ``name`` (``prompts``, ``sandbox/guest`` ...) that ships with prmdata.

    Raises FileNotFoundError if the installation is incomplete.
    """
    for base in (_PACKAGE / "_shipped", _PACKAGE.parent):
        path = base / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name}: not part of this installation of prmdata; reinstall it")


@cache
def guest_module(name: str) -> ModuleType:
    """One module of the guest program (``wire``, ``codec``), loaded for use on the host, so that both ends of
    the wire run the same source text."""
    if _GUEST not in sys.modules:
        home = shipped("sandbox") / "guest"
        spec = importlib.util.spec_from_file_location(
            _GUEST, home / "__init__.py", submodule_search_locations=[str(home)]
        )
        if spec is None or spec.loader is None:
            raise FileNotFoundError(str(home))
        package = importlib.util.module_from_spec(spec)
        sys.modules[_GUEST] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{_GUEST}.{name}")


def guest_digest() -> str:
    """Digest of what ``sandbox/`` puts into an image: the recipe and the guest program."""
    folder = shipped("sandbox")
    digest = hashlib.sha256((folder / "Dockerfile").read_bytes())
    digest.update(digest_of(folder / "guest").encode())
    return digest.hexdigest()[:16]


def digest_of(root: Path) -> str:
    """Digest of the files under ``root``: their names and their contents."""
    digest = hashlib.sha256()
    for path in files_of(root):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def files_of(root: Path) -> list[Path]:
    """The files under ``root`` in order, without the files that Python writes beside them (its caches)."""
    return sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
