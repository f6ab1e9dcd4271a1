"""What the judge holds for the module of the program under test: each of its names is a proxy for what lives there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .remote import Remote

if TYPE_CHECKING:
    from .remote import Link


class SolutionHandle:
    """``from solution import f`` of a file of tests reads ``f`` from here. Nothing is asked until it is called."""

    def __init__(self, link: Link, root: str, proxy: Remote) -> None:
        self._link = link
        self._root = root
        self._proxy = proxy

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._proxy if name == self._root else Remote(self._link, name, name)
