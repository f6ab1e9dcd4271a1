"""One request at a time: reserve the most that it can cost, send it as the endpoint takes it, count what it took."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from prmdata.errors import BudgetReached, PrmdataError
from prmdata.teachers.budget import NO_CAPS
from prmdata.teachers.capabilities import LEARNT_AS, EndpointCapabilities, PrefillVariant
from prmdata.teachers.endpoint import Endpoint
from prmdata.teachers.error_classification import Broken, Refused, Unsupported
from prmdata.teachers.model_request import ModelAnswer, ModelQuestion
from prmdata.teachers.source import Accounting
from prmdata.teachers.tokens import estimate_tokens
from prmdata.teachers.worst_case import prompt_tokens, worst_case

_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Terms:
    """How to send: at most ``concurrency`` at once, ``rpm``/``tpm`` a minute (None: as the endpoint
    bears), ``backoff_s`` the first pause after a failure (it doubles, with jitter)."""

    concurrency: int = 64
    rpm: int | None = None
    tpm: int | None = None
    backoff_s: float = 0.5


class Sender:
    """Sends to one endpoint within the caps and remembers what it understands. ``is_known``: an earlier run
    had answers from it."""

    def __init__(self, endpoint: Endpoint, accounting: Accounting, terms: Terms) -> None:
        self.endpoint, self.terms = endpoint, terms
        self.ledger, self.stats = accounting.ledger, accounting.stats
        self._answers, self._price = accounting.answers, accounting.price
        known = self._answers.learnt(endpoint.model, endpoint.url, LEARNT_AS)
        self.is_known = known is not None
        self.capabilities = EndpointCapabilities(**known) if known else EndpointCapabilities()

    async def reserve(self, question: ModelQuestion) -> int:
        """Wait for the pace and for room under the caps; the number of the reservation."""
        terms, url = self.terms, self.endpoint.url
        tokens = cost = paced = 0
        if terms.tpm or self.ledger.caps != NO_CAPS:  # counting a prompt is a tenth of a request's cost (M)
            tokens, cost = worst_case(question, self._price, overrun=self.capabilities.overrun)
            paced = tokens - question.max_tokens * question.n // 2
        while (wait_s := self.ledger.wait_s(url, paced, terms.rpm, terms.tpm)) > 0:
            await asyncio.sleep(wait_s)
        while (reservation := self.ledger.reserve(tokens, cost)) is None:
            await asyncio.sleep(_POLL_S)
        return reservation

    async def send(
        self, question: ModelQuestion, reservation: int, capabilities: EndpointCapabilities, key: str = ""
    ) -> ModelAnswer:
        """One request; the answer with the tokens that it took, by our own estimate where the endpoint does not say.
        It is stored under ``key`` before anything is counted ("": it is not stored)."""
        self.stats.sent += 1
        try:
            answer = await self.endpoint.send(question, capabilities)
        except BaseException as error:
            self.ledger.release(reservation, is_uncertain=_is_uncertain(error))
            raise
        if not answer.is_counted:
            spoken = sum(estimate_tokens(choice.text) for choice in answer.choices)
            prompt = prompt_tokens(question)
            answer = ModelAnswer(answer.choices, prompt, spoken, is_counted=False, problem=answer.problem)
        kept = answer
        if key:
            kept = self._answers.put(key, self.endpoint.model, self.endpoint.url, answer)
        cost = self._price.nano_usd(answer.prompt_tokens, answer.completion_tokens) if self._price else 0
        self.ledger.settle(reservation, answer.prompt_tokens, answer.completion_tokens, cost)
        self.stats.paid(answer, cost)
        self._check_length(question, answer)
        return kept

    def _check_length(self, question: ModelQuestion, answer: ModelAnswer) -> None:
        """Learn from an answer that is longer than it was allowed to be."""
        allowed = question.max_tokens * max(question.n, 1)
        overrun = self.capabilities.overrun_by(allowed, answer.completion_tokens)
        if overrun is not None:
            self.stats.overruns += 1
            self.learn(overrun)

    async def probe(self, question: ModelQuestion, prefill: PrefillVariant) -> ModelAnswer | None:
        """One request that is not repeated; None where it gets no answer, for whatever reason. Only a cap is raised.
        Where a parameter is refused by name, the next request does without it, as any would."""
        while True:
            try:
                reservation = await self.reserve(question)
                return await self.send(question, reservation, replace(self.capabilities, prefill=prefill))
            except BudgetReached:
                raise
            except Unsupported as refusal:
                plainer = (
                    self.capabilities.without(refusal.parameter, question) if refusal.parameter else None
                )
                if plainer is None:
                    return None
                self.learn(plainer)
            except PrmdataError:
                return None

    def simplify(self, refusal: Unsupported, sent: EndpointCapabilities, question: ModelQuestion) -> None:
        """Say it more plainly from now on; Refused where that cannot be."""
        if sent.parameters(question) != self.capabilities.parameters(question):
            return  # another request was refused first, and less is sent by now
        plainer = sent.without(refusal.parameter, question)
        if plainer is None:
            raise Refused(str(refusal)) from None
        self.learn(plainer)

    def learn(self, capabilities: EndpointCapabilities) -> None:
        """Remember what the endpoint understands."""
        self.capabilities = capabilities
        self._answers.learn(self.endpoint.model, self.endpoint.url, LEARNT_AS, capabilities.to_plain())


def _is_uncertain(error: BaseException) -> bool:
    """Whether a request that ended like this may have been carried out, and billed, all the same."""
    if isinstance(error, Broken):
        return error.is_uncertain
    return isinstance(error, asyncio.CancelledError)
