"""Exports: one small file a format, found by name (:mod:`.format_names`), driven by :mod:`.export`."""
