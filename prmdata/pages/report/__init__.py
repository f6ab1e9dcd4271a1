"""The report: one HTML page that shows where the labels come from, and every program with its labels."""

from prmdata.pages.report.page import report

__all__ = ["report"]
