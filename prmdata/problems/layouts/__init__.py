"""Layouts: the ways in which data sets write a problem. Each layout is one small module and is recognised by
its columns.

A layout is a :class:`~prmdata.problems.layouts.known_layouts.Layout`. Further layouts are plugged in through
the entry point group ``prmdata.layouts`` (an entry point that loads a ``Layout``).
"""

from prmdata.problems.layouts.known_layouts import Layout, fitting, known_layouts, recognise

__all__ = ["Layout", "fitting", "known_layouts", "recognise"]
