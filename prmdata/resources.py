"""Where the files that ship beside the code are: in a wheel, or in a checkout.

``prompts/`` and ``sandbox/`` stand at the top of the checkout and inside ``prmdata/_shipped/`` of a
wheel (hatchling's ``force-include`` does not show in an editable install, so both places are looked at).
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder or file ``name`` (``prompts``, ``sandbox/guest`` ...) that ships with prmdata.

    Raises FileNotFoundError when an installation is incomplete.
    """
    for base in (_PACKAGE / "_shipped", _PACKAGE.parent):
        path = base / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name}: not part of this installation of prmdata; reinstall it")


def guest_module(name: str) -> ModuleType:
    """One module of the guest program (``wire``, ``codec``), loaded for use on the host, so that the
    two ends of the wire are one text."""
    full = f"_prmdata_guest_{name}"
    if full not in sys.modules:
        path = shipped("sandbox") / "guest" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(full, path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(str(path))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]
