"""A dataset in the terminal: rows with their labels, colours only on terminals, and no control characters
from programs."""

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
    lines = show(out, limit=3).split("\n")
    rows = list(read_traces(out))
    assert lines[0].split()[:4] == ["row", "problem", "made", "by"]
    assert [line.split()[0] for line in lines[1:4]] == [row.id for row in rows[:3]]
    assert lines[4] == "3 of 176 rows"
    assert next(row for row in rows if 0 in row.labels).id in lines[6]


def listed(text):
    table = text.split("\n\n")[0].split("\n")
    return [line.split()[0] for line in table[1:-1]]


FITS = {
    "label": ("incorrect", lambda row: 0 in row.labels),
    "operator": ("off-by-one", lambda row: row.edit is not None and row.edit.operator == "off-by-one"),
    "problem": ("made/3", lambda row: row.problem_id == "made/3"),
    "verdict": ("wrong_answer", lambda row: row.verdict == "wrong_answer"),
    "reason": ("not_recovered", lambda row: "not_recovered" in row.reasons),
}


@pytest.mark.parametrize("name", FITS)
def test_a_filter_lists_the_rows_that_fit_and_no_other(out, name):
    value, fits = FITS[name]
    wanted = [row.id for row in read_traces(out) if fits(row)]
    done = CliRunner().invoke(show_command, [str(out), f"--{name}", value, "-n", "1000"])
    assert listed(done.output) == wanted
    assert wanted


def test_filters_hold_together_and_what_fits_none_says_what_there_is(out):
    wanted = [row.id for row in read_traces(out) if row.problem_id == "made/3" and 0 in row.labels]
    assert listed(show(out, limit=99, where={"problem": "made/3", "label": "incorrect"})) == wanted
    with pytest.raises(InputError, match="no row fits --operator nosuch; there is --operator off-by-one"):
        show(out, where={"operator": "nosuch"})
    with pytest.raises(InputError, match="leave one of them out"):
        show(out, where={"label": "incorrect", "verdict": "passed", "problem": "made/3", "reason": "prefix"})


def test_the_id_of_a_problem_lists_its_rows(out):
    assert listed(show(out, "made/5", limit=99)) == [
        row.id for row in read_traces(out) if row.problem_id == "made/5"
    ]


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
