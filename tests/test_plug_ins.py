"""An entry point that names a thing of the wrong kind costs one clear line, whatever it should have named."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from prmdata.app import wiring
from prmdata.edits import rules
from prmdata.errors import UsageError
from prmdata.problems import sources
from prmdata.sandboxes import choose

ODD = {"a number": "math:pi", "a text": "string:digits", "nothing": "sys:last_odd", "a function": "os:getpid"}
ASKED: dict[str, tuple[Any, Callable[[], object]]] = {
    "operator": (rules, rules.operators.__wrapped__),
    "sandbox": (choose, lambda: choose.choose("odd")),
    "source": (sources, lambda: list(sources.read_problems("odd"))),
    "strategy": (wiring, lambda: wiring.plug_in_named("--strategy", "odd", wiring.STRATEGIES)),
}


@pytest.mark.parametrize(
    ("what", "odd"),
    [(what, odd) for what in ASKED for odd in ODD if (what, odd) != ("strategy", "a function")],
)
def test_what_a_plug_in_should_not_be_is_said_in_one_line(
    what: str, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, ask = ASKED[what]
    point = EntryPoint("odd", ODD[odd], "prmdata.odd")
    monkeypatch.setattr(module, "entry_points", lambda **_: [point])
    with pytest.raises(UsageError) as refused:
        ask()
    said = str(refused.value)
    assert said.startswith(f"prmdata.odd: the plug-in odd ({ODD[odd]}) ")
    assert said.endswith("; mend its package or uninstall it")
    assert "\n" not in said
