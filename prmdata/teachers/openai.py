"""The ``openai`` teacher: any model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prmdata.errors import UsageError
from prmdata.records import Reply, Request
from prmdata.teachers.answer_store import AnswerStore, answers_path
from prmdata.teachers.batch import BatchSource, BatchTerms
from prmdata.teachers.budget import Caps, Ledger, Spent
from prmdata.teachers.completion_forms import CompleteBy
from prmdata.teachers.contract import Teacher
from prmdata.teachers.conversation import Conversation
from prmdata.teachers.endpoint import Endpoint
from prmdata.teachers.estimate import Experience
from prmdata.teachers.live import LiveSource
from prmdata.teachers.prices import NANO, Price, find_price
from prmdata.teachers.prompt_builder import PromptBuilder, Sampling
from prmdata.teachers.prompts import PromptSet
from prmdata.teachers.sender import Terms
from prmdata.teachers.source import Accounting, AnswerSource
from prmdata.teachers.statistics import TeacherStats

_CAPS: Final = {"max_cost": "cost_usd", "max_tokens": "tokens", "max_requests": "requests"}
_TERMS: Final = ("concurrency", "rpm", "tpm", "backoff_s")
_UNCHANGED: Final = ("base_url", "prompts", "prices", "ledger", "timeout_s", "batch", "complete_by")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything about a remote teacher but its key (which comes from ``OPENAI_API_KEY`` and is kept
    nowhere). ``answers`` is the file every answer is stored in; ``ledger`` the one that money and pace
    are counted in (None: beside the answers; shards of one job share one)."""

    model: str
    answers: Path
    base_url: str | None = None
    prompts: Path | None = None
    prices: Path | None = None
    ledger: Path | None = None
    caps: Caps = field(default_factory=Caps)
    terms: Terms = field(default_factory=Terms)
    sampling: Sampling = field(default_factory=Sampling)
    timeout_s: float = 600.0
    complete_by: CompleteBy = "chat"
    batch: bool = False
    batch_terms: BatchTerms = field(default_factory=BatchTerms)

    @property
    def ledger_path(self) -> Path:
        """Where money and pace are counted."""
        return self.ledger or self.answers.with_name("ledger.sqlite")


class OpenAITeacher(Teacher):
    """See :class:`~prmdata.teachers.contract.Teacher`. Raises UsageError at once where a cap on money
    meets an unknown price, or where there is no key."""

    remote = True

    def __init__(self, settings: Settings) -> None:
        self.name = settings.model
        self.stats = TeacherStats()
        self._settings = settings
        self._prompts = PromptSet(settings.prompts)
        self._endpoint = Endpoint(settings.model, settings.base_url, timeout_s=settings.timeout_s)
        price = find_price(settings.model, self._endpoint.host, settings.prices)
        if price is None and settings.caps.cost_usd is not None:
            raise UsageError(
                f"--max-cost: the price of {settings.model} at {self._endpoint.host} is not known; "
                "give it with --prices FILE, or cap --max-tokens instead"
            )
        self.stats.is_priced = price is not None
        self._answers = AnswerStore(settings.answers)
        self._ledger = Ledger(settings.ledger_path, settings.caps)
        self._last: Spent | None = None
        self._source = self._open(price)
        prompt_builder = PromptBuilder(self._prompts, settings.sampling)
        self._experience = Experience(prompt_builder, self._answers, settings.model, self._endpoint.url)
        self._conversation = Conversation(
            self._source, prompt_builder, self.name, price, is_batch=settings.batch
        )

    async def ask(self, request: Request) -> Reply:
        """The reply, every answer it rests on being on disk."""
        reply = await self._conversation.ask(request)
        self._experience.add(request, reply.usage)
        self.stats.usable += len(reply.edits) + len(reply.completions)
        self.stats.unusable.update(dict(reply.unusable))
        return reply

    async def close(self) -> None:
        """Wait for requests under way (they are paid for), then close connections and files. The
        statistics stay readable."""
        if self._last is None:
            self._last = self._ledger.spent()
            self._experience.save()
            await self._source.close()

    def provenance(self) -> dict[str, Any]:
        """Model, host, prompts and sampling."""
        sampling = self._settings.sampling
        return {
            "teacher": "openai",
            "model": self.name,
            "endpoint": self._endpoint.host,
            "prompts": self._prompts.provenance(),
            "sampling": {
                "temperature": sampling.temperature,
                "warmer": sampling.warmer,
                "max_output_tokens": sampling.max_output_tokens,
            },
        }

    def statistics(self) -> dict[str, Any]:
        """Counts of this run, and under ``job`` what all runs and processes of the job have spent."""
        spent = self._last or self._ledger.spent()
        job = {
            "requests": spent.requests,
            "prompt_tokens": spent.prompt_tokens,
            "completion_tokens": spent.completion_tokens,
            "cost_usd": spent.nano_usd / NANO if self.stats.is_priced else None,
            "uncertain_usd": spent.uncertain_nano_usd / NANO if self.stats.is_priced else None,
        }
        return {**self.stats.to_plain(), "job": job}

    def _open(self, price: Price | None) -> AnswerSource:
        settings = self._settings
        accounting = Accounting(self._answers, self._ledger, price, self.stats)
        live = LiveSource(self._endpoint, accounting, settings.terms, settings.complete_by)
        if not settings.batch:
            return live
        path = settings.answers.with_name("batches.sqlite")
        return BatchSource(live, accounting, path, settings.batch_terms)


def make(**given: Any) -> OpenAITeacher:
    """The teacher from settings that are given; see :func:`~prmdata.teachers.choose.make_teacher`."""
    if not given.get("model"):
        raise UsageError("--teacher openai: which model? give --model")
    return OpenAITeacher(
        Settings(
            model=given["model"],
            answers=answers_path("openai", given),
            caps=Caps(**{field: given[key] for key, field in _CAPS.items() if key in given}),
            terms=Terms(**{key: given[key] for key in _TERMS if key in given}),
            sampling=Sampling.of(given),
            **{key: given[key] for key in _UNCHANGED if key in given},
        )
    )
