"""The dataset card, ``OUT/README.md``, which the Hub, ``load_dataset`` and people read first.

Every number on it is counted from the Parquet files beside it, and the example is one of their rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import jinja2
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from prmdata.datasets import describe
from prmdata.datasets.describe import listing, visible
from prmdata.datasets.figures import stats
from prmdata.datasets.manifest import read_manifest, versions
from prmdata.datasets.reader import configs, data_files, read_traces
from prmdata.datasets.schema import dtype_name
from prmdata.datasets.writer import split_of_shard, write_text
from prmdata.records import SCHEMA_VERSION, Trace

TOP_OPERATORS: Final = 25
_SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write_card(
    out: Path | str, *, repo_id: str | None = None, figures: Mapping[str, Any] | None = None
) -> Path:
    """Write ``OUT/README.md`` from the data, the manifest and the rejects, and return its path. ``figures``
    is what ``stats`` counted, if it has been called already."""
    root = Path(out)
    path = root / "README.md"
    write_text(path, card_text(root, repo_id=repo_id, figures=figures))
    return path


def card_text(out: Path, *, repo_id: str | None = None, figures: Mapping[str, Any] | None = None) -> str:
    """The text of the card. ``repo_id`` is the name that its loading example uses (default: the folder)."""
    manifest = read_manifest(out)
    figures = figures or stats(out)
    name = (repo_id or out.resolve().name).split("/")[-1]
    licences = sorted(_licences(out).items(), key=lambda pair: (-pair[1], pair[0]))
    operators = sorted(
        figures["edits_by_operator"].items(), key=lambda pair: (-sum(pair[1].values()), pair[0])
    )
    template = _environment().get_template("card.md.j2")
    return template.render(
        front=_front(out, name, figures, [license for (_, license), _ in licences]),
        name=name,
        repo=repo_id or out.resolve().name,
        f=figures,
        splits=list(figures["rows_by_split"]),
        operators=operators[:TOP_OPERATORS],
        more_operators=max(len(operators) - TOP_OPERATORS, 0),
        giveaway=describe.giveaway(figures),
        example=_example(read_traces(out)),
        method=describe.method(figures, manifest.get("config", {})),
        limits=describe.limits(figures),
        cost=describe.cost(figures["cost"], figures["times"]),
        command=manifest.get("command") or "prmdata build",
        versions=manifest.get("versions") or versions(),
        schema_version=manifest.get("schema_version", SCHEMA_VERSION),
        digests=manifest.get("digests", {}),
        licences=[(*pair, count) for pair, count in licences],
        n=lambda count: f"{count:,}",
        share=lambda part, whole: f"{100 * part / max(whole, 1):.1f}%",
    )


def front_of(out: Path) -> dict[str, Any]:
    """The YAML front matter of the card in ``out``; {} if there is none that can be read."""
    path = out / "README.md"
    text = path.read_text("utf-8") if path.is_file() else ""
    parts = text.split("---\n", 2)
    try:
        found = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0] else None
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _environment() -> jinja2.Environment:
    # The card is Markdown, not HTML: texts are escaped where they are made, and listings stand in fences.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["cell"] = cell
    return environment


def cell(text: str) -> str:
    """A foreign text for a cell of a Markdown table: one line, in which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~&])", r"\\\1", visible(text))


def _licences(out: Path) -> dict[tuple[str, str], int]:
    pairs: dict[str, tuple[str, str]] = {}
    for path in data_files(out):
        with pq.ParquetFile(path) as file:
            table = file.read(columns=["problem_id", "source", "license"])
        for row in table.group_by(["problem_id", "source", "license"]).aggregate([]).to_pylist():
            pairs.setdefault(row["problem_id"], (row["source"] or "", row["license"] or ""))
    counts: dict[tuple[str, str], int] = {}
    for pair in pairs.values():
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def _front(out: Path, name: str, figures: Mapping[str, Any], licences: list[str]) -> str:
    known = sorted({license.lower() for license in licences})
    front = {
        "pretty_name": name,
        "license": known[0] if len(known) == 1 and known[0] in _HUB_LICENCES else "other",
        "language": ["code"],
        "task_categories": ["token-classification", "text-generation"],
        "tags": ["process-reward-model", "process-supervision", "code", "prm", "prmdata"],
        "size_categories": [next((text for n, text in _SIZES if figures["rows"] < n), "1M<n<10M")],
        "configs": [_config(out, config) for config in configs(out)],
        "dataset_info": [_info(out, config) for config in configs(out)],
    }
    return yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=100)


_HUB_LICENCES: Final = frozenset(
    {"apache-2.0", "mit", "cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "bsd-3-clause", "bsd-2-clause"}
)


def _config(out: Path, config: str) -> dict[str, Any]:
    splits = dict.fromkeys(split_of_shard(path) for path in data_files(out, config))
    files = [{"split": split, "path": f"data/{config}/{split}-*.parquet"} for split in splits]
    return {"config_name": config, "data_files": files, **({"default": True} if config == "steps" else {})}


def _info(out: Path, config: str) -> dict[str, Any]:
    splits: dict[str, dict[str, Any]] = {}
    download = 0
    schema = pa.schema([])
    for path in data_files(out, config):
        meta = pq.read_metadata(path)
        schema = meta.schema.to_arrow_schema()
        split = splits.setdefault(
            split_of_shard(path), {"name": split_of_shard(path), "num_bytes": 0, "num_examples": 0}
        )
        split["num_bytes"] += sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        split["num_examples"] += meta.num_rows
        download += path.stat().st_size
    return {
        "config_name": config,
        "features": [{"name": field.name, **_yaml_feature(field.type)} for field in schema],
        "splits": list(splits.values()),
        "download_size": download,
        "dataset_size": sum(split["num_bytes"] for split in splits.values()),
    }


def _yaml_feature(kind: pa.DataType) -> dict[str, Any]:
    """``sequence`` for a list of scalars, ``list`` for a list of structs: every ``datasets`` reads this
    notation."""
    if pa.types.is_struct(kind):
        return {"struct": [{"name": field.name, **_yaml_feature(field.type)} for field in kind]}
    if not pa.types.is_list(kind):
        return {"dtype": dtype_name(kind)}
    if pa.types.is_struct(kind.value_type):
        return {"list": _yaml_feature(kind.value_type)["struct"]}
    inner = _yaml_feature(kind.value_type)
    return {"sequence": inner.get("dtype", inner)}


def _example(traces: Iterable[Trace]) -> dict[str, str] | None:
    """The row that shows most: the first failing edit with a counterexample, else the first edit, else any
    row."""
    best: Trace | None = None
    for trace in traces:
        if best is None or (best.edit is None and trace.edit is not None):
            best = trace
        if trace.edit is not None and 0 in trace.labels and trace.evidence.counterexample is not None:
            best = trace
            break
    if best is None:
        return None
    what = "edit" if best.edit else "program"
    text = "\n".join(listing(best)).replace("```", "ʼʼʼ")
    shown = describe.counterexample(best.evidence.counterexample)
    return {
        "what": what,
        "problem": describe.code_span(best.problem_id),
        "id": best.id,
        "listing": text,
        "counterexample": shown,
    }
