"""Reviewing on a page: a loopback server that asks in the browser and stores each answer at once."""

from prmdata.pages.review.server import ReviewServer

__all__ = ["ReviewServer"]
