"""The command line: fast help, nothing heavy imported, every command there and documented."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from prmdata.cli.main import COMMANDS, LazyGroup, printable, prmdata

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
    ended = subprocess.run([sys.executable, "-m", "prmdata.cli.main", "bild"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "No such command 'bild'" in ended.stderr


def test_nothing_that_a_terminal_obeys_is_printed_with_an_error() -> None:
    assert printable("row \x1b[31mred\x07: é\nnext") == "row \\x1b[31mred\\x07: é\nnext"
