"""What the loopback Hub answers: one method a route, over :mod:`.hub_store`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

from prmdata.testing.hub_store import Commit, HubStore, Repository, StoredFile

USER: Final = "me"
_REPO: Final = r"(?P<repo>[\w.-]+/[\w.-]+)"


class Replying(Protocol):
    """What an answer needs of the request's handler."""

    headers: Message

    @property
    def store(self) -> HubStore:
        """What the Hub keeps."""
        ...

    @property
    def endpoint(self) -> str:
        """The Hub's address."""
        ...

    def reply(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        """Send JSON, or bytes as they are."""
        ...


@dataclass(slots=True)
class HubCall:
    """One request that a route took."""

    handler: Replying
    match: dict[str, str]
    query: dict[str, str]
    body: bytes
    authorized: bool

    def run(self, name: str) -> None:
        writes = name in ("create", "preupload", "batch", "upload", "verify", "commit", "branch", "whoami")
        repo = self._store.repositories.get(self.match.get("repo", ""))
        if writes and not self.authorized and name != "upload":  # uploads go to signed addresses
            self.handler.reply(401, {"error": "Invalid username or password."})
        elif "repo" in self.match and (
            repo is None or (repo.private and not self.authorized and name != "upload")
        ):
            self.handler.reply(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        else:
            getattr(self, f"_{name}")(repo)

    @property
    def _store(self) -> HubStore:
        return self.handler.store

    def _json(self) -> Any:
        return json.loads(self.body)

    def _whoami(self, _: None) -> None:
        self.handler.reply(200, {"name": USER, "type": "user", "orgs": [], "auth": {"type": "access_token"}})

    def _yaml(self, _: None) -> None:
        self.handler.reply(200, {"errors": [], "warnings": []})

    def _create(self, _: None) -> None:
        asked = self._json()
        repo_id = f"{asked.get('organization') or USER}/{asked['name']}"
        private = asked.get("private", asked.get("visibility") == "private")
        made = self._store.create(repo_id, bool(private))
        url = f"{self.handler.endpoint}/datasets/{repo_id}"
        self.handler.reply(409 if made is None else 200, {"url": url, "name": repo_id, "id": repo_id})

    def _preupload(self, repo: Repository) -> None:
        head = self._head(repo)
        if head is None:
            return
        files = []
        for asked in self._json()["files"]:
            known = head.files.get(asked["path"])
            mode = "lfs" if asked["path"].endswith(".parquet") else "regular"
            entry = {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False}
            files.append({**entry, "oid": known.oid if known else None})
        self.handler.reply(200, {"files": files})

    def _batch(self, repo: Repository) -> None:
        objects = []
        for asked in self._json()["objects"]:
            entry = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] not in repo.objects:
                base = f"{self.handler.endpoint}/lfs/{repo.id}"
                upload = {"href": f"{base}/{asked['oid']}"}
                entry["actions"] = {"upload": upload, "verify": {"href": f"{base}/verify"}}
            objects.append(entry)
        self.handler.reply(200, {"transfer": "basic", "objects": objects})

    def _upload(self, repo: Repository) -> None:
        if hashlib.sha256(self.body).hexdigest() != self.match["oid"]:
            self.handler.reply(400, {"error": "the content is not what its oid says"})
            return
        repo.objects[self.match["oid"]] = self.body
        self.handler.reply(200, {})

    def _verify(self, repo: Repository) -> None:
        asked = self._json()
        whole = len(repo.objects.get(asked["oid"], b"")) == asked["size"]
        self.handler.reply(200 if whole else 404, {})

    def _commit(self, repo: Repository) -> None:
        if self._head(repo) is None:
            return
        try:
            lines = self.body.strip().split(b"\n")
            made, branch = self._store.commit(
                repo, self.match["revision"], lines, self.query.get("create_pr") == "1"
            )
        except KeyError as missing:
            self.handler.reply(400, {"error": f"no such large file or branch: {missing}"})
            return
        url = f"{self.handler.endpoint}/datasets/{repo.id}"
        number = branch.removeprefix("refs/pr/")
        pull = f"{url}/discussions/{number}" if number != branch else None
        self.handler.reply(
            200, {"commitUrl": f"{url}/commit/{made.oid}", "commitOid": made.oid, "pullRequestUrl": pull}
        )

    def _branch(self, repo: Repository) -> None:
        name = self.match["branch"]
        if name in repo.branches:
            self.handler.reply(409, {"error": "Reference already exists"})
            return
        repo.branches[name] = [repo.branches["main"][-1]]
        self.handler.reply(200, {})

    def _info(self, repo: Repository) -> None:
        head = self._head(repo)
        if head is not None:
            siblings = [{"rfilename": path} for path in sorted(head.files)]
            facts = {"id": repo.id, "author": repo.id.split("/")[0], "sha": head.oid, "private": repo.private}
            self.handler.reply(
                200,
                {
                    **facts,
                    "gated": False,
                    "disabled": False,
                    "tags": [],
                    "downloads": 0,
                    "likes": 0,
                    "siblings": siblings,
                },
            )

    def _tree(self, repo: Repository) -> None:
        head = self._head(repo)
        if head is None:
            return
        folder = (self.match.get("path") or "").strip("/")
        inside = {p: f for p, f in sorted(head.files.items()) if not folder or p.startswith(folder + "/")}
        if folder and not inside:
            self.handler.reply(404, {"error": "no such folder"}, {"X-Error-Code": "EntryNotFound"})
            return
        recursive = self.query.get("recursive") in ("true", "True", "1")
        depth = len(folder.split("/")) if folder else 0
        folders = {"/".join(p.split("/")[:n]) for p in inside for n in range(depth + 1, p.count("/") + 1)}
        found = [_folder(d) for d in sorted(folders) if recursive or d.count("/") == depth]
        found += [_entry(p, file) for p, file in inside.items() if recursive or p.count("/") == depth]
        self.handler.reply(200, found)

    def _paths(self, repo: Repository) -> None:
        head = self._head(repo)
        if head is not None:
            asked = (
                self._json()
                if self.body[:1] == b"{"
                else {"paths": parse_qs(self.body.decode()).get("paths", [])}
            )
            found = [_entry(path, head.files[path]) for path in asked["paths"] if path in head.files]
            dirs = [
                path
                for path in asked["paths"]
                if any(p.startswith(path.strip("/") + "/") for p in head.files)
            ]
            self.handler.reply(
                200, found + [{"type": "directory", "oid": "0" * 40, "size": 0, "path": d} for d in dirs]
            )

    def _resolve(self, repo: Repository) -> None:
        head = self._head(repo)
        if head is None:
            return
        file = head.files.get(self.match["path"])
        if file is None:
            self.handler.reply(404, {"error": "no such file"}, {"X-Error-Code": "EntryNotFound"})
            return
        linked = (
            {"X-Linked-Etag": f'"{file.oid}"', "X-Linked-Size": str(len(file.content))} if file.is_lfs else {}
        )
        content, status, ranged = _cut(file.content, self.handler.headers.get("Range"))
        headers = {
            "ETag": f'"{file.oid}"',
            "X-Repo-Commit": head.oid,
            "Accept-Ranges": "bytes",
            **ranged,
            **linked,
        }
        self.handler.reply(status, content, headers)

    def _refs(self, repo: Repository) -> None:
        names = [name for name in repo.branches if not name.startswith("refs/")]
        branches = [
            {"name": n, "ref": f"refs/heads/{n}", "targetCommit": repo.branches[n][-1].oid} for n in names
        ]
        self.handler.reply(200, {"branches": branches, "converts": [], "tags": []})

    def _head(self, repo: Repository) -> Commit | None:
        found = repo.head(self.match.get("revision") or "main")
        if found is None:
            self.handler.reply(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
        return found


def _cut(content: bytes, asked: str | None) -> tuple[bytes, int, dict[str, str]]:
    """The part that a Range header asks for."""
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked or "")
    if match is None:
        return content, 200, {}
    first, last = int(match[1]), min(int(match[2] or len(content) - 1), len(content) - 1)
    return content[first : last + 1], 206, {"Content-Range": f"bytes {first}-{last}/{len(content)}"}


def _folder(path: str) -> dict[str, Any]:
    return {"type": "directory", "oid": "0" * 40, "size": 0, "path": path}


def _entry(path: str, file: StoredFile) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "oid": file.oid[:40], "size": len(file.content), "path": path}
    if file.is_lfs:
        entry["lfs"] = {"oid": file.oid, "size": len(file.content), "pointerSize": 130}
    return entry


