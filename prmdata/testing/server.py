"""An OpenAI-compatible server on loopback that goes wrong on purpose, as often and as one says.

``with faulty_server(plan=FaultPlan(rate=0.2)) as server:`` gives ``server.base_url``;
``python -m prmdata.testing.server --port 8000 --rate 0.2`` runs until interrupted. Good answers come from
the offline operators, so whole builds run against it. ``GET /stats`` (no key needed) tells what was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from prmdata.testing.batches import Batches, BatchOutcome
from prmdata.testing.chat import Manners, Refusal, as_events, body_of, check, digest, speak
from prmdata.testing.faults import ALL, FaultPlan
from prmdata.testing.http import HttpReply, HttpRequest, LoopbackServer, json_reply

NO_FAULTS: Final = FaultPlan()
PLAIN: Final = Manners()


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """``latency_s`` before each answer; ``capacity`` requests at once, the next get 429. ``references`` are the
    solutions that continuations come from. ``batch_outcomes``, ``batch_polls``: see :class:`Batches`."""

    latency_s: float = 0.0
    capacity: int | None = None
    references: Sequence[str] = ()
    port: int = 0
    batch_outcomes: tuple[BatchOutcome, ...] = ("completed",)
    batch_polls: int = 1


class FaultyServer:
    """The server and what it saw.

    ``counts``: ``requests``, ``answers`` and each fault by name. ``served``: how often each request
    (by digest) was answered whole, usable or not. ``busiest``: most requests under way at once.
    """

    def __init__(self, plan: FaultPlan, manners: Manners, settings: ServerSettings) -> None:
        self.plan, self.manners = plan, manners
        self.latency_s, self.capacity = settings.latency_s, settings.capacity
        self.references = tuple(settings.references)
        self.counts: Counter[str] = Counter()
        self.served: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.busiest = 0
        self._under_way = 0
        self.batches = Batches(self._batch_line, settings.batch_outcomes, settings.batch_polls)
        self._http = LoopbackServer(self._handle, settings.port)

    @property
    def base_url(self) -> str:
        """What to give as ``--base-url``."""
        return f"http://127.0.0.1:{self._http.port}/v1"

    def start(self) -> None:
        """Starts to listen. Raises OSError if the port is taken."""
        self._http.start()

    def stop(self) -> None:
        """Stops listening and closes all connections."""
        self._http.stop()

    def stats(self) -> dict[str, Any]:
        """What was asked so far, as plain data."""
        twice = sum(1 for times in self.served.values() if times > 1)
        return {**dict(sorted(self.counts.items())), "answered_twice": twice, "busiest": self.busiest}

    async def _handle(self, request: HttpRequest) -> HttpReply:
        path = request.path.split("?")[0].removeprefix("/v1").rstrip("/")
        try:
            if request.method == "POST" and (
                path == "/chat/completions" or (path == "/completions" and self.manners.completions)
            ):
                return await self._chat(request)
            return self._other(path, request)
        except Refusal as refusal:
            self.counts[f"refused_{refusal.status}"] += 1
            return json_reply(refusal.status, refusal.body)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return json_reply(400, {"error": {"message": "not a request", "code": "bad_request"}})

    async def _chat(self, request: HttpRequest) -> HttpReply:
        data = request.json()
        self.counts["requests"] += 1
        check(data, request.headers.get("authorization", ""), self.manners)
        self._under_way += 1
        self.busiest = max(self.busiest, self._under_way)
        try:
            if self.capacity is not None and self._under_way > self.capacity:
                self.counts["over_capacity"] += 1
                return _throttled({})
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            return self._answered(data)
        finally:
            self._under_way -= 1

    def _answered(self, data: dict[str, Any]) -> HttpReply:
        if self.manners.quota is not None and self.counts["answers"] >= self.manners.quota:
            raise Refusal(429, "You exceeded your current quota.", "insufficient_quota")
        content = digest(data)
        fault = self.plan.transport(content, self.seen[content])
        self.seen[content] += 1
        if fault is not None:
            self.counts[fault] += 1
            if fault not in ("slow", "cut", "malformed_body"):
                return _broken(fault)
        if self.plan.content(content) == "bad_request":
            self.counts["bad_request"] += 1
            raise Refusal(400, "This request cannot be processed.")
        spoken, spoilt = speak(data, self.plan, self.manners, self.references)
        body = body_of(data, spoken, self.manners)
        if fault == "malformed_body":
            return HttpReply(
                200, json.dumps(body).encode()[:-20] + b"<html>", {"content-type": "application/json"}
            )
        if fault != "cut":
            self.counts["answers"] += 1
            self.served[content] += 1
            if spoilt is not None:
                self.counts[spoilt] += 1
        sent = json_reply(200, body, sending=fault or "whole")
        if data.get("stream"):
            return replace(sent, body=as_events(body), headers={"content-type": "text/event-stream"})
        return sent

    def _other(self, path: str, request: HttpRequest) -> HttpReply:
        parts = path.strip("/").split("/")
        if parts[0] in ("files", "batches") and not self.manners.batches:
            raise Refusal(404, "no such address")
        match (request.method, parts):
            case ("GET", ["stats"]):
                return json_reply(200, self.stats())
            case ("GET", ["models"]):
                models = [
                    {"id": name, "object": "model", "created": 0, "owned_by": "x"}
                    for name in self.manners.models
                ]
                return json_reply(200, {"object": "list", "data": models})
            case ("POST", ["files"]):
                return json_reply(
                    200, self.batches.upload(request.body, request.headers.get("content-type", ""))
                )
            case ("GET", ["files", name, "content"]):
                return HttpReply(
                    200, self.batches.content(name), {"content-type": "application/octet-stream"}
                )
            case ("POST", ["batches"]):
                self.counts["batches"] += 1
                return json_reply(200, self.batches.create(request.json()))
            case ("GET", ["batches"]):
                return json_reply(200, self.batches.all())
            case ("GET", ["batches", name]):
                return json_reply(200, self.batches.look(name))
            case ("POST", ["batches", name, "cancel"]):
                return json_reply(200, self.batches.cancel(name))
        raise Refusal(404, "no such address")

    def _batch_line(self, data: dict[str, Any]) -> tuple[int, Any]:
        self.counts["requests"] += 1
        try:
            check(data, f"Bearer {self.manners.key}", self.manners)
        except Refusal as refusal:
            return refusal.status, refusal.body
        spoken, spoilt = speak(data, self.plan, self.manners, self.references)
        self.counts["answers"] += 1
        self.served[digest(data)] += 1
        if spoilt is not None:
            self.counts[spoilt] += 1
        return 200, body_of(data, spoken, self.manners)


def _broken(fault: str) -> HttpReply:
    if fault == "throttled":
        return _throttled({})
    if fault == "throttled_retry_after":
        return _throttled({"retry-after-ms": "50", "retry-after": "1"})
    if fault == "reset":
        return HttpReply(200, b"", sending="reset")
    status = 500 if fault == "error_500" else 503
    return json_reply(status, {"error": {"message": "The server had an error.", "type": "server_error"}})


def _throttled(headers: dict[str, str]) -> HttpReply:
    error = {"message": "Rate limit reached.", "type": "requests", "code": "rate_limit_exceeded"}
    return json_reply(429, {"error": error}, headers=headers)


@contextmanager
def faulty_server(
    plan: FaultPlan = NO_FAULTS, manners: Manners = PLAIN, **how: Any
) -> Iterator[FaultyServer]:
    """A running :class:`FaultyServer`, stopped at the end; ``how`` are the fields of its settings."""
    server = FaultyServer(plan, manners, ServerSettings(**how))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a server until interrupted; its address is the first line on stdout."""
    given = _parser().parse_args(arguments)
    references = _references(given.references) if given.references else ()
    manners = Manners(
        given.structured,
        (),
        given.key,
        (given.model,),
        given.most_choices,
        given.skill,
        given.quota,
        given.garbage,
    )
    plan = FaultPlan(given.rate, tuple(given.faults.split(",")), given.seed)
    with faulty_server(
        plan,
        manners,
        latency_s=given.latency_ms / 1000,
        capacity=given.capacity,
        references=references,
        port=given.port,
    ) as server:
        print(server.base_url, flush=True)
        for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts background jobs with SIGINT ignored
            signal.signal(number, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print(json.dumps(server.stats()), flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m prmdata.testing.server", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--rate", type=float, default=0.0, help="share of requests that go wrong")
    parser.add_argument("--faults", default=",".join(ALL), help="which, separated by commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--capacity", type=int, help="requests at once; the next get 429")
    parser.add_argument("--structured", choices=("json_schema", "json_object", "none"), default="json_schema")
    parser.add_argument("--key", help="the only key accepted")
    parser.add_argument("--model", default="faulty-1", help="the only model there is")
    parser.add_argument("--quota", type=int, help="answers until the account is empty")
    parser.add_argument("--garbage", action="store_true", help="every answer is noise")
    parser.add_argument(
        "--most-choices", type=int, default=128, help="choices given at once, whatever n asks"
    )
    parser.add_argument("--skill", type=float, default=0.7, help="share of continuations that are right")
    parser.add_argument(
        "--references", type=Path, help="JSON lines with `reference`: known solutions to complete from"
    )
    return parser


def _references(path: Path) -> tuple[str, ...]:
    lines = path.read_text("utf-8").split("\n")
    return tuple(json.loads(line)["reference"] for line in lines if line.strip())


if __name__ == "__main__":
    sys.exit(main())
