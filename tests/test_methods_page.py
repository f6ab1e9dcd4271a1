"""``docs/methods.md``: every system has a command that exists and a test that exists."""

from __future__ import annotations

import ast
import re
import shlex
from itertools import pairwise
from pathlib import Path

import click
import pytest

from prmdata.cli.export import FORMATS
from prmdata.cli.main import prmdata

ROOT = Path(__file__).parent.parent
SYSTEMS = (
    "PRLCoder", "PSGPO", "VinePPO", "Math-Shepherd", "StepCoder", "CodeRL", "RLTF", "MCTS-DPO",
    "Automatic unit test generation", "ReVeal", "IRCoCo", "Jump-Start RL", "Generative PRMs",
    "Code Less, Align More",
)  # fmt: skip


def rows() -> list[list[str]]:
    text = (ROOT / "docs/methods.md").read_text("utf-8")
    table = [line for line in text.split("\n") if line.startswith("| **")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def named(column: int) -> list[str]:
    return [name for row in rows() for name in re.findall(r"`([^`]+)`", row[column])]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_has_a_row_with_a_command_and_a_test(system: str) -> None:
    (row,) = [row for row in rows() if f"**{system}**" in row[0]]
    assert re.search(r"`prmdata [^`]+`", row[2])
    assert re.search(r"`tests/[^`]+::[^`]+`", row[5])


@pytest.mark.parametrize("command", sorted(set(named(2))))
def test_the_command_and_its_options_exist(command: str) -> None:
    program, name, *words = shlex.split(command)
    assert program == "prmdata"
    found = prmdata.get_command(click.Context(prmdata), name)
    assert found is not None
    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options
    for option, value in pairwise(words):
        if option == "--format":
            assert value in FORMATS


@pytest.mark.parametrize("test", sorted(set(named(5))))
def test_the_test_exists(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
