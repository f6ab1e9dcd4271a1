"""A loopback Hub: a real HTTP server that speaks the Hugging Face Hub's protocol for datasets.

Create, whoami, preupload, LFS batch, upload and verify, commit, branches, pull requests, and what is
needed to read: info, tree, paths-info, resolve. Point ``HF_ENDPOINT`` at it before ``huggingface_hub`` is
imported (it reads the variable then) and set ``HF_HUB_DISABLE_XET=1``: the Xet protocol is not spoken.

>>> with LoopbackHub() as hub:  # doctest: +SKIP
...     subprocess.run(["prmdata", "push", "OUT", "me/set"], env=os.environ | hub.environment())
...     hub.files("me/set")

It answers on 127.0.0.1 only and keeps everything in memory. Tokens are compared, never kept or logged.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from prmdata.testing.hub_answers import ROUTES, HubCall
from prmdata.testing.hub_store import Commit, HubStore

TOKEN: Final = "hf_loopback_token"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came. ``authorized``: it carried the right token."""

    method: str
    path: str
    n_bytes: int
    authorized: bool


@dataclass(slots=True)
class Fault:
    """The next ``times`` requests whose ``METHOD path`` contains ``match`` get ``status``; 0: the
    connection is closed without an answer, after half the body was read."""

    match: str
    times: int
    status: int


class LoopbackHub:
    """The server, running while the context is open. ``seen`` lists the requests in order."""

    def __init__(self, token: str = TOKEN) -> None:
        self.store = HubStore()
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self._token = token
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> LoopbackHub:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environment(self) -> dict[str, str]:
        """The variables that send a process here."""
        return {
            "HF_ENDPOINT": self.endpoint,
            "HF_TOKEN": self._token,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def fail(self, match: str, *, times: int = 1, status: int = 500) -> None:
        """Inject a fault (see :class:`Fault`)."""
        self.faults.append(Fault(match, times, status))

    def commits(self, repo_id: str, revision: str = "main") -> list[Commit]:
        """The commits of a branch, oldest first."""
        return list(self.store.repositories[repo_id].branches[revision])

    def files(self, repo_id: str, revision: str = "main") -> dict[str, bytes]:
        """The files at the head of a branch."""
        return {path: file.content for path, file in self.commits(repo_id, revision)[-1].files.items()}

    def fault_for(self, request: str) -> Fault | None:
        """The fault that this request (``METHOD path``) meets, used up once."""
        for fault in self.faults:
            if fault.times > 0 and fault.match in request:
                fault.times -= 1
                return fault
        return None

    def admits(self, authorization: str | None) -> bool:
        """Whether the header carries the right token."""
        return authorization == f"Bearer {self._token}"


def _handler(hub: LoopbackHub) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"hub": hub})


class _Handler(BaseHTTPRequestHandler):
    hub: LoopbackHub
    protocol_version = "HTTP/1.1"

    @property
    def store(self) -> HubStore:
        """What the Hub keeps."""
        return self.hub.store

    @property
    def endpoint(self) -> str:
        """The Hub's address."""
        return self.hub.endpoint

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing; ``seen`` lists the requests."""

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path)
        path = unquote(url.path)
        fault = self.hub.fault_for(f"{self.command} {path}")
        body = self.rfile.read(length // 2 if fault is not None and fault.status == 0 else length)
        authorized = self.hub.admits(self.headers.get("Authorization"))
        self.hub.seen.append(Seen(self.command, path, len(body), authorized))
        if fault is not None and fault.status == 0:
            self.close_connection = True
            return
        if fault is not None:
            self.reply(fault.status, {"error": "an injected fault"})
            return
        for pattern, name in ROUTES:
            match = re.fullmatch(pattern, f"{self.command} {path}")
            if match is not None:
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                HubCall(self, match.groupdict(), query, body, authorized).run(name)
                return
        self.reply(404, {"error": f"not spoken here: {self.command} {path}"})

    def reply(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        """Send JSON, or bytes as they are."""
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        kind = "application/octet-stream" if isinstance(value, bytes) else "application/json"
        for name, text in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            **(headers or {}),
        }.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
