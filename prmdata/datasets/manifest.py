"""``manifest.json`` and ``rejects.jsonl``: what was asked for, what the build made, and what was left out.

Two builds of the same dataset share ``config``, digests and ``counts``. These are kept apart from what two
builds cannot share (``times``, ``cost``, ``versions`` of the machine). ``digest`` covers only the shared
part.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from prmdata import __version__
from prmdata.datasets.reader import configs, count_rows
from prmdata.datasets.writer import replacing, shards, write_text
from prmdata.errors import InputError
from prmdata.records import SCHEMA_VERSION, Reject

NAME: Final = "manifest.json"
REJECTS: Final = "rejects.jsonl"
_OWN: Final = ("times", "cost", "versions", "command", "digest")
"""Facts of one run and one machine. They are kept but never hashed."""


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """What a manifest says about one build: what was asked for (``config``), with which inputs
    (``provenance``, ``origin``, ``digests``), what it made (``counts``), and what it took here (``command``,
    ``cost``, ``times``)."""

    config: Mapping[str, Any]
    counts: Mapping[str, Any]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    cost: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, Any] = field(default_factory=dict)


def write_manifest(out: Path, *, exports: Mapping[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    """Write ``OUT/manifest.json`` and return it. ``facts`` are the fields of :class:`BuildRecord`.
    ``exports`` says with which settings exports added their configs.

    The manifest is written last, so its presence says that the dataset is complete.
    """
    facts = asdict(BuildRecord(**facts))
    added = {"exports": exports} if exports else {}
    return _sealed(out, {"schema_version": SCHEMA_VERSION, **facts, **added, "versions": versions()})


def refresh(out: Path | str, *, exports: Mapping[str, Any]) -> None:
    """Update the manifest's list of files and rows after a config was added or dropped. ``exports`` maps the
    name of the config to the settings it was made with, or to None if it was dropped."""
    manifest = read_manifest(out)
    if manifest:
        asked = {**manifest.pop("exports", {}), **exports}
        kept = {name: options for name, options in asked.items() if options is not None}
        _sealed(Path(out), {**manifest, **({"exports": kept} if kept else {})})


def _sealed(out: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``manifest`` with the files and rows that are in ``out`` now, and its digest; return what was
    written."""
    sealed = {
        **manifest,
        "files": file_digests(out),
        "rows": {name: count_rows(out, name) for name in configs(out)},
    }
    sealed["digest"] = manifest_digest(sealed)
    write_text(out / NAME, json.dumps(sealed, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return sealed


def read_manifest(out: Path | str) -> dict[str, Any]:
    """The manifest of a dataset folder; {} if it has none. Raises InputError if the manifest is damaged."""
    path = Path(out) / NAME
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(str(path), f"not JSON ({error}); build again") from error
    if not isinstance(found, dict):
        raise InputError(str(path), "not a JSON object; build again")
    return found


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """The sha256 of everything in the manifest that two equal builds share."""
    shared = {key: value for key, value in manifest.items() if key not in _OWN}
    return hashlib.sha256(json.dumps(shared, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def file_digests(out: Path | str) -> dict[str, str]:
    """The sha256 of each data file, by its path inside ``out``."""
    root = Path(out)
    paths = [path for name in configs(root) for path in shards(root / "data" / name)]
    return {path.relative_to(root).as_posix(): _sha256(path) for path in paths}


def data_digest(out: Path | str) -> str:
    """One sha256 over the names and bytes of all data files: it is equal exactly if the data are equal."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(file_digests(out).items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """The versions of what decides the bytes here: prmdata, Python, pyarrow."""
    return {"prmdata": __version__, "python": platform.python_version(), "pyarrow": pa.__version__}


def write_rejects(out: Path, rejects: Iterable[Reject]) -> int:
    """Write ``OUT/rejects.jsonl``, one object on each line, in the order given; return their number."""
    number = 0
    with replacing(out / REJECTS) as file:
        for reject in rejects:
            file.write(_line(reject))
            number += 1
    return number


def _line(reject: Reject) -> bytes:
    """A reject as JSON. Its program is escaped if it is not valid text."""
    try:
        return (json.dumps(_reject(reject), ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        return (json.dumps(_reject(reject)) + "\n").encode("ascii")


def _reject(reject: Reject) -> dict[str, Any]:
    found = asdict(reject)
    return {name: value for name, value in found.items() if value not in ("", None) or name == "reason"}


def read_rejects(out: Path | str) -> Iterator[Reject]:
    """The rejects of a dataset folder (none if the file is absent)."""
    path = Path(out) / REJECTS
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                found = json.loads(line)
                yield Reject(**{"stage": "", **found})
            except (ValueError, TypeError) as error:
                raise InputError(f"{path}:{number}", f"not a reject: {error}") from error
