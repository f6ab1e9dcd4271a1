"""The built-in type of an expression, as far as the text shows it.

``of`` is certain (within Python's own rules: no name shadows ``len``). It looks at literals, built-in calls
and at every write of a name. ``guess`` adds annotations and how a name is used. That is good enough to choose
a wrong variable of the same type, but not to prove that a refactoring keeps the meaning.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prmdata.edits.program_text import ProgramText
    from prmdata.edits.scopes import Occurrence, Scope, Scopes

_CALLS = {
    "len": "int", "ord": "int", "int": "int", "hash": "int", "id": "int", "str": "str", "chr": "str", "repr": "str",
    "hex": "str", "bin": "str", "oct": "str", "input": "str", "format": "str", "ascii": "str", "float": "float",
    "bool": "bool", "isinstance": "bool", "any": "bool", "all": "bool", "callable": "bool", "list": "list",
    "sorted": "list", "dict": "dict", "set": "set", "frozenset": "frozenset", "tuple": "tuple", "bytes": "bytes",
    "bytearray": "bytearray", "range": "range", "divmod": "tuple",
}  # fmt: skip
_STR_METHODS = {
    "lower": "str", "upper": "str", "strip": "str", "lstrip": "str", "rstrip": "str", "title": "str",
    "capitalize": "str", "swapcase": "str", "replace": "str", "join": "str", "format": "str", "zfill": "str",
    "ljust": "str", "rjust": "str", "center": "str", "split": "list", "rsplit": "list", "splitlines": "list",
    "partition": "tuple", "find": "int", "rfind": "int", "index": "int", "rindex": "int", "count": "int",
    "startswith": "bool", "endswith": "bool", "isdigit": "bool", "isalpha": "bool", "isalnum": "bool",
    "isupper": "bool", "islower": "bool", "isspace": "bool", "casefold": "str",
}  # fmt: skip
_ANNOTATIONS = {
    "int": "int", "str": "str", "float": "float", "bool": "bool", "list": "list", "List": "list", "dict": "dict",
    "Dict": "dict", "set": "set", "Set": "set", "tuple": "tuple", "Tuple": "tuple", "bytes": "bytes",
}  # fmt: skip
_METHOD_OWNERS = {
    "append": "list", "extend": "list", "insert": "list", "sort": "list", "reverse": "list", "items": "dict",
    "keys": "dict", "values": "dict", "setdefault": "dict", "get": "dict", "add": "set", "discard": "set",
    "union": "set", "intersection": "set", "lower": "str", "upper": "str", "split": "str", "strip": "str",
    "join": "str", "replace": "str", "startswith": "str", "endswith": "str", "isdigit": "str", "isalpha": "str",
}  # fmt: skip
_LITERALS: dict[type[ast.AST], str] = {
    ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.DictComp: "dict", ast.Set: "set",
    ast.SetComp: "set", ast.Tuple: "tuple", ast.JoinedStr: "str", ast.GeneratorExp: "generator",
    ast.Lambda: "function",
}  # fmt: skip
_NUMBERS = ("bool", "int", "float", "complex")
_SEQUENCES = ("str", "list", "tuple", "bytes")


class Kinds:
    """A kind is the name of a built-in type (``int``, ``str``, ``list`` ...), or None if it is unknown."""

    def __init__(self, text: ProgramText, scopes: Scopes) -> None:
        self._text = text
        self._scopes = scopes
        self._names: dict[tuple[Scope, str], str | None] = {}

    def of(self, node: ast.expr) -> str | None:
        """The certain kind of ``node``."""
        if type(node) in _LITERALS:
            return _LITERALS[type(node)]
        match node:
            case ast.Constant():
                return type(node.value).__name__
            case ast.Name():
                return self._of_name(node)
            case ast.BinOp():
                return self._of_operation(node.op, self.of(node.left), self.of(node.right))
            case ast.UnaryOp():
                return self._of_unary(node)
            case ast.Compare():
                return "bool" if all(self.of(e) is not None for e in (node.left, *node.comparators)) else None
            case ast.BoolOp():
                return _same([self.of(value) for value in node.values])
            case ast.IfExp():
                return _same([self.of(node.body), self.of(node.orelse)])
            case ast.Call():
                return self._of_call(node)
            case ast.Subscript():
                return self._of_subscript(node)
        return None

    def guess(self, node: ast.expr) -> str | None:
        """The kind of ``node``, certain or likely. A number that could be either is ``int``."""
        found = self.of(node)
        if found is not None or not isinstance(node, ast.Name):
            return found
        scope = self._scopes.resolve(node.id, self._scopes.of(node))
        return self.guess_name(node.id, scope) if scope is not None else None

    def guess_name(self, name: str, scope: Scope) -> str | None:
        """The likely kind of ``name`` in ``scope``, from its writes, its annotation and its uses."""
        found = self._of_writes(name, scope)
        if found is not None:
            return found
        for place in scope.names.get(name, ()):
            if isinstance(place.node, ast.arg) and place.node.annotation is not None:
                note = place.node.annotation
                head = note.value if isinstance(note, ast.Subscript) else note
                return _ANNOTATIONS.get(head.id) if isinstance(head, ast.Name) else None
        uses = {self._of_use(place) for place in scope.reads(name)} - {None}
        return uses.pop() if len(uses) == 1 else None

    # ------------------------------------------------------------ certain

    def _is_builtin(self, name: str, node: ast.AST) -> bool:
        return self._scopes.resolve(name, self._scopes.of(node)) is None

    def _of_name(self, node: ast.Name) -> str | None:
        scope = self._scopes.resolve(node.id, self._scopes.of(node))
        return self._of_writes(node.id, scope) if scope is not None else None

    def _of_writes(self, name: str, scope: Scope) -> str | None:
        if (scope, name) not in self._names:
            self._names[scope, name] = None  # while a name is looked up, a reference to itself is unknown
            writes = scope.writes(name)
            plain = [place for place in writes if not self._is_augmented(place)]
            found = _same([self._of_write(place) for place in plain]) if plain else None
            self._names[scope, name] = found
            if found is not None and len(plain) < len(writes):
                kinds = [self._of_write(place) for place in writes if self._is_augmented(place)]
                self._names[scope, name] = _same([found, *kinds])
        return self._names[scope, name]

    def _is_augmented(self, place: Occurrence) -> bool:
        return isinstance(self._text.parent(place.node), ast.AugAssign)

    def _of_write(self, place: Occurrence) -> str | None:
        around = self._text.parent(place.node)
        match around:
            case ast.Assign(targets=[ast.Name()], value=value) | ast.NamedExpr(value=value):
                return self.of(value)
            case ast.AnnAssign(value=ast.expr() as value):
                return self.of(value)
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                return self._of_operation(op, self.of(target), self.of(value))
            case ast.For(target=target, iter=iterable) | ast.comprehension(target=target, iter=iterable) if (
                target is place.node
            ):
                return self._of_items(iterable)
            case ast.Tuple(elts=[first, *_]) if first is place.node:
                loop = self._text.parent(around)
                if isinstance(loop, (ast.For, ast.comprehension)) and loop.target is around:
                    return "int" if self._calls(loop.iter, "enumerate") else None
            case ast.Module() | ast.FunctionDef() | ast.ClassDef() if place.role == "define":
                return "function" if isinstance(place.node, ast.FunctionDef) else None
        return None

    def _calls(self, node: ast.expr, name: str) -> bool:
        match node:
            case ast.Call(func=ast.Name(id=called)):
                return called == name and self._is_builtin(name, node)
        return False

    def _of_items(self, iterable: ast.expr) -> str | None:
        if self._calls(iterable, "range"):
            return "int"
        match iterable:
            case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts) if elts:
                return _same([self.of(element) for element in elts])
        return "str" if self.of(iterable) == "str" else None

    def _of_operation(self, op: ast.operator, left: str | None, right: str | None) -> str | None:
        if left in _NUMBERS and right in _NUMBERS:
            if isinstance(op, ast.Div):
                return "complex" if "complex" in (left, right) else "float"
            widest = max(_NUMBERS.index(left), _NUMBERS.index(right), 1)
            # The kind of a power of two ints is not certain: 2 ** -1 is a float.
            return None if isinstance(op, ast.Pow) and widest == 1 else _NUMBERS[widest]
        if isinstance(op, ast.Add) and left == right and left in _SEQUENCES:
            return left
        if isinstance(op, ast.Mult) and {left, right} & {"int", "bool"}:
            other = right if left in ("int", "bool") else left
            return other if other in _SEQUENCES else None
        return "str" if isinstance(op, ast.Mod) and left == "str" else None

    def _of_unary(self, node: ast.UnaryOp) -> str | None:
        if isinstance(node.op, ast.Not):
            return "bool"
        kind = self.of(node.operand)
        return ("int" if kind == "bool" else kind) if kind in _NUMBERS else None

    def _of_call(self, node: ast.Call) -> str | None:
        match node.func:
            case ast.Name(id=name) if name in _CALLS and self._is_builtin(name, node):
                return _CALLS[name]
            case ast.Name(id="abs" | "sum" | "max" | "min" | "round" as name) if self._is_builtin(name, node):
                kinds = [self.of(argument) for argument in node.args]
                if name in ("max", "min"):
                    return _same(kinds) if len(kinds) > 1 else None
                return "int" if name != "sum" and kinds == ["int"] else None
            case ast.Attribute(value=owner, attr=method) if self.of(owner) == "str":
                return _STR_METHODS.get(method)
            case ast.Attribute(value=owner, attr="copy"):
                return self.of(owner)
        return None

    def _of_subscript(self, node: ast.Subscript) -> str | None:
        owner = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            return owner if owner in _SEQUENCES else None
        return "str" if owner == "str" else None

    # ------------------------------------------------------------ likely

    def _of_use(self, place: Occurrence) -> str | None:
        around = self._text.parent(place.node)
        match around:
            case ast.Attribute(attr=method):
                return _METHOD_OWNERS.get(method)
            case ast.Call(func=ast.Name(id="range")):
                return "int"
            case ast.BinOp(op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Pow()):
                return "int"
            case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
                other = right if left is place.node else left
                kind = self.of(other)
                return "int" if kind == "float" else kind
            case ast.Subscript(slice=index) if index is not place.node:
                return "dict" if self.of(index) == "str" else "list"
        return None


def _same(kinds: list[str | None]) -> str | None:
    return kinds[0] if kinds and all(kind == kinds[0] for kind in kinds) else None
