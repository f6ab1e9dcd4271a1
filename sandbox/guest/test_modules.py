"""The modules that files of tests import: ``pytest`` (a stand-in) and ``unit_tests`` (what runs one test function).

They are there only where tests run: in the judge, or, in one-process mode, beside the program. Their code is read when the
guest starts, because its forks may not read the guest's files; it runs only when a problem needs it, because
whatever the guest has run is copied by each fork.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

from . import confine

if TYPE_CHECKING:
    from typing import Any


SOLUTION = "__solution__"
"""The name by which tests reach the names of the program under test."""
_USES = ("unit_tests", "pytest", "unittest")
_PACKAGE = sys.modules[__package__]
_MODULES = ("approximate", "pytest_stand_in", "fixtures", "unit_tests")
"""In the order in which they import each other."""


def _code_of(name: str) -> Any:
    full = f"{__package__}.{name}"
    return PathFinder.find_spec(full, _PACKAGE.__path__).loader.get_code(full)  # type: ignore[union-attr]


_CODES = {name: _code_of(name) for name in _MODULES}


def provide(tests: list[dict[str, Any]], is_isolated: bool) -> None:
    """Register the modules where one of the tests needs them. ``is_isolated``: the program is in another process, so that
    its output and its globals cannot be seen from here."""
    if not any(use in test["code"] for test in tests for use in _USES):
        return
    # A candidate's process has forgotten the guest's modules, so that no program imports them by accident.
    has_forgotten = __package__ not in sys.modules
    sys.modules[__package__] = _PACKAGE
    try:
        for name in _MODULES:
            module = ModuleType(f"{__package__}.{name}")
            module.__package__ = __package__
            sys.modules[module.__name__] = module
            setattr(_PACKAGE, name, module)
            exec(_CODES[name], module.__dict__)
    finally:
        if has_forgotten:
            confine.forget_guest()
    _PACKAGE.unit_tests.STATE.is_isolated = is_isolated
    sys.modules["pytest"] = _PACKAGE.pytest_stand_in
    sys.modules["unit_tests"] = _PACKAGE.unit_tests
