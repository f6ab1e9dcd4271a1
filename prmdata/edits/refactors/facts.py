"""What a refactoring may rely on: purity, evaluation order, scopes, comments. If in doubt, the answer is no.

All refactorings of one program share these facts. Each fact is computed when it is first asked for.
"""

from __future__ import annotations

import ast
import io
import tokenize
from functools import cached_property

from prmdata.edits.program_text import Span
from prmdata.edits.refactors.proven import Proven
from prmdata.edits.scopes import Scope
from prmdata.edits.source import Source

_DYNAMIC = ("eval", "exec", "locals", "vars", "globals", "dir", "__import__", "compile")
_UNUSUAL_MODULES = frozenset(
    {"numpy", "pandas", "scipy", "sympy", "torch", "tensorflow", "jax", "inspect", "ast", "dis", "unittest"}
)
_UNUSUAL_METHODS = frozenset(
    {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__len__", "__contains__",
     "__getattr__", "__getattribute__", "__setattr__", "__add__", "__radd__", "__mul__", "__rmul__"}
)  # fmt: skip
_PURE_CALLS = frozenset(
    {"len", "abs", "int", "float", "str", "ord", "chr", "bool", "isinstance", "type", "round", "range",
     "repr", "divmod", "bin", "hex", "oct", "callable"}
)  # fmt: skip
_PURE_METHODS = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "startswith", "endswith", "isdigit", "isalpha", "isalnum",
     "isupper", "islower", "isspace", "count", "index", "find", "replace", "split", "get", "copy", "bit_length"}
)  # fmt: skip
_PURE_NODES = (
    ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Subscript, ast.Slice,
    ast.Tuple, ast.List, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context,
)  # fmt: skip
_SUSPENDING = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)
_LATE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Facts:
    """Facts about one program. A predicate answers False if it cannot tell."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.kinds = Proven(source)

    @cached_property
    def _certain(self) -> Proven:
        return Proven(self.source, annotations=False)

    @cached_property
    def is_dynamic(self) -> bool:
        """Whether the program inspects its own names, so that new or changed names would make a
        difference."""
        return any(name in self.source.scopes.free for name in _DYNAMIC)

    @cached_property
    def is_plain(self) -> bool:
        """Whether operators can only have their meaning on built-in values: nothing in the program overloads
        them, and no module is imported whose values overload them."""
        if self.source.tree is None:
            return False
        for node in ast.walk(self.source.tree):
            match node:
                case ast.Import(names=names) if any(
                    alias.name.partition(".")[0] in _UNUSUAL_MODULES for alias in names
                ):
                    return False
                case ast.ImportFrom(module=module) if (module or ".").partition(".")[0] in _UNUSUAL_MODULES:
                    return False
                case ast.FunctionDef(name=name) if name in _UNUSUAL_METHODS:
                    return False
        return True

    # ------------------------------------------------------------ values

    def kind(self, node: ast.expr) -> str | None:
        """The built-in type of ``node``, proven or declared."""
        return self.kinds.of(node)

    def certain_kind(self, node: ast.expr) -> str | None:
        """The same without annotations, for places where ``None`` or ``3.0`` would make a difference."""
        return self._certain.of(node)

    def is_builtin(self, name: str, node: ast.AST) -> bool:
        """Whether ``name`` at ``node`` is Python's own (nothing in the program binds it)."""
        return self.source.scopes.resolve(name, self.source.scopes.of(node)) is None

    def calls(self, node: ast.AST, *names: str) -> bool:
        """Whether ``node`` is a call of one of these builtins."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in names:
                return self.is_builtin(name, node)
        return False

    def is_simple(self, node: ast.AST) -> bool:
        """Whether ``node`` is a name or a constant: evaluating it again, or elsewhere nearby, changes
        nothing."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            return isinstance(node.operand, ast.Constant)
        return isinstance(node, (ast.Name, ast.Constant))

    def is_pure(self, node: ast.AST) -> bool:
        """Whether ``node`` has no effect, whatever built-in values its names have. It may raise."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                if not self.is_pure_call(part):
                    return False
            elif isinstance(part, ast.Attribute):
                around = self.source.parent(part)
                if not (isinstance(around, ast.Call) and around.func is part):
                    return False
            elif not isinstance(part, _PURE_NODES):
                return False
        return True

    def is_pure_call(self, call: ast.Call) -> bool:
        """Whether the call itself changes nothing; its arguments are not looked at."""
        if call.keywords:
            return False
        match call.func:
            case ast.Name(id="min" | "max" as name):
                return len(call.args) > 1 and self.is_builtin(name, call)
            case ast.Name(id=name):
                return name in _PURE_CALLS and self.is_builtin(name, call)
            case ast.Attribute(attr=name):
                return name in _PURE_METHODS
        return False

    def is_stable(self, node: ast.AST) -> bool:
        """Whether evaluating another expression of the same statement cannot change the value of ``node``."""
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return self.is_settled(name, node)
            case ast.UnaryOp(operand=operand):
                return isinstance(operand, ast.Constant)
        return False

    def is_settled(self, name: str, node: ast.AST) -> bool:
        """Whether only the statements of the scope that binds ``name`` rebind it (no ``nonlocal``, no
        ``global``, no walrus), so that no call can rebind it. For builtins this holds."""
        scope = self.source.scopes.resolve(name, self.source.scopes.of(node))
        if scope is None:
            return True
        scopes = self.source.scopes
        for place in scope.writes(name):
            if isinstance(self.source.parent(place.node), ast.NamedExpr) or place.role == "delete":
                return False
            if place.role not in ("parameter", "define") and scopes.of(place.node) is not scope:
                return False
        return True

    def suspends(self, node: ast.AST) -> bool:
        """Whether something in ``node`` yields, awaits, or binds a name by a walrus."""
        return any(
            isinstance(part, _SUSPENDING) or (isinstance(part, ast.comprehension) and part.is_async)
            for part in ast.walk(node)
        )

    def is_condition_bool(self, node: ast.expr) -> bool:
        """Whether ``node`` gives only True or False."""
        match node:
            case ast.UnaryOp(op=ast.Not()) | ast.Constant(value=True) | ast.Constant(value=False):
                return True
            case ast.Compare():
                return self.is_plain
            case ast.BoolOp(values=values):
                return all(self.is_condition_bool(value) for value in values)
            case ast.Call(func=ast.Name(id="bool" | "isinstance" | "any" | "all" | "callable" as name)):
                return self.is_builtin(name, node)
        return self.kind(node) == "bool"

    # ------------------------------------------------------------ names

    def names_in(self, node: ast.AST) -> frozenset[str]:
        """All names that occur in ``node``."""
        return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))

    def scope(self, node: ast.AST) -> Scope:
        """The function, class or module scope in which ``node`` stands (never the scope of a
        comprehension)."""
        scope = self.source.scopes.of(node)
        while scope.parent is not None and not (
            scope.is_class or scope.is_function or isinstance(scope.node, ast.Module)
        ):
            scope = scope.parent
        return scope

    def is_in_function(self, node: ast.AST) -> bool:
        """Whether a new local name may be bound at ``node`` without being visible outside."""
        return isinstance(self.scope(node).node, _FUNCTIONS)

    def may_bind(self, node: ast.AST) -> bool:
        """Whether a statement before the statement of ``node`` may bind a fresh name (not in a class
        body)."""
        return not self.scope(node).is_class

    def is_private(self, name: str, scope: Scope) -> bool:
        """Whether ``scope`` binds ``name`` and no function, lambda, generator expression or class inside it
        uses it, so that no call can see or change it."""
        return bool(scope.writes(name)) and not self._is_captured(name, scope)

    def _is_captured(self, name: str, scope: Scope) -> bool:
        for place in scope.names.get(name, ()):
            node: ast.AST = place.node
            for around in (node, *self.source.ancestors(node)):
                if around is scope.node:
                    break
                if isinstance(around, _LATE) and not (around is node and place.role == "define"):
                    return True
        return False

    def is_within(self, node: ast.AST, around: ast.AST) -> bool:
        """Whether ``node`` is ``around`` or stands inside it."""
        return node is around or any(each is around for each in self.source.ancestors(node))

    def uses_outside(self, name: str, scope: Scope, *inside: ast.AST) -> list[ast.AST]:
        """The places of ``name`` in ``scope`` that are outside all of ``inside``."""
        return [
            place.node
            for place in scope.names.get(name, ())
            if not any(self.is_within(place.node, around) for around in inside)
        ]

    def is_dead_outside(self, name: str, scope: Scope, loop: ast.AST) -> bool:
        """Whether no place outside ``loop`` can see the value that ``loop`` gave to ``name``: each such place
        is in another loop or comprehension that binds the name first, or certainly runs earlier."""
        if not self.is_private(name, scope):
            return False
        start = self.source.span(loop)[0]
        loops_around = {each for each in self.source.ancestors(loop) if isinstance(each, _LOOPS)}
        for node in self.uses_outside(name, scope, loop):
            if isinstance(node, ast.arg):
                continue
            around = list(self.source.ancestors(node))
            earlier = self.source.span(node)[0] < start and not loops_around & set(around)
            rebound = any(
                isinstance(each, ast.For)
                and name in self.names_in(each.target)
                and not self.is_within(node, each.iter)
                and not any(self.is_within(node, part) for part in each.orelse)
                for each in around
            )
            if not (earlier or rebound):
                return False
        return True

    def fresh(self, *wanted: str) -> str:
        """The first of ``wanted`` that occurs nowhere in the program."""
        return self.source.scopes.fresh(*wanted)

    # ------------------------------------------------------------ text

    @cached_property
    def _comments(self) -> list[int]:
        if "#" not in self.source.program:
            return []
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(self.source.program, newline="").readline))
        except (tokenize.TokenError, SyntaxError):
            return list(range(len(self.source.program)))
        return [
            self.source.line_starts[token.start[0] - 1] + token.start[1]
            for token in tokens
            if token.type == tokenize.COMMENT
        ]

    def has_comment(self, span: Span) -> bool:
        """Whether a comment begins inside ``span``: rewriting the span would lose it."""
        return any(span[0] <= offset < span[1] for offset in self._comments)

    def is_in_try(self, node: ast.AST) -> bool:
        """Whether an exception raised at ``node`` may be handled in the same function."""
        for around in self.source.ancestors(node):
            if isinstance(around, (*_FUNCTIONS, ast.Lambda)):
                return False
            if isinstance(around, (ast.Try, ast.TryStar, ast.With)):
                return True
        return False
