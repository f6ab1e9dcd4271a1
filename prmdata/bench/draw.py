"""The figures of a scorer for people: a table, and a picture (SVG)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

SHOWN: Final = ("f1", "acc_error", "acc_correct", "top1", "top3", "mrr", "auc")
_HEADS: Final = ("F1", "wrong", "right", "top-1", "top-3", "MRR", "AUC")
_BAR, _GAP, _WIDTH, _NAMES = 18, 8, 420, 170


def text(figures: Mapping[str, Any]) -> str:
    """The table, with the threshold and the name of the items on which it was chosen."""
    head = ("", "items", *_HEADS)
    rows = [head, *(_row(name, group) for name, group in groups(figures))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([*lines, "", *_notes(figures)])


def groups(figures: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The figures of all items, then those of each stratum, then those of each length."""
    yield "all", figures["all"]
    yield from figures["by_stratum"].items()
    yield from figures["by_length"].items()


def _notes(figures: Mapping[str, Any]) -> Iterator[str]:
    threshold = figures["threshold"]
    if threshold is None:
        yield f"scored on {figures['scored_on']}; predictions name the first error, so there is no threshold"
    else:
        yield (
            f"scored on {figures['scored_on']}; a step is wrong where its score is below {threshold['value']:.6g}, "
            f"the best F1 on {threshold['chosen_on']}"
        )
    yield "percent; F1: harmonic mean of the accuracies on wrong and right items; in brackets 95% intervals, problems drawn again"


def _row(name: str, group: Mapping[str, Any]) -> Sequence[str]:
    cells = [_percent(group[key]) for key in SHOWN]
    between = group["intervals"]["f1"]
    if between:
        cells[0] += f" [{_percent(between[0])}, {_percent(between[1])}]"
    return (name, f"{group['wrong']} wrong, {group['right']} right", *cells)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def picture(figures: Mapping[str, Any], title: str) -> str:
    """F1 of each group as bars with their intervals; the same text for the same figures."""
    bars = list(groups(figures))
    height = 40 + len(bars) * (_BAR + _GAP) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_NAMES + _WIDTH + 70}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/><text x="8" y="20" font-size="14">{escape(title)}: F1, 95% intervals</text>',
    ]
    for place, (name, group) in enumerate(bars):
        parts += _bar(36 + place * (_BAR + _GAP), name, group)
    base = height - 22
    for share in range(0, 101, 25):
        x = _NAMES + _WIDTH * share / 100
        parts.append(f'<line x1="{x:g}" y1="30" x2="{x:g}" y2="{base}" stroke="#ccc"/>')
        parts.append(f'<text x="{x:g}" y="{base + 16}" text-anchor="middle" fill="#555">{share}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(y: int, name: str, group: Mapping[str, Any]) -> Iterator[str]:
    value, between = group["f1"], group["intervals"]["f1"]
    middle = y + _BAR / 2
    yield f'<text x="{_NAMES - 8}" y="{middle + 4:g}" text-anchor="end">{escape(name)}</text>'
    if value is None:
        return
    yield f'<rect x="{_NAMES}" y="{y}" width="{_WIDTH * value:.1f}" height="{_BAR}" fill="#4c78a8"/>'
    yield f'<text x="{_NAMES + _WIDTH + 8}" y="{middle + 4:g}">{100 * value:.1f}</text>'
    if between:
        low, high = (_NAMES + _WIDTH * share for share in between)
        yield f'<line x1="{low:.1f}" y1="{middle:g}" x2="{high:.1f}" y2="{middle:g}" stroke="black" stroke-width="2"/>'
