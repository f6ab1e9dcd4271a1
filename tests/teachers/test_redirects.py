"""An endpoint that sends us elsewhere is not followed: nothing that was asked reaches another address. What it sends has
an end, in time and in size."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from prmdata.errors import UsageError
from prmdata.teachers.capabilities import EndpointCapabilities
from prmdata.teachers.endpoint import Endpoint
from prmdata.teachers.error_classification import Broken
from prmdata.teachers.model_request import ModelQuestion


@contextmanager
def serving(answer: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), answer)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def ask(url: str, timeout_s: float = 20.0) -> None:
    async def asked() -> None:
        endpoint = Endpoint("m", url, timeout_s=timeout_s)
        try:
            await endpoint.send(ModelQuestion("system", "user", 0.0, 10), EndpointCapabilities())
        finally:
            await endpoint.close()

    asyncio.run(asked())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_said(status: int) -> None:
    reached: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.append(self.path)
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with serving(Redirecting) as url, pytest.raises(UsageError, match="redirect"):
        ask(url)
    assert reached == ["/chat/completions"]


def test_an_answer_that_trickles_has_an_end() -> None:
    """Each byte comes in time, and the whole never does."""

    class Trickling(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            try:
                for _ in range(200):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with serving(Trickling) as url, pytest.raises(Broken, match="in time"):
        ask(url, timeout_s=0.5)


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_not_kept(packed: bool) -> None:
    """Not even one that is small on its way: 40 MB of blanks are 40 kB when they are compressed."""
    whole = b" " * (40 << 20)
    body = gzip.compress(whole, 1) if packed else whole

    class Endless(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with serving(Endless) as url, pytest.raises(Broken, match="more than 32 MB"):
        ask(url)
