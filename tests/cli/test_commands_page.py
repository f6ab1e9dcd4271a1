"""``docs/commands.md`` is made from the commands: ``python tests/cli/test_commands_page.py`` prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from prmdata.cli.build import BuildCommand
from prmdata.cli.main import COMMANDS, LazyGroup, prmdata

PAGE = Path(__file__).parent.parent.parent / "docs" / "commands.md"
HEAD = """# Commands

Every command and every option. Exit codes: 0 done; 1 nothing usable, or a check failed; 2 bad usage or bad input (one
line on the error stream says what, where, and what to do); 130 interrupted, and the same command goes on.
"""


def command_named(name: str) -> click.Command:
    """The command of that name, imported."""
    command = LazyGroup().get_command(click.Context(prmdata), name)
    assert command is not None
    return command


def page() -> str:
    """The page as it should stand in ``docs/``."""
    return HEAD + "".join(text for name in COMMANDS for text in sections(name))


def sections(name: str) -> Iterator[str]:
    """The section of a command, then those of its subcommands."""
    command = command_named(name)
    yield section(f"prmdata {name}", command)
    for inner, subcommand in getattr(command, "commands", {}).items():
        yield section(f"prmdata {name} {inner}", subcommand)


def section(path: str, command: click.Command) -> str:
    """One command: its usage, what it does, and a table of its options."""
    with click.Context(command, info_name=path) as context:
        usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"\n## {path}\n", f"`{usage}`\n", *(f"{each}\n" for each in paragraphs(command.help or ""))]
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        lines += ["| option | what it does |", "|---|---|", *(row(one) for one in options), ""]
    return "\n".join(lines)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text, a line each."""
    return [" ".join(each.split()) for each in text.split("\n\n")]


def row(option: click.Option) -> str:
    """One line of the table."""
    names = ", ".join(option.opts + option.secondary_opts)
    kind = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('')))}"
    return f"| `{cell(names + kind)}` | {cell(option.help or '')} |"


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def test_the_page_says_what_the_commands_take() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_every_option_of_build_stands_in_a_group_once() -> None:
    grouped = [name for names in BuildCommand.option_groups.values() for name in names]
    command = command_named("build")
    assert sorted(grouped) == sorted(one.name for one in command.params if isinstance(one, click.Option))


def test_the_first_line_of_every_help_fits_its_purpose() -> None:
    """Whether the text is a sentence of one line: it starts with a capital letter and ends with a full stop."""
    for name in COMMANDS:
        command = command_named(name)
        first = (command.help or "").split("\n\n")[0]
        assert re.fullmatch(r"[A-Z][^\n]{10,78}[.:]", " ".join(first.split())), f"{name}: {first}"


if __name__ == "__main__":
    print(page(), end="")
