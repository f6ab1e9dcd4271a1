"""Answers from a live endpoint: reserve, pace, send, retry, store, settle.

Nothing is paid for twice: an answer on disk is used, two questions alike are sent once, and every answer
is on disk before anybody sees it.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from typing import Final

from prmdata.errors import BudgetReached, PrmdataError, TeacherError, UsageError
from prmdata.teachers.capabilities import EndpointCapabilities
from prmdata.teachers.completion_forms import GREETINGS, CompleteBy, find_form, learnt_as
from prmdata.teachers.endpoint import NO_COMPLETIONS, Endpoint
from prmdata.teachers.error_classification import (
    REFUSED,
    TAKES_NOTHING,
    Broken,
    EmptyAccount,
    Refused,
    Throttled,
    Unsupported,
)
from prmdata.teachers.model_request import CompletionForm, ModelAnswer, ModelQuestion
from prmdata.teachers.pace import Gate
from prmdata.teachers.sender import Sender, Terms
from prmdata.teachers.source import Accounting

_MOST_UNHEARD: Final = 3
"""Connections that may be refused before anything was ever answered: nobody is there."""
_MOST_BROKEN: Final = 8
"""Sends of one question that may break off: at a fault rate of 20% one in 400,000 questions fails."""
_MOST_LASTING: Final = 3
"""Times in a row that one question gets no answer for a reason of its own before that is its answer."""
_MOST_THROTTLED: Final = 40
_AGAIN: Final = "run the same command again when it does not"
_MOST_GIVEN_UP: Final = 8
"""Questions in a row that are given up, with no answer in between, before the endpoint counts as gone."""
_LONGEST_BACKOFF_S: Final = 60.0
_LAST_WORDS_S: Final = 15.0
"""How long closing waits for answers under way."""


class LiveSource:
    """Asks an endpoint. Belongs to the event loop that first calls it."""

    def __init__(
        self, endpoint: Endpoint, accounting: Accounting, terms: Terms, complete_by: CompleteBy = "chat"
    ) -> None:
        self.endpoint, self._terms, self._wanted = endpoint, terms, complete_by
        self._form: CompletionForm | None = None
        self._answers, self._ledger, self._stats = accounting.answers, accounting.ledger, accounting.stats
        self._sender = Sender(endpoint, accounting, terms)
        self._gate = Gate(terms.concurrency)
        self._asked: dict[str, asyncio.Task[ModelAnswer]] = {}
        self._proving = asyncio.Lock()
        self._dying = asyncio.Lock()
        self._has_answered = self._sender.is_known
        self._given_up = self._heard = 0
        self._stopped: PrmdataError | None = None
        self._ended = asyncio.Event()
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

    async def form(self) -> CompletionForm:
        """The form in which prefixes are continued; found out once, by a probe where it was left open."""
        async with self._proving:
            if self._form is None:
                model, url = self.endpoint.model, self.endpoint.url
                known: CompletionForm | None = self._answers.learnt(model, url, learnt_as(self._wanted))
                if known is None:
                    known, variant = await find_form(self._wanted, self._sender.probe, self.endpoint.host)
                    self._sender.learn(replace(self.capabilities, prefill=variant))
                    self._answers.learn(model, url, learnt_as(self._wanted), known)
                self._form = known
            return self._form

    @property
    def capabilities(self) -> EndpointCapabilities:
        """What the endpoint is known to understand."""
        return self._sender.capabilities

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
        if not self.capabilities.is_proven(question):
            async with self._proving:  # one by one until the endpoint has shown what it takes
                if not self.capabilities.is_proven(question):
                    return await self._persist(key, question)
        return await self._persist(key, question)

    async def _persist(self, key: str, question: ModelQuestion) -> ModelAnswer:
        broken = throttled = lasting = 0
        heard = self._heard
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
                if not self._has_answered and error.wait_s is None and throttled >= _MOST_BROKEN:
                    raise self._stop(BudgetReached(f"{error} to all that was asked; {_AGAIN}")) from None
                if throttled > _MOST_THROTTLED:
                    raise TeacherError(
                        f"{error}, {throttled} times in a row; lower the rate or wait"
                    ) from None
                await self._wait_out(error.wait_s, throttled)
            except Broken as error:
                broken += 1
                lasting = lasting + 1 if error.lasting else 0
                self._stats.retries[error.reason] += 1
                is_deaf = not self._has_answered and error.reason == "connection" and not error.is_uncertain
                most = _MOST_UNHEARD if is_deaf else _MOST_BROKEN
                if broken >= most or lasting >= _MOST_LASTING:
                    is_gone = self._heard == heard and not error.lasting
                    is_gone = is_gone and not await self._answers_at_all(question.form)
                    failure = self._give_up(error, is_gone=is_gone)
                    if lasting < _MOST_LASTING or type(failure) is not TeacherError:
                        raise failure from None
                    return self._unanswered(key, error.lasting)
                await self._wait_out(error.wait_s, broken)

    async def _refused(self, key: str, question: ModelQuestion, error: Refused) -> ModelAnswer:
        """However plainly it is said, it is refused: this question, or all that we could ask?"""
        greeting = GREETINGS[question.form]
        if question == greeting:
            why = NO_COMPLETIONS if question.form == "raw" else TAKES_NOTHING
            raise self._stop(UsageError(f"{error}: {why}"))
        self._sender.learn(EndpointCapabilities(prefill=self.capabilities.prefill))
        await self._persist(greeting.key(self.endpoint.model, self.endpoint.url), greeting)
        return self._unanswered(key, REFUSED)

    async def _answers_at_all(self, form: CompletionForm) -> bool:
        """Whether the endpoint answers what anybody would, asked once: else it is not this question's affair."""
        heard = self._heard
        async with self._dying:
            if self._stopped is not None or not self._has_answered:
                return False
            if self._heard > heard:
                return True
            return await self._sender.probe(GREETINGS[form], self.capabilities.prefill) is not None

    def _stop(self, error: PrmdataError) -> PrmdataError:
        """Nothing more is sent; whoever waits for another try is woken to hear why."""
        if self._stopped is None:
            self._stopped = error
        self._ended.set()
        return self._stopped

    def _unanswered(self, key: str, why: str) -> ModelAnswer:
        """Remember that a question gets no answer."""
        return self._answers.put(key, self.endpoint.model, self.endpoint.url, ModelAnswer((), problem=why))

    async def _once(self, key: str, question: ModelQuestion) -> ModelAnswer:
        """One request: a place, the pace, the money; then store and settle."""
        number = await self._gate.enter()
        try:
            reservation = await self._sender.reserve(question)
            if self._stopped is not None:
                self._ledger.release(reservation, is_uncertain=False, is_sent=False)
                raise self._stopped
            capabilities = self.capabilities
            try:
                answer = await self._sender.send(question, reservation, capabilities, key)
            except BaseException as error:
                self._not_answered(error, number, capabilities, question)
                raise
            self._gate.answered()
            self._has_answered, self._given_up = True, 0
            self._heard += 1
            if (
                not answer.problem
                and not capabilities.is_proven(question)
                and capabilities == self.capabilities
            ):
                self._sender.learn(capabilities.proven(question))
            return answer
        finally:
            self._gate.leave()

    def _not_answered(
        self, error: BaseException, number: int, capabilities: EndpointCapabilities, question: ModelQuestion
    ) -> None:
        """Learn from a request that got no answer; raise what nothing can help for everybody."""
        if isinstance(error, Throttled):
            self._gate.throttled(number)
        elif isinstance(error, Unsupported):
            self._sender.simplify(error, capabilities, question)
        elif isinstance(error, EmptyAccount) and not self._has_answered:
            raise self._stop(UsageError(str(error))) from None
        elif isinstance(error, UsageError | BudgetReached):
            self._stop(error)

    async def _wait_out(self, wait_s: float | None, failures: int) -> None:
        if wait_s is not None:
            # Everybody waits: the endpoint asked for quiet, not for another sender.
            self._ledger.pause(self.endpoint.url, wait_s)
            await self._pause(self._jitter.uniform(0, self._terms.backoff_s))
            return
        longest = min(_LONGEST_BACKOFF_S, self._terms.backoff_s * 2 ** (failures - 1))
        await self._pause(self._jitter.uniform(longest / 2, longest))

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until nothing is sent any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    def _give_up(self, error: Broken, *, is_gone: bool) -> PrmdataError:
        """What giving a question up means: nobody is there, nobody is there any more, or this one failed."""
        url = self.endpoint.url
        if self._stopped is not None:
            return self._stopped
        if not self._has_answered:
            who = "nobody answers" if error.reason == "connection" else "no request was answered"
            return self._stop(UsageError(f"{error}: {who} at {url}; check --base-url and --model"))
        self._given_up += 1
        if is_gone or self._given_up >= _MOST_GIVEN_UP:
            return self._stop(
                BudgetReached(f"{error}: {url} answers no more; run the same command again when it does")
            )
        return TeacherError(f"{error}, {_MOST_BROKEN} times in a row; run the same command again to go on")
