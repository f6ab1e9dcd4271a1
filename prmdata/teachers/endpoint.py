"""One OpenAI-compatible endpoint: the only file that knows the ``openai`` package.

One call is one HTTP request: the package's own retries are off (it retries an empty account and gives
up on long waits), its parsing is passed by (it loses the usage when an answer misses the schema), and
none of its transport's types is touched, so every release from 1.60 to 3.x will do.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any, Final
from urllib.parse import urlsplit

from prmdata.errors import UsageError
from prmdata.teachers.answer_body import read_body
from prmdata.teachers.answer_size import TooLongError, bound
from prmdata.teachers.capabilities import EndpointCapabilities
from prmdata.teachers.error_classification import Broken, NotThere, Unsupported, sort_status
from prmdata.teachers.model_request import ModelAnswer, ModelQuestion

NO_COMPLETIONS: Final = "--complete-by raw needs /completions; prefill and chat do not"
DEFAULT_URL: Final = "https://api.openai.com/v1"
_CLIENTS: Final = 8
"""Clients that take turns: a connection pool looks at all its connections for each request."""


_RAW: Final[dict[str, Any]] = {"headers": {"X-Stainless-Raw-Response": "true"}}
"""What ``with_raw_response`` sets: the response as it came, not parsed."""


def address(base_url: str | None) -> str:
    """The endpoint's address: as given, else as ``OPENAI_BASE_URL`` says, else OpenAI's own."""
    return (base_url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_URL).rstrip("/")


class _Unanswerable(Exception):
    """The endpoint will never answer this request; ``answer`` says why."""

    def __init__(self, answer: ModelAnswer) -> None:
        super().__init__(answer.problem)
        self.answer = answer


class Endpoint:
    """A model at an address. ``url`` as given, without a trailing slash; ``host`` without port."""

    def __init__(self, model: str, base_url: str | None = None, *, timeout_s: float = 600.0) -> None:
        self.model = model
        self.url = address(base_url)
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"--base-url {self.url}: not an address; give one such as http://127.0.0.1:8000/v1"
            )
        if parts.username or parts.password or parts.query:
            raise UsageError(
                "--base-url: an address without user, password and query; put the key into OPENAI_API_KEY"
            )
        self.host = parts.hostname
        key = (os.environ.get("OPENAI_API_KEY") or "").strip()
        if not key and self.url == DEFAULT_URL:
            raise UsageError(
                "OPENAI_API_KEY is not set: set it, or give the --base-url of a server of your own"
            )
        if not all("!" <= char <= "~" for char in key):
            raise UsageError("OPENAI_API_KEY: holds characters that no key has; set it anew")
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        _keep_quiet()
        # A server of one's own usually wants no key, but the package insists on one.
        self._all = [
            AsyncOpenAI(
                api_key=key or "none",
                base_url=self.url,
                max_retries=0,
                timeout=timeout_s,
                # A redirect would carry prompts, and on one host the key, to an address that nobody gave.
                http_client=DefaultAsyncHttpxClient(
                    follow_redirects=False, timeout=timeout_s, event_hooks={"response": [bound]}
                ),
            )
            for _ in range(_CLIENTS)
        ]
        self._timeout_s = timeout_s
        self._clients = cycle(self._all)
        self.client = self._all[0]

    async def send(self, question: ModelQuestion, capabilities: EndpointCapabilities) -> ModelAnswer:
        """One request, one answer. Raises what :mod:`prmdata.teachers.error_classification` draws."""
        try:
            async with self._sorted(capabilities.is_proven(question)):
                # The package's way to an address it does not know: `create` would walk through schema and
                # messages to look for what to convert (a fifth of a request's cost, M).
                client: Any = next(self._clients)
                body = request_body(self.model, question, capabilities)
                async with asyncio.timeout(self._timeout_s):  # an answer byte by byte is never late otherwise
                    path = "/completions" if question.form == "raw" else "/chat/completions"
                    raw = await client.post(path, cast_to=object, body=body, options=_RAW)
        except _Unanswerable as found:
            return found.answer
        except NotThere as error:
            if question.form == "raw":
                raise UsageError(f"{error} ({NO_COMPLETIONS})") from None
            raise
        return read_body(raw.content, self.host)

    async def upload(self, lines: bytes) -> str:
        """Upload the lines of a batch; the file's id."""
        async with self._batching():
            file = await self.client.files.create(file=("batch.jsonl", lines), purpose="batch")
        return file.id

    async def create_batch(self, file_id: str, token: str) -> str:
        """Start a batch over an uploaded file, marked with ``token``; its id."""
        async with self._batching():
            batch = await self.client.batches.create(
                completion_window="24h",
                endpoint="/v1/chat/completions",
                input_file_id=file_id,
                metadata={"prmdata": token},
            )
        return batch.id

    async def find_batch(self, token: str) -> str | None:
        """The batch that was marked with ``token``, among the last hundred; None where there is none."""
        async with self._sorted():
            page = await self.client.batches.list(limit=100)
        for batch in page.data:
            if (batch.metadata or {}).get("prmdata") == token:
                return batch.id
        return None

    async def batch(self, batch_id: str) -> dict[str, Any]:
        """A batch as it stands, as plain data; one that is not there any more has failed."""
        try:
            async with self._sorted():
                raw = await self.client.batches.with_raw_response.retrieve(batch_id)
        except NotThere:
            return {"status": "failed"}
        return dict(json.loads(raw.content))

    async def file(self, file_id: str) -> bytes:
        """The bytes of a file; none where it is not there any more."""
        try:
            async with self._sorted():
                content = await self.client.files.content(file_id)
        except NotThere:
            return b""
        return bytes(content.content)

    @asynccontextmanager
    async def _batching(self) -> AsyncIterator[None]:
        """Do the same as :meth:`_sorted`, for requests that not every server supports."""
        try:
            async with self._sorted():
                yield
        except (NotThere, Unsupported) as error:
            raise UsageError(f"{error}: --batch needs its files and batches; run without it") from None

    @asynccontextmanager
    async def _sorted(self, is_proven: bool = False) -> AsyncIterator[None]:
        """Turn the package's errors into ours."""
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            found = sort_status(
                error.status_code,
                error.body,
                error.response.headers,
                host=self.host,
                model=self.model,
                is_proven=is_proven,
            )
            if isinstance(found, ModelAnswer):
                raise _Unanswerable(found) from None
            raise found from None
        except (TimeoutError, openai.APITimeoutError):
            raise Broken("timeout", f"{self.host} did not answer in time", is_uncertain=True) from None
        except (TooLongError, openai.APIError) as error:
            cause = error.__cause__ or error
            if isinstance(cause, TooLongError):
                said = f"{self.host} {cause}"
                raise Broken("malformed", said, is_uncertain=True, lasting="malformed body") from None
            kind = type(cause).__name__
            # A connection that was never made cannot have cost anything.
            is_uncertain = kind not in ("ConnectError", "ConnectTimeout", "ConnectionRefusedError")
            raise Broken(
                "connection", f"{self.host}: the connection broke ({kind})", is_uncertain=is_uncertain
            ) from None

    async def close(self) -> None:
        """Close the connections."""
        for client in self._all:
            await client.close()


def request_body(model: str, question: ModelQuestion, capabilities: EndpointCapabilities) -> dict[str, Any]:
    """The body of a request: the part that all questions share first."""
    parameters = capabilities.parameters(question)
    if question.form == "raw":
        return {"model": model, "prompt": question.user, **parameters}
    messages: list[dict[str, Any]] = (
        [{"role": "system", "content": question.system}] if question.system else []
    )
    messages.append({"role": "user", "content": question.user})
    if question.form == "prefill":
        begun = {"role": "assistant", "content": question.beginning}
        messages.append(begun | ({"prefix": True} if capabilities.prefill == "prefix" else {}))
    return {"model": model, "messages": messages, **parameters}


def _keep_quiet() -> None:
    """At DEBUG the package and its transport log whole requests: prompts, answers and headers. To be called
    after the import, which sets the level that ``OPENAI_LOG`` names."""
    for name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
