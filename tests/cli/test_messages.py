"""Messages of commands: they say what is missing and what to do, and they use the singular for one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from prmdata.app.merge import relabel
from prmdata.errors import InputError, UsageError
from prmdata.exports.tokens import load_tokenizer
from prmdata.pages.show import show
from prmdata.records.numbers import number_of
from prmdata.vetting.generation import GenerationReport
from prmdata.vetting.vet_report import VetReport


def test_one_of_a_thing_is_one() -> None:
    assert number_of(1, "row") == "1 row"
    assert number_of(0, "row") == "0 rows"
    assert number_of(2, "person", "people") == "2 people"
    assert "1 of 1 problem vetted" in VetReport(problems=1, vetted=1).text()
    assert "1 of 1 problem vetted; 1 new test" in GenerationReport(problems=1, vetted=1, tests_new=1).text()


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    missing = tmp_path / "nosuch"
    for work in (lambda: relabel(missing, "paper"), lambda: show(missing)):
        with pytest.raises(InputError, match=r"nosuch: no such folder; name .* `prmdata build` wrote"):
            work()
    assert not missing.exists()


def test_a_tokenizer_that_is_none_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers", reason="pip install 'prmdata[tokenizers]'")
    (tmp_path / "tokenizer.json").write_text('{"a": 1}')
    (tmp_path / "empty").mkdir()
    for name in ("tokenizer.json", "empty", "nosuch.json", "nosuch/folder"):
        with pytest.raises(UsageError) as refused:
            load_tokenizer(str(tmp_path / name))
        assert "\n" not in str(refused.value)
        assert str(refused.value).startswith(f"--tokenizer {tmp_path / name}: ")
        assert "give a folder with tokenizer.json, such a file, or a model's name on the Hub" in str(
            refused.value
        )


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tokenizers", None)
    with pytest.raises(UsageError, match=r"pip install 'prmdata\[tokenizers\]'"):
        load_tokenizer("gpt2")
