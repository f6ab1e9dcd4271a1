"""Configs that exports added to a dataset (``--as-config``), after the labels or sides of the dataset
changed.

Such a config is made again with its old options, which the manifest keeps, or it is dropped. No config stays
as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prmdata.datasets.disk import DiskError
from prmdata.datasets.manifest import read_manifest, refresh
from prmdata.datasets.reader import configs
from prmdata.errors import PrmdataError
from prmdata.exports.format_names import names
from prmdata.records.numbers import number_of

KEY: Final = "exports"
"""The key of the manifest that holds the options of each config by its name."""


@dataclass(frozen=True, slots=True)
class DerivedConfigs:
    """The configs that were taken out of a dataset: the options of each, or None if they are not known."""

    asked: Mapping[str, Mapping[str, Any] | None]

    @property
    def known(self) -> dict[str, Mapping[str, Any]]:
        """The configs whose options are known."""
        return {name: options for name, options in self.asked.items() if options is not None}

    def renew(self, out: Path) -> list[str]:
        """Make the configs again from the rows that ``out`` holds now. Returns one line about each config."""
        if not self.asked:
            return []
        from prmdata.exports.export import (
            export,
        )  # imported late: a build without such configs needs no format
        from prmdata.exports.settings import restored

        notes = []
        for name, options in self.asked.items():
            if options is None:
                how = f"prmdata export {out} --format {name} --as-config makes it again"
                notes.append(f"config {name} was dropped, for its options are not known; {how}")
                continue
            try:
                made = export(out, name, **restored(options))
                notes.append(f"config {name} was made again: {number_of(made.n_rows, 'row')}")
            except DiskError:
                raise
            except PrmdataError as error:
                refresh(out, exports={name: None})
                notes.append(f"config {name} was dropped: {error}")
        return notes


def take_derived(out: Path) -> DerivedConfigs:
    """Remove the configs that exports made in ``out``, before their source changes. The options stay in the
    manifest, so a run that ends too early loses none of them."""
    if not out.is_dir():
        return DerivedConfigs({})
    stored: Mapping[str, Mapping[str, Any]] = read_manifest(out).get(KEY, {})
    known = set(names())
    there = [name for name in configs(out) if name in known]
    for name in there:
        shutil.rmtree(out / "data" / name)
    return DerivedConfigs({name: stored.get(name) for name in sorted({*there, *stored})})
