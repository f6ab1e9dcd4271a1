"""A split never has near-duplicates on both sides. The test adds copies to the bundled problems (renamed
variables, reordered definitions, reworded prompts)."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from prmdata.datasets.splits import assign
from prmdata.problems import read_problems
from prmdata.records import Problem
from prmdata.vetting.similar import clusters, signature

SHARES = (("train", 0.7), ("test", 0.3))


class Renamer(ast.NodeTransformer):
    """Other names for everything that a program assigns, takes as an argument or defines."""

    def __init__(self, tree: ast.AST, keep: str) -> None:
        found = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        found |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        self.names = {name: f"other_{index}" for index, name in enumerate(sorted(found - {keep, "self"}))}

    def visit_Name(self, node):
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)

    def visit_arg(self, node):
        node.arg = self.names.get(node.arg, node.arg)
        return self.generic_visit(node)


def renamed(problem: Problem) -> Problem:
    tree = ast.parse(problem.reference)
    text = ast.unparse(Renamer(tree, problem.entry_point or "").visit(tree))
    return replace(
        problem, id=problem.id + " renamed", reference=text + "\n", prompt="Something else entirely."
    )


def reordered(problem: Problem) -> Problem:
    tree = ast.parse(problem.reference)
    places = [place for place, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef)]
    nodes = [tree.body[place] for place in places]
    for place, node in zip(places, reversed(nodes), strict=True):
        tree.body[place] = node
    return replace(
        problem, id=problem.id + " reordered", reference=ast.unparse(tree) + "\n", prompt="Reordered."
    )


def reworded(problem: Problem) -> Problem:
    reference = "# another comment\n" + problem.reference
    return replace(problem, id=problem.id + " reworded", prompt="Asked in other words.", reference=reference)


def solved_otherwise(problem: Problem) -> Problem:
    prompt = problem.prompt.upper().replace(",", " ,")
    return replace(problem, id=problem.id + " otherwise", prompt=prompt, reference="value = input()\n")


@pytest.fixture(scope="module")
def problems():
    found = [item for item in read_problems("sample") if isinstance(item, Problem)]
    assert len(found) >= 40
    return found


@pytest.mark.parametrize("copy", [renamed, reordered, reworded, solved_otherwise])
def test_a_planted_copy_is_on_its_originals_side(problems, copy):
    copies = [copy(problem) for problem in problems[::2]]
    everything = [*problems, *copies]
    groups = clusters([signature(problem) for problem in everything])
    placed = [(problem.id, group) for problem, group in zip(everything, groups, strict=True)]
    for seed in range(5):
        sides = assign(placed, SHARES, seed)
        side = dict(zip((problem.id for problem in everything), sides, strict=True))
        divided = [found.id for found in copies if side[found.id] != side[found.id.rsplit(" ", 1)[0]]]
        assert divided == [], f"seed {seed}"
        assert len(set(sides)) == len(SHARES)
