"""How well the grammar of standard input is found, by kind, and how many inputs are drawn from it. Nothing is run.

    python -m benchmarks.standard_input SOURCE [--given 3] [--draw N --seed S]

The grammar is learned from the first ``--given`` tests of each problem and from its reference's code. "Reads all" counts the
problems of whose tests it reads every one, those included that it was not learned from. "A hundred" counts those
for which at least 100 inputs inside the hull are drawn (``prmdata vet`` counts those that the reference answers too).
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence

from prmdata.datasets.intervals import wilson
from prmdata.evidence.input_budget import ENOUGH_INPUTS, STDIN_BUDGET
from prmdata.evidence.inputs.grammar.input_grammar import Field, GrammarItem, Line, Many, Repeat
from prmdata.evidence.stdin_space import StdinSpace
from prmdata.problems import read_problems
from prmdata.records import Problem

COLUMNS = ("found", "reads all", "bounds", "only disputes", "a hundred")


def parts_of(items: Sequence[GrammarItem]) -> Iterator[Field | Many | Repeat]:
    """The fields, lists and repetitions of a grammar."""
    for item in items:
        if isinstance(item, Line):
            yield from item.parts
        else:
            yield item
            yield from parts_of(item.items)


def kind_of(space: StdinSpace) -> str:
    """What a grammar mostly consists of."""
    if space.grammar is None:
        return "no grammar"
    parts = list(parts_of(space.grammar.items))
    rows = [part for part in parts if isinstance(part, Repeat)]
    if any(isinstance(part, Many) and part.commands for part in parts):
        return "queries with commands"
    if space.edge_forms:
        return "a tree" if any(form.is_tree for form in space.edge_forms) else "another graph"
    if space.grammar.cases is not None:
        return "several test cases"
    if any(isinstance(part, Field) and part.length for row in rows for part in parts_of(row.items)):
        return "a grid"
    if rows:
        return "rows that repeat"
    if any(not isinstance(part, Repeat) and part.kind in ("word", "line") for part in parts):
        return "texts"
    return "lists" if any(isinstance(part, Many) for part in parts) else "a few numbers"


def facts_of(problem: Problem, given: int) -> tuple[str, Counter[str]]:
    """The kind of a problem's grammar, and which of ``COLUMNS`` it counts for."""
    texts = [test.input for test in problem.tests]
    learned = texts[:given]
    space = StdinSpace(learned, [problem.reference], statement=problem.prompt)
    facts: Counter[str] = Counter()
    if space.grammar is None:
        return kind_of(space), facts
    rng = random.Random(0)
    inside, _ = space.draw(rng, STDIN_BUDGET.inside, learned, set(learned))
    large = [text for text in space.large(rng) if not space.violations(text)]
    facts["found"] = 1
    facts["reads all"] = all(space.grammar.parse(text) is not None for text in texts)
    facts["bounds"] = space.is_bounded
    facts["only disputes"] = space.only_disputes
    facts["a hundred"] = len(inside) + len(large) >= ENOUGH_INPUTS
    return kind_of(space), facts


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source")
    parser.add_argument("--given", type=int, default=3)
    parser.add_argument("--draw", type=int)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    problems = [one for one in read_problems(args.source) if isinstance(one, Problem) and one.is_stdio]
    if args.draw is not None:
        problems = random.Random(args.seed).sample(problems, min(args.draw, len(problems)))
    by_kind: dict[str, list[Counter[str]]] = {}
    for problem in problems:
        kind, facts = facts_of(problem, args.given)
        by_kind.setdefault(kind, []).append(facts)
    print(f"| kind of the grammar | problems | {' | '.join(COLUMNS)} |\n|---{'|---' * (len(COLUMNS) + 1)}|")
    for kind, found in sorted(by_kind.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        counts = [sum(facts[name] for facts in found) for name in COLUMNS]
        print(f"| {kind} | {len(found)} | {' | '.join(map(str, counts))} |")
    for name in COLUMNS:
        hits = sum(facts[name] for found in by_kind.values() for facts in found)
        low, high = wilson(hits, len(problems))
        print(f"{name}: {hits} of {len(problems)} ({hits / len(problems):.1%}, {low:.1%} to {high:.1%})")


if __name__ == "__main__":
    main()
