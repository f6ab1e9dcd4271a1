"""A dataset in the terminal: rows with their labels, colours only for terminals, nothing that a program could send."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from prmdata.cli.show import command as show_command
from prmdata.datasets.reader import read_traces
from prmdata.errors import InputError
from prmdata.pages.show import show
from prmdata.records import Counterexample
from tests.builders.traces import write_split


def test_a_row_is_shown_with_its_labels_reasons_and_counterexample(out, made):
    edit = made.edit_trace(2, 3, 0, 2)
    text = show(out, edit.id)
    shown = [line[8:] for line in text.split("\n") if re.match(r"[+ -] +\d* │ ", line)]
    why = "  ← wrong_answer: with this step the program gives a wrong answer on a given test"
    lines = "".join(edit.steps).removesuffix("\n").split("\n")
    assert shown == [line + why if line.endswith("+ 2") else line for line in lines]
    assert "  instead  of best = best + n * 3\n" in text
    for name in ("input", "expected", "got"):
        assert f"  {name:9}{getattr(edit.evidence.counterexample, name)}\n" in text
    assert "1 of 3 tests passed" in text
    assert "60 reached the edit" in text


def test_a_list_and_the_first_error_without_an_id(out):
    text = show(out, limit=3)
    rows = list(read_traces(out))
    assert [line.split()[0] for line in text.split("\n")[:3]] == [row.id for row in rows[:3]]
    assert next(row for row in rows if 0 in row.labels).id in text.split("\n")[4]


def test_colours_are_for_terminals(out):
    plain = CliRunner().invoke(show_command, [str(out)])
    assert "\x1b" not in plain.output
    colored = CliRunner().invoke(show_command, [str(out), "--color"])
    assert "\x1b[31m" in colored.output
    assert re.sub(r"\x1b\[\d*m", "", colored.output) == plain.output


def test_a_program_cannot_write_to_the_terminal(made, tmp_path):
    base = made.edit_trace(0, 3)
    seen = Counterexample("\x1b]0;owned\x07", "\x9b31m", "\u202e")
    nasty = replace(
        base,
        steps=("x = '\x1b[2J'\x0c\n", *base.steps[1:]),
        evidence=replace(base.evidence, counterexample=seen),
    )
    write_split([nasty], tmp_path / "data/steps", "train")
    text = show(tmp_path, base.id)
    assert not set(text) & {"\x1b", "\x07", "\x9b", "\u202e", "\x0c"}
    assert "x = '\\x1b[2J'\\x0c" in text


@pytest.mark.parametrize(("wanted", "said"), [("nothing", "no row"), ("00000", "rows begin with")])
def test_an_id_that_names_no_row_or_many_is_an_error(out, wanted, said):
    with pytest.raises(InputError, match=said):
        show(out, wanted)
