"""A small HTTP/1.1 server on loopback, of the standard library's asyncio, that can also misbehave.

A handler gets a request and returns a reply; the reply says how its bytes are to be sent: after a
pause, in slow pieces, cut off in the middle, or not at all (the connection is reset).
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

_MOST_BODY = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as read. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One reply and how to send it. ``delay_s`` comes before the first byte."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    sending: Literal["whole", "slow", "cut", "reset"] = "whole"


def json_reply(status: int, data: Any, **how: Any) -> HttpReply:
    """A reply with ``data`` as JSON."""
    headers = {"content-type": "application/json", **how.pop("headers", {})}
    return HttpReply(status, json.dumps(data).encode(), headers, **how)


Handler = Callable[[HttpRequest], Awaitable[HttpReply]]


class LoopbackServer:
    """Serves ``handler`` on 127.0.0.1 from a thread with an event loop of its own."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self._handler, self._wanted = handler, port
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="loopback-server", daemon=True)
        self._started = threading.Event()
        self._failed: OSError | None = None
        self._stop = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen; returns when connections are accepted. OSError where the port is taken."""
        self._thread.start()
        self._started.wait()
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        """Close every connection and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        try:
            server = await asyncio.start_server(self._accepted, "127.0.0.1", self._wanted, backlog=1024)
        except OSError as error:
            self._failed = error
            self._started.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            while (request := await _read(reader)) is not None:
                reply = await self._handler(request)
                if not await _send(writer, reply):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, ValueError, asyncio.CancelledError):
            pass  # the client went away, sent no HTTP, or the server is being stopped
        finally:
            if task is not None:
                self._open.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> HttpRequest | None:
    line = await reader.readline()
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := await reader.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    else:
        length = int(headers.get("content-length", "0"))
        if length > _MOST_BODY:
            raise ValueError("body too large")
        body = await reader.readexactly(length)
    return HttpRequest(method, path, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


async def _send(writer: asyncio.StreamWriter, reply: HttpReply) -> bool:
    """Send as the reply says; whether the connection can be used again."""
    if reply.delay_s:
        await asyncio.sleep(reply.delay_s)
    if reply.sending == "reset":
        writer.transport.abort()
        return False
    head = [f"HTTP/1.1 {reply.status} X", f"content-length: {len(reply.body)}"]
    head += [f"{name}: {value}" for name, value in reply.headers.items()]
    writer.write("\r\n".join([*head, "", ""]).encode("latin-1"))
    if reply.sending == "cut":
        writer.write(reply.body[: len(reply.body) // 2])
        await writer.drain()
        return False
    if reply.sending == "slow":
        piece = max(1, len(reply.body) // 5)
        for at in range(0, len(reply.body), piece):
            writer.write(reply.body[at : at + piece])
            await writer.drain()
            await asyncio.sleep(0.02)
        return True
    writer.write(reply.body)
    await writer.drain()
    return True
