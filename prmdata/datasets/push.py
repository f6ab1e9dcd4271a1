"""Push a dataset folder, or the folder of an export, to the Hugging Face Hub, through ``huggingface_hub``.

The card, data, manifest, rejects and report (of an export: README, data and figures) go in one commit. The
Hub's client divides the commit only above 250 files. What the Hub already has is not sent again, so an
interrupted push continues where it stopped, and a second push of an unchanged dataset makes no commit.
``.prmdata/`` and all other files beside these stay here. The Hub's own client handles the token (``HF_TOKEN``
or ``hf auth login``); prmdata never takes, keeps or shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prmdata.datasets.card import card_text
from prmdata.datasets.reader import data_files
from prmdata.datasets.writer import write_text
from prmdata.errors import MachineryError, UsageError
from prmdata.outputs import refuse_links

LEAVES: Final = [
    "README.md",
    "manifest.json",
    "rejects.jsonl",
    "report.html",
    "review.jsonl",
    "data/*/*.parquet",
]
"""Patterns of the files of a dataset that are pushed. Nothing else is pushed."""
EXPORT_LEAVES: Final = ["README.md", "export.json", "data/*.parquet", "*.jsonl"]
"""Patterns of the files of an export that are pushed."""
GOES: Final = ["data/*"]
"""Files that an earlier push may have left: shards of a larger version, which load_dataset would read too."""
EXPORT_GOES: Final = [*GOES, "*.jsonl"]
STAYS: Final = [".prmdata/*", "*/.*", ".*"]


@dataclass(frozen=True, slots=True)
class PushResult:
    """Where the dataset is now. ``changed`` is False if the Hub had all files and nothing was sent."""

    repo_id: str
    url: str
    commit: str
    private: bool
    changed: bool
    pull_request: str | None = None

    def text(self) -> str:
        """One or two lines for a terminal."""
        seen = "private" if self.private else "public"
        if not self.changed:
            return f"{self.url} ({seen}): nothing has changed, nothing was sent"
        where = f"pull request {self.pull_request}" if self.pull_request else f"commit {self.commit[:10]}"
        return f"{self.url} ({seen}): {where}"


def push(
    out: Path | str,
    repo_id: str,
    *,
    private: bool = True,
    create_pr: bool = False,
    revision: str | None = None,
    message: str | None = None,
) -> PushResult:
    """Push ``out``, a dataset or an export, to the dataset repository ``repo_id`` (``owner/name``, or ``name``).

    A repository that does not exist is made, private unless ``private`` is False; an existing one keeps its
    visibility. ``revision`` names a branch (made if it is missing); ``create_pr`` opens a pull request instead.
    Raises UsageError for symbolic links (what they lead to is not sent) and for what the Hub refuses, MachineryError
    if it failed: push again, nothing is sent twice.
    """
    root = Path(out)
    is_export = (root / "export.json").is_file()
    sent = _patterns(root, is_export)
    if create_pr and revision is not None:
        raise UsageError("push: --create-pr opens a pull request on the main branch; leave out --revision")
    with _explained(repo_id):
        from huggingface_hub import HfApi

        api = HfApi(library_name="prmdata")
        url = api.create_repo(repo_id, repo_type="dataset", private=private, exist_ok=True)
        repo_id = url.repo_id
        _name_in_readme(root, repo_id) if is_export else _name_in_card(root, repo_id)
        if revision is not None and revision != "main":
            api.create_branch(repo_id, repo_type="dataset", branch=revision, exist_ok=True)
        before = api.repo_info(repo_id, repo_type="dataset", revision=revision)
        made = api.upload_folder(
            repo_id=repo_id,
            repo_type="dataset",
            folder_path=root,
            allow_patterns=sent,
            ignore_patterns=STAYS,
            delete_patterns=EXPORT_GOES if is_export else GOES,
            commit_message=message or "Push with prmdata",
            create_pr=create_pr,
            revision=revision,
        )
        return PushResult(
            repo_id=repo_id,
            url=str(url),
            commit=str(made.oid),
            private=bool(before.private),
            changed=made.oid != before.sha,
            pull_request=made.pr_url if made.oid != before.sha else None,
        )


def _patterns(root: Path, is_export: bool) -> list[str]:
    """The patterns of the files that are pushed. Symbolic links are refused, because what they lead to must not be published."""
    if not is_export:
        data_files(root)
    sent = EXPORT_LEAVES if is_export else LEAVES
    refuse_links(root / "data", *root.glob("data/*"), *(path for one in sent for path in root.glob(one)))
    return sent


def _name_in_card(root: Path, repo_id: str) -> None:
    """Let the card's example load from the Hub, unless somebody edited the card."""
    path = root / "README.md"
    if not path.exists() or path.read_text("utf-8") == card_text(root):
        write_text(path, card_text(root, repo_id=repo_id))


def _name_in_readme(root: Path, repo_id: str) -> None:
    """Let the recipe of an export load from the Hub instead of from the folder."""
    path = root / "README.md"
    if path.exists():
        text = path.read_text("utf-8")
        named = text.replace(f'load_dataset("{root.resolve().name}"', f'load_dataset("{repo_id}"')
        if named != text:
            write_text(path, named)


@contextmanager
def _explained(repo_id: str) -> Iterator[None]:
    """Turn each error of the Hub into one clear line."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    # The client uses requests, httpx or httpx2, by its version. The errors of each have one base class.
    roots: tuple[type[Exception], ...] = tuple(
        kind for kind in HfHubHTTPError.__mro__ if issubclass(kind, Exception) and kind is not Exception
    )
    failures: tuple[type[Exception], ...] = (*roots, OSError, RuntimeError)
    again = "push again: what arrived is not sent twice"
    try:
        yield
    except HFValidationError as error:
        raise UsageError(f"push {repo_id}: {_line(error)}") from error
    except LocalTokenNotFoundError as error:
        raise UsageError(f"push {repo_id}: not logged in; run `hf auth login` or set HF_TOKEN") from error
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status == 401:
            raise UsageError(
                f"push {repo_id}: the Hub does not know you; run `hf auth login` or set HF_TOKEN"
            ) from error
        if status in (403, 404):
            raise UsageError(f"push {repo_id}: no right to write there with this token ({status})") from error
        raise MachineryError(f"push {repo_id}: the Hub answered {status}; {again}") from error
    except failures as error:
        raise MachineryError(f"push {repo_id}: {_line(error)}; {again}") from error


def _line(error: BaseException) -> str:
    return (str(error).strip().split("\n") or [""])[0] or type(error).__name__
