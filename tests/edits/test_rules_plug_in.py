"""Edits of plug-in operators are checked like edits of strangers: an edit that cannot be spliced is not
proposed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from prmdata.edits import rules
from prmdata.edits.operators import Splices, operator
from prmdata.edits.source import Source


@operator("rough", intent="mutate", family="rough", summary="a comment, and a number", examples=())
def rough(source: Source) -> Iterator[Splices]:
    yield [(0, source.step_starts[1], "# gone\n")]
    yield [(4, 5, "7")]


def test_what_cannot_be_spliced_is_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "operators", lambda: (rough,))
    source = Source("a = 1\nb = 2\n")
    assert [edit.text for edit in rules.propose(source)] == ["a = 7\n"]
