"""Rows of the Hugging Face Hub (and of local data set folders) through ``datasets``: the one place that imports it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prmdata.errors import InputError
from prmdata.problems.rows import Row
from prmdata.reachability import why_unreachable


@dataclass(frozen=True, slots=True)
class HubName:
    """The place of a data set on the Hub. If ``split`` is None, all splits are read, in the data set's order.
    ``files`` is for repositories with a loading script, which ``datasets`` no longer runs: it names their
    data files."""

    repo: str
    config: str | None = None
    split: str | None = None
    files: str | None = None


NAMES = {
    "mbpp": HubName("google-research-datasets/mbpp", "full"),
    "mbpp-sanitized": HubName("google-research-datasets/mbpp", "sanitized"),
    "humaneval": HubName("openai/openai_humaneval"),
    "humanevalplus": HubName("evalplus/humanevalplus"),
    "mbppplus": HubName("evalplus/mbppplus"),
    "apps": HubName("codeparrot/apps", files="*.jsonl"),
    "codecontests": HubName("deepmind/code_contests"),
    "livecodebench": HubName("livecodebench/code_generation_lite", files="*.jsonl"),
    "leetcode": HubName("newfacade/LeetCodeDataset"),
    "acecode": HubName("TIGER-Lab/AceCode-87K"),
    "bigcodebench": HubName("bigcode/bigcodebench", split="v0.1.4"),
    "classeval": HubName("FudanSELab/ClassEval"),
    "codeforces": HubName("open-r1/codeforces", "verifiable"),
    "cruxeval": HubName("cruxeval-org/cruxeval"),
    "deepcoder": HubName("agentica-org/DeepCoder-Preview-Dataset", "primeintellect"),
    "kodcode": HubName("KodCode/KodCode-V1", split="train"),
    "opencoder": HubName("OpenCoder-LLM/opc-sft-stage2", "educational_instruct"),
    "verifiable-coding": HubName("open-r1/verifiable-coding-problems-python"),
}


def parse_hub(source: str) -> HubName | None:
    """``hf:owner/name[:config][:split]``, ``hf:folder`` or one of ``NAMES``; None where it is neither.

    Raises InputError for an ``hf:`` that is not of this form.
    """
    if not source.startswith("hf:"):
        return NAMES.get(source)
    repo, *rest = source.removeprefix("hf:").split(":")
    if not repo or len(rest) > 2 or (repo.count("/") != 1 and not Path(repo).is_dir()):
        raise InputError(source, "give hf:owner/name, hf:owner/name:config or hf:owner/name:config:split")
    config, split = (*rest, "", "")[:2]
    return HubName(repo, config or None, split or None)


def hub_rows(name: HubName, shown: str) -> Iterator[Row]:
    """Every row of the data set, streamed: nothing is written but the Hub's own cache of small files.

    Raises InputError, in one line, for a data set, config or split that is not there (with those that are), and where the
    Hub cannot be reached.
    """
    if not Path(name.repo).is_dir() and (why := why_unreachable(name.repo, "dataset")):
        raise InputError(shown, f"cannot be loaded from the Hub: {why}")
    license_name = _license(name)
    number = 0
    try:
        for split, table in _tables(name):
            for values in table:
                number += 1
                where = f"{shown}:row {number}"
                yield Row(values, where, source=name.repo, license=license_name, split=split)
    except InputError:
        raise
    except Exception as error:
        # `datasets` raises errors of five libraries (its own, the Hub's, httpx's, fsspec's, pyarrow's); each means the same
        # here: these rows cannot be had, and its first line says why.
        said = str(error).strip().split("\n", 1)[0]
        raise InputError(shown, f"cannot be loaded from the Hub: {type(error).__name__}: {said}") from error
    if not number:
        raise InputError(shown, "the data set holds no row")


def _tables(name: HubName) -> Iterator[tuple[str, Any]]:
    """The rows of each split, or of each data file, with its name."""
    from datasets import get_dataset_split_names, load_dataset

    if name.files is not None:
        for path in _data_files(name):
            yield Path(path).stem, load_dataset("json", data_files=path, split="train", streaming=True)
        return
    splits = [name.split] if name.split else get_dataset_split_names(name.repo, config_name=name.config)
    for split in splits:
        yield split, load_dataset(name.repo, name.config, split=split, streaming=True)


def _data_files(name: HubName) -> list[str]:
    """The data files as addresses, in the order of their names."""
    from huggingface_hub import HfFileSystem

    found = HfFileSystem().glob(f"datasets/{name.repo}/{name.files}")
    return [f"hf://{path}" for path in sorted(map(str, found))]


def _license(name: HubName) -> str:
    """The licence that the data set's card states; "" if it states none or if there is no card."""
    from huggingface_hub import DatasetCard
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        card = DatasetCard.load(Path(name.repo) / "README.md" if Path(name.repo).is_dir() else name.repo)
    except (HfHubHTTPError, HFValidationError, OSError, ValueError):
        return ""
    stated = card.data.to_dict().get("license")
    return ", ".join(stated) if isinstance(stated, list) else str(stated or "")
