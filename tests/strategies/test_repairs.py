"""What counts as a repair in one place."""

from __future__ import annotations

import pytest

from prmdata.strategies.repairs import is_repair

STEPS = ["def f(a):\n", "    b = a[0]\n", "    c = sorted(a)\n", "    return c[b]\n"]


def changed(at: int, *new: str) -> list[str]:
    return [*STEPS[:at], *new, *STEPS[at + 1 :]]


@pytest.mark.parametrize(
    ("program", "holds"),
    [
        (changed(2, "    c = sorted(a, key=len)\n"), True),
        (changed(2), False),  # the step is removed, and the steps that need it pass by chance
        (changed(2, "    a = a or [0]\n", "    c = sorted(a, key=len)\n"), True),
        (
            changed(2, "    if a:\n", "        c = sorted(a, key=len)\n"),
            False,
        ),  # the step does not run every time
        (changed(2, "    return 0\n", "    c = sorted(a, key=len)\n"), False),  # the steps after it never run
        (changed(2, "    k = {'one': 1}\n"), False),  # the step is replaced by quite another one
        (changed(2, "    x = 1\n", "    y = 2\n", "    c = sorted(a)\n"), False),  # three steps replace one
        (changed(1, "    b = a[1]\n"), False),  # the change is at another place
        (changed(2, "    c = sorted(a, key=len)\n")[:-1], False),  # the steps after it are removed too
    ],
)
def test_a_repair_changes_one_step_and_keeps_what_it_is_about(program: list[str], holds: bool) -> None:
    assert is_repair(STEPS, 2, program) is holds