_REV: Final = r"(?P<revision>refs/pr/\d+|[^/]+)"
ROUTES: Final = (
    (r"GET /api/whoami-v2", "whoami"),
    (r"POST /api/validate-yaml", "yaml"),
    (r"POST /api/repos/create", "create"),
    (rf"POST /api/datasets/{_REPO}/preupload/{_REV}", "preupload"),
    (rf"POST /datasets/{_REPO}\.git/info/lfs/objects/batch", "batch"),
    (rf"POST /lfs/{_REPO}/verify", "verify"),
    (rf"PUT /lfs/{_REPO}/(?P<oid>[0-9a-f]+)", "upload"),
    (rf"POST /api/datasets/{_REPO}/commit/{_REV}", "commit"),
    (rf"POST /api/datasets/{_REPO}/branch/(?P<branch>.+)", "branch"),
    (rf"GET /api/datasets/{_REPO}(/revision/{_REV})?", "info"),
    (rf"GET /api/datasets/{_REPO}/tree/{_REV}(?P<path>/.*)?", "tree"),
    (rf"POST /api/datasets/{_REPO}/paths-info/{_REV}", "paths"),
    (rf"GET /api/datasets/{_REPO}/refs", "refs"),
    (rf"(?:GET|HEAD) /datasets/{_REPO}/resolve/{_REV}/(?P<path>.+)", "resolve"),
)  # fmt: skip
