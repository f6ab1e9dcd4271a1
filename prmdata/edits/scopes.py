"""Which scope binds which name, and every place where the name is read or written.

The rules are Python's own. Functions, lambdas and comprehensions are scopes. A class body is a scope that its
functions do not see. ``global`` and ``nonlocal`` point outwards. A walrus in a comprehension binds outside
it.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from prmdata.edits.program_text import ProgramText, Span

Role = Literal["read", "write", "delete", "parameter", "define", "import", "declare"]

_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a name stands. ``span`` is None if the place in the text is not certain (some f-strings
    before Python 3.12, ``import a.b``). Such a name cannot be renamed."""

    name: str
    span: Span | None
    role: Role
    node: ast.AST


@dataclass(eq=False, slots=True)
class Scope:
    """A scope and all occurrences of the names it binds, in the order in which the tree is visited."""

    node: ast.AST
    parent: Scope | None
    names: dict[str, list[Occurrence]] = field(default_factory=dict)
    outward: dict[str, bool] = field(default_factory=dict)
    """Names declared here as ``global`` (True) or ``nonlocal`` (False)."""

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_function(self) -> bool:
        return isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))

    def parameters(self) -> list[str]:
        """The names of the parameters, in order."""
        return [
            name for name, places in self.names.items() if any(place.role == "parameter" for place in places)
        ]

    def writes(self, name: str) -> list[Occurrence]:
        """The places that bind ``name`` here."""
        return [place for place in self.names.get(name, ()) if place.role not in ("read", "declare")]

    def reads(self, name: str) -> list[Occurrence]:
        """The places, including those in nested functions, that read ``name`` of this scope."""
        return [place for place in self.names.get(name, ()) if place.role == "read"]


