"""The sizes of generated inputs, by which those are left out that a slow reference could not do either."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from prmdata.resources import guest_module


def call(*args: Any) -> str:
    return json.dumps({"a": args, "k": {}})


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        (call(5), call(4), True),
        (call(4), call(4), True),
        (call(3), call(4), False),
        (call(-7), call(4), True),
        (call([1, 2, 3]), call([1, 2]), True),
        (call([1, 1]), call([1, 200]), False),
        (call("abc", 2), call("ab", 1), True),
        (call("abc", 0), call("ab", 1), False),
        (call(5, 5), call(4), False),
        (call(math.nan), call(0), True),
        (call(math.inf), call(10**30), True),
        (call(None, True), call(None, False), True),
        (call("9" * 5000), call(1), True),
        ('{"a":[' + "9" * 5000 + '],"k":{}}', call(1), False),
        ('{"q":[[-1,null,{"a":[9],"k":{}}]]}', '{"q":[[-1,null,{"a":[8],"k":{}}]]}', True),
        ("3\n1 2 3\n", "1\n", False),
        ("12", "3", False),
    ],
)
def test_an_input_is_nowhere_smaller_than_another(text: str, other: str, expected: bool) -> None:
    assert guest_module("sizes").is_nowhere_smaller(text, other) is expected
