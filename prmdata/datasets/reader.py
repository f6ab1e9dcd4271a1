"""Read what ``writer`` wrote, as a stream: memory is bounded by one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from prmdata.datasets.schema import VERSION_KEY, from_row
from prmdata.datasets.writer import shards, split_of_shard
from prmdata.errors import InputError
from prmdata.records import SCHEMA_VERSION, Trace

BATCH: Final = 500


def read_traces(out: Path | str, config: str = "steps", split: str | None = None) -> Iterator[Trace]:
    """The traces of a dataset folder in their stored order, one split after the other.

    Raises InputError if ``out`` is no dataset, has no such split, or was written by a newer prmdata.
    """
    return (from_row(row) for _, row in read_rows(out, config, split))


def read_rows(
    out: Path | str,
    config: str = "steps",
    split: str | None = None,
    columns: Sequence[str] | None = None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(split, row) pairs of any config. With ``columns``, only those columns are read."""
    for path in data_files(out, config, split):
        with _opened(path) as file:
            for batch in file.iter_batches(batch_size=BATCH, columns=list(columns) if columns else None):
                for row in batch.to_pylist():
                    yield split_of_shard(path), row


def data_files(out: Path | str, config: str = "steps", split: str | None = None) -> list[Path]:
    """The Parquet files of a config (and split). Raises InputError if there are none."""
    if not Path(out).is_dir():
        what = "not a folder" if Path(out).exists() else "no such folder"
        raise InputError(str(out), f"{what}; name a folder that `prmdata build` wrote")
    folder = Path(out) / "data" / config
    found = shards(folder, split)
    if not found and split is not None and shards(folder):
        have = ", ".join(dict.fromkeys(split_of_shard(path) for path in shards(folder)))
        raise InputError(str(out), f"no split {split!r} in config {config!r}; it has {have}")
    if not found:
        have = ", ".join(configs(out)) or "none"
        raise InputError(
            str(out),
            f"no Parquet files in data/{config}/ (configs here: {have}); name a folder that `prmdata build` wrote",
        )
    return found


def configs(out: Path | str) -> list[str]:
    """The configs of a dataset folder: ``steps`` first, then by name."""
    folder = Path(out) / "data"
    names = [path.name for path in folder.iterdir() if shards(path)] if folder.is_dir() else []
    return sorted(names, key=lambda name: (name != "steps", name))


def count_rows(out: Path | str, config: str = "steps") -> dict[str, int]:
    """The number of rows of each split, from the footers of the files."""
    counts: dict[str, int] = {}
    for path in data_files(out, config):
        with _opened(path) as file:
            counts[split_of_shard(path)] = counts.get(split_of_shard(path), 0) + file.metadata.num_rows
    return counts


def _opened(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(str(path), f"not a readable Parquet file: {error}") from error
    version = (file.schema_arrow.metadata or {}).get(VERSION_KEY, b"1").decode()
    if not version.isdecimal() or int(version) > SCHEMA_VERSION:
        file.close()
        raise InputError(
            str(path),
            f"schema version {version} is newer than this prmdata's ({SCHEMA_VERSION}); upgrade prmdata",
        )
    return file