class Scopes:
    """All scopes of a program. ``free`` are the names that nothing in the program binds."""

    def __init__(self, text: ProgramText) -> None:
        self._text = text
        self._by_node: dict[ast.AST, Scope] = {}
        self._pending: list[tuple[Scope, Occurrence]] = []
        self._blind = 0
        self.free: dict[str, list[Occurrence]] = {}
        if text.tree is not None:
            self._enter(text.tree, None)
            self._resolve()

    def __iter__(self) -> Iterator[Scope]:
        return iter(self._by_node.values())

    def of(self, node: ast.AST) -> Scope:
        """The scope in which ``node`` is evaluated (for a function or class, the scope that binds it). For
        nodes that :meth:`ProgramText.nodes` leaves out, it is the module's."""
        for around in self._text.ancestors(node):
            if around in self._by_node and not self._outside(around, node):
                return self._by_node[around]
        return self._by_node.get(node) or next(iter(self))

    def inside(self, node: ast.AST) -> Scope:
        """The scope that the function, class, lambda, comprehension or module ``node`` opens."""
        return self._by_node[node]

    def resolve(self, name: str, scope: Scope) -> Scope | None:
        """The scope that binds ``name`` as seen from ``scope``; None for builtins and unknown names."""
        place: Scope | None = scope
        if name in scope.outward:
            place = self._root(scope) if scope.outward[name] else scope.parent
        first = True
        while place is not None:
            if name in place.names and place.writes(name) and (first or not place.is_class):
                return place
            first, place = False, place.parent
        return None

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", self._text.program))

    def fresh(self, *wanted: str) -> str:
        """The first of ``wanted`` that occurs nowhere in the program; numbered if all of them occur."""
        for name in chain(wanted, (f"{wanted[-1]}_{n}" for n in range(2, 1000))):
            if name not in self._words and not keyword.iskeyword(name) and not hasattr(builtins, name):
                return name
        raise ValueError(f"no name is left for {wanted[-1]}")

    # ------------------------------------------------------------ collecting

    def _outside(self, scope_node: ast.AST, node: ast.AST) -> bool:
        """Whether ``node`` stands below ``scope_node`` but is evaluated outside it: defaults,
        decorators, annotations, bases, the first iterable of a comprehension."""
        path = [node, *self._text.ancestors(node)]
        child = path[path.index(scope_node) - 1]
        if isinstance(scope_node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = path[path.index(scope_node) - 2] if isinstance(child, ast.arguments) else None
            return not (isinstance(child, ast.stmt) or isinstance(inner, ast.arg))
        if isinstance(scope_node, ast.ClassDef):
            return not isinstance(child, ast.stmt)
        if isinstance(scope_node, _COMPREHENSIONS) and child is scope_node.generators[0]:
            index = path.index(scope_node) - 2
            return index >= 0 and path[index] is scope_node.generators[0].iter
        return False

    def _enter(self, node: ast.AST, parent: Scope | None) -> None:
        scope = Scope(node, parent)
        self._by_node[node] = scope
        match node:
            case ast.Module() | ast.ClassDef():
                self._visit_all(node.body, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._parameters(node.args, scope)
                self._visit_all(node.body, scope)
            case ast.Lambda():
                self._parameters(node.args, scope)
                self._visit(node.body, scope)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for index, part in enumerate(node.generators):
                    self._visit(part.target, scope)
                    if index:
                        self._visit(part.iter, scope)
                    self._visit_all(part.ifs, scope)
                values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
                self._visit_all(values, scope)

    def _visit_all(self, nodes: list[ast.stmt] | list[ast.expr], scope: Scope) -> None:
        for node in nodes:
            self._visit(node, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Name():
                role: Role = {"Load": "read", "Store": "write"}.get(type(node.ctx).__name__, "delete")  # type: ignore[assignment]
                self._add(scope, node.id, role, node, self._checked(node, node.id))
                return
            case ast.NamedExpr():
                outer = scope
                while isinstance(outer.node, _COMPREHENSIONS) and outer.parent is not None:
                    outer = outer.parent
                self._add(
                    outer, node.target.id, "write", node.target, self._checked(node.target, node.target.id)
                )
                self._visit(node.value, scope)
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._add(scope, node.name, "define", node, self._word(node, node.name))
                self._around_definition(node, scope)
                self._enter(node, scope)
                return
            case ast.Lambda():
                self._visit_all([*node.args.defaults, *(d for d in node.args.kw_defaults if d)], scope)
                self._enter(node, scope)
                return
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._visit(node.generators[0].iter, scope)
                self._enter(node, scope)
                return
            case _:
                self._bind_words(node, scope)
        blind = int(self._text.hides(node))
        self._blind += blind
        for child in ast.iter_child_nodes(node):
            self._visit(child, scope)
        self._blind -= blind

    def _around_definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope
    ) -> None:
        self._visit_all(node.decorator_list, scope)
        if isinstance(node, ast.ClassDef):
            self._visit_all(node.bases, scope)
            self._visit_all([word.value for word in node.keywords], scope)
            return
        self._visit_all([*node.args.defaults, *(d for d in node.args.kw_defaults if d)], scope)
        for arg in _arguments(node.args):
            if arg.annotation is not None:
                self._visit(arg.annotation, scope)
        if node.returns is not None:
            self._visit(node.returns, scope)

    def _parameters(self, arguments: ast.arguments, scope: Scope) -> None:
        for arg in _arguments(arguments):
            start = self._text.span(arg)[0]
            self._add(scope, arg.arg, "parameter", arg, self._at(start, arg.arg))

    def _bind_words(self, node: ast.AST, scope: Scope) -> None:
        """The occurrences of names that are plain words of a statement, and not Name nodes."""
        match node:
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    whole = alias.asname is not None or "." not in alias.name
                    self._add(scope, name, "import", alias, self._ending(alias, name) if whole else None)
            case ast.Global() | ast.Nonlocal():
                for name in node.names:
                    scope.outward[name] = isinstance(node, ast.Global)
                    self._add(scope, name, "declare", node, self._word(node, name))
            case ast.MatchAs() | ast.MatchStar():
                if node.name is not None:
                    self._add(scope, node.name, "write", node, self._ending(node, node.name))
            case ast.ExceptHandler():
                if node.name is not None and node.type is not None:
                    start = self._text.outer_span(node.type)[1]
                    found = re.compile(rf"\s+as\s+({re.escape(node.name)})\b").match(
                        self._text.program, start
                    )
                    self._add(scope, node.name, "write", node, found.span(1) if found else None)
            case ast.MatchMapping():
                if node.rest is not None:
                    self._add(scope, node.rest, "write", node, None)

    def _checked(self, node: ast.AST, name: str) -> Span | None:
        return self._at(self._text.span(node)[0], name)

    def _at(self, start: int, name: str) -> Span | None:
        end = start + len(name)
        certain = not self._blind and self._text.program[start:end] == name
        return (start, end) if certain else None

    def _ending(self, node: ast.AST, name: str) -> Span | None:
        """Where ``name`` stands when it is the last word of ``node``."""
        return self._at(self._text.span(node)[1] - len(name), name)

    def _word(self, node: ast.AST, name: str) -> Span | None:
        start, end = self._text.span(node)
        found = re.compile(rf"\b{re.escape(name)}\b").search(self._text.program, start, end)
        return found.span() if found else None

    def _add(self, scope: Scope, name: str, role: Role, node: ast.AST, span: Span | None) -> None:
        self._pending.append((scope, Occurrence(name, span, role, node)))
        if role not in ("read", "declare"):
            home = self._root(scope) if scope.outward.get(name) else scope
            home.names.setdefault(name, []).append(self._pending[-1][1])

    def _root(self, scope: Scope) -> Scope:
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def _resolve(self) -> None:
        """When all bindings are known, give each occurrence to the scope that binds it."""
        owners = [(self.resolve(place.name, scope), scope, place) for scope, place in self._pending]
        for scope in self._by_node.values():
            scope.names.clear()
        for owner, scope, place in owners:
            if owner is None and place.role in ("read", "declare"):
                self.free.setdefault(place.name, []).append(place)
            else:
                home = owner or self._root(scope)
                home.names.setdefault(place.name, []).append(place)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args]
    found += [arguments.vararg] if arguments.vararg else []
    found += arguments.kwonlyargs
    return found + ([arguments.kwarg] if arguments.kwarg else [])
