"""A command whose help shows its options in groups, because fifty options in one list are hard to search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click


class GroupedCommand(click.Command):
    """A command with ``option_groups``: the names of its options by the heading under which help shows them.

    An option that stands in no group is shown last, under "Other options".
    """

    option_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section for each group, in the order of the groups."""
        records = {
            parameter.name: record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None
        }
        for heading, names in self.option_groups.items():
            rows = [records.pop(name) for name in names if name in records]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)
        if records:
            with formatter.section("Other options"):
                formatter.write_dl(list(records.values()))
