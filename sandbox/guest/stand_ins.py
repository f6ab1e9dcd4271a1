"""What stands in a judge for an answer that is not plain data: it compares with nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .kinds import Opaque, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class NotPlainError(Exception):
    """A test examined something that is not plain data."""


class Untouchable(Opaque):
    """Stands in the judge for an answer that is not plain data."""

    __slots__ = ()

    def _refuse(self, *_: Any) -> Any:
        raise NotPlainError(f"the answer holds a {self.name[:100]}, which is not plain data")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __hash__ = __len__ = _refuse
    __iter__ = __contains__ = __getitem__ = __call__ = __str__ = __repr__ = _refuse


class Seen(Untouchable, Thing):
    """Stands for an object where the reference returns plain data: a test may ask for its truth and read its items.

    Whatever would show the candidate what the test expects is refused: a method with an argument, a comparison.
    ``in`` compares here, with the items.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return self._refuse() if self.truth is None else self.truth

    def __eq__(self, other: object) -> bool:
        return False if other is None else self._refuse()

    def __ne__(self, other: object) -> bool:
        return True if other is None else self._refuse()

    __hash__ = Untouchable.__hash__

    def _all(self) -> list[Any]:
        return self._refuse() if self.items is None else self.items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, item: object) -> bool:
        return item in self._all()
