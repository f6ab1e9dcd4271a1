"""What the loopback Hub keeps: repositories, branches, commits, files and large objects, in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a commit. ``oid``: git's for a regular file, sha256 for a large one."""

    content: bytes
    oid: str
    is_lfs: bool


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its message and all files of the tree after it."""

    oid: str
    message: str
    files: Mapping[str, StoredFile]


@dataclass(slots=True)
class Repository:
    """One dataset repository. ``branches`` hold commits, oldest first; ``objects`` large files by sha256."""

    id: str
    private: bool
    branches: dict[str, list[Commit]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    def head(self, revision: str) -> Commit | None:
        """The commit that a branch, a pull request (``refs/pr/1``) or an oid names."""
        if revision in self.branches:
            return self.branches[revision][-1]
        return next((c for commits in self.branches.values() for c in commits if c.oid == revision), None)


def git_oid(content: bytes) -> str:
    """The name that git gives a file with this content."""
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


class HubStore:
    """All repositories; safe to use from several threads."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.lock = threading.RLock()

    def create(self, repo_id: str, private: bool) -> Repository | None:
        """A new repository with one commit, as the Hub makes it; None where it exists already."""
        with self.lock:
            if repo_id in self.repositories:
                return None
            content = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"
            first = {".gitattributes": StoredFile(content, git_oid(content), False)}
            found = Repository(repo_id, private)
            found.branches["main"] = [Commit(_oid(repo_id, "initial commit", first), "initial commit", first)]
            self.repositories[repo_id] = found
            return found

    def commit(
        self, repo: Repository, revision: str, lines: Iterable[bytes], create_pr: bool
    ) -> tuple[Commit, str]:
        """Apply the Hub's newline-delimited operations to a branch; the commit, and the branch it is on.

        Raises KeyError for a branch that does not exist or a large file that was never uploaded.
        """
        with self.lock:
            base = repo.branches[revision][-1]
            files = dict(base.files)
            message = ""
            for line in lines:
                entry: dict[str, Any] = json.loads(line)
                value = entry["value"]
                if entry["key"] == "header":
                    message = str(value["summary"])
                elif entry["key"] == "file":
                    content = base64.b64decode(value["content"])
                    files[value["path"]] = StoredFile(content, git_oid(content), False)
                elif entry["key"] == "lfsFile":
                    files[value["path"]] = StoredFile(repo.objects[value["oid"]], value["oid"], True)
                elif entry["key"] == "deletedFile":
                    del files[value["path"]]
            if create_pr:
                revision = f"refs/pr/{sum(name.startswith('refs/pr/') for name in repo.branches) + 1}"
                repo.branches[revision] = [base]
            made = Commit(_oid(base.oid, message, files), message, files)
            repo.branches[revision].append(made)
            return made, revision


def _oid(parent: str, message: str, files: Mapping[str, StoredFile]) -> str:
    tree = "".join(f"{path} {file.oid}\n" for path, file in sorted(files.items()))
    return hashlib.sha1(f"{parent}\n{message}\n{tree}".encode(), usedforsecurity=False).hexdigest()
