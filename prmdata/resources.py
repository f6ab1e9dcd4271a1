"""Where the files that ship beside the code are: in a wheel, or in a checkout.

``prompts/`` and ``sandbox/`` stand at the top of the checkout and inside ``prmdata/_shipped/`` of a
wheel (hatchling's ``force-include`` does not show in an editable install, so both places are looked at).
"""

from __future__ import annotations

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

    Raises FileNotFoundError when an installation is incomplete.
    """
    for base in (_PACKAGE / "_shipped", _PACKAGE.parent):
        path = base / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name}: not part of this installation of prmdata; reinstall it")


@cache
def guest_module(name: str) -> ModuleType:
    """One module of the guest program (``wire``, ``codec``), loaded for use on the host, so that the
    two ends of the wire are one text."""
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
