"""``tree``: one row for each problem, in which the parts that its rows share stand once.

A node is a step (or the question) after the steps before it. Its children are the steps with which rows
continue. Nodes stand in depth-first order, so a node always stands after its parent. A label belongs to the
node after which it was earned, and ``weight`` counts the rows that earned it. If some rows label a node 1 and
others 0 (of the built-in policies, only ``paper`` does so), the node stands twice, as 0 and as 1. Its
children stand below the second, because a row ends at its first error. (Tree training, arXiv 2511.00413: the
losses and gradients are those of the rows.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prmdata.exports.answer_text import labelled
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group, RefusedError, Tokens, columns
from prmdata.records import IGNORE

NO_PARENT = -1


@dataclass(slots=True)
class Node:
    """A text after the texts of its ancestors. ``earned``: for each label, the ids of the rows that give it."""

    text: str
    children: dict[str, Node] = field(default_factory=dict)
    earned: dict[int, list[str]] = field(default_factory=dict)

    def child(self, text: str) -> Node:
        """The child with this text; it is made if it does not exist."""
        return self.children.setdefault(text, Node(text))


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """The tree of a problem's rows. With a tokenizer, also its tokens, each node's text tokenized alone.

    Raises RefusedError where a labelled step has no token of its own to carry the label.
    """
    top = Node("")
    for trace, part in labelled(group, options, counts):
        node = top.child(part.question)
        for step, label in zip(part.steps, part.labels, strict=True):
            node = node.child(step)
            if label != IGNORE:
                node.earned.setdefault(label, []).append(trace.id)
    if not top.children:
        return
    cells = _cells(top)
    if options.tokens is not None:
        cells |= _tokens(cells, options.tokens, group.problem_id)
    yield {"problem_id": group.problem_id, **cells}


def _cells(top: Node) -> dict[str, list[Any]]:
    """The columns of the nodes below ``top``, in depth-first order, children as they were first seen."""
    cells: dict[str, list[Any]] = {
        name: [] for name in ("text", "parent", "depth", "label", "weight", "row_ids")
    }
    pending = [(node, NO_PARENT, 0) for node in reversed(top.children.values())]
    while pending:
        node, parent, depth = pending.pop()
        for label, ids in sorted(node.earned.items()) or [(IGNORE, [])]:
            for name, cell in zip(cells, (node.text, parent, depth, label, len(ids), ids), strict=True):
                cells[name].append(cell)
        at = len(cells["text"]) - 1
        pending += [(child, at, depth + 1) for child in reversed(node.children.values())]
    return cells


def _tokens(cells: Mapping[str, list[Any]], tokens: Tokens, problem_id: str) -> dict[str, list[int]]:
    """The tokens of all nodes, one after the other. ``ends``: for each node, the place of the last token of the text
    through it, which carries its label; -1 where there is none yet (an empty question)."""
    ids: list[int] = []
    parents: list[int] = []
    depths: list[int] = []
    ends: list[int] = []
    for text, parent, label in zip(cells["text"], cells["parent"], cells["label"], strict=True):
        before = ends[parent] if parent != NO_PARENT else NO_PARENT
        own = tokens.ids(text)
        if label != IGNORE and not own:
            raise RefusedError("tree", f"problem {problem_id}: the tokenizer makes no token of {text!r}")
        depth = depths[before] + 1 if before != NO_PARENT else 0
        start = len(ids)
        ids += own
        parents += [before, *range(start, start + len(own) - 1)][: len(own)]
        depths += range(depth, depth + len(own))
        ends.append(start + len(own) - 1 if own else before)
    return {"input_ids": ids, "parent_positions": parents, "position_ids": depths, "ends": ends}


def flat_rows(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows that a tree was made of: ``id``, ``prompt``, ``steps`` and ``labels`` (-100 masked), each cut after its
    last label, in the order of their last nodes."""
    last = {id_: node for node, ids in enumerate(row["row_ids"]) for id_ in ids}
    for id_, node in last.items():
        path = []
        while node != NO_PARENT:
            path.append(node)
            node = row["parent"][node]
        question, *steps = reversed(path)
        yield {
            "id": id_,
            "prompt": row["text"][question],
            "steps": [row["text"][step] for step in steps],
            "labels": [row["label"][step] if id_ in row["row_ids"][step] else IGNORE for step in steps],
        }


def text(row: Mapping[str, Any]) -> str:
    """Every text of a tree once."""
    return "".join(row["text"])


NODES = {
    "problem_id": "string",
    "text": ["string"],
    "parent": ["int32"],
    "depth": ["int32"],
    "label": ["int64"],
    "weight": ["int64"],
    "row_ids": [["string"]],
}
TOKENS = {name: ["int32"] for name in ("input_ids", "parent_positions", "position_ids", "ends")}

FORMAT = Format(
    name="tree",
    summary="one sequence a problem: what its rows share stands once, each label on its node",
    schema=columns(**NODES),
    schema_with_tokens=columns(**NODES, **TOKENS),
    render=render,
    text=text,
    too_long="the example's collator splits them",
    recipe="""\
```bash
prmdata export OUT --format tree --tokenizer MODEL -o DIR
python examples/train_tree.py DIR MODEL prm --max-length 4096
```

`examples/tree_collator.py` makes the batches: a token sees itself and what it comes after. Without `--tokenizer` the nodes are steps,
for code of your own; `prmdata.exports.tree.flat_rows(row)` gives the rows back.""",
)
