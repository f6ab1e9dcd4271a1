"""How many valid inputs a problem that reads standard input gets, and why where they are few."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from prmdata.evidence.explore import InputCorpus, explore
from prmdata.evidence.input_budget import ENOUGH_INPUTS, Budget, budget_of
from prmdata.evidence.stdin_space import StdinSpace
from prmdata.records import Run, RunResults, Vetted


@dataclass(frozen=True, slots=True)
class GeneratedInputs:
    """``valid``: generated inputs that the grammar, the bounds and the hull take for valid and that the reference
    answers. ``disputing``: those that break something that all given inputs share. ``few_because``: why there are fewer
    than ``ENOUGH_INPUTS`` valid ones, in words that are alike for problems of one kind up to a colon."""

    grammar: str
    valid: int = 0
    disputing: int = 0
    few_because: str | None = None

    @property
    def text(self) -> str:
        """All of it for people."""
        counted = f"{self.valid} valid inputs, and {self.disputing} that can only dispute a label"
        return f"{self.grammar}\n{counted}" + (
            f"\nfew, because {self.few_because}" if self.few_because else ""
        )


def generated_inputs(vetted: Vetted, *, seed: int = 0) -> Generator[Run, RunResults, GeneratedInputs]:
    """The inputs on which a build compares programs of a problem that reads standard input with the reference."""
    budget = budget_of(vetted)
    corpus = yield from explore(vetted, seed=seed, budget=budget)
    space = corpus.space
    assert isinstance(space, StdinSpace)
    made = [recorded for recorded in corpus.recordings if recorded.text not in corpus.given]
    valid = sum(recorded.inside for recorded in made)
    why = None if valid >= ENOUGH_INPUTS else _why_few(space, corpus, budget, valid)
    shown = "no grammar" if space.grammar is None else str(space.grammar)
    return GeneratedInputs(shown, valid, len(made) - valid, why)


def _why_few(space: StdinSpace, corpus: InputCorpus, budget: Budget, valid: int) -> str:
    if space.grammar is None:
        return "no grammar reads all given inputs"
    if space.unread is not None:
        return f"the statement asks for what is not understood: {space.unread}"
    asked = sum(not space.violations(text) for text in corpus.known.difference(corpus.given))
    if asked >= ENOUGH_INPUTS:
        return f"the reference does not answer: {asked - valid} of {asked} inputs"
    if budget.inside < ENOUGH_INPUTS // 2:
        return f"the reference is slow: {budget.inside} inputs are drawn at once"
    if not space.refused:
        return "the given inputs are too long"
    ((reason, _),) = space.refused.most_common(1)
    return reason
