"""The command ``prmdata``: finds the subcommand, runs it, turns errors into one line and an exit code.

Subcommands are imported only when they run: ``--help`` answers in under 0.3 s and imports neither
``openai`` nor ``datasets``.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

import click

from prmdata import __version__
from prmdata.cli.conventions import ErrorStream
from prmdata.datasets.disk import NO_ROOM, REFUSED, DiskError
from prmdata.errors import PrmdataError

COMMANDS = {
    "build": "Make a dataset: vet, edit, judge, label, write.",
    "vet": "Check problems: references pass, tests notice sabotage, no duplicates.",
    "testgen": "Make new tests from verified references.",
    "relabel": "Derive labels again from stored evidence; runs nothing.",
    "merge": "Join shards into the dataset that one run would have made.",
    "export": "Write the dataset in a trainer's own layout.",
    "report": "Write the dataset's report as one HTML page.",
    "review": "Judge sampled labels by hand; agreement with an interval.",
    "show": "Show programs with their labels in the terminal.",
    "stats": "Print the dataset's figures.",
    "audit": "Measure labels against larger tests.",
    "bench": "Make a benchmark of first wrong steps; score a model on it.",
    "push": "Push the dataset to the Hugging Face Hub.",
    "doctor": "Check this machine: sandboxes, engine, extras.",
    "sandbox": "Build the sandbox image; remove leftovers.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules ``prmdata.cli.<name>``, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"prmdata.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="prmdata")
def prmdata() -> None:
    """Process-supervision datasets for code: labels on every line, earned by execution."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 done, 1 nothing usable or a check failed, 2 bad usage or
    input, 130 interrupted (resumable)."""
    stream = ErrorStream()
    if "--log-json" in (sys.argv[1:] if arguments is None else arguments):
        stream.speak_json()
    try:
        code = prmdata.main(args=arguments, prog_name="prmdata", standalone_mode=False, obj=stream)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "prmdata"
        code = error.exit_code
        stream.error(f"{error.format_message().rstrip('.')}; see {command} --help", code)
    except click.Abort:
        stream.notice("interrupted")
        code = 130
    except PrmdataError as error:
        code = error.exit_code
        stream.error(str(error), code)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error, but nothing more can be written.
        _drop_output()
        code = 0
    except Exception as error:
        code = _unforeseen(error, stream)
    sys.exit(code if isinstance(code, int) else 0)


def _unforeseen(error: Exception, stream: ErrorStream) -> int:
    """The exit code of an error that prmdata did not foresee. If a place cannot be written, the error is one
    line. Every other such error is a bug in prmdata, and its traceback is shown (under ``--log-json`` inside
    an object)."""
    if isinstance(error, OSError) and error.errno in NO_ROOM | REFUSED:
        if error.filename is None:
            _drop_output()
        stream.error(str(DiskError(Path(error.filename or "standard output"), error)), DiskError.exit_code)
        return DiskError.exit_code
    if not stream.is_json:
        raise error
    stream.error(f"{type(error).__name__}: {error}", 1, traceback="".join(traceback.format_exception(error)))
    return 1


def _drop_output() -> None:
    """Throw away what is still buffered for standard output, because the interpreter would try to write it as
    it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
