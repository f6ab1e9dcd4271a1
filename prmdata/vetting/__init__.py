"""Vetted problems and rejects: whether a reference holds and its tests notice a fault; new tests."""
