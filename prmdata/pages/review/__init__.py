"""Reviewing on a page: a loopback server that asks in the browser and keeps each answer at once."""

from prmdata.pages.review.server import ReviewServer

__all__ = ["ReviewServer"]
