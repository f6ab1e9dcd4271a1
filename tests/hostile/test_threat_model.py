"""``sandbox/README.md`` is a threat model: everything that it names exists, and it lists every hostile
program."""

from __future__ import annotations

import re
from pathlib import Path

from prmdata.sandboxes.selfcheck import CHECKS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "sandbox" / "README.md").read_text()
VERDICTS = (ROOT / "tests" / "hostile" / "verdicts.toml").read_text()
PROGRAMS = set(re.findall(r"^(\w+) = ", VERDICTS, re.MULTILINE))
TABLES = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| attempt")]


def test_every_line_of_the_model_names_a_test_that_exists() -> None:
    checks = {check.name for check in CHECKS}
    for line in TABLES:
        named = re.findall(r"`([\w.-]+)`", line.rsplit("|", 2)[1])
        assert named, line
        for name in named:
            known = name in PROGRAMS or name in checks or list((ROOT / "tests").rglob(name))
            assert known, f"{name}: no such test"


def test_what_is_not_stopped_names_its_tests_where_there_are_any() -> None:
    for name in re.findall(r"\[(?:check )?`([\w.-]+)`\]", TEXT):
        assert (
            name in PROGRAMS or name in {check.name for check in CHECKS} or list((ROOT / "tests").rglob(name))
        ), name


def test_every_hostile_program_belongs_to_a_line_or_is_about_reading_programs() -> None:
    harmless = re.search(r'\["hard to read"\](.*?)\n\[', VERDICTS, re.DOTALL)
    assert harmless is not None
    about_reading = set(re.findall(r"^(\w+) = ", harmless[1], re.MULTILINE)) - {"shadowed_name"}
    missing = {name for name in PROGRAMS - about_reading if f"`{name}`" not in TEXT}
    assert missing <= {
        "atexit_never_ends", "reads_stdin", "memory_string_power", "output_chatty_but_right", "lying_reduce",
        "nan_where_float_is_near", "true_for_one", "deletes_arguments", "returns_bytes", "returns_class",
        "loop_forever_at_import", "stdio_right_then_error",
    }, missing  # fmt: skip
