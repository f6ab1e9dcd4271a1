"""Fakes that ship: a model server that fails on purpose, and a Hub on loopback."""
