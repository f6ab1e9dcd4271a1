"""The command line: help is fast, nothing heavy is imported, and every command is there and documented."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from prmdata.cli import conventions
from prmdata.cli.conventions import ErrorStream, printable, say
from prmdata.cli.main import COMMANDS, LazyGroup, prmdata

HEAVY = ("openai", "datasets", "pyarrow", "libcst", "docker", "huggingface_hub", "pydantic", "jinja2", "ray")


def imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom prmdata.cli.main import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit as end:\n    code = end.code\n"
        "print('\\nMODULES', code, *sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    line = next(line for line in ended.stdout.splitlines() if line.startswith("MODULES"))
    assert line.split()[1] == "0", ended.stdout
    return set(line.split()[2:])


@pytest.mark.parametrize("command", ["", "build"])
def test_help_imports_nothing_heavy(command: str) -> None:
    assert not imported_by(*command.split(), "--help") & set(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_without_heavy_imports(name: str) -> None:
    assert not imported_by(name, "--help") & {"openai", "datasets", "ray", "docker"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    command = LazyGroup().get_command(click.Context(prmdata), name)
    assert command is not None
    assert command.help
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0
    commands = getattr(command, "commands", {"": command}).values()
    for one in commands:
        for option in one.params:
            assert option.param_type_name == "argument" or option.help, f"{name} {option.name}"


def test_an_unknown_command_is_bad_usage() -> None:
    ended = subprocess.run([sys.executable, "-m", "prmdata", "bild"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "No such command 'bild'" in ended.stderr


def test_nothing_that_a_terminal_obeys_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    text, shown = "row \x1b[31mred\x07\x9b2J: é\nnext", "row \\x1b[31mred\\x07\\x9b2J: é\nnext"
    assert printable(text) == shown
    say(text)
    stream = ErrorStream()
    stream.notice(text)
    stream.error(text, 2)
    printed = capsys.readouterr()
    assert printed.out == shown + "\n"
    assert printed.err == f"{shown}\nprmdata: {shown}\n"
    stream.is_json = True
    stream.notice(text)
    assert json.loads(capsys.readouterr().err)["message"] == text


def test_commands_print_through_one_place() -> None:
    """All commands except ``show`` and ``interview``, which colour programs and escape them themselves."""
    commands = Path(conventions.__file__).parent.glob("*.py")
    echoing = {path.stem for path in commands if "click.echo(" in path.read_text("utf-8")}
    assert echoing == {"conventions", "show", "interview"}
