"""Layouts: how a data set writes a problem. One small module a layout, recognised by the columns.

A layout is a :class:`~prmdata.problems.layouts.known_layouts.Layout`; further ones plug in by the entry point
group ``prmdata.layouts`` (an entry point that loads a ``Layout``).
"""

from prmdata.problems.layouts.known_layouts import Layout, fitting, known_layouts, recognise

__all__ = ["Layout", "fitting", "known_layouts", "recognise"]
