"""Realistic traces for the tests of datasets, exports and pages: what a small build over real-looking problems makes.

The programs are made up here; labels and reasons follow the strict policy by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from prmdata.datasets.schema import steps_schema, to_row
from prmdata.datasets.writer import ShardedWriter
from prmdata.records import (
    IGNORE,
    Counterexample,
    EditRecord,
    Evidence,
    Isolation,
    Probe,
    Trace,
    Verdict,
)
from prmdata.steps.split import given_count, split_steps

PROMPT = '''def running_{name}(numbers):
    """Return the list of running {name}s of `numbers`.

    >>> running_{name}([{a}, 3, 2])
    """
'''
BODY = ("    found = []\n", "    best = 0\n", "    for n in numbers:\n", "        best = {expr}\n")
TAIL = ("        found.append(best)\n", "    return found\n")
OPERATORS = ("off-by-one", "wrong-start", "swap-arguments", "drop-return", "negate-condition")


def reference_trace(index: int) -> Trace:
    """The reference's own row of problem ``index``."""
    name = f"total{index}"
    prompt = PROMPT.format(name=name, a=index % 9 + 1)
    body = "".join((*BODY, *TAIL)).format(expr=f"best + n * {index % 5 + 1}")
    steps = split_steps(prompt + body)
    given = given_count(prompt, steps)
    labels = [IGNORE] * given + [1] * (len(steps) - given)
    reasons = ["given"] * given + ["reference"] * (len(steps) - given)
    return Trace(
        id=f"{index:06x}-reference",
        problem_id=f"made/{index}",
        source="made",
        license="Apache-2.0",
        strategy="mutate-refactor",
        label_kind="reference",
        prompt=prompt,
        steps=tuple(step.text for step in steps),
        step_kinds=tuple(step.kind for step in steps),
        given_steps=given,
        executed=(None,) * given + (True,) * (len(steps) - given),
        verdict=Verdict.PASSED,
        outcomes=(Verdict.PASSED,) * 3,
        evidence=Evidence(inputs_tried=64, differential=True),
        isolation=Isolation.TWO_PROCESSES,
        policy="strict",
        labels=tuple(labels),
        reasons=tuple(reasons),
    )


def edit_trace(index: int, place: int, label: int = 0, variant: int = 0) -> Trace:
    """The row of one judged edit of problem ``index``. ``place`` counts the steps that are not given."""
    base = reference_trace(index)
    at = base.given_steps + place
    before = base.steps[at]
    after = before.rstrip("\n") + (f" + {variant}\n" if label == 0 else f"  # {variant}\n")
    count = len(base.steps) - at - 1
    failed = Verdict.WRONG_ANSWER if label == 0 else Verdict.PASSED
    reason = {1: "passed", 0: "wrong_answer", IGNORE: "disputed"}[label]
    return replace(
        base,
        id=f"{index:06x}-{place:02d}-{label % 7}-{variant:03d}",
        label_kind="fault",
        steps=(*base.steps[:at], after, *base.steps[at + 1 :]),
        verdict=failed,
        outcomes=(Verdict.PASSED, failed, failed),
        evidence=replace(
            base.evidence,
            inputs_reached=60,
            inputs_disagreed_inside=9 if label == 0 else 0,
            counterexample=Counterexample(f"([{index}, 3],)", f"[{index}, 3]", "[0, 3]") if label == 0 else None,
            edit_executed=True,
            step_told_apart=4,
        ),
        edit=EditRecord(
            at, 1, before, after, (), "mutate" if label == 0 else "refactor",
            OPERATORS[(index + place) % len(OPERATORS)], "rules",
        ),
        labels=(IGNORE,) * at + (label,) + (IGNORE,) * count,
        reasons=("given",) * base.given_steps
        + ("prefix",) * place
        + (reason,)
        + ("after_edit",) * count,
    )  # fmt: skip


def rollout_trace(index: int, bad: int | None) -> Trace:
    """The row of one rollout. Its first bad step is ``bad`` (counted among the steps that are not given);
    None means that it passes."""
    base = reference_trace(index)
    given, count = base.given_steps, len(base.steps)
    if bad is None:
        return replace(
            base,
            id=f"{index:06x}-rollout-passed",
            strategy="first-error",
            label_kind="prefix",
            response_class="correct",
            reasons=("given",) * given + ("passed",) * (count - given),
        )
    at = given + bad
    steps = (*base.steps[:at], base.steps[at].rstrip("\n") + " - 1\n", *base.steps[at + 1 :])
    probes = (*(Probe(step, 4, 4 - step % 2) for step in range(given - 1, at)), Probe(at, 4, 0))
    value = {probe.step: probe.passed / probe.k for probe in probes}
    return replace(
        base,
        id=f"{index:06x}-rollout-{bad}",
        strategy="first-error",
        label_kind="prefix",
        steps=steps,
        verdict=Verdict.WRONG_ANSWER,
        outcomes=(Verdict.WRONG_ANSWER,) * 3,
        response_class="revised" if bad else "wrong",
        completer="openai:made-model",
        k=4,
        prompt_value=0.75,
        values=tuple(value.get(step) for step in range(count)),
        probes=probes,
        cut=at,
        witness="".join(base.steps),
        labels=(IGNORE,) * given + (1,) * bad + (0,) + (IGNORE,) * (count - at - 1),
        reasons=("given",) * given
        + ("recovered",) * bad
        + ("not_recovered",)
        + ("after_error",) * (count - at - 1),
    )


def build(problems: int, rollouts: bool = True) -> Iterator[Trace]:
    """What a build of ``problems`` problems gives, in its stable order."""
    for index in range(problems):
        yield reference_trace(index)
        for place in range(6):
            yield edit_trace(index, place, 0, 1)
            yield edit_trace(index, place, 0, 2)
            yield edit_trace(index, place, 1, 3)
        yield edit_trace(index, 3, IGNORE, 9)
        if rollouts:
            yield rollout_trace(index, None)
            yield rollout_trace(index, index % 4)


def write_split(rows: Iterable[Trace], folder: Path, split: str, **sizes: int) -> list[Path]:
    """Write ``rows`` as the shards of one split in ``folder``; other splits there stay."""
    with ShardedWriter(folder, split, steps_schema(), **sizes) as writer:
        for trace in rows:
            writer.add(to_row(trace))
        return writer.close()
