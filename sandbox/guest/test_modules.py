"""The modules that files of tests import: ``pytest`` (a stand-in) and ``unit_tests`` (what runs one test function).

They are there only where tests run: in the judge, or, in one-process mode, beside the program. They are imported when a
problem needs them, because whatever the guest imports is copied by each fork.
"""

import sys

from . import confine

SOLUTION = "__solution__"
"""The name by which tests reach the names of the program under test."""
_USES = ("unit_tests", "pytest", "unittest")
_PACKAGE = sys.modules[__package__]


def provide(tests, is_isolated):
    """Register the modules where one of the tests needs them. ``is_isolated``: the program is in another process, so that
    its output and its globals cannot be seen from here."""
    if not any(use in test["code"] for test in tests for use in _USES):
        return
    # A candidate's process has forgotten the guest's modules, so that no program imports them by accident.
    forgotten = __package__ not in sys.modules
    sys.modules[__package__] = _PACKAGE
    try:
        from . import pytest_stand_in, unit_tests
    finally:
        if forgotten:
            confine.forget_guest()
    unit_tests.STATE.is_isolated = is_isolated
    sys.modules["pytest"] = pytest_stand_in
    sys.modules["unit_tests"] = unit_tests
