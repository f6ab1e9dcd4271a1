"""A trace goes to a row, to Parquet and back without loss; the same rows give the same bytes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmdata.datasets.reader import configs, count_rows, read_rows, read_traces
from prmdata.datasets.schema import VERSION_KEY, from_row, steps_schema, to_row
from prmdata.datasets.writer import shards, write_rows
from prmdata.errors import InputError, UsageError
from prmdata.records import (
    Counterexample,
    EditRecord,
    Evidence,
    Intent,
    Isolation,
    LabelKind,
    Probe,
    StepKind,
    Trace,
    Verdict,
)
from tests.builders.traces import write_split

texts = st.text(st.characters(codec="utf-8"), max_size=20)
int32s = st.integers(-(2**31), 2**31 - 1)
shares = st.floats(0, 1, width=32)


def tuples(items, size=None):
    bounds = {"max_size": 4} if size is None else {"min_size": size, "max_size": size}
    return st.lists(items, **bounds).map(tuple)


evidences = st.builds(
    Evidence,
    *[int32s] * 4,
    st.none() | st.builds(Counterexample, texts, texts, texts),
    st.booleans(),
    st.none() | st.booleans(),
    int32s,
    st.booleans(),
    st.booleans(),
)
edits = st.builds(
    EditRecord, int32s, int32s, texts, texts, tuples(int32s), st.sampled_from(get_args(Intent)), texts, texts
)


@st.composite
def traces(draw):
    n = draw(st.integers(0, 5))
    return Trace(
        **{
            name: draw(texts)
            for name in ("id", "problem_id", "source", "license", "strategy", "prompt", "policy")
        },
        label_kind=draw(st.sampled_from(get_args(LabelKind))),
        steps=draw(tuples(texts, n)),
        step_kinds=draw(tuples(st.sampled_from(get_args(StepKind)), n)),
        given_steps=draw(int32s),
        executed=draw(tuples(st.none() | st.booleans(), n)),
        verdict=draw(st.sampled_from(Verdict)),
        outcomes=draw(tuples(st.none() | st.sampled_from(Verdict))),
        evidence=draw(evidences),
        isolation=draw(st.sampled_from(Isolation)),
        error_type=draw(st.none() | texts),
        error_step=draw(st.none() | int32s),
        edit=draw(st.none() | edits),
        response_class=draw(st.sampled_from([None, "correct", "revised", "wrong"])),
        completer=draw(st.none() | texts),
        k=draw(st.none() | int32s),
        prompt_value=draw(st.none() | shares),
        values=draw(tuples(st.none() | shares, n)),
        probes=draw(tuples(st.builds(Probe, int32s, int32s, int32s))),
        cut=draw(st.none() | int32s),
        witness=draw(st.none() | texts),
        stage=draw(st.none() | int32s),
        labels=draw(tuples(st.sampled_from([1, 0, -100]), n)),
        reasons=draw(tuples(texts, n)),
        metadata=draw(st.dictionaries(texts, texts, max_size=3)),
    )


@given(traces())
@settings(max_examples=150, deadline=None)
def test_a_row_gives_back_its_trace_through_arrow(trace):
    table = pa.Table.from_pylist([to_row(trace)], schema=steps_schema())
    assert from_row(table.to_pylist()[0]) == trace


def test_every_column_of_the_row_is_in_the_schema_and_the_other_way_round(made):
    assert set(to_row(made.reference_trace(0))) == set(steps_schema().names)


def test_parquet_gives_back_the_traces_in_order(made, tmp_path):
    rows = list(made.build(7))
    write_split(rows, tmp_path / "data" / "steps", "train")
    assert list(read_traces(tmp_path)) == rows
    assert count_rows(tmp_path) == {"train": len(rows)}


def test_bytes_do_not_depend_on_how_rows_arrive(made, tmp_path):
    rows = list(made.build(4))
    first = write_split(iter(rows), tmp_path / "a", "train", rows_per_shard=37, row_group=10)
    second = write_split(rows, tmp_path / "b", "train", rows_per_shard=37, row_group=10)
    assert [p.name for p in first] == [f"train-{i:05d}-of-00003.parquet" for i in range(3)]
    digests = [[hashlib.sha256(p.read_bytes()).digest() for p in paths] for paths in (first, second)]
    assert digests[0] == digests[1]
    groups = [pq.ParquetFile(p).metadata for p in first]
    assert [meta.num_rows for meta in groups] == [37, 37, len(rows) - 74]
    assert all(meta.row_group(0).num_rows <= 10 for meta in groups)


def test_a_second_write_leaves_no_shard_of_the_first(made, tmp_path):
    rows = list(made.build(4))
    write_split(rows, tmp_path, "train", rows_per_shard=20)
    write_split(rows[:5], tmp_path, "train")
    assert [path.name for path in tmp_path.iterdir()] == ["train-00000-of-00001.parquet"]


def test_a_failure_half_way_leaves_the_earlier_dataset(made, tmp_path):
    rows = list(made.build(2))
    write_split(rows, tmp_path, "train")

    def torn():
        yield from rows[:30]
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_split(torn(), tmp_path, "train", rows_per_shard=7)
    assert [path.name for path in tmp_path.iterdir()] == ["train-00000-of-00001.parquet"]
    assert pq.read_table(shards(tmp_path)[0]).num_rows == len(rows)


def test_splits_are_written_in_one_pass_and_read_train_first(made, tmp_path):
    rows = list(made.build(6))
    side = {f"made/{i}": "test" if i % 3 == 0 else "train" for i in range(6)}
    folder, schema = tmp_path / "data/steps", steps_schema()
    files = write_rows(((side[row.problem_id], to_row(row)) for row in rows), folder, schema)
    assert list(files) == ["test", "train"]
    assert list(dict.fromkeys(split for split, _ in read_rows(tmp_path))) == ["train", "test"]
    assert {t.problem_id for t in read_traces(tmp_path, split="test")} == {"made/0", "made/3"}
    write_rows((("train", to_row(row)) for row in rows), folder, schema)
    assert count_rows(tmp_path) == {"train": len(rows)}
    assert configs(tmp_path) == ["steps"]


@pytest.mark.parametrize("split", ["", "a-b", "../x", "a b"])
def test_a_split_that_cannot_be_a_file_name_is_refused(tmp_path, split):
    with pytest.raises(UsageError, match="split"):
        write_split([], tmp_path, split)


def test_a_value_that_fits_no_column_is_named_by_its_row(made, tmp_path):
    good = made.reference_trace(0)
    bad = replace(good, id="the-bad-one", labels=(1000,) * len(good.steps))
    with pytest.raises(InputError, match="the-bad-one"):
        write_split([good, bad], tmp_path, "train")
    with pytest.raises(InputError, match="lone"):
        write_split([replace(good, id="lone", prompt="\ud800")], tmp_path, "train")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_dataset_is_said_in_one_line(made, tmp_path):
    with pytest.raises(InputError, match="prmdata build"):
        list(read_traces(tmp_path))
    write_split([made.reference_trace(0)], tmp_path / "data/steps", "train")
    with pytest.raises(InputError, match="it has train"):
        list(read_traces(tmp_path, split="dev"))
    schema = steps_schema().with_metadata({VERSION_KEY: b"99"})
    pq.write_table(schema.empty_table(), tmp_path / "data/steps/train-00000-of-00001.parquet")
    with pytest.raises(InputError, match="newer"):
        list(read_traces(tmp_path))
