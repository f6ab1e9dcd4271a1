"""Sentences about a dataset and its labels, and a program as a listing with a mark for each label. The card,
``show``, the review and the report use them. They are made from stored facts and claim no more than was
seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from prmdata.labels.reasons import Reason
from prmdata.records import IGNORE, Counterexample, Trace

REASONS: Final[dict[str, str]] = {
    Reason.REFERENCE: "a step of the vetted reference that the tests run",
    Reason.PASSED: "it ran, and no test and no generated input tells the program from a right one",
    Reason.PROVED: "the program is proved to do what it did before this edit",
    Reason.RECOVERED: "from here the completer still reached a passing program",
    Reason.NOT_RECOVERED: "no completion of the prefix through this step passed",
    Reason.WRONG_ANSWER: "with this step the program gives a wrong answer on a given test",
    Reason.RUNTIME_ERROR: "with this step the program raises on a given test",
    Reason.TIMEOUT: "with this step the program does not end in time on a given test",
    Reason.MEMORY_LIMIT: "with this step the program exceeds the memory limit",
    Reason.OUTPUT_LIMIT: "with this step the program exceeds the output limit",
    Reason.COMPILE_ERROR: "the prefix through this step does not compile",
    Reason.DISAGREED: "passes the tests, but disagrees with the reference on an input inside the hull",
    Reason.RECOVERABLE: "a passing program of the build has the same prefix",
    Reason.CLOSES: "the program does not compile, but this prefix could still be continued",
    Reason.DISPUTED: "disagrees with the reference only outside the hull of the given inputs",
    Reason.UNEXECUTED: "nothing ran this step",
    Reason.UNTESTABLE: "no known edit of this step can be distinguished from the reference",
    Reason.UNTRIED: "no generated input reached this step",
    Reason.PART_OF_EDIT: "one of several new steps; the label stands on the last",
    Reason.ALSO_CHANGED: "changed with the edit; this step was not judged on its own",
    Reason.PREFIX: "before the edit; labelled once, in the reference's own row",
    Reason.AFTER_EDIT: "after the edit; the row says nothing about it",
    Reason.AFTER_ERROR: "after the first error; the row says nothing about it",
    Reason.GIVEN: "the prompt itself contains this step",
    Reason.NEUTRAL: "a docstring; it does nothing",
    Reason.UNLOCATED: "the program fails, and the step that fails was not looked for",
    Reason.UNJUDGED: "no first bad step was looked for",
}
"""What each reason says, in one line. Reasons of plug-in policies are shown by their name."""

SYMBOLS: Final = {1: "+", 0: "-", IGNORE: " "}
STYLES: Final = {1: "\x1b[32m", 0: "\x1b[31m", IGNORE: "\x1b[2m"}
"""Terminal styles of the classes: green, red, dim."""
OFF: Final = "\x1b[0m"


def reason_text(reason: str) -> str:
    """The reason in one line. The reason of a plug-in is its own name."""
    return REASONS.get(reason, reason.replace("_", " "))


def listing(trace: Trace, *, color: bool = False) -> Iterator[str]:
    """The program with a mark and a reason beside each step: ``+`` correct, ``-`` incorrect, blank masked.
    Reasons that say nothing new (given, before or after the edit) are not printed; the blank mark is
    enough."""
    labels = trace.labels or (IGNORE,) * len(trace.steps)
    reasons = trace.reasons or ("",) * len(trace.steps)
    edited = range(trace.edit.step, trace.edit.step + trace.edit.n_steps) if trace.edit else range(0)
    for index, step in enumerate(trace.steps):
        label = labels[index]
        lines = step.removesuffix("\n").split("\n")
        reason = reasons[index] if label != IGNORE or index in edited else ""
        if label != IGNORE and reason:
            reason = f"{reason}: {reason_text(reason)}" if label == 0 else reason
        for number, text in enumerate(lines):
            last = number == len(lines) - 1
            note = f"  ← {reason}" if reason and last else ""
            line = f"{SYMBOLS[label] if last else ' '} {index if last else '':>3} │ {visible(text)}"
            yield f"{STYLES[label]}{line}{OFF}{note}" if color else f"{line}{note}"


def visible(text: str) -> str:
    """Text that is safe to print on a terminal: what would move the cursor or change colours is escaped."""
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode()
        for char in text
    )


def counterexample(found: Counterexample | None) -> str:
    """``on input … the reference gives … and this program …`` in Markdown; empty without a counterexample."""
    if found is None:
        return ""
    return f"on input {code_span(found.input)} the reference gives {code_span(found.expected)}, this program {code_span(found.got)}."


def code_span(text: str) -> str:
    """A foreign text as code within a line of Markdown. Its backticks do not end the code, and control
    characters are shown in escaped form."""
    short = text if len(text) <= 300 else text[:300] + " …"
    one_line = "".join(
        char if char.isprintable() else "⏎" if char == "\n" else char.encode("unicode_escape").decode()
        for char in short
    )
    runs = [len(run) for run in re.findall("`+", one_line)]
    fence = "`" * (max(runs, default=0) + 1)
    padding = " " if one_line[:1] == "`" or one_line[-1:] == "`" else ""
    return f"{fence}{padding}{one_line or ' '}{padding}{fence}"


def method(figures: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """How the labels were made, as far as the dataset shows it."""
    sentences: list[str] = []
    if figures["rows_by_label_kind"].get("reference"):
        sentences.append(
            "Every problem was vetted first: its reference passes all given tests several times alike under "
            "two fixed seeds, and a sabotaged reference fails. Its executed steps are labelled `1`, once, in its own row."
        )
    sentences += _edits(figures)
    if figures["rows_by_response_class"]:
        who = ", ".join(f"`{name}`" for name in figures["rows_by_completer"]) or "no completer was needed"
        sentences.append(
            f"**First errors**: for each rollout and rewrite that fails the first step from which no completion passed was sought ({who}); "
            "that step is `0`, those before it `1`, those after it masked."
        )
    if stages := figures["rows_by_strategy"].get("curriculum"):
        sentences.append(
            f"**Curriculum** ({stages:,} rows): the reference split at its conditional statements; `cut` steps are given, stage 0 gives the most. Its steps are the reference's, so exports of labels leave these rows out."
        )
    policies = list(figures["rows_by_policy"])
    if "strict" in policies:
        sentences.append(
            "Policy `strict`: a passing edit is `1` only where it also agrees with the reference on every generated input "
            f"({figures['inputs_tried']:,} inputs tried in all) and its steps were executed; a failing one is `0` only where it fails a given "
            "test or an input inside the hull of the given ones, and no passing program of the build has the same prefix."
        )
    if "paper" in policies:
        sentences.append(
            "Policy `paper`: a program that passes the given tests is `1`, any other `0` (PRLCoder's rule); weak tests make some `1` wrong."
        )
    isolation = figures["rows_by_isolation"]
    sentences.append(
        "Programs ran in a sandbox, judge and candidate in separate processes"
        + (
            f" ({isolation['one-process']:,} rows in one process, marked in `isolation`)."
            if isolation.get("one-process")
            else "."
        )
    )
    if config.get("seed") is not None:
        sentences.append(f"Seed {config['seed']}.")
    return sentences


def _edits(figures: Mapping[str, Any]) -> list[str]:
    """How edits of references were made: those asked for, and rewrites."""
    sentences: list[str] = []
    rewrites = sum(figures["edits_by_intent"].get("rewrite", {}).values())
    if planted := figures["edits"] - rewrites:
        authors = ", ".join(f"`{name}`" for name in figures["edits_by_author"])
        sentences.append(
            f"**Edits** ({planted:,}, by {authors}): one contiguous range of steps of a program was mutated or "
            "refactored, and the whole program judged; the label stands on the last new step. Later steps are masked."
        )
    if rewrites:
        sentences.append(
            f"**Rewrites** ({rewrites:,}): a model wrote the end of the reference anew from the task and what stands before. "
            "What fails is a bug that nobody asked for; its first bad step was sought as in a rollout."
        )
    return sentences


def giveaway(figures: Mapping[str, Any]) -> str:
    """How far the operator, and the edited step's text, predict the labels of edits; empty without such labels."""
    found = figures["giveaway"]
    if not found["edits"]:
        return ""
    n = found["edits"]
    text = ""
    if found["texts"]:
        right = f"{100 * found['by_text'] / found['texts']:.1f}%"
        text = f" Naive Bayes over the edited step's text alone, without its program and its problem, cross-validated by problem, is right for {right}."
    return (
        f"**What gives labels away.** Of {n:,} edits with a label, {100 * found['by_class'] / n:.1f}% have the commoner one. "
        f"Whoever knows the operator alone and says its commoner label is right for {100 * found['by_operator'] / n:.1f}%.{text} "
        "`prmdata export --balance operator` keeps as many right as wrong edits of each operator and kind of step."
    )


