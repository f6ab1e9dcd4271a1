"""The conversation about one request: ask, read, ask again for what is missing, a bounded number of times.

It depends on the request and on the answers alone, so a recording of the answers repeats it exactly.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from prmdata.edits.anchor import anchor
from prmdata.edits.fingerprint import fingerprint
from prmdata.edits.source import Source
from prmdata.edits.splice import apply
from prmdata.records import Edit, Reply, Request, Usage
from prmdata.steps import split_steps
from prmdata.steps.split import given_count
from prmdata.teachers.continuation import read_continuation
from prmdata.teachers.model_request import CompletionForm, ModelAnswer, ModelChoice, ModelQuestion
from prmdata.teachers.prices import Price
from prmdata.teachers.prompt_builder import PromptBuilder, Round, beginning_of, feedback_of, measured
from prmdata.teachers.reading import read_edits
from prmdata.teachers.source import AnswerSource
from prmdata.teachers.verbatim import FENCE, Continuation, read_verbatim, stops_for, without_echo

ROUNDS: Final = 3
"""The first asking and two more."""
VERBATIM_ROUNDS: Final = 2
"""Of a model's own continuations: it is asked again only for what was cut off at the limit of tokens."""
MOST_CHOICES: Final = 32


@dataclass(frozen=True, slots=True)
class Conversation:
    """Puts requests to a source of answers. ``author`` signs the edits; ``price`` None: unknown."""

    source: AnswerSource
    prompt_builder: PromptBuilder
    author: str
    price: Price | None = None
    is_batch: bool = False

    async def ask(self, request: Request) -> Reply:
        """The reply to one request, as the contract promises it."""
        if request.kind == "rewrite":
            return self._as_edits(request, await self._completions(beginning_of(request)))
        if request.kind == "complete":
            return await self._completions(request)
        return await _EditConversation(self, measured(request)).held()

    async def all(self, questions: Sequence[ModelQuestion]) -> list[ModelAnswer]:
        """The answers, in order. A failure is raised only after every question has come back: what
        is paid for is on disk."""
        found = await asyncio.gather(*(self.source.answer(one) for one in questions), return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return [one for one in found if isinstance(one, ModelAnswer)]

    def usage(self, answers: Sequence[ModelAnswer]) -> Usage:
        """What these answers cost, whenever they were paid for."""
        prompt = sum(one.prompt_tokens for one in answers)
        completion = sum(one.completion_tokens for one in answers)
        nano = (
            sum(
                self.price.nano_usd(one.prompt_tokens, one.completion_tokens, is_batch=self.is_batch)
                for one in answers
            )
            if self.price
            else None
        )
        return Usage(len(answers), prompt, completion, None if nano is None else nano / 1e9)

    async def _completions(self, request: Request) -> Reply:
        form = await self.source.form()
        rounds = ROUNDS if form == "chat" else VERBATIM_ROUNDS
        kept: list[str] = []
        unusable: Counter[str] = Counter()
        heard: list[ModelAnswer] = []
        round_ = Round(feedback=request.feedback)
        while round_.number < rounds and len(kept) < request.n:
            missing = request.n - len(kept)
            answers = await self._continued(request, missing, round_, form)
            heard += answers
            reasons = Counter(one.problem or "empty" for one in answers if not one.choices)
            choices = [choice for one in answers for choice in one.choices][:missing]
            if form == "chat":
                read = [Continuation(*read_continuation(request.program, choice)) for choice in choices]
            else:
                read, more = await self._verbatim(request, choices, round_, form)
                heard += more
            kept += [one.text for one in read if one.lost is None]
            reasons.update(one.lost for one in read if one.lost is not None)
            unusable += reasons
            round_ = _after(round_, reasons)
        return Reply((), tuple(kept), tuple(sorted(unusable.items())), self.usage(heard), form)

    def _as_edits(self, request: Request, reply: Reply) -> Reply:
        """Continuations of a beginning as edits of the program that begins so: none twice, and not the program itself."""
        beginning, stop = beginning_of(request).program, len(split_steps(request.program))
        itself = fingerprint(request.program)
        seen = {itself}
        edits: list[Edit] = []
        unusable = Counter(dict(reply.unusable))
        for text in reply.completions:
            key = fingerprint(beginning + text)
            if key in seen:
                unusable["no-op" if key == itself else "duplicate"] += 1
                continue
            seen.add(key)
            edits.append(Edit(min(request.steps), stop, text, "rewrite", "rewrite", self.author))
        return Reply(tuple(edits), (), tuple(sorted(unusable.items())), reply.usage, reply.form)

    async def _verbatim(
        self, request: Request, choices: Sequence[ModelChoice], round_: Round, form: CompletionForm
    ) -> tuple[list[Continuation], list[ModelAnswer]]:
        """What a model itself continued with, and the further answers that took: where a stop cut a continuation that
        was not whole, the model goes on from there, stopped by nothing but a fence."""
        prefix, entry = request.program, request.problem.entry_point
        is_stopped = form == "raw" and stops_for(prefix, entry) != FENCE
        beginning = f"```python\n{prefix}" if form == "prefill" else ""
        plain = [replace(one, text=without_echo(beginning, one.text)) for one in choices]
        read = [read_verbatim(prefix, one, entry, is_stopped=is_stopped) for one in plain]
        cut = [at for at, one in enumerate(read) if one.is_cut]
        further = [replace(request, program=prefix + read[at].text) for at in cut]
        asked = [self.prompt_builder.completions(one, 1, at, round_, form) for at, one in enumerate(further)]
        answers = await self.all([replace(one, stop=FENCE) for one in asked])
        for at, answer in zip(cut, answers, strict=True):
            for choice in answer.choices[:1]:
                whole = replace(choice, text=read[at].text + choice.text)
                read[at] = read_verbatim(prefix, whole, entry, is_stopped=False)
        return read, answers

    async def _continued(
        self, request: Request, n: int, round_: Round, form: CompletionForm
    ) -> list[ModelAnswer]:
        """``n`` continuations: as many at once as the endpoint gives, the rest in such portions."""
        first = self.prompt_builder.completions(request, min(n, MOST_CHOICES), 0, round_, form)
        answers = await self.all([first])
        size = len(answers[0].choices)
        if size == 0:
            return answers
        portions = [min(size, n - at) for at in range(size, n, size)]
        more = [
            self.prompt_builder.completions(request, one, at, round_, form)
            for at, one in enumerate(portions, 1)
        ]
        return answers + await self.all(more)


def _after(round_: Round, reasons: Counter[str], edits: Sequence[Edit] = ()) -> Round:
    """The round that follows one in which so much was unusable."""
    tried = tuple((edit.start, " ".join(edit.text.split())) for edit in edits)
    stretch = round_.stretch * 2 if reasons["truncated"] else round_.stretch
    return Round(round_.number + 1, feedback_of(reasons), tried, stretch)


class _EditConversation:
    """The conversation about one ``mutate`` or ``refactor`` request."""

    def __init__(self, conversation: Conversation, request: Request) -> None:
        self._conversation, self._request = conversation, request
        steps = split_steps(request.program)
        self._source = Source(request.program, given_count(request.problem.prompt, steps), steps)
        self._edits: list[Edit] = []
        self._seen: dict[Edit, str] = {}
        self._left = dict.fromkeys(dict.fromkeys(request.steps), request.per_step)
        self._unusable: Counter[str] = Counter()

    async def held(self) -> Reply:
        """Ask until nothing is missing, nothing new comes, or the rounds are over."""
        heard: list[ModelAnswer] = []
        round_ = Round(feedback=self._request.feedback)
        while round_.number < ROUNDS:
            missing = {step: count for step, count in self._left.items() if count > 0}
            if not missing:
                break
            answers = await self._conversation.all(
                self._conversation.prompt_builder.edits(self._request, missing, round_)
            )
            heard += answers
            reasons: Counter[str] = Counter()
            gained = sum(self._read(answer, reasons) for answer in answers)
            self._unusable += reasons
            if not gained and not reasons:
                break  # the model has said all that it will say
            round_ = _after(round_, reasons, self._edits)
        self._edits.sort(key=lambda edit: edit.start)
        usage = self._conversation.usage(heard)
        return Reply(tuple(self._edits), (), tuple(sorted(self._unusable.items())), usage)

    def _read(self, answer: ModelAnswer, reasons: Counter[str]) -> int:
        """Keep what is usable of one answer; how many edits that were."""
        read = read_edits(answer, self._request.kind)
        reasons.update(read.unusable)
        edits, unusable = anchor(self._source, read.raw)
        reasons.update(unusable)
        kept: Counter[int] = Counter()
        # One answer's edits are compared when they are anchored; those of different answers here.
        before = {self._fingerprint_after(edit) for edit in self._edits}
        for edit in edits:
            reason = self._refused(edit, before)
            if reason is not None:
                reasons[reason] += 1
                continue
            signed = replace(edit, author=self._conversation.author)
            self._edits.append(signed)
            self._left[edit.start] -= 1
            kept[edit.start] += 1
        for step in read.skip:
            if self._left.get(step, 0) > 0:
                self._left[step] = 0
                self._unusable["declined"] += 1
        if not read.is_cut_short:
            # A whole answer with fewer edits than asked for says that there are no more; a further
            # request would cost as much as the first and bring one or two.
            self._left.update(dict.fromkeys(kept, 0))
        return kept.total()

    def _refused(self, edit: Edit, before: set[str]) -> str | None:
        if edit.start not in self._left:
            return "other step"
        if before and self._fingerprint_after(edit) in before:
            return "duplicate"
        return "extra" if self._left[edit.start] <= 0 else None

    def _fingerprint_after(self, edit: Edit) -> str:
        """The fingerprint of the program after ``edit``."""
        if edit not in self._seen:
            self._seen[edit] = fingerprint(apply(self._source, edit))
        return self._seen[edit]
