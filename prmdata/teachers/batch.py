"""Answers by the Batch API: half the price, up to a day's wait, and a process that may die meanwhile.

Questions are gathered until none has come for a moment, then submitted together. What was submitted is
on disk with its batch, so a restart waits for it instead of paying again. Batches end line by line:
what was answered is kept, whatever became of the rest; what failed goes into the next batch, a bounded
number of times.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prmdata.errors import PrmdataError, TeacherError
from prmdata.teachers.batch_lines import answer_in, lasting_error, rows_of
from prmdata.teachers.batch_state import BatchLine, BatchState
from prmdata.teachers.endpoint import Endpoint, request_body
from prmdata.teachers.error_classification import Broken, Throttled
from prmdata.teachers.live import LiveSource
from prmdata.teachers.model_request import CompletionForm, ModelAnswer, ModelQuestion
from prmdata.teachers.source import Accounting
from prmdata.teachers.worst_case import prompt_tokens, worst_case

MOST_LINES: Final = 50_000
MOST_BYTES: Final = 190_000_000
_TRIES: Final = 4
"""Batches that one question may be in before it is given up."""
_ENDED: Final = frozenset({"completed", "expired", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """``linger_s``: a batch is submitted when no question has come for so long; ``poll_s``: how often an
    open batch is looked at."""

    linger_s: float = 2.0
    poll_s: float = 30.0
    most_lines: int = MOST_LINES


USUAL: Final = BatchTerms()


class BatchSource:
    """Asks by batches. The first question of each sort goes to the endpoint directly, to find out what
    it understands: a batch could only fail as a whole over that."""

    def __init__(
        self, live: LiveSource, accounting: Accounting, path: Path, terms: BatchTerms = USUAL
    ) -> None:
        self._live, self._terms = live, terms
        self._answers, self._ledger = accounting.answers, accounting.ledger
        self._price, self._stats = accounting.price, accounting.stats
        self._endpoint: Endpoint = live.endpoint
        self._state = BatchState(path)
        self._probing = asyncio.Lock()
        self._waiting: dict[str, asyncio.Future[ModelAnswer]] = {}
        self._queue: dict[str, tuple[ModelQuestion, int]] = {}
        self._tries: Counter[str] = Counter()
        self._flying: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._came = asyncio.Event()
        self._has_started = False

    async def answer(self, question: ModelQuestion) -> ModelAnswer:
        """The answer to a question, from disk or from a batch; see ``AnswerSource``."""
        self._start()
        key = question.key(self._endpoint.model, self._endpoint.url)
        stored = self._answers.get(key)
        if stored is not None:
            self._stats.replayed += 1
            return stored
        if question.form != "chat":  # the batches are of chats
            return await self._live.answer(question)
        if not self._live.capabilities.is_proven(question):
            async with self._probing:
                if not self._live.capabilities.is_proven(question):
                    return await self._live.answer(question)
        while True:
            if key not in self._waiting:
                self._waiting[key] = asyncio.get_running_loop().create_future()
            future = self._waiting[key]
            if key not in self._flying and key not in self._queue:
                self._queue[key] = (question, await self._reserve(question))
                self._came.set()
            try:
                return await asyncio.shield(future)
            except _AgainError:
                continue

    async def form(self) -> CompletionForm:
        """As the live endpoint takes it."""
        return await self._live.form()

    async def close(self) -> None:
        """Stop waiting. Open batches go on at the provider and are picked up by the next run."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for future in self._waiting.values():
            future.cancel()
        for _, reservation in self._queue.values():
            self._ledger.release(reservation, is_uncertain=False)
        self._queue.clear()
        self._state.close()
        await self._live.close()

    # ------------------------------------------------------------ gathering and submitting

    def _start(self) -> None:
        if self._has_started:
            return
        self._has_started = True
        for token, batch_id in self._state.open(self._endpoint.model, self._endpoint.url):
            self._flying.update(line.key for line in self._state.lines(token))
            self._spawn(self._adopt(token, batch_id))
        self._spawn(self._gather())

    async def _reserve(self, question: ModelQuestion) -> int:
        tokens, cost = worst_case(question, self._price, is_batch=True)
        while (reservation := self._ledger.reserve(tokens, cost, is_batch=True)) is None:
            await asyncio.sleep(0.05)
        return reservation

    async def _gather(self) -> None:
        while True:
            await self._came.wait()
            size = -1
            while size != len(self._queue) < self._terms.most_lines:
                size = len(self._queue)
                await asyncio.sleep(self._terms.linger_s)
            self._came.clear()
            for lines, body in self._portions():
                self._spawn(self._submit(lines, body))

    def _portions(self) -> Iterator[tuple[list[BatchLine], bytes]]:
        """What is queued, in batches that the provider takes."""
        lines: list[BatchLine] = []
        parts: list[bytes] = []
        size = 0
        queued, self._queue = self._queue, {}
        self._flying.update(queued)
        for key, (question, reservation) in queued.items():
            body = request_body(self._endpoint.model, question, self._live.capabilities)
            part = json.dumps(
                {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body}
            ).encode()
            if lines and (len(lines) >= self._terms.most_lines or size + len(part) > MOST_BYTES):
                yield lines, b"\n".join(parts)
                lines, parts, size = [], [], 0
            lines.append(BatchLine(key, reservation, prompt_tokens(question)))
            parts.append(part)
            size += len(part) + 1
        if lines:
            yield lines, b"\n".join(parts)

    async def _submit(self, lines: list[BatchLine], body: bytes) -> None:
        token = uuid.uuid4().hex  # marks the batch at the provider; decides nothing that comes out
        try:
            file_id = await self._insist(lambda: self._endpoint.upload(body))
            self._state.begin(token, self._endpoint.model, self._endpoint.url, lines)
            self._ledger.keep([line.reservation for line in lines])
            batch_id = await self._insist(lambda: self._created(file_id, token))
        except PrmdataError as error:
            self._state.end(token)
            self._fail(lines, error)
            return
        self._state.submitted(token, batch_id)
        await self._follow(token, batch_id, lines)

    async def _created(self, file_id: str, token: str) -> str:
        """Create the batch unless an attempt that seemed to break off has created it."""
        return await self._endpoint.find_batch(token) or await self._endpoint.create_batch(file_id, token)

    async def _adopt(self, token: str, batch_id: str | None) -> None:
        """Go on with a batch of an earlier run."""
        lines = self._state.lines(token)
        try:
            found = batch_id or await self._insist(lambda: self._endpoint.find_batch(token))
        except PrmdataError as error:
            self._fail(lines, error)
            return
        if found is None:  # the earlier run died before it was created
            self._state.end(token)
            self._again(lines)
            return
        await self._follow(token, found, lines)

    # ------------------------------------------------------------ waiting and collecting

    async def _follow(self, token: str, batch_id: str, lines: list[BatchLine]) -> None:
        try:
            while (batch := await self._insist(lambda: self._endpoint.batch(batch_id))).get(
                "status"
            ) not in _ENDED:
                await asyncio.sleep(self._terms.poll_s)
            failed = await self._collect(batch, {line.key: line for line in lines})
        except PrmdataError as error:
            self._fail(lines, error, is_released=False)
            return
        self._state.end(token)
        whole = lasting_error(batch)
        if whole is not None:
            self._fail(failed, whole)
        else:
            self._again(failed)

    async def _collect(self, batch: dict[str, Any], lines: dict[str, BatchLine]) -> list[BatchLine]:
        """Store every answer there is, in both files; the lines that have none."""
        for name in ("output_file_id", "error_file_id"):
            file_id = batch.get(name)
            if not file_id:  # Some servers write null or "" here, others leave the name out.
                continue
            content = await self._insist(lambda file_id=file_id: self._endpoint.file(file_id))
            for row in rows_of(content):
                line = lines.get(str(row.get("custom_id")))
                if line is not None and self._take(line, row):
                    del lines[line.key]
        self._stats.retries["batch_line"] += len(lines)
        return list(lines.values())

    def _take(self, line: BatchLine, row: dict[str, Any]) -> bool:
        """Store one line's answer; whether it holds one."""
        answer = answer_in(row, line, self._endpoint)
        if answer is None:
            return False
        kept = self._answers.put(line.key, self._endpoint.model, self._endpoint.url, answer)
        prompt, said = answer.prompt_tokens, answer.completion_tokens
        cost = self._price.nano_usd(prompt, said, is_batch=True) if self._price else 0
        self._ledger.settle(line.reservation, prompt, said, cost)
        self._stats.paid(answer, cost)
        self._flying.discard(line.key)
        future = self._waiting.pop(line.key, None)
        if future is not None and not future.done():
            future.set_result(kept)
        return True

    # ------------------------------------------------------------ what fails

    def _again(self, lines: list[BatchLine]) -> None:
        """Put lines that got no answer into the next batch, or give them up."""
        for line in lines:
            self._tries[line.key] += 1
            if self._tries[line.key] >= _TRIES:
                error = TeacherError(f"{self._endpoint.host}: {_TRIES} batches gave no answer to a request")
                self._fail([line], error)
                continue
            self._ledger.release(line.reservation, is_uncertain=False)
            self._flying.discard(line.key)
            future = self._waiting.pop(line.key, None)
            if future is not None and not future.done():
                future.set_exception(_AgainError())

    def _fail(self, lines: list[BatchLine], error: PrmdataError, *, is_released: bool = True) -> None:
        for line in lines:
            if is_released:
                self._ledger.release(line.reservation, is_uncertain=False)
            self._flying.discard(line.key)
            future = self._waiting.pop(line.key, None)
            if future is not None and not future.done():
                future.set_exception(error)

    async def _insist(self, call: Any) -> Any:
        """One call of the files or batches API, repeated while the connection fails."""
        failures = 0
        while True:
            try:
                return await call()
            except (Throttled, Broken) as error:
                failures += 1
                if failures >= 8:
                    raise
                await asyncio.sleep(min(60.0, error.wait_s or 0.5 * 2**failures))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _AgainError(Exception):
    """The question has to go into another batch."""