def limits(figures: Mapping[str, Any]) -> list[str]:
    """What a reader must not conclude from the labels."""
    sentences = [
        "Labels rest on tests and generated inputs. A `1` says that no input that was tried tells the program from the reference, not that none can; a `0` on a disagreement trusts the reference.",
        "`fault` is about the program as it stands: later lines could often repair it. `prefix` depends on the completer and its K.",
    ]
    if set(figures["edits_by_intent"]) - {"rewrite"}:
        sentences.append(
            "Edits by `mutate` and `refactor` are asked-for changes of correct programs; the mistakes of models are distributed differently."
        )
    if any(name.startswith("rules") for name in figures["edits_by_author"]):
        sentences.append(
            "Edits by `rules` come from fixed operators and carry their style, and most operators mostly earn one label: see what gives labels away, above."
        )
    weak = sum(figures["labels_by_evidence"].get("given tests only", {}).values())
    if weak:
        sentences.append(f"{weak:,} labels rest on the given tests only.")
    return sentences


def cost(cost: Mapping[str, Any], times: Mapping[str, Any]) -> str:
    """One sentence on money and time. An unknown price is called unknown, not zero."""
    parts: list[str] = []
    if cost.get("requests"):
        tokens = f"{cost.get('prompt_tokens', 0):,} prompt and {cost.get('completion_tokens', 0):,} completion tokens"
        parts.append(f"{cost['requests']:,} requests to a teacher, {tokens}")
        price = cost.get("cost_usd")
        parts.append("price unknown" if price is None else f"US$ {price:,.2f}")
    else:
        parts.append("no requests to a paid model")
    wall = times.get("elapsed_s", times.get("wall_s"))
    if wall is not None:
        parts.append(f"{wall / 60:.1f} minutes of wall time" if wall >= 90 else f"{wall:.0f} s of wall time")
    return "Cost: " + "; ".join(parts) + "."
