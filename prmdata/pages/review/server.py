"""Serves the page on which a person judges labels, on 127.0.0.1, to everyone who has its address.

The address contains a secret, so no other page or user can read or judge. A label leaves this process only
after it was judged, and a judgement is on disk before the server replies to it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Final

import jinja2
from markupsafe import Markup

from prmdata.pages.review.review_text import QUESTIONS, context, reason_of
from prmdata.pages.review.sample_review import (
    JUDGEMENTS,
    WORDS,
    Judgement,
    ReviewFinding,
    Sampled,
    add_finding,
    agreement,
)

_HERE: Final = Path(__file__).parent
_STYLE: Final = _HERE.parent / "report" / "style.css"
_LARGEST_BODY: Final = 100_000


class ReviewServer:
    """Serves ``items`` for ``person`` to judge; a context manager. ``port`` 0 means any free port.

    :attr:`url` is the address of the page. :attr:`finished` is set when the reviewer left the page at its
    end.
    """

    def __init__(self, out: Path, items: Sequence[Sampled], person: str, port: int = 0) -> None:
        self.out = out
        self.items = list(items)
        self.person = person
        self.finished = Event()
        self._lock = Lock()
        self._judged: dict[int, ReviewFinding] = {}
        self.token = secrets.token_urlsafe(12)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_PageRequest, self))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/{self.token}/"

    def __enter__(self) -> ReviewServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def page(self) -> str:
        """The page as HTML. It loads nothing but its questions."""
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined
        )
        with self._lock:
            judged = sorted(self._judged)
        n = len(self.items)
        return environment.get_template("page.html.j2").render(
            judged=judged,
            first=next((place for place in range(n) if place not in judged), max(n - 1, 0)),
            n=n,
            name=self.out.resolve().name,
            person=self.person,
            style=Markup(_STYLE.read_text("utf-8")),
            script=Markup((_HERE / "review.js").read_text("utf-8")),
        )

    def question(self, place: int) -> dict[str, Any]:
        """One question, without its label, reason and evidence. Raises IndexError if there is no such
        question."""
        if place < 0:
            raise IndexError(place)
        item = self.items[place]
        trace = item.trace
        prompt, end = context(item)
        return {
            "place": place,
            "n": len(self.items),
            "problem": trace.problem_id,
            "row": trace.id,
            "prompt": prompt,
            "steps": list(trace.steps[:end]),
            "step": item.step,
            "given": trace.given_steps,
            "question": QUESTIONS[trace.label_kind],
            "answer": self.answer(place) if place in self._judged else None,
        }

    def judge(self, place: int, judgement: str, note: str) -> dict[str, Any]:
        """Store a judgement and return the label. A second judgement on the same label replaces the first."""
        if place < 0:
            raise IndexError(place)
        item = self.items[place]
        if judgement not in JUDGEMENTS:
            raise ValueError(judgement)
        word: Judgement = judgement  # type: ignore[assignment]  # one of JUDGEMENTS
        policy = item.trace.policy
        found = ReviewFinding(item.trace.id, item.step, item.label, policy, word, self.person, note[:2000])
        with self._lock:
            add_finding(self.out, found)
            self._judged[place] = found
        return self.answer(place)

    def answer(self, place: int) -> dict[str, Any]:
        """What the dataset says about a label that was judged."""
        item, found = self.items[place], self._judged[place]
        seen = item.trace.evidence.counterexample if item.label == 0 else None
        shown = None if seen is None else {"input": seen.input, "expected": seen.expected, "got": seen.got}
        return {
            "judgement": found.judgement,
            "label": WORDS[item.label],
            "reason": reason_of(item),
            "counterexample": shown,
            "left": len(self.items) - len(self._judged),
            "agreement": agreement(self.out),
        }


class _PageRequest(BaseHTTPRequestHandler):
    """Handles one HTTP request from the page."""

    def __init__(self, review: ReviewServer, *connection: Any) -> None:
        self._review = review
        super().__init__(*connection)

    def do_GET(self) -> None:
        match self._parts():
            case [""]:
                self._send(200, "text/html; charset=utf-8", self._review.page())
            case ["question", place]:
                self._answer(lambda: self._review.question(int(place)))
            case _:
                self._send(404, "text/plain", "no such page")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        is_number = length.isdecimal() and len(length) <= len(str(_LARGEST_BODY))
        body = self.rfile.read(int(length)) if is_number and int(length) <= _LARGEST_BODY else b""
        match self._parts():
            case ["judge"]:
                self._answer(lambda: self._judged(json.loads(body)))
            case ["done"]:
                self._send(200, "application/json", "{}")
                self._review.finished.set()
            case _:
                self._send(404, "text/plain", "no such page")

    def _judged(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._review.judge(int(asked["place"]), str(asked["judgement"]), str(asked.get("note", "")))

    def _parts(self) -> list[str]:
        """The parts of the path after the secret; [] if the secret or the host is wrong."""
        secret, *rest = self.path.removeprefix("/").split("/")
        right = secrets.compare_digest(secret.encode(), self._review.token.encode())
        return rest if right and self.headers.get("Host") == self._review.host else []

    def _answer(self, work: Any) -> None:
        try:
            self._send(200, "application/json", json.dumps(work()))
        except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError):
            self._send(400, "text/plain", "not a question of this review")

    def _send(self, status: int, kind: str, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'self' 'unsafe-inline' data:")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Log nothing, because the address is a secret."""
