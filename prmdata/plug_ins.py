"""Loads what another package adds by an entry point; one that cannot be loaded is refused with one line."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

from prmdata.errors import UsageError, where_raised

_REMEDY = "mend its package or uninstall it"


def load(point: EntryPoint) -> Any:
    """What an entry point names. Raises UsageError, which names it, whatever its package raises as it is
    imported."""
    try:
        return point.load()
    except Exception as error:
        raise UsageError(
            f"{point.group}: the plug-in {point.name} ({point.value}) cannot be loaded: {where_raised(error)};"
            f" {_REMEDY}"
        ) from error


def wrong_kind(point: EntryPoint, found: object, wanted: str) -> UsageError:
    """The error for an entry point that names ``found``, which is nothing ``wanted``."""
    kind = type(found).__name__
    return UsageError(
        f"{point.group}: the plug-in {point.name} ({point.value}) names a {kind}, not {wanted}; {_REMEDY}"
    )
