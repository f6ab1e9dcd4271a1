"""Prompts: files with front matter, replaceable one by one, hashed, and their mistakes named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from prmdata.errors import InputError
from prmdata.teachers.prompts import NAMES, PromptSet

HEAD = '---\nname: mutate\nversion: "7"\n---\n'


def test_the_shipped_prompts_are_versioned_and_hashed() -> None:
    provenance = PromptSet().provenance()
    assert set(provenance) == set(NAMES)
    assert all(one["version"] and len(one["digest"]) == 64 for one in provenance.values())


def test_a_folder_replaces_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "mutate.j2").write_text(HEAD + "Break {{ steps | join(' and ') }}.\n")
    prompts = PromptSet(tmp_path)
    assert prompts.render("mutate", steps=[1, 2]) == "Break 1 and 2."
    ours, shipped = prompts.provenance(), PromptSet().provenance()
    assert ours["mutate"]["version"] == "7"
    assert {name for name in NAMES if ours[name] != shipped[name]} == {"mutate"}


def test_line_ends_do_not_change_a_digest(tmp_path: Path) -> None:
    (tmp_path / "mutate.j2").write_bytes((HEAD + "x\n").encode())
    plain = PromptSet(tmp_path).provenance()
    (tmp_path / "mutate.j2").write_bytes((HEAD + "x\n").replace("\n", "\r\n").encode())
    assert PromptSet(tmp_path).provenance() == plain


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("no front matter", "mutate.j2:1", "front matter"),
        ("---\nname: mutate\nno end", "mutate.j2:1", "front matter"),
        ("---\nname: mutate\n---\nx", "mutate.j2:1", "lacks version"),
        ("---\n- a\n---\nx", "mutate.j2:1", "lacks name and version"),
        ("---\nname: other\nversion: 1\n---\nx", "mutate.j2:1", "must be the file's"),
        ("---\nname: mutate\nversion: [\n---\nx", "mutate.j2:", "not YAML"),
        (HEAD + "ok\n{% if %}\n", "mutate.j2:6", "Jinja2"),
    ],
)
def test_mistakes_are_named_with_file_and_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    (tmp_path / "mutate.j2").write_text(text)
    with pytest.raises(InputError, match=what) as caught:
        PromptSet(tmp_path)
    assert where in str(caught.value)


def test_an_unknown_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "mutate.j2").write_text(HEAD + "{{ stpes }}")
    with pytest.raises(InputError, match=r"mutate\.j2: 'stpes' is undefined; known here: steps"):
        PromptSet(tmp_path).render("mutate", steps=[])


def test_folders_that_hold_no_prompt(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no prompt"):
        PromptSet(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        PromptSet(tmp_path / "gone")
