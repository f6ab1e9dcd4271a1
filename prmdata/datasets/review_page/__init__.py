"""Reviewing on a page: a loopback server that asks in the browser and keeps each answer at once."""

from prmdata.datasets.review_page.server import ReviewServer

__all__ = ["ReviewServer"]
