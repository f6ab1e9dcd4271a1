"""What stands beside an export's data: ``export.json`` with its figures, and a README that the Hub, its viewer and
``load_dataset`` read first, then people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from prmdata.datasets import manifest
from prmdata.datasets.card import front_of
from prmdata.datasets.writer import shards, split_of_shard, write_text
from prmdata.exports.format import Format

NAME = "export.json"


def describe(root: Path, out: Path, format: Format, figures: Mapping[str, Any], text: str) -> None:
    """Write both files into ``root``, the export of ``out`` with these ``figures`` (as ``text`` for people)."""
    source = out.resolve().name
    facts = {**figures, "source": source, "source_digest": manifest.data_digest(out)}
    write_text(root / NAME, json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    front = yaml.safe_dump(_front(root, out, format), sort_keys=False, allow_unicode=True, width=100)
    lines = [
        f"---\n{front}---",
        f"# {source} as `{format.name}`",
        f"{format.summary}.",
        format.recipe.replace("DIR", root.resolve().name),
        f"```text\n{text}\n```",
    ]
    for name, text_of_file in format.files.items():
        write_text(root / name, text_of_file.replace("DIR", root.resolve().name))
    write_text(root / "README.md", "\n\n".join(lines) + "\n")


def _front(root: Path, out: Path, format: Format) -> dict[str, Any]:
    licence = front_of(out).get("license")
    files = _data_files(root, format)
    return {
        "pretty_name": f"{out.resolve().name} as {format.name}",
        **({"license": licence} if licence else {}),
        "language": ["code"],
        "tags": ["process-reward-model", "process-supervision", "code", "prm", "prmdata", format.name],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _data_files(root: Path, format: Format) -> list[dict[str, str]]:
    if format.suffix == "jsonl":
        splits = sorted(path.stem for path in root.glob("*.jsonl"))
        return [{"split": split, "path": f"{split}.jsonl"} for split in splits]
    names = dict.fromkeys(split_of_shard(path) for path in shards(root / "data"))
    return [{"split": split, "path": f"data/{split}-*.parquet"} for split in names]
