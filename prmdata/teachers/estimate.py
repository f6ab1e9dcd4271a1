"""What asking will take, before anything is sent: no key, no network, no answer needed.

The first round is counted exactly as it will be sent. What cannot be known (how long the answers
are, how much must be asked again) comes from what the endpoint was seen to do, where the store of an
earlier run knows, else from measured shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from prmdata.records import Request, Usage
from prmdata.teachers.answer_store import AnswerStore
from prmdata.teachers.conversation import MOST_CHOICES
from prmdata.teachers.endpoint import address
from prmdata.teachers.model_request import ModelQuestion
from prmdata.teachers.prices import NANO, find_price
from prmdata.teachers.prompt_builder import (
    WRITING,
    PromptBuilder,
    Round,
    Sampling,
    beginning_of,
    measured,
    output_tokens,
)
from prmdata.teachers.prompts import PromptSet
from prmdata.teachers.tokens import MESSAGE, count_tokens

_COMES: Final = 0.85
"""Share of the edits asked for that an answer holds (M: 0.82 to 0.95 against the offline operators)."""
_LEAST_SEEN: Final = 20
"""Requests after which what an endpoint was seen to do counts for more than our shares."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What requests will take. ``cost_usd`` None: the price is not known. ``recorded`` of the questions
    are answered on disk already and cost nothing."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    recorded: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        cost = None if self.cost_usd is None or other.cost_usd is None else self.cost_usd + other.cost_usd
        return Estimate(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            cost,
            self.recorded + other.recorded,
        )


@dataclass(frozen=True, slots=True)
class EstimateSettings:
    """What an estimate goes by beside model and address. ``answers``: the store of an earlier run, if there
    is one."""

    prompts: Path | None = None
    prices: Path | None = None
    answers: Path | None = None
    sampling: Sampling = field(default_factory=Sampling)
    is_batch: bool = False


AS_SHIPPED: Final = EstimateSettings()


class Estimator:
    """Prices requests for one model."""

    def __init__(
        self, model: str, base_url: str | None = None, settings: EstimateSettings = AS_SHIPPED
    ) -> None:
        self._model, self._url = model, address(base_url)
        self._prompt_builder = PromptBuilder(PromptSet(settings.prompts), settings.sampling)
        self._price = find_price(model, urlsplit(self._url).hostname or "", settings.prices)
        self._is_batch = settings.is_batch
        self._answers: AnswerStore | None = None
        if settings.answers is not None and settings.answers.exists():
            self._answers = AnswerStore(settings.answers)

    @property
    def nothing(self) -> Estimate:
        """The estimate of no requests: what sums start from."""
        return Estimate(cost_usd=None if self._price is None else 0.0)

    def of(self, request: Request) -> Estimate:
        """What one request will take."""
        guess = guessed(self._prompt_builder, request, self._model, self._is_recorded)
        factors = self._factors(request.kind)
        sent, prompt, said = (round(one * factor) for one, factor in zip(guess.to_pay, factors, strict=True))
        cost = None
        if self._price is not None:
            cost = self._price.nano_usd(prompt, said, is_batch=self._is_batch) / NANO
        return Estimate(sent, prompt, said, cost, guess.recorded)

    def close(self) -> None:
        """Close the store."""
        if self._answers is not None:
            self._answers.close()

    def _is_recorded(self, question: ModelQuestion) -> bool:
        key = question.key(self._model, self._url)
        return self._answers is not None and self._answers.get(key) is not None

    def _factors(self, kind: str) -> list[float]:
        """How much more than guessed requests of this kind took (requests, prompt, completion tokens)."""
        seen = self._answers and self._answers.learnt(self._model, self._url, f"took/{kind}")
        if not seen or seen["guessed"][0] < _LEAST_SEEN:
            return [1.0, 1.0, 1.0]
        return [took / max(1, guess) for took, guess in zip(seen["took"], seen["guessed"], strict=True)]


@dataclass(frozen=True, slots=True)
class Guess:
    """Requests, prompt tokens and completion tokens still to be paid, and questions that are not."""

    to_pay: tuple[int, int, int]
    recorded: int = 0


def guessed(
    prompt_builder: PromptBuilder,
    request: Request,
    model: str,
    is_recorded: Callable[[ModelQuestion], bool] = lambda _: False,
) -> Guess:
    """The first round of one request, without what is known of the endpoint."""
    first = Round(feedback=request.feedback)
    if request.kind in WRITING:
        questions = [
            prompt_builder.completions(beginning_of(request), min(request.n, MOST_CHOICES), 0, first)
        ]
        said = float(output_tokens(request))
    else:
        request = measured(request)
        missing = dict.fromkeys(request.steps, request.per_step)
        questions = prompt_builder.edits(request, missing, first)
        said = output_tokens(request) * _COMES
    unpaid = [one for one in questions if not is_recorded(one)]
    prompt = sum(count_tokens(text, model) + MESSAGE for one in unpaid for text in (one.system, one.user))
    share = len(unpaid) / len(questions) if questions else 0.0
    return Guess((len(unpaid), prompt, round(said * share)), len(questions) - len(unpaid))


class Experience:
    """Adds up what requests took against what was guessed, for the next estimate."""

    def __init__(self, prompt_builder: PromptBuilder, answers: AnswerStore, model: str, url: str) -> None:
        self._prompt_builder, self._answers, self._model, self._url = prompt_builder, answers, model, url
        self._sums: dict[str, tuple[list[int], list[int]]] = {}

    def add(self, request: Request, usage: Usage) -> None:
        """One request took so much."""
        guess = guessed(self._prompt_builder, request, self._model).to_pay
        took = (usage.requests, usage.prompt_tokens, usage.completion_tokens)
        sums = self._sums.setdefault(request.kind, ([0, 0, 0], [0, 0, 0]))
        for place in range(3):
            sums[0][place] += took[place]
            sums[1][place] += guess[place]

    def save(self) -> None:
        """Remember the sums of this run where they are the largest so far."""
        for kind, (took, guess) in self._sums.items():
            before = self._answers.learnt(self._model, self._url, f"took/{kind}")
            if not before or before["guessed"][0] <= guess[0]:
                self._answers.learn(self._model, self._url, f"took/{kind}", {"took": took, "guessed": guess})
