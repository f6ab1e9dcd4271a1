"""From a request to the questions that are put to a model.

The shared part comes first (system prompt, then task and program, alike for all requests about one
program), what differs comes last, so that prefix caches hit. One question covers many steps.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from prmdata.records import Request, Step
from prmdata.steps import join, split_steps
from prmdata.steps.split import given_count, physical_lines
from prmdata.teachers.model_request import CompletionForm, ModelQuestion
from prmdata.teachers.prompts import PromptSet
from prmdata.teachers.tokens import estimate_tokens
from prmdata.teachers.verbatim import FENCE, stops_for

MOST_EDITS: Final = 32
"""Edits asked for in one question: longer answers drift and are cut off more often."""
TARGET_EDITS: Final = 16
"""Edits of one intent for one program where the request leaves the number to the teacher."""
_LEAST, _MOST = 2, 5
KINDS: Final = 6
"""Kinds of edit named in one question; the next round names the next ones."""
_EDIT_TOKENS: Final = 26
"""Tokens of one edit beside its two texts: braces, names, number, kind."""
_HOTTEST: Final = 1.2
WRITING: Final = ("complete", "rewrite")
"""Kinds of request that are answered by going on with a beginning."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to sample. ``temperature`` None: as the prompt file says; each further round adds
    ``warmer``. ``max_output_tokens`` None: by the size of the question (reasoning models need more)."""

    temperature: float | None = None
    warmer: float = 0.15
    max_output_tokens: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Sampling:
        """As the settings of a teacher say it; what they do not name stays as it is."""
        return cls(**{key: given[key] for key in ("temperature", "max_output_tokens") if key in given})


@dataclass(frozen=True, slots=True)
class Round:
    """Where a conversation stands: ``number`` from 0, what was wrong before, which edits (step, code) there
    are already, and by how much answers may be longer (they were cut off)."""

    number: int = 0
    feedback: str = ""
    tried: tuple[tuple[int, str], ...] = ()
    stretch: int = 1


class PromptBuilder:
    """Prompts for requests. Pure: the same request and round give the same questions."""

    def __init__(self, prompts: PromptSet, sampling: Sampling) -> None:
        self.prompts, self.sampling = prompts, sampling

    def edits(self, request: Request, missing: Mapping[int, int], round_: Round) -> list[ModelQuestion]:
        """Questions for the ``missing`` edits (step → how many), at most :data:`MOST_EDITS` each. Steps that
        lack different numbers of edits are asked about in different questions."""
        steps = split_steps(request.program)
        groups: list[tuple[int, list[int]]] = []
        for per_step in sorted(set(missing.values()), reverse=True):
            numbers = sorted(step for step, count in missing.items() if count == per_step)
            size = max(1, MOST_EDITS // per_step)
            groups += [(per_step, numbers[at : at + size]) for at in range(0, len(numbers), size)]
        values: dict[str, Any] = {
            "task": "" if _begins_with_prompt(request) else task_of(request),
            "program": numbered(steps),
            "kinds": self._kinds(request, round_.number),
            "feedback": round_.feedback,
        }
        questions: list[ModelQuestion] = []
        for index, (per_step, numbers) in enumerate(groups):
            tried = "\n".join(f"[{step}] {text}" for step, text in round_.tried if step in numbers)
            user = self.prompts.render(request.kind, **values, tried=tried, per_step=per_step, steps=numbers)
            longest = 200 + per_step * sum(60 + 3 * estimate_tokens(steps[number].text) for number in numbers)
            questions.append(self._question(request, round_, index, user, longest))
        return questions

    def completions(
        self, request: Request, n: int, index: int, round_: Round, form: CompletionForm = "chat"
    ) -> ModelQuestion:
        """A question for ``n`` continuations; ``index`` distinguishes those of one round."""
        task = "" if _begins_with_prompt(request) and form != "prefill" else task_of(request)
        longest = max(256, min(2048, 3 * estimate_tokens(request.problem.reference)))
        if form != "chat":
            return self._verbatim(request, (n, index, longest), round_, form, task)
        varies = request.attempt or round_.number or index
        user = self.prompts.render(
            request.kind,
            task=task,
            prefix=request.program.rstrip("\n"),
            feedback=round_.feedback,
            variant=f"{request.attempt}.{round_.number}.{index}" if varies else "",
        )
        return self._question(request, round_, index, user, longest, n)

    def _verbatim(
        self, request: Request, size: tuple[int, int, int], round_: Round, form: CompletionForm, task: str
    ) -> ModelQuestion:
        """A question that a model answers by going on with its own text: no rules, no feedback, and one
        temperature throughout, since each of them would change what is sampled from."""
        n, index, longest = size
        base = self.sampling.temperature
        if base is None:
            base = float(self.prompts.settings(form).get("temperature", 0.8))
        prefix = request.program
        return ModelQuestion(
            system="",
            user=self.prompts.render(form, task=task, prefix=prefix),
            temperature=round(base, 3),
            max_tokens=(self.sampling.max_output_tokens or longest) * round_.stretch,
            n=n,
            seed=_seed(f"{request.seed}/{form}/{request.attempt}/{round_.number}/{index}"),
            attempt=request.attempt * 100 + round_.number,
            structured=False,
            form=form,
            beginning=f"```python\n{prefix}" if form == "prefill" else "",
            stop=FENCE if form == "prefill" else stops_for(prefix, request.problem.entry_point),
        )

    def _question(
        self, request: Request, round_: Round, index: int, user: str, longest: int, n: int = 1
    ) -> ModelQuestion:
        system = "completions" if request.kind in WRITING else "edits"
        base = self.sampling.temperature
        if base is None:
            base = float(self.prompts.settings(request.kind).get("temperature", 0.8))
        warmth = min(max(base, _HOTTEST), base + self.sampling.warmer * (round_.number + request.attempt))
        return ModelQuestion(
            system=self.prompts.render(system),
            user=user,
            temperature=round(warmth, 3),
            max_tokens=(self.sampling.max_output_tokens or longest) * round_.stretch,
            n=n,
            seed=_seed(f"{request.seed}/{request.kind}/{request.attempt}/{round_.number}/{index}"),
            attempt=request.attempt * 100 + round_.number,
            structured=system == "edits",
        )

    def _kinds(self, request: Request, round_: int) -> list[str]:
        kinds = self.prompts.settings(request.kind).get("kinds") or []
        if not isinstance(kinds, list) or not kinds:
            return []
        order = [str(kind) for kind in kinds]
        random.Random(f"{request.seed}/{request.problem.id}/{request.kind}").shuffle(order)
        start = KINDS * (request.attempt + round_)
        return [order[(start + at) % len(order)] for at in range(min(KINDS, len(order)))]


def _seed(identity: str) -> int:
    """A seed in the range that every endpoint takes (31 bits)."""
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:4], "big") >> 1


def measured(request: Request) -> Request:
    """``request`` with a number of edits a step where it names none."""
    if request.per_step > 0:
        return request
    share = math.ceil(TARGET_EDITS / max(1, len(request.steps)))
    return replace(request, per_step=min(_MOST, max(_LEAST, share)))


def beginning_of(request: Request) -> Request:
    """A request to go on, with the beginning alone as its program: of a rewrite, what stands before the steps asked for."""
    if request.kind != "rewrite":
        return request
    first = min(request.steps, default=0)
    return replace(request, program=join(split_steps(request.program)[:first]))


def numbered(steps: Sequence[Step]) -> str:
    """The program with the number of each step before its logical line; every line moves in alike."""
    shown: list[str] = []
    width = len(f"[{len(steps) - 1}] ")
    for index, step in enumerate(steps):
        for at, line in enumerate(physical_lines(step.text), step.first_line):
            start = (f"[{index}]" if at == step.code_line else "").ljust(width)
            shown.append((start + line.rstrip("\r\n")).rstrip())
    return "\n".join(shown)


def task_of(request: Request) -> str:
    """The prompt, and where it does not name the function to write, its name and the first test."""
    problem = request.problem
    task = problem.prompt.strip()
    if problem.entry_point and problem.entry_point not in task:
        task += f"\nThe function is called {problem.entry_point}."
        if problem.tests and problem.tests[0].form == "assert":
            task += f" It has to pass: {problem.tests[0].code.strip()}"
    return task


def output_tokens(request: Request) -> int:
    """What a whole answer to a request takes, for estimates before anything is sent."""
    if request.kind in WRITING:
        written = len(beginning_of(request).program)
        return request.n * (12 + estimate_tokens(request.problem.reference[written:]))
    steps = split_steps(request.program)
    texts = sum(2 * estimate_tokens(steps[number].text.strip()) + _EDIT_TOKENS for number in request.steps)
    return 12 + request.per_step * texts


def _begins_with_prompt(request: Request) -> bool:
    """Whether the program shows the task already (HumanEval: signature and docstring)."""
    return given_count(request.problem.prompt, split_steps(request.program)) > 0


def feedback_of(unusable: Mapping[str, Any]) -> str:
    """What was wrong with the answer before, in a sentence for the model."""
    if not unusable:
        return ""
    told = [_TOLD[reason] for reason in sorted(unusable) if reason in _TOLD]
    other = sorted(reason for reason in unusable if reason not in _TOLD)
    if other:
        told.append(f"some edits could not be used ({', '.join(other)})")
    return f"Of your last answer not everything could be used: {'; '.join(told)}. Mind the rules."


_TOLD: Final = {
    "truncated": "it was too long and was cut off, so be brief",
    "not JSON": "it was not one JSON object",
    "wrong shape": "some entries lacked step, old or new",
    "empty": "it was empty",
    "only thoughts": "it held thoughts and no answer",
    "refusal": "it refused a harmless exercise in debugging",
    "duplicate": "some edits repeated one another",
    "other step": "some edits were for steps that were not asked for",
}
