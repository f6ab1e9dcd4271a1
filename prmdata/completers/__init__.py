"""Completions of a prefix without a model, made from the reference."""
