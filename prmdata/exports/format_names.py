"""The formats by name: those that ship, then those of the entry point group ``prmdata.exports``."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

from prmdata.errors import UsageError
from prmdata.exports.format import Format
from prmdata.plug_ins import load

SHIPPED: Final = {
    "trl": "trl",
    "openrlhf": "openrlhf",
    "math-shepherd": "math_shepherd",
    "prm800k": "prm800k",
    "token-classification": "token_classification",
    "orm": "orm",
    "pairs": "pairs",
    "curriculum": "curriculum",
    "values": "prefix_values",
    "critique": "critique",
    "processbench": "processbench",
    "verl": "verl",
    "axolotl": "axolotl",
    "messages": "messages",
    "step-token": "step_token",
    "tree": "tree",
}
GROUP: Final = "prmdata.exports"


def names() -> list[str]:
    """All names that ``--format`` takes; reading them imports no format."""
    return [*SHIPPED, *sorted({point.name for point in entry_points(group=GROUP)} - set(SHIPPED))]


def find(name: str) -> Format:
    """The format ``name``. Raises UsageError where there is none, or a plug-in is not a :class:`Format`."""
    if name in SHIPPED:
        found = import_module(f"prmdata.exports.{SHIPPED[name]}").FORMAT
    else:
        point = next(iter(entry_points(group=GROUP, name=name)), None)
        if point is None:
            raise UsageError(f"--format {name}: no such format; there are {', '.join(names())}")
        found = load(point)
    if not isinstance(found, Format):
        raise UsageError(
            f"--format {name}: entry point {GROUP} gives {type(found).__name__}, not a prmdata Format"
        )
    return found
