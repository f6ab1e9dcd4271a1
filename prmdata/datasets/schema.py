"""The Arrow schema of config ``steps``: one row for each trace. ``docs/columns.md`` explains the columns.

The metadata of the schema holds the features that ``datasets`` needs, so a config whose first row group is
all null keeps its types. They are written in the one notation that every version from 2.14 to 5 reads:
``Sequence`` of a scalar, and ``[{...}]`` for a list of structs. Versions before 4 fail on the newer ``List``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final

import pyarrow as pa

from prmdata.errors import InputError
from prmdata.records import (
    SCHEMA_VERSION,
    Counterexample,
    EditRecord,
    Evidence,
    Isolation,
    Probe,
    Trace,
    Verdict,
)

VERSION_KEY: Final = b"prmdata.schema_version"

EDIT: Final = pa.struct(
    [
        ("step", pa.int32()),
        ("n_steps", pa.int32()),
        ("before", pa.string()),
        ("after", pa.string()),
        ("also_changed", pa.list_(pa.int32())),
        ("intent", pa.string()),
        ("operator", pa.string()),
        ("author", pa.string()),
    ]
)
COUNTEREXAMPLE: Final = pa.struct([("input", pa.string()), ("expected", pa.string()), ("got", pa.string())])
EVIDENCE: Final = pa.struct(
    [
        ("inputs_tried", pa.int32()),
        ("inputs_reached", pa.int32()),
        ("inputs_disagreed_inside", pa.int32()),
        ("inputs_disagreed_outside", pa.int32()),
        ("inputs_disagreed_excluded", pa.int32()),
        ("counterexample", COUNTEREXAMPLE),
        ("differential", pa.bool_()),
        ("edit_executed", pa.bool_()),
        ("step_told_apart", pa.int32()),
        ("prefix_passes", pa.bool_()),
        ("prefix_compiles", pa.bool_()),
        ("proof", pa.string()),
        ("stated_bounds", pa.list_(pa.string())),
    ]
)
PROBE: Final = pa.struct([("step", pa.int32()), ("k", pa.int32()), ("passed", pa.int32())])

STEPS: Final = (
    ("id", pa.string()),
    ("problem_id", pa.string()),
    ("problem_index", pa.int64()),
    ("source", pa.string()),
    ("license", pa.string()),
    ("strategy", pa.string()),
    ("label_kind", pa.string()),
    ("policy", pa.string()),
    ("prompt", pa.string()),
    ("steps", pa.list_(pa.string())),
    ("labels", pa.list_(pa.int8())),
    ("reasons", pa.list_(pa.string())),
    ("executed", pa.list_(pa.bool_())),
    ("values", pa.list_(pa.float32())),
    ("step_kinds", pa.list_(pa.string())),
    ("given_steps", pa.int32()),
    ("edit", EDIT),
    ("verdict", pa.string()),
    ("error_type", pa.string()),
    ("error_step", pa.int32()),
    ("tests_passed", pa.int32()),
    ("tests_total", pa.int32()),
    ("outcomes", pa.list_(pa.string())),
    ("response_class", pa.string()),
    ("completer", pa.string()),
    ("k", pa.int32()),
    ("prompt_value", pa.float32()),
    ("probes", pa.list_(PROBE)),
    ("cut", pa.int32()),
    ("witness", pa.string()),
    ("stage", pa.int32()),
    ("evidence", EVIDENCE),
    ("isolation", pa.string()),
    ("metadata", pa.string()),
)

_SAME: Final = (
    *("id", "problem_id", "problem_index", "source", "license", "strategy", "label_kind", "policy", "prompt"),
    *("given_steps", "error_type", "error_step", "response_class", "completer", "k"),
    *("prompt_value", "cut", "witness", "stage"),
)
_LISTS: Final = ("steps", "labels", "reasons", "executed", "step_kinds", "values")


@cache
def steps_schema() -> pa.Schema:
    """The schema of config ``steps``, with its version and the features in its metadata."""
    return with_features(pa.schema(list(STEPS)))


def with_features(schema: pa.Schema) -> pa.Schema:
    """``schema`` with the metadata that tells ``datasets`` its features and readers its version."""
    info = {"info": {"features": {field.name: _feature(field.type) for field in schema}}}
    return schema.with_metadata({"huggingface": json.dumps(info), VERSION_KEY: str(SCHEMA_VERSION).encode()})


def _feature(kind: pa.DataType) -> Any:
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return [inner] if pa.types.is_struct(kind.value_type) else {"feature": inner, "_type": "Sequence"}
    return {"dtype": dtype_name(kind), "_type": "Value"}


def dtype_name(kind: pa.DataType) -> str:
    """The name that ``datasets`` has for a scalar Arrow type (its name for ``float`` is ``float32``)."""
    return {"float": "float32", "double": "float64"}.get(str(kind), str(kind))


def to_row(trace: Trace) -> dict[str, Any]:
    """The row of ``trace``. It is lossless, except for ``values`` and ``prompt_value``, which become float32,
    and ``metadata``, which becomes JSON with sorted keys. Empty ``values`` and ``probes`` become null."""
    row = {
        field.name: getattr(trace, field.name)
        for field in fields(trace)
        if field.name not in ("evidence", "edit", "probes", "metadata")
    }
    row |= {name: list(row[name]) for name in _LISTS}
    row["verdict"] = str(trace.verdict)
    row["isolation"] = str(trace.isolation)
    row["outcomes"] = [None if outcome is None else str(outcome) for outcome in trace.outcomes]
    row["tests_passed"] = sum(1 for outcome in trace.outcomes if outcome == Verdict.PASSED)
    row["tests_total"] = len(trace.outcomes)
    row["values"] = row["values"] or None
    row["probes"] = [_plain(probe) for probe in trace.probes] or None
    row["edit"] = _plain(trace.edit) if trace.edit is not None else None
    row["evidence"] = _plain(trace.evidence)
    if trace.evidence.counterexample is not None:
        row["evidence"]["counterexample"] = _plain(trace.evidence.counterexample)
    row["metadata"] = json.dumps(dict(trace.metadata), sort_keys=True, ensure_ascii=False)
    return row


def _plain(record: Any) -> dict[str, Any]:
    found = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def from_row(row: Mapping[str, Any]) -> Trace:
    """The trace from which ``row`` was made. Columns that this version does not know are ignored.

    Raises InputError, which names the row's id, if a column of the contract is missing or has another type.
    """
    try:
        return _trace(row)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"row {row.get('id', '?')}", f"not a row of config 'steps': {type(error).__name__}: {error}"
        ) from error


def _trace(row: Mapping[str, Any]) -> Trace:
    evidence = dict(row["evidence"])
    if evidence.get("counterexample") is not None:
        evidence["counterexample"] = _record(Counterexample, evidence["counterexample"])
    edit = row["edit"]
    if edit is not None:
        edit = _record(EditRecord, {**edit, "also_changed": tuple(edit["also_changed"])})
    return Trace(
        **_plain_columns(row),
        edit=edit,
        verdict=Verdict(row["verdict"]),
        outcomes=tuple(None if outcome is None else Verdict(outcome) for outcome in row["outcomes"]),
        probes=tuple(_record(Probe, probe) for probe in row["probes"] or ()),
        evidence=_record(Evidence, {**evidence, "stated_bounds": tuple(evidence.get("stated_bounds") or ())}),
        isolation=Isolation(row["isolation"]),
        metadata=json.loads(row["metadata"] or "{}"),
    )


def _plain_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: row[name] for name in _SAME}
    return same | {name: tuple(row[name] or ()) for name in _LISTS}


def _record(kind: type[Any], found: Mapping[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in found.items() if name in known})
