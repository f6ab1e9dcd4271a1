"""An export's folder: ``DIR/data/<split>-*.parquet`` or ``DIR/<split>.jsonl``, as its trainer reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from prmdata.datasets.writer import write_rows
from prmdata.errors import UsageError
from prmdata.exports.format import Format
from prmdata.outputs import open_new

if TYPE_CHECKING:
    import pyarrow as pa


def write_folder(
    rows: Iterable[tuple[str, dict[str, Any]]], root: Path, format: Format, schema: pa.Schema
) -> None:
    """Write (split, row) pairs under ``root``, replacing an earlier export there.

    Raises UsageError where ``root`` holds anything that is not an export.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root}: is a file; name a folder")
    if root.is_dir() and any(root.iterdir()) and not (root / "export.json").exists():
        raise UsageError(f"{root}: not empty and not an export; name another folder")
    if format.suffix == "parquet":
        write_rows(rows, root / "data", schema)
        stale = set(root.glob("*.jsonl"))
    else:
        stale = set(root.glob("*.jsonl")) - set(_write_lines(rows, root))
        stale |= set((root / "data").glob("*.parquet"))
    for path in stale:
        path.unlink()


def _write_lines(rows: Iterable[tuple[str, dict[str, Any]]], root: Path) -> list[Path]:
    root.mkdir(parents=True, exist_ok=True)
    files: dict[str, IO[str]] = {}
    try:
        for split, row in rows:
            if split not in files:
                files[split] = open_new(_temporary(root, split))
            files[split].write(json.dumps(row, ensure_ascii=False) + "\n")
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        for split, file in files.items():
            file.close()
            _temporary(root, split).unlink()
        raise
    for split, file in files.items():
        file.close()
        _temporary(root, split).replace(root / f"{split}.jsonl")
    return [root / f"{split}.jsonl" for split in files]


def _temporary(root: Path, split: str) -> Path:
    return root / f".{split}.{os.getpid()}.tmp"
