"""The ``replay`` teacher: the answers of an earlier build from disk, and nobody is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from prmdata.records import Reply, Request
from prmdata.teachers.answer_store import answers_path
from prmdata.teachers.completion_forms import CompleteBy
from prmdata.teachers.contract import Teacher
from prmdata.teachers.conversation import Conversation
from prmdata.teachers.prompt_builder import PromptBuilder, Sampling
from prmdata.teachers.prompts import PromptSet
from prmdata.teachers.source import DiskSource
from prmdata.teachers.statistics import TeacherStats

AS_PROMPTED: Final = Sampling()


class ReplayTeacher(Teacher):
    """Signs as the model that gave the answers, so that the edits are the same. An answer that is not
    on disk is a :class:`~prmdata.errors.TeacherError` that names the request by its digest.

    ``speaker`` (model and endpoint) is needed only where the file holds answers of several.
    """

    remote = True  # the code is a model's, whoever reads it out

    def __init__(
        self,
        answers: Path,
        speaker: tuple[str | None, str | None] = (None, None),
        prompts: Path | None = None,
        sampling: Sampling = AS_PROMPTED,
        complete_by: CompleteBy = "chat",
    ) -> None:
        self.stats = TeacherStats()
        self._sampling = sampling
        self._prompts = PromptSet(prompts)
        self._source = DiskSource(answers, self.stats, speaker, complete_by)
        self.name = self._source.model
        self._conversation = Conversation(self._source, PromptBuilder(self._prompts, sampling), self.name)

    async def ask(self, request: Request) -> Reply:
        """The same reply as when it was recorded; its usage has no price."""
        reply = await self._conversation.ask(request)
        self.stats.usable += len(reply.edits) + len(reply.completions)
        self.stats.unusable.update(dict(reply.unusable))
        return reply

    async def close(self) -> None:
        """Close the file."""
        await self._source.close()

    def provenance(self) -> dict[str, Any]:
        """As of the teacher that was recorded."""
        sampling = self._sampling
        return {
            "teacher": "replay",
            "model": self.name,
            "endpoint": urlsplit(self._source.endpoint).hostname or "",
            "prompts": self._prompts.provenance(),
            "sampling": {
                "temperature": sampling.temperature,
                "warmer": sampling.warmer,
                "max_output_tokens": sampling.max_output_tokens,
            },
        }

    def statistics(self) -> dict[str, Any]:
        """Counts of this run; nothing is sent and nothing costs."""
        return self.stats.to_plain()


def make(**given: Any) -> ReplayTeacher:
    """The teacher from settings that are given; see :func:`~prmdata.teachers.choose.make_teacher`."""
    return ReplayTeacher(
        answers_path("replay", given),
        (given.get("model"), given["base_url"].rstrip("/") if given.get("base_url") else None),
        given.get("prompts"),
        Sampling.of(given),
        given.get("complete_by", "chat"),
    )
