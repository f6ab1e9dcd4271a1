"""``datasets``, pandas and polars read what we write, with the types that we declare."""

from __future__ import annotations

import pytest

from prmdata.datasets.card import write_card
from prmdata.datasets.schema import steps_schema
from tests.builders.traces import write_split

datasets = pytest.importorskip("datasets")


def test_datasets_infers_the_features_that_the_metadata_declares():
    bare = steps_schema().remove_metadata()
    assert datasets.Features.from_arrow_schema(steps_schema()) == datasets.Features.from_arrow_schema(bare)


def test_load_dataset_gives_the_rows_back(out, made, tmp_path):
    found = datasets.load_dataset(str(out), "steps", cache_dir=str(tmp_path / "cache"))
    assert set(found) == {"train", "test"}
    row = found["test"][0]
    assert "".join(row["steps"]) == "".join(made.reference_trace(0).steps)
    assert row["edit"] is None
    assert found["train"].features == datasets.Features.from_arrow_schema(steps_schema().remove_metadata())


def test_a_first_file_that_is_all_null_does_not_lock_a_type(made, tmp_path):
    references = [made.reference_trace(i) for i in range(3)]
    write_split(references, tmp_path / "OUT/data/steps", "train")
    write_split(list(made.build(2)), tmp_path / "OUT/data/steps", "test")
    write_card(tmp_path / "OUT")
    found = datasets.load_dataset(str(tmp_path / "OUT"), "steps", cache_dir=str(tmp_path / "cache"))
    assert found["train"].features == found["test"].features


def test_pandas_reads_the_parquet(out):
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(out / "data/steps")
    assert len(frame) == 8 * 22
    assert "".join(frame.steps[0]).startswith("def running_")


def test_polars_reads_the_parquet(out):
    polars = pytest.importorskip("polars")
    frame = polars.read_parquet(out / "data/steps/*.parquet")
    assert frame.height == 8 * 22
    assert "".join(frame["steps"][0]).startswith("def running_")
