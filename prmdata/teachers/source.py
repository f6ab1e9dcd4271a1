"""Where answers come from: a live endpoint, a batch, or the disk alone. The conversation does not know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from prmdata.errors import TeacherError, UsageError
from prmdata.teachers.answer_store import AnswerStore
from prmdata.teachers.budget import Ledger
from prmdata.teachers.completion_forms import CompleteBy, remembered_form
from prmdata.teachers.model_request import CompletionForm, ModelAnswer, ModelQuestion
from prmdata.teachers.prices import Price
from prmdata.teachers.statistics import TeacherStats


class AnswerSource(Protocol):
    """Answers questions; the same question always gets the same answer, once it has one."""

    async def answer(self, question: ModelQuestion) -> ModelAnswer:
        """The answer, on disk before it is returned. Raises as :class:`~prmdata.teachers.contract.Teacher` promises."""

    async def form(self) -> CompletionForm:
        """The form in which prefixes are continued."""

    async def close(self) -> None:
        """Give back what is open."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where answers are kept and what they cost is counted. ``price`` None: unknown."""

    answers: AnswerStore
    ledger: Ledger
    price: Price | None
    stats: TeacherStats


class DiskSource:
    """Answers recorded by an earlier run, and nothing else."""

    def __init__(
        self,
        path: Path,
        stats: TeacherStats,
        speaker: tuple[str | None, str | None] = (None, None),
        complete_by: CompleteBy = "chat",
    ) -> None:
        if not path.exists():
            raise UsageError(
                f"{path}: no recorded answers; replay needs the answers.sqlite of an earlier build"
            )
        self._answers = AnswerStore(path)
        self._stats = stats
        self._complete_by = complete_by
        self.model, self.endpoint = self._speaker(path, *speaker)

    async def answer(self, question: ModelQuestion) -> ModelAnswer:
        """The recorded answer; TeacherError, naming the question by its digest, where there is none."""
        key = question.key(self.model, self.endpoint)
        found = self._answers.get(key)
        if found is None:
            raise TeacherError(
                f"no recorded answer of {self.model} to request {key[:16]} (attempt {question.attempt}): the problems, "
                "the prompts or the settings differ from those of the recording"
            )
        self._stats.replayed += 1
        return found

    async def form(self) -> CompletionForm:
        """The form that was recorded."""
        return remembered_form(self._answers, self.model, self.endpoint, self._complete_by)

    async def close(self) -> None:
        """Close the file."""
        self._answers.close()

    def _speaker(self, path: Path, model: str | None, endpoint: str | None) -> tuple[str, str]:
        speakers = self._answers.speakers()
        fitting = [one for one in speakers if model in (None, one[0]) and endpoint in (None, one[1])]
        if len(fitting) == 1:
            return fitting[0]
        names = ", ".join(f"{name} at {where}" for name, where in speakers) or "nobody"
        raise UsageError(f"{path}: holds answers of {names}; say whose to replay with --model and --base-url")
