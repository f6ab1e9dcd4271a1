"""The flow of rows from where they come to the class of their labels, as SVG ribbons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

LABELS: Final = ("correct", "incorrect", "masked")
KINDS: Final = ("reference", "refactor", "mutate", "rewrite", "complete", "rollout", "curriculum")
VERDICTS: Final = (
    *("passed", "wrong_answer", "runtime_error", "compile_error", "timeout", "memory_limit", "output_limit"),
)
GAP: Final = 30
"""Pixels between nodes. Two lines of text fit there for each node, so that names never overlap."""


@dataclass(slots=True)
class _Node:
    name: str
    n: int
    x: float
    y: float
    height: float
    used_in: float = 0
    used_out: float = 0


Flow = Sequence[tuple[str, str, str, int]]


def flow_svg(flow: Flow, *, width: int, ribbons: int = 220) -> Markup:
    """The SVG, ``width`` pixels wide at its own scale. A ribbon of all rows is ``ribbons`` pixels high."""
    total = sum(n for *_, n in flow)
    if not total:
        return Markup("")
    scale = ribbons / total
    thick = 12 if width > 600 else 8
    places = (0.0, width * 0.44, width - thick)
    columns = [
        _column([str(row[index]) for row in flow], [row[3] for row in flow], order, places[index], scale)
        for index, order in enumerate((KINDS, VERDICTS, LABELS))
    ]
    height = max(node.y + node.height for column in columns for node in column.values()) + 26
    order = {name: place for place, name in enumerate((*KINDS, *VERDICTS, *LABELS))}
    rows = sorted(flow, key=lambda row: tuple(order.get(name, 99) for name in row[:3]))
    parts = [_ribbon(columns[0][row[0]], columns[1][row[1]], row, scale, thick) for row in rows]
    rows = sorted(flow, key=lambda row: (order.get(row[1], 99), order.get(row[2], 99), order.get(row[0], 99)))
    parts += [_ribbon(columns[1][row[1]], columns[2][row[2]], row, scale, thick) for row in rows]
    for place, column in enumerate(columns):
        parts += [_node(node, thick, place, width) for node in column.values()]
    summary = f"{total:,} rows by origin, verdict and label"
    return Markup('<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>').format(
        width, height, summary, Markup("").join(parts)
    )


def _column(
    names: Sequence[str], counts: Sequence[int], order: Sequence[str], x: float, scale: float
) -> dict[str, _Node]:
    total: Counter[str] = Counter()
    for name, n in zip(names, counts, strict=True):
        total[name] += n
    nodes: dict[str, _Node] = {}
    y = 22.0
    known = {name: place for place, name in enumerate(order)}
    for name in sorted(total, key=lambda name: (known.get(name, len(order)), name)):
        height = max(total[name] * scale, 1.5)
        nodes[name] = _Node(name, total[name], x, y, height)
        y += height + GAP
    return nodes


def _ribbon(a: _Node, b: _Node, row: tuple[str, str, str, int], scale: float, thick: int) -> Markup:
    kind, verdict, label, n = row
    title = f"{kind} → {verdict} → {label}"
    size = max(n * scale, 0.4)
    x0, x1 = a.x + thick, b.x
    y0, y1 = a.y + a.used_out, b.y + b.used_in
    a.used_out += n * scale
    b.used_in += n * scale
    middle = (x0 + x1) / 2
    path = (
        f"M{x0:.1f},{y0:.1f}C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
        f"v{size:.1f}C{middle:.1f},{y1 + size:.1f} {middle:.1f},{y0 + size:.1f} {x0:.1f},{y0 + size:.1f}z"
    )
    return Markup(
        '<path class="ribbon {}" d="{}" data-origin="{}" data-verdict="{}" data-label="{}"><title>{}: {:,} rows</title></path>'
    ).format(label, path, kind, verdict, label, title.replace("_", " "), n)


def _node(node: _Node, thick: int, column: int, width: int) -> Markup:
    css = f"node {node.name}" if node.name in LABELS else "node"
    anchor, x = ("end", width) if column == 2 else ("start", node.x)
    name = escape(node.name.replace("_", " "))
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{}" height="{:.1f}" rx="2"/>'
        '<text x="{:.1f}" y="{:.1f}" text-anchor="{}"><tspan class="name">{}</tspan> <tspan class="n">{:,}</tspan></text>'
    ).format(css, node.x, node.y, thick, node.height, x, node.y - 7, anchor, name, node.n)
