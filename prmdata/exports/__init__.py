"""Exports: one small file a format, found by name (:mod:`.registry`), driven by :mod:`.export`."""
