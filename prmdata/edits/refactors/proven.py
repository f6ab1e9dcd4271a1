"""The kinds that a refactoring may trust: certain from the text, or declared by annotations.

An annotation of a parameter is part of a problem's contract (``nums: List[int]``): callers that break it are
outside the domain. A kind that is merely likely is never used here.
"""

from __future__ import annotations

import ast

from prmdata.edits.kinds import Kinds
from prmdata.edits.scopes import Occurrence, Scope
from prmdata.edits.source import Source

_NAMES = {
    "int": "int", "str": "str", "bool": "bool", "list": "list", "List": "list", "dict": "dict", "Dict": "dict",
    "set": "set", "Set": "set", "tuple": "tuple", "Tuple": "tuple",
}  # fmt: skip
_FRESH = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp, ast.BinOp, ast.Constant)
_FRESH_CALLS = frozenset({"list", "dict", "set", "sorted", "range", "str", "len"})


class Proven(Kinds):
    """``of`` also knows annotated parameters, the elements from iterating over them, chained assignments, and
    tuples that are assigned to tuples."""

    def __init__(self, source: Source, annotations: bool = True) -> None:
        super().__init__(source, source.scopes)
        self.source = source
        self._annotations = annotations

    def _of_writes(self, name: str, scope: Scope) -> str | None:
        """Also handles names that depend on themselves: the kind from the other writes is assumed, and every
        write must then give that kind."""
        known = (scope, name) in self._names
        found = super()._of_writes(name, scope)
        if found is not None or known:
            return found
        writes = scope.writes(name)
        others = {self._of_write(place) for place in writes if not self._rests_on(name, place)}
        kind = others.pop() if len(others) == 1 else None
        if kind is None:
            return None
        before = dict(self._names)
        self._names[scope, name] = kind
        if any(self._of_write(place) != kind for place in writes):
            self._names = before
            return None
        return kind

    def _rests_on(self, name: str, place: Occurrence) -> bool:
        around = next(
            (each for each in self.source.ancestors(place.node) if isinstance(each, ast.stmt)), None
        )
        value = getattr(around, "value", None)
        if isinstance(around, ast.AugAssign):
            return True
        return isinstance(value, ast.expr) and any(
            isinstance(part, ast.Name) and part.id == name for part in ast.walk(value)
        )

    def _of_operation(self, op: ast.operator, left: str | None, right: str | None) -> str | None:
        """Also handles a built-in sequence plus anything: the other operand must be of the same kind."""
        if isinstance(op, ast.Add) and left in ("str", "list", "tuple", "bytes") and right is None:
            return left
        return super()._of_operation(op, left, right)

    def _of_write(self, place: Occurrence) -> str | None:
        node = place.node
        if isinstance(node, ast.arg):
            return _declared(node.annotation) if self._annotations else None
        found = super()._of_write(place)
        if found is not None or not isinstance(node, ast.Name):
            return found
        around = self.source.parent(node)
        match around:
            case ast.Assign(targets=[_, _, *_], value=value):
                return self.of(value)
            case ast.For(iter=iterable, target=target) | ast.comprehension(iter=iterable, target=target) if (
                target is node
            ):
                return self._of_elements(iterable)
            case ast.Tuple(elts=elts):
                return self._of_unpacked(around, [element is node for element in elts].index(True))
        return None

    def _of_unpacked(self, target: ast.Tuple, place: int) -> str | None:
        match self.source.parent(target):
            case ast.Assign(targets=[ast.Tuple() as whole], value=ast.Tuple(elts=values)) if (
                whole is target
                and len(values) == len(target.elts)
                and not any(isinstance(value, ast.Starred) for value in (*values, *target.elts))
            ):
                return self.of(values[place])
            case (
                ast.For(iter=ast.Call(args=[sequence]) as call)
                | ast.comprehension(iter=ast.Call(args=[sequence]) as call)
            ) if place == 1 and self._calls(call, "enumerate"):
                return self._of_elements(sequence)
        return None

    def _of_elements(self, iterable: ast.expr) -> str | None:
        """The kind of the elements of ``iterable``, from an annotation such as ``List[int]``."""
        if self.of(iterable) == "str":
            return "str"
        if not isinstance(iterable, ast.Name) or not self._annotations:
            return None
        scope = self.source.scopes.resolve(iterable.id, self.source.scopes.of(iterable))
        writes = scope.writes(iterable.id) if scope is not None else []
        match [place.node for place in writes]:
            case [ast.arg(annotation=ast.Subscript(value=ast.Name(id="List" | "list"), slice=inner))]:
                return _declared(inner)
        return None

    def is_fresh(self, name: ast.Name) -> bool:
        """Whether every write of ``name`` makes a new object that nothing else refers to."""
        scope = self.source.scopes.resolve(name.id, self.source.scopes.of(name))
        if scope is None:
            return False
        for place in scope.writes(name.id):
            match self.source.parent(place.node):
                case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
                    called = value.func if isinstance(value, ast.Call) else None
                    fresh = isinstance(called, ast.Name) and called.id in _FRESH_CALLS
                    if not (fresh or isinstance(value, _FRESH)):
                        return False
                case ast.AugAssign():
                    continue
                case _:
                    return False
        return True


def _declared(annotation: ast.expr | None) -> str | None:
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return _NAMES.get(head.id) if isinstance(head, ast.Name) else None
