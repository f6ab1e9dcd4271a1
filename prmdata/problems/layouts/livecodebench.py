"""LiveCodeBench: public tests as a JSON string; private ones as JSON, or pickled, zlib-compressed and base64-coded."""

from __future__ import annotations

import base64
import binascii
import io
import json
import pickle
import zlib
from typing import Any, NoReturn

from prmdata.problems.layouts.calls import SETUP, call_test, entry_of
from prmdata.problems.rows import Row
from prmdata.records import Problem, Test

_COLUMNS = ("question_id", "question_content", "public_test_cases", "private_test_cases")
_REFERENCES = ("reference", "solution", "code")

MAX_TESTS_BYTES = 1 << 30
"""The most bytes to which the private tests of one problem may be decompressed."""


def read(row: Row) -> Problem:
    """The data set has no reference: a column of one of ``reference``, ``solution``, ``code`` is taken where somebody
    added it; else vetting takes the first rollout that passes everything (``--rollouts-from``)."""
    cases = [*_cases(row, "public_test_cases"), *_cases(row, "private_test_cases")]
    reference = next((row.text(key) for key in _REFERENCES if row.values.get(key)), "")
    facts = row.embedded("metadata") or {}
    name = facts.get("func_name") if isinstance(facts, dict) else None
    starter = row.text("starter_code")
    prompt = row.text("question_content")
    return Problem(
        id=row.identity("question_id"),
        prompt=f"{prompt}\n\n{starter}" if starter else prompt,
        reference=reference,
        tests=tuple(_test(row, case, bool(name)) for case in cases),
        setup=SETUP if name else "",
        entry_point=entry_of(name, reference or starter + "pass\n") if name else None,
        source=row.source,
        license=row.license,
        metadata=row.rest(*_COLUMNS, *_REFERENCES, "starter_code"),
    )


def _cases(row: Row, key: str) -> list[dict[str, Any]]:
    text = row.text(key)
    if not text:
        return []
    try:
        cases = json.loads(text) if text.lstrip().startswith("[") else _unpacked(text)
    except (ValueError, binascii.Error, zlib.error, pickle.UnpicklingError, EOFError, IndexError) as error:
        raise row.fail(f"{key!r} holds neither JSON nor packed JSON: {error}") from None
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise row.fail(f"{key!r} must hold a list of objects")
    return cases


def _unpacked(text: str) -> Any:
    inflating = zlib.decompressobj()
    raw = inflating.decompress(base64.b64decode(text, validate=True), MAX_TESTS_BYTES)
    if inflating.unconsumed_tail:
        raise ValueError(f"more than {MAX_TESTS_BYTES} bytes")
    value = _TextOnly(io.BytesIO(raw)).load()
    return json.loads(value) if isinstance(value, str | bytes) else value


class _TextOnly(pickle.Unpickler):
    """Loads nothing but plain data, because a pickle from the Hub is a program that somebody else wrote."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        raise pickle.UnpicklingError(f"refused to load {module}.{name}")


def _test(row: Row, case: dict[str, Any], is_call: bool) -> Test:
    given, expected = case.get("input"), case.get("output")
    if not isinstance(given, str) or not isinstance(expected, str):
        raise row.fail("each test case must have the strings 'input' and 'output'")
    if not is_call and case.get("testtype") != "functional":
        return Test("stdio", input=given, output=expected)
    try:
        return call_test(
            [json.loads(line) for line in given.split("\n") if line.strip()], json.loads(expected)
        )
    except ValueError as error:
        raise row.fail(f"a functional test case is not JSON: {error}") from None
