"""``prmdata push``: the dataset to the Hugging Face Hub."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

import prmdata
from prmdata.cli.conventions import FILE, say


@click.command(help="Push OUT to the dataset repository REPO_ID of the Hub, in one commit.")
@click.argument("out", type=FILE)
@click.argument("repo_id")
@click.option(
    "--private/--public", default=True, show_default="private", help="Of a repository that is made now."
)
@click.option("--create-pr", is_flag=True, help="Open a pull request instead of committing.")
@click.option("--revision", metavar="BRANCH", help="Branch to commit to; made where missing.")
@click.option("--message", metavar="TEXT", help="Of the commit.")
def command(
    out: Path, repo_id: str, private: bool, create_pr: bool, revision: str | None, message: str | None
) -> None:
    """Push and say where it is."""
    if not sys.stderr.isatty():
        # The Hub's client reads it when it is imported. Progress bars are only for terminals.
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    done = prmdata.push(
        out, repo_id, private=private, create_pr=create_pr, revision=revision, message=message
    )
    say(done.text())
