"""Names for new variables: what a person would call the value, else a word that fits the place."""

from __future__ import annotations

import ast

from prmdata.edits.refactors.facts import Facts

_CALLS = {
    "len": ("length", "size"), "sorted": ("ordered", "in_order"), "range": ("indices", "positions"),
    "sum": ("total", "sum_value"), "max": ("largest", "highest"), "min": ("smallest", "lowest"),
    "abs": ("magnitude", "distance"), "str": ("text", "as_text"), "int": ("number", "as_int"),
    "list": ("items", "elements"), "set": ("unique", "distinct"), "dict": ("mapping", "table"),
    "enumerate": ("numbered", "indexed"), "zip": ("pairs", "zipped"), "map": ("mapped", "converted"),
    "filter": ("kept", "filtered"), "reversed": ("backwards", "in_reverse"), "tuple": ("items", "elements"),
    "input": ("line", "raw"), "any": ("has_any", "found"), "all": ("all_hold", "every"), "float": ("number", "as_float"),
}  # fmt: skip
_METHODS = {
    "split": ("parts", "words"), "join": ("joined", "text"), "items": ("pairs", "entries"), "keys": ("names", "keys"),
    "values": ("contents", "entries"), "count": ("occurrences", "n_found"), "lower": ("lowered", "lower_text"),
    "upper": ("uppered", "upper_text"), "strip": ("stripped", "trimmed"), "pop": ("last", "removed"),
    "get": ("found", "entry"), "index": ("position", "place"), "replace": ("replaced", "cleaned"),
    "append": ("appended",), "findall": ("found", "matches"), "search": ("match", "found"), "match": ("match", "found"),
}  # fmt: skip
_OPERATIONS: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("total", "combined"), ast.Sub: ("difference", "gap"), ast.Mult: ("product", "scaled"),
    ast.Div: ("quotient", "ratio"), ast.FloorDiv: ("quotient", "half"), ast.Mod: ("remainder", "rest"),
    ast.Pow: ("power", "raised"), ast.BitAnd: ("masked", "bits"), ast.BitOr: ("merged", "bits"),
    ast.BitXor: ("toggled", "bits"), ast.LShift: ("shifted", "bits"), ast.RShift: ("shifted", "bits"),
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ("is_equal", "same"), ast.NotEq: ("is_different", "differs"), ast.In: ("is_present", "is_member"),
    ast.NotIn: ("is_missing", "is_absent"), ast.Is: ("is_same", "is_identical"), ast.IsNot: ("is_set", "exists"),
}  # fmt: skip


def name_for(facts: Facts, node: ast.expr, *otherwise: str) -> str:
    """A fresh name for the value of ``node``: named after what computes it, else the first of
    ``otherwise``."""
    return facts.fresh(*_ideas(node), *otherwise)


def _ideas(node: ast.expr) -> tuple[str, ...]:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS.get(name) or ((f"{name}_value",) if name.islower() else ())
        case ast.Call(func=ast.Attribute(attr=name)):
            return _METHODS.get(name, ())
        case ast.BinOp(op=op):
            return _OPERATIONS.get(type(op), ())
        case ast.Compare(ops=[op]):
            return _COMPARISONS.get(type(op), ())
        case ast.Subscript(slice=ast.Slice()):
            return ("part", "piece")
        case ast.Subscript():
            return ("element", "item")
        case ast.UnaryOp(op=ast.Not()):
            return ("is_missing", "negated")
    return ()
