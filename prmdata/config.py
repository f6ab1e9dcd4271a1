"""One frozen configuration of a build: what the flags and ``prmdata.toml`` say, checked once.

There are two kinds of keys. Some decide what the dataset contains (:meth:`BuildConfig.content`): a dataset
made with another value of one of them is refused. The others only say how the work is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from prmdata.errors import InputError, UsageError
from prmdata.labels.policies import PrefixLabels, policies
from prmdata.problems.given import as_source
from prmdata.problems.reading import Reading, check_columns, parse_columns, parse_compare
from prmdata.records import Compare

HOW_ONLY = frozenset({
        "source", "columns", "source_name", "license", "compare", "entry_point", "strict_source", "out", "limit",
        "workers", "sandbox", "trust", "engine", "ray_address", "shard", "max_cost", "max_tokens", "batch", "dry_run", "fresh", "log_json", "policy", "prefix_labels", "split",
        "splits_from", "max_per_problem", "prices", "rows_per_shard", "answers", "ledger", "concurrency", "rpm", "tpm", "timeout_s",
    })  # fmt: skip
"""Keys that decide nothing that is judged: how the work is done, or what is derived from stored evidence."""

MODELS = ("openai", "replay")
"""Teachers that are models, or what models said."""
_OF_A_MODEL = ("base_url", "model", "prompts", "temperature", "max_output_tokens", "answers")
_OF_A_SEARCH = ("completer", "complete_by", "k", "search", "rollouts")
_OF_AN_ENDPOINT = (
    "batch", "prices", "ledger", "concurrency", "rpm", "tpm", "timeout_s", "max_cost", "max_tokens",
)  # fmt: skip


class BuildConfig(BaseModel):
    """Every setting of ``prmdata build``. The defaults are those of the command.

    Raises :class:`UsageError` (through :func:`configure`), which names the key, the value and what is
    allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = "sample"
    columns: dict[str, str] = Field(default_factory=dict)
    source_name: str = ""
    license: str = ""
    compare: str = ""
    entry_point: str = ""
    strict_source: bool = False
    out: Path = Path("out")
    teacher: str = "rules"
    model: str | None = None
    base_url: str | None = None
    prompts: Path | None = None
    strategy: tuple[str, ...] = ("mutate-refactor",)
    depth: int = Field(default=0, ge=0, le=8)
    per_step: Annotated[int, Field(ge=1)] | Literal["auto"] | None = None
    completer: Literal["reference", "openai"] = "reference"
    complete_by: Literal["auto", "raw", "prefill", "chat"] | None = None
    k: int = Field(default=20, ge=1)
    search: Literal["first", "full"] = "first"
    rollouts: int = Field(default=0, ge=0)
    rewrites: int | None = Field(default=None, ge=0)
    rollouts_from: Path | None = None
    policy: str = "strict"
    prefix_labels: PrefixLabels = "once"
    sandbox: str = "auto"
    trust: Literal["rules", "none"] = "rules"
    runtime: str | None = None
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    limit: int | None = Field(default=None, ge=1)
    seed: int = 0
    shard: tuple[int, int] | None = None
    engine: str = "local"
    ray_address: str | None = None
    max_cost: float | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    prices: Path | None = None
    answers: Path | None = None
    ledger: Path | None = None
    temperature: float | None = Field(default=None, ge=0)
    max_output_tokens: int | None = Field(default=None, ge=1)
    concurrency: int | None = Field(default=None, ge=1)
    rpm: int | None = Field(default=None, ge=1)
    tpm: int | None = Field(default=None, ge=1)
    timeout_s: float | None = Field(default=None, gt=0)
    batch: bool = False
    split: tuple[tuple[str, float], ...] = (("train", 1.0),)
    splits_from: Path | None = None
    max_per_problem: int | None = Field(default=None, ge=1)
    decontaminate: tuple[Path, ...] = ()
    rows_per_shard: int = Field(default=100_000, ge=1)
    dry_run: bool = False
    fresh: bool = False
    log_json: bool = False

    @property
    def reading(self) -> Reading:
        """How the rows of the source are read."""
        return Reading(
            columns=self.columns,
            source=self.source_name,
            license=self.license,
            compare=parse_compare(self.compare) if self.compare else Compare(),
            entry_point=self.entry_point,
            strict=self.strict_source,
        )

    @property
    def asks_rewrites(self) -> bool:
        """Whether a model is asked for rewrites: where ``mutate-refactor`` runs, unless none are wanted."""
        by_default = self.teacher in MODELS and "mutate-refactor" in self.strategy
        return by_default if self.rewrites is None else self.rewrites > 0

    @field_validator("source", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """A path, a name, or rows: a Dataset, or any iterable of mappings."""
        return str(value) if isinstance(value, str | os.PathLike) else as_source(value)

    @field_validator("columns", mode="before")
    @classmethod
    def _parse_columns(cls, value: Any) -> Any:
        return parse_columns(value) if isinstance(value, str) else check_columns(value)

    @field_validator("strategy", "decontaminate", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("policy")
    @classmethod
    def _known_policy(cls, value: str) -> str:
        known = policies()
        if value not in known:
            raise ValueError(f"no such policy; choose {' or '.join(known)}")
        return value

    @field_validator("shard", mode="before")
    @classmethod
    def _parse_shard(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        index, slash, count = value.partition("/")
        if not (slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
            raise ValueError("give I/N, counting from 1, such as 1/4")
        return int(index), int(count)

    @field_validator("split", mode="before")
    @classmethod
    def _parse_split(cls, value: Any) -> Any:
        if isinstance(value, dict):  # a table of TOML
            value = ",".join(f"{name}={share}" for name, share in value.items())
        return parse_split(value) if isinstance(value, str) else value

    def content(self) -> dict[str, Any]:
        """The keys that decide what is judged, with values that JSON can hold."""
        shown: dict[str, Any] = json.loads(self.model_dump_json())
        kept = {key: value for key, value in shown.items() if key not in HOW_ONLY}
        for key in ("rollouts_from", "decontaminate", "prompts"):
            kept[key] = _content_of(getattr(self, key))
        if self.complete_by is None:  # omitted, so that older datasets keep their digest
            del kept["complete_by"]
        if self.rewrites is None and not self.asks_rewrites:
            del kept["rewrites"]
        return kept

    def digest(self) -> str:
        """The hexadecimal digest of :meth:`content`."""
        return hashlib.sha256(json.dumps(self.content(), sort_keys=True).encode()).hexdigest()


def _idle(config: BuildConfig) -> Iterator[tuple[str, str, str]]:
    """The settings that were given and have no effect, as (key, the setting that makes it idle, what it
    needs)."""
    teacher = config.teacher
    offline = f"--teacher {teacher}"
    for key in (*_OF_A_MODEL, *_OF_AN_ENDPOINT):
        if teacher == "rules" or (teacher == "replay" and key in _OF_AN_ENDPOINT):
            yield key, offline, "--teacher openai"
    if config.completer == "openai" and teacher == "rules":
        yield "completer", offline, "--teacher openai"
    if teacher == "rules":
        yield from ((key, offline, "--teacher openai") for key in ("rollouts", "rewrites"))
        if config.per_step == "auto":
            yield "per_step", offline, "--teacher openai, or a number"
    if config.completer != "openai" and not config.rollouts and not config.asks_rewrites:
        yield "complete_by", "--completer reference", "--completer openai, --rollouts or --rewrites"
    strategies = " and ".join(f"--strategy {name}" for name in config.strategy)
    if "first-error" not in config.strategy and not _has_other_strategies(config):
        searched = ("search", "rollouts") if config.asks_rewrites else _OF_A_SEARCH
        yield from ((key, strategies, "--strategy first-error") for key in searched)
        if "mutate-refactor" not in config.strategy:
            yield "rewrites", strategies, "--strategy mutate-refactor or first-error"
    if "mutate-refactor" not in config.strategy and not _has_other_strategies(config):
        yield from ((key, strategies, "--strategy mutate-refactor") for key in ("depth", "per_step"))
    if config.engine == "local":
        yield "ray_address", "--engine local", "--engine ray"
    if config.sandbox == "local":
        yield "runtime", "--sandbox local", "--sandbox docker"
    if len(config.split) == 1:
        yield "splits_from", "one split", "--split with more than one share"


def _has_other_strategies(config: BuildConfig) -> bool:
    """Whether a strategy of a plug-in is asked for. Such a strategy may use any setting."""
    return not set(config.strategy) <= {"mutate-refactor", "first-error", "curriculum"}


def parse_split(text: str) -> tuple[tuple[str, float], ...]:
    """Parses ``train=0.9,test=0.1`` into pairs. The shares must be positive and sum to 1 (within 1e-6)."""
    pairs: list[tuple[str, float]] = []
    for part in text.split(","):
        name, _, share = part.partition("=")
        try:
            pairs.append((name.strip(), float(share)))
        except ValueError:
            raise ValueError("give name=share pairs, such as train=0.9,test=0.1") from None
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or not all(name.isidentifier() for name in names):
        raise ValueError("each split needs a name of its own made of letters, digits and _")
    if any(share <= 0 for _, share in pairs) or abs(sum(share for _, share in pairs) - 1) > 1e-6:
        raise ValueError("shares must be positive and sum to 1")
    return tuple(pairs)


def configure(config_file: Path | None = None, **given: Any) -> BuildConfig:
    """The configuration from the defaults, then the ``[build]`` table of ``config_file``, then ``given``.

    A value of None in ``given`` means that the key was not given. Raises InputError for a file that cannot be
    read as TOML. Raises UsageError for a key or value that does not fit, and for a setting that has no effect
    with the others.
    """
    stored = {} if config_file is None else _read_toml(config_file)
    set_here = {key: value for key, value in given.items() if value is not None and value != ()}
    values = stored | set_here

    def named(key: str, value: object | None = None) -> str:
        """A key as the user wrote it: the flag, or the file with the key."""
        if key in stored and key not in set_here:
            return f"{config_file}: {key}" + ("" if value is None else f" = {value!r}")
        flag = "source" if key == "source_name" else key.replace("_", "-")
        return f"--{flag}" + ("" if value is None else f" {value!s}")

    try:
        config = BuildConfig(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "config"
        if first["type"] == "extra_forbidden":
            known = ", ".join(BuildConfig.model_fields)
            raise UsageError(f"{config_file}: unknown key {key!r} in [build]; known: {known}") from None
        said = str(first["msg"]).removeprefix("Value error, ")
        raise UsageError(f"{named(key, values.get(key))}: {said}") from None
    for key, beside, needs in _idle(config):
        if key in values:
            raise UsageError(f"{named(key)}: has no effect with {beside}; give {needs}, or leave it out")
    return config


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(
            str(path), "no such file; give the path of a TOML file with a [build] table"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"not TOML: {error}") from None
    unknown = sorted(set(table) - {"build", "columns"})
    if unknown:
        raise InputError(
            str(path), f"unknown table [{unknown[0]}]; settings stand in [build], columns in [columns]"
        )
    found = {key.replace("-", "_"): value for key, value in table.get("build", {}).items()}
    return found | {key: table[key] for key in ("columns",) if key in table}


def _content_of(path: Path | tuple[Path, ...] | None) -> Any:
    """A file decides by its contents, not by its path."""
    if path is None:
        return None
    if isinstance(path, tuple):
        return sorted(_content_of(one) for one in path)
    digest = hashlib.sha256()
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for one in files:
        try:
            digest.update((one.name.encode() if path.is_dir() else b"") + b"\0" + one.read_bytes())
        except OSError as error:
            raise InputError(str(one), f"cannot be read: {error.strerror}") from None
    return digest.hexdigest()
