"""``prmdata sandbox``: build the image, remove leftovers."""

from __future__ import annotations

import click

from prmdata.cli.conventions import say
from prmdata.sandboxes import image
from prmdata.sandboxes.leftovers import sweep


@click.group("sandbox", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Build the sandbox image; remove what dead runs left."""


@command.command("build")
@click.option(
    "--base", help="Image to build on (default: $PRMDATA_SANDBOX_BASE, the last one, python:3.13-slim)."
)
@click.option(
    "--with",
    "packages",
    multiple=True,
    metavar="PACKAGE",
    help="Python package to put into the image, such as numpy; fetched by this machine, may be repeated.",
)
def build(base: str | None, packages: tuple[str, ...]) -> None:
    """Build the sandbox image, or find it built, and use it from now on."""
    made = image.build(base, packages)
    held = f" with {' '.join(made.packages)}" if made.packages else ""
    say(f"{made.name} on {made.base}{held}")


@command.command("clean")
def clean() -> None:
    """Remove containers that dead runs of this machine left, and images a day old that newer ones replaced.

    Nothing of a live run is touched.
    """
    removed = sweep()
    say(f"removed {len(removed)} leftover container{'' if len(removed) == 1 else 's'}")
    for name in image.prune():
        say(f"removed image {name}")
