"""All operators that are there: ours, then those of the entry point group ``prmdata.operators``."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from prmdata.edits.operators import Operator
from prmdata.errors import UsageError

GROUP = "prmdata.operators"


@cache
def shipped() -> tuple[Operator, ...]:
    """The operators of this package: mutations, then refactorings."""
    from prmdata.edits.mutators import MUTATORS
    from prmdata.edits.refactors import REFACTORS

    return (*MUTATORS, *REFACTORS)


@cache
def operators() -> tuple[Operator, ...]:
    """Every operator, in a fixed order: ours, then plug-ins by entry point name.

    An entry point names an :class:`Operator` or an iterable of them. Raises UsageError where one
    cannot be loaded or a name is taken.
    """
    found = list(shipped())
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            loaded = point.load()
        except (ImportError, AttributeError) as error:
            raise UsageError(f"operator {point.name} ({point.value}) cannot be loaded: {error}") from error
        found += [loaded] if hasattr(loaded, "propose") else list(loaded)
    names = [each.name for each in found]
    taken = sorted({name for name in names if names.count(name) > 1})
    if taken:
        raise UsageError(f"two operators are called {', '.join(taken)}: names go into rows and must differ")
    return tuple(found)
