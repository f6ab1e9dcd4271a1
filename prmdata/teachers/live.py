"""Answers from a live endpoint: reserve, pace, send, retry, store, settle.

Nothing is paid for twice: an answer on disk is used, two questions alike are sent once, and every answer
is on disk before anybody sees it.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Final

from prmdata.errors import BudgetReached, PrmdataError, TeacherError, UsageError
from prmdata.teachers.budget import NO_CAPS
from prmdata.teachers.capabilities import LEARNT_AS, EndpointCapabilities
from prmdata.teachers.endpoint import Endpoint
from prmdata.teachers.error_classification import (
    REFUSED,
    TAKES_NOTHING,
    Broken,
    EmptyAccount,
    Refused,
    Throttled,
    Unsupported,
)
from prmdata.teachers.model_request import ModelAnswer, ModelQuestion
from prmdata.teachers.pace import Gate
from prmdata.teachers.prices import Price
from prmdata.teachers.source import Accounting
from prmdata.teachers.tokens import MESSAGE, estimate_tokens

_POLL_S: Final = 0.05
_MOST_BROKEN: Final = 8
"""Sends of one question that may break off: at a fault rate of 20% one in 400,000 questions fails."""
_MOST_LASTING: Final = 3
"""Times in a row that one question gets no answer for a reason of its own before that is its answer."""
_MOST_THROTTLED: Final = 40
_MOST_GIVEN_UP: Final = 8
"""Questions in a row that are given up, with no answer in between, before the endpoint counts as gone."""
_GREETING: Final = ModelQuestion("You answer in one word.", "Say yes.", 0.0, 16, structured=False)
"""What any model would answer."""
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

    def __init__(self, endpoint: Endpoint, accounting: Accounting, terms: Terms) -> None:
        self.endpoint, self._terms = endpoint, terms
        self._answers, self._ledger = accounting.answers, accounting.ledger
        self._price, self._stats = accounting.price, accounting.stats
        self._gate = Gate(terms.concurrency)
        self._asked: dict[str, asyncio.Task[ModelAnswer]] = {}
        self._proving = asyncio.Lock()
        known = self._answers.learnt(endpoint.model, endpoint.url, LEARNT_AS)
        self._capabilities = EndpointCapabilities(**known) if known else EndpointCapabilities()
        self._has_answered = known is not None
        self._given_up = 0
        self._stopped: PrmdataError | None = None
        # Jitter only spreads requests in time; it decides nothing that comes out.
        self._jitter = random.Random()

    async def answer(self, question: ModelQuestion) -> ModelAnswer:
        """The answer to a question, from disk or from the endpoint; see :class:`AnswerSource`."""
        key = question.key(self.endpoint.model, self.endpoint.url)
        stored = self._answers.get(key)
        if stored is not None:
            self._stats.replayed += 1
            return stored
        task = self._asked.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key, question))
            self._asked[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # Shielded: a request under way is paid for, so its answer is stored even if nobody waits.
        return await asyncio.shield(task)

    @property
    def capabilities(self) -> EndpointCapabilities:
        """What the endpoint is known to understand."""
        return self._capabilities

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

    def _forget(self, key: str, task: asyncio.Task[ModelAnswer]) -> None:
        self._asked.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has been told; if nobody waited, nobody need be

    async def _fetch(self, key: str, question: ModelQuestion) -> ModelAnswer:
        if not self._capabilities.is_proven(question):
            async with self._proving:  # one by one until the endpoint has shown what it takes
                if not self._capabilities.is_proven(question):
                    return await self._persist(key, question)
        return await self._persist(key, question)

    async def _persist(self, key: str, question: ModelQuestion) -> ModelAnswer:
        broken = throttled = lasting = 0
        while True:
            try:
                return await self._once(key, question)
            except Unsupported:
                self._stats.retries["unsupported"] += 1
            except Refused as error:
                return await self._refused(key, question, error)
            except Throttled as error:
                throttled += 1
                self._stats.retries["throttled"] += 1
                if throttled > _MOST_THROTTLED:
                    raise TeacherError(
                        f"{error}, {throttled} times in a row; lower the rate or wait"
                    ) from None
                await self._wait_out(error.wait_s, throttled)
            except Broken as error:
                broken += 1
                lasting = lasting + 1 if error.lasting else 0
                self._stats.retries[error.reason] += 1
                if broken >= _MOST_BROKEN or lasting >= _MOST_LASTING:
                    failure = self._give_up(error)
                    if lasting < _MOST_LASTING or type(failure) is not TeacherError:
                        raise failure from None
                    return self._unanswered(key, error.lasting)
                await self._wait_out(error.wait_s, broken)

    async def _refused(self, key: str, question: ModelQuestion, error: Refused) -> ModelAnswer:
        """However plainly it is said, it is refused: this question, or all that we could ask?"""
        if question == _GREETING:
            self._stopped = UsageError(f"{error}: {TAKES_NOTHING}")
            raise self._stopped
        self._learn(EndpointCapabilities())
        await self._persist(_GREETING.key(self.endpoint.model, self.endpoint.url), _GREETING)
        return self._unanswered(key, REFUSED)

    def _unanswered(self, key: str, why: str) -> ModelAnswer:
        """Remember that a question gets no answer."""
        return self._answers.put(key, self.endpoint.model, self.endpoint.url, ModelAnswer((), problem=why))

    async def _once(self, key: str, question: ModelQuestion) -> ModelAnswer:
        """One request: a place, the pace, the money; then store and settle."""
        number = await self._gate.enter()
        try:
            reservation = await self._reserve(question)
            if self._stopped is not None:
                self._ledger.release(reservation, is_uncertain=False, is_sent=False)
                raise self._stopped
            capabilities = self._capabilities
            self._stats.sent += 1
            try:
                answer = await self.endpoint.send(question, capabilities)
            except BaseException as error:
                self._ledger.release(reservation, is_uncertain=_is_uncertain(error))
                self._not_answered(error, number, capabilities, question)
                raise
            return self._keep(key, question, answer, reservation, capabilities)
        finally:
            self._gate.leave()

    def _not_answered(
        self, error: BaseException, number: int, capabilities: EndpointCapabilities, question: ModelQuestion
    ) -> None:
        """Learn from a request that got no answer; raise what nothing can help for everybody."""
        if isinstance(error, Throttled):
            self._gate.throttled(number)
        elif isinstance(error, Unsupported):
            self._simplify(error, capabilities, question)
        elif isinstance(error, EmptyAccount) and not self._has_answered:
            self._stopped = UsageError(str(error))
            raise self._stopped from None
        elif isinstance(error, UsageError | BudgetReached):
            self._stopped = error

    def _keep(
        self,
        key: str,
        question: ModelQuestion,
        answer: ModelAnswer,
        reservation: int,
        capabilities: EndpointCapabilities,
    ) -> ModelAnswer:
        if not answer.is_counted:
            spoken = sum(estimate_tokens(choice.text) for choice in answer.choices)
            prompt = prompt_tokens(question)
            answer = ModelAnswer(answer.choices, prompt, spoken, is_counted=False, problem=answer.problem)
        model, url = self.endpoint.model, self.endpoint.url
        kept = self._answers.put(key, model, url, answer)
        cost = self._price.nano_usd(answer.prompt_tokens, answer.completion_tokens) if self._price else 0
        self._ledger.settle(reservation, answer.prompt_tokens, answer.completion_tokens, cost)
        self._gate.answered()
        self._has_answered, self._given_up = True, 0
        self._stats.paid(answer, cost)
        if (
            not answer.problem
            and not self._capabilities.is_proven(question)
            and capabilities == self._capabilities
        ):
            self._learn(capabilities.proven(question))
        return kept

    async def _reserve(self, question: ModelQuestion) -> int:
        terms, url = self._terms, self.endpoint.url
        tokens = cost = paced = 0
        if terms.tpm or self._ledger.caps != NO_CAPS:  # counting a prompt is a tenth of a request's cost (M)
            tokens, cost = worst_case(question, self._price)
            paced = tokens - question.max_tokens * question.n // 2
        while (wait_s := self._ledger.wait_s(url, paced, terms.rpm, terms.tpm)) > 0:
            await asyncio.sleep(wait_s)
        while (reservation := self._ledger.reserve(tokens, cost)) is None:
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

    def _simplify(self, refusal: Unsupported, sent: EndpointCapabilities, question: ModelQuestion) -> None:
        if sent.parameters(question) != self._capabilities.parameters(question):
            return  # another request was refused first, and less is sent by now
        plainer = sent.without(refusal.parameter, question)
        if plainer is None:
            raise Refused(str(refusal)) from None
        self._learn(plainer)

    def _learn(self, capabilities: EndpointCapabilities) -> None:
        self._capabilities = capabilities
        self._answers.learn(self.endpoint.model, self.endpoint.url, LEARNT_AS, capabilities.to_plain())

    def _give_up(self, error: Broken) -> PrmdataError:
        """What giving a question up means: nobody is there, nobody is there any more, or this one failed."""
        url = self.endpoint.url
        if not self._has_answered:
            who = "nobody answers" if error.reason == "connection" else "no request was answered"
            self._stopped = UsageError(f"{error}: {who} at {url}; check --base-url and --model")
            return self._stopped
        self._given_up += 1
        if self._given_up >= _MOST_GIVEN_UP:
            self._stopped = BudgetReached(
                f"{error}: {url} answers no more; run the same command again when it does"
            )
            return self._stopped
        return TeacherError(f"{error}, {_MOST_BROKEN} times in a row; run the same command again to go on")


def _is_uncertain(error: BaseException) -> bool:
    """Whether a request that ended like this may have been carried out, and billed, all the same."""
    if isinstance(error, Broken):
        return error.is_uncertain
    return isinstance(error, asyncio.CancelledError)


def prompt_tokens(question: ModelQuestion) -> int:
    """Tokens of a question's prompt, estimated."""
    return estimate_tokens(question.system) + estimate_tokens(question.user) + 2 * MESSAGE


def worst_case(question: ModelQuestion, price: Price | None, *, is_batch: bool = False) -> tuple[int, int]:
    """The most tokens and money (nano-dollars) that one question can take. A tenth is added to the prompt,
    whose estimate may be a little low; answers end at ``max_tokens``."""
    prompt, completion = prompt_tokens(question) * 11 // 10, question.max_tokens * question.n
    cost = price.nano_usd(prompt, completion, is_batch=is_batch) if price else 0
    return prompt + completion, cost
