"""Reward functions for online RL on ``prmdata export --format verl``: 1.0 if a program passes every test,
else 0.0.

The rows of that export hold everything that judging needs, so one export serves verl (``compute_score``),
TRL's GRPO (``passes_tests``) and verifiers (``judge_answers`` in the reward of a task); ``examples/`` shows
each of them. The sandbox is the one of ``prmdata.judge``: one pool for each process, with judge and candidate
in two processes.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final

from prmdata.app.judge import MOST_SPECS, ProgramJudgement, judge
from prmdata.errors import UsageError
from prmdata.records import Compare, Isolation, Problem, Spec, Test
from prmdata.teachers.thinking import without_thinking
from prmdata.teachers.tolerant_json import fenced_blocks
from prmdata.vetting.limits import MEMORY_MB

_PYTHON: Final = ("", "python", "python3", "py")
_AT_ONCE: Final = 16
"""How many problems may wait for the pool at the same time."""


def compute_score(
    data_source: str,  # noqa: ARG001  # verl passes its arguments by these names
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    *,
    sandbox: str = "auto",
    workers: int | None = None,
    **_: Any,
) -> dict[str, float]:
    """verl's ``custom_reward_function``: the ``score``, and other values that verl logs beside it.

    ``sandbox`` and ``workers`` come from ``reward_kwargs``. A program that cannot be judged (because it
    differs from run to run) gets the score 0.0 and has ``judged`` 0.0. Raises UsageError for rows that are
    not of the export.
    """
    (found,) = judge_answers(ground_truth, extra_info or {}, [solution_str], sandbox=sandbox, workers=workers)
    return {
        "score": float(found.passed),
        "tests_passed": float(found.tests_passed),
        "tests_total": float(found.tests_total),
        "judged": float(found.verdict is not None),
    }


def passes_tests(
    completions: Sequence[Any],
    reward_model: Sequence[Mapping[str, Any]],
    extra_info: Sequence[Mapping[str, Any]],
    *,
    sandbox: str = "auto",
    workers: int | None = None,
    **_: Any,
) -> list[float | None]:
    """A reward function for TRL's ``GRPOTrainer``. It gives one reward for each completion (a text, or
    messages). The reward is None if the program cannot be judged; TRL ignores such a completion. The other
    arguments are columns of the export, repeated by TRL."""
    at: dict[tuple[str, str], list[int]] = defaultdict(list)
    infos = {}
    for place, (truth, info) in enumerate(zip(reward_model, extra_info, strict=True)):
        key = (truth["ground_truth"], info["problem_id"])
        at[key].append(place)
        infos[key] = info
    rewards: list[float | None] = [None] * len(completions)

    def of_one_problem(key: tuple[str, str]) -> list[ProgramJudgement]:
        answers = [_text(completions[place]) for place in at[key]]
        return judge_answers(key[0], infos[key], answers, sandbox=sandbox, workers=workers)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for key, found in zip(at, threads.map(of_one_problem, at), strict=True):
            for place, one in zip(at[key], found, strict=True):
                rewards[place] = None if one.verdict is None else float(one.passed)
    return rewards


def judge_answers(
    ground_truth: str,
    extra_info: Mapping[str, Any],
    answers: Sequence[str],
    *,
    sandbox: str = "auto",
    workers: int | None = None,
) -> list[ProgramJudgement]:
    """The judgements of :func:`prmdata.judge` for a model's answers to one problem of the export. The program
    is first taken out of each answer.

    Raises UsageError if the row holds no ``judging``: it comes from another source, or from an export before
    0.2.
    """
    info = extra_info
    names = ("problem_id", "prompt", "reference", "entry_point", "setup", "judging")
    if not isinstance(info.get("judging"), str):
        raise UsageError("extra_info has no 'judging'; make the rows with `prmdata export OUT --format verl`")
    spec = _spec(ground_truth, *(info.get(name) or "" for name in names))
    programs = [program_of(answer, spec.problem.prompt, spec.problem.entry_point) for answer in answers]
    return judge(spec, programs, sandbox=sandbox, workers=workers)


@lru_cache(MOST_SPECS)
def _spec(
    ground_truth: str, problem_id: str, prompt: str, reference: str, entry_point: str, *more: str
) -> Spec:
    """The problem of a row, with the isolation and the limits that vetting found."""
    setup, judging = more
    truth, how = json.loads(ground_truth), json.loads(judging)
    if "inputs" in truth:
        pairs = zip(truth["inputs"], truth["outputs"], strict=True)
        tests = tuple(Test("stdio", input=given, output=expected) for given, expected in pairs)
    else:
        tests = tuple(Test(form, code) for form, code in zip(how["forms"], truth["tests"], strict=True))
    compare = Compare(**how["compare"])
    problem = Problem(problem_id, prompt, reference, tests, entry_point or None, setup, compare)
    return Spec(problem, Isolation(how["isolation"]), how["cpu_s"], MEMORY_MB)


def program_of(answer: str, prompt: str, entry_point: str | None) -> str:
    """The program in a model's answer. It is the last fenced block of Python (the last one that defines the
    entry point, if there is one), or else the whole answer. If the prompt is code (HumanEval), the program is
    put after the prompt, because the prompt has the imports. An answer that defines nothing is then taken for
    the body of the prompt's function."""
    text = without_thinking(answer)
    blocks = [content for language, content in fenced_blocks(text) if language in _PYTHON] or [text]
    head = re.match(r"\w*", entry_point or "")
    bound = re.compile(
        rf"^[ \t]*(?:async\s+def|def|class)\s+{head[0]}\b" if head and head[0] else r"(?!)", re.MULTILINE
    )
    code = next((block for block in reversed(blocks) if bound.search(block)), blocks[-1])
    if not bound.search(prompt):
        return code
    if not bound.search(code):
        return prompt + code
    return f"{prompt.rstrip()}\n\n{code}" if _parses(prompt) else code


@lru_cache(MOST_SPECS)
def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _text(completion: Any) -> str:
    """A completion as text. TRL gives messages if the prompt consists of messages."""
    if isinstance(completion, str):
        return completion
    content = completion[-1]["content"]
    return content if isinstance(content, str) else "".join(piece.get("text", "") for piece in content)
