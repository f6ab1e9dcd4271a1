"""Items written by hand, and a folder made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prmdata.bench.item import RIGHT, BenchItem, item_row, items_schema
from prmdata.datasets.writer import write_rows


def item(name: str, n_steps: int, label: int = RIGHT, **facts: Any) -> BenchItem:
    """An item with ``n_steps`` steps. It has a problem of its own unless one is named."""
    steps = facts.pop("steps", tuple(f"    step_{name}_{place} = {place}" for place in range(n_steps)))
    plain = {
        "generator": "somebody",
        "problem": "Do it.\n",
        "stratum": "model",
        "problem_id": f"problem-{name}",
        "source": "",
        "license": "",
        "program": "\n".join(steps) + "\n",
        "lines": tuple(range(1, n_steps + 1)),
    }
    return BenchItem(
        id=name, steps=steps, label=label, final_answer_correct=label == RIGHT, **(plain | facts)
    )


def write_items(folder: Path, items: Sequence[tuple[str, BenchItem]]) -> Path:
    """A benchmark of (split, item) pairs that ``load_dataset`` reads."""
    files = [
        {"split": split, "path": f"data/bench/{split}-*.parquet"}
        for split in sorted({one for one, _ in items})
    ]
    front = json.dumps({"configs": [{"config_name": "bench", "data_files": files}]})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(f"---\n{front}\n---\n")
    write_rows(((split, item_row(one)) for split, one in items), folder / "data" / "bench", items_schema())
    return folder


def write_predictions(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Predictions as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
