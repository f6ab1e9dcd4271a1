"""Answers from a live endpoint: reserve, pace, send, retry, store, settle.

Nothing is paid for twice: an answer on disk is used, two questions alike are sent once, and every answer
is on disk before anybody sees it.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Final

from prmdata.errors import TeacherError, UsageError
from prmdata.teachers.answers import Answers
from prmdata.teachers.budget import Ledger
from prmdata.teachers.dialect import Dialect
from prmdata.teachers.endpoint import Endpoint
from prmdata.teachers.pace import Gate
from prmdata.teachers.prices import Price
from prmdata.teachers.question import Answer, Question
from prmdata.teachers.tally import Tally
from prmdata.teachers.tokens import MESSAGE, estimate_tokens
from prmdata.teachers.trouble import Broken, Throttled, Unsupported

_POLL_S: Final = 0.05
_MOST_BROKEN: Final = 8
"""Sends of one question that may break off: at a fault rate of 20% one in 400,000 questions fails."""
_MOST_THROTTLED: Final = 40
_LONGEST_BACKOFF_S: Final = 60.0
_LAST_WORDS_S: Final = 15.0
"""How long closing waits for answers under way."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How to send: at most ``concurrency`` at once, ``rpm``/``tpm`` a minute (None: as the endpoint
    bears), ``backoff_s`` the first pause after a failure (it doubles, with jitter)."""

    concurrency: int = 64
    rpm: int | None = None
    tpm: int | None = None
    backoff_s: float = 0.5


class LiveSource:
    """Asks an endpoint. Belongs to the event loop that first calls it."""

    def __init__(
        self,
        endpoint: Endpoint,
        answers: Answers,
        ledger: Ledger,
        price: Price | None,
        terms: Terms,
        tally: Tally,
    ) -> None:
        self.endpoint, self._answers, self._ledger = endpoint, answers, ledger
        self._price, self._terms, self._tally = price, terms, tally
        self._gate = Gate(terms.concurrency)
        self._asked: dict[str, asyncio.Task[Answer]] = {}
        self._proving = asyncio.Lock()
        known = answers.learnt(endpoint.model, endpoint.url, "dialect")
        self._dialect = Dialect(**known) if known else Dialect()
        self._has_answered = known is not None
        # Jitter only spreads requests in time; it decides nothing that comes out.
        self._jitter = random.Random()

    async def answer(self, question: Question) -> Answer:
        """The answer to a question, from disk or from the endpoint; see :class:`AnswerSource`."""
        key = question.key(self.endpoint.model, self.endpoint.url)
        stored = self._answers.get(key)
        if stored is not None:
            self._tally.replayed += 1
            return stored
        task = self._asked.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key, question))
            self._asked[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # Shielded: a request under way is paid for, so its answer is stored even if nobody waits.
        return await asyncio.shield(task)

    @property
    def dialect(self) -> Dialect:
        """What the endpoint is known to understand."""
        return self._dialect

    async def close(self) -> None:
        """Let requests under way end (their answers are paid for), then close everything."""
        if self._asked:
            await asyncio.wait(list(self._asked.values()), timeout=_LAST_WORDS_S)
        for task in list(self._asked.values()):
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)
        await self.endpoint.close()
        self._answers.close()
        self._ledger.close()

    def _forget(self, key: str, task: asyncio.Task[Answer]) -> None:
        self._asked.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has been told; if nobody waited, nobody need be

    async def _fetch(self, key: str, question: Question) -> Answer:
        if not self._dialect.is_proven(question):
            async with self._proving:  # one by one until the endpoint has shown what it takes
                if not self._dialect.is_proven(question):
                    return await self._persist(key, question)
        return await self._persist(key, question)

    async def _persist(self, key: str, question: Question) -> Answer:
        broken = throttled = 0
        while True:
            try:
                return await self._once(key, question)
            except Unsupported:
                self._tally.retries["unsupported"] += 1
            except Throttled as error:
                throttled += 1
                self._tally.retries["throttled"] += 1
                if throttled > _MOST_THROTTLED:
                    raise TeacherError(
                        f"{error}, {throttled} times in a row; lower the rate or wait"
                    ) from None
                await self._wait_out(error.wait_s, throttled)
            except Broken as error:
                broken += 1
                self._tally.retries[error.reason] += 1
                if broken >= _MOST_BROKEN:
                    raise self._give_up(error) from None
                await self._wait_out(error.wait_s, broken)

    async def _once(self, key: str, question: Question) -> Answer:
        """One request: a place, the pace, the money; then store and settle."""
        number = await self._gate.enter()
        try:
            prompt = prompt_tokens(question)
            reservation = await self._reserve(prompt, question)
            dialect = self._dialect
            self._tally.sent += 1
            try:
                answer = await self.endpoint.send(question, dialect)
            except Throttled:
                self._gate.throttled(number)
                self._ledger.release(reservation, is_uncertain=False)
                raise
            except Unsupported as error:
                self._ledger.release(reservation, is_uncertain=False)
                self._simplify(error, dialect, question)
                raise
            except Broken as error:
                self._ledger.release(reservation, is_uncertain=error.is_uncertain)
                raise
            except asyncio.CancelledError:
                self._ledger.release(reservation, is_uncertain=True)
                raise
            except BaseException:
                self._ledger.release(reservation, is_uncertain=False)
                raise
            return self._keep(key, question, answer, reservation, dialect, prompt)
        finally:
            self._gate.leave()

    def _keep(
        self, key: str, question: Question, answer: Answer, reservation: int, dialect: Dialect, prompt: int
    ) -> Answer:
        if not answer.is_counted:
            spoken = sum(estimate_tokens(choice.text) for choice in answer.choices)
            answer = Answer(answer.choices, prompt, spoken, is_counted=False, problem=answer.problem)
        model, url = self.endpoint.model, self.endpoint.url
        kept = self._answers.put(key, model, url, answer)
        cost = self._price.nano_usd(answer.prompt_tokens, answer.completion_tokens) if self._price else 0
        self._ledger.settle(reservation, answer.prompt_tokens, answer.completion_tokens, cost)
        self._gate.answered()
        self._has_answered = True
        self._tally.paid(answer, cost)
        if not answer.problem and not self._dialect.is_proven(question) and dialect == self._dialect:
            self._learn(dialect.proven(question))
        return kept

    async def _reserve(self, prompt: int, question: Question) -> int:
        completion = question.max_tokens * question.n
        price, terms = self._price, self._terms
        # A tenth more than estimated: the estimate of a prompt may be a little low.
        prompt = prompt * 11 // 10
        cost = price.nano_usd(prompt, completion) if price else 0
        while (
            wait_s := self._ledger.wait_s(self.endpoint.url, prompt + completion // 2, terms.rpm, terms.tpm)
        ) > 0:
            await asyncio.sleep(wait_s)
        while (reservation := self._ledger.reserve(prompt + completion, cost)) is None:
            await asyncio.sleep(_POLL_S)
        return reservation

    async def _wait_out(self, wait_s: float | None, failures: int) -> None:
        if wait_s is not None:
            # Everybody waits: the endpoint asked for quiet, not for another sender.
            self._ledger.pause(self.endpoint.url, wait_s)
            await asyncio.sleep(self._jitter.uniform(0, self._terms.backoff_s))
            return
        longest = min(_LONGEST_BACKOFF_S, self._terms.backoff_s * 2 ** (failures - 1))
        await asyncio.sleep(self._jitter.uniform(longest / 2, longest))

    def _simplify(self, refusal: Unsupported, sent: Dialect, question: Question) -> None:
        if sent.parameters(question) != self._dialect.parameters(question):
            return  # another request was refused first, and the dialect is plainer by now
        plainer = sent.without(refusal.parameter, question)
        if plainer is None:
            raise UsageError(f"{refusal}: it refuses the plainest request; check --base-url and --model")
        self._learn(plainer)

    def _learn(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._answers.learn(self.endpoint.model, self.endpoint.url, "dialect", dialect.to_plain())

    def _give_up(self, error: Broken) -> TeacherError | UsageError:
        if not self._has_answered and error.reason == "connection":
            return UsageError(f"{error}: nobody answers at {self.endpoint.url}; check --base-url")
        return TeacherError(f"{error}, {_MOST_BROKEN} times in a row; run the same command again to go on")


def prompt_tokens(question: Question) -> int:
    """Tokens of a question's prompt, estimated."""
    return estimate_tokens(question.system) + estimate_tokens(question.user) + 2 * MESSAGE


def worst_case(question: Question, price: Price | None, *, is_batch: bool = False) -> tuple[int, int]:
    """The most tokens and money (nano-dollars) that one question can take. A tenth is added to the prompt,
    whose estimate may be a little low; answers end at ``max_tokens``."""
    prompt, completion = prompt_tokens(question) * 11 // 10, question.max_tokens * question.n
    cost = price.nano_usd(prompt, completion, is_batch=is_batch) if price else 0
    return prompt + completion, cost
