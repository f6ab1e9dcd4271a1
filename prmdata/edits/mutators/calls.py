"""Calls: the wrong function or method, a forgotten conversion, the wrong end, order or separator."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.program_text import Span
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import called_name, method_name

_FUNCTIONS = {
    "min": ("max",), "max": ("min",), "any": ("all",), "all": ("any",), "sum": ("len", "max"), "round": ("int",),
    "list": ("set",), "set": ("list",), "filter": ("map",), "deepcopy": ("copy",), "chr": ("str",), "len": ("max",),
    "ceil": ("floor",), "floor": ("ceil",), "int": ("round", "float"), "float": ("int",), "divmod": ("pow",),
    "tuple": ("list",), "gcd": ("lcm",), "permutations": ("combinations",), "combinations": ("permutations",),
    "heappushpop": ("heapreplace",), "bisect_left": ("bisect_right",), "bisect_right": ("bisect_left",),
}  # fmt: skip
_METHODS = {
    "lower": ("upper",), "upper": ("lower",), "lstrip": ("rstrip", "strip"), "rstrip": ("lstrip", "strip"),
    "strip": ("lstrip", "rstrip"), "find": ("rfind",), "rfind": ("find",), "index": ("rindex",), "rindex": ("index",),
    "ljust": ("rjust",), "rjust": ("ljust",), "removeprefix": ("removesuffix",), "removesuffix": ("removeprefix",),
    "partition": ("rpartition",), "rpartition": ("partition",), "startswith": ("endswith",),
    "endswith": ("startswith",), "isupper": ("islower",), "islower": ("isupper",), "isdigit": ("isalpha",),
    "isalpha": ("isdigit", "isalnum"), "isalnum": ("isalpha",), "title": ("capitalize",), "capitalize": ("title",),
    "append": ("extend",), "extend": ("append",), "add": ("discard",), "keys": ("values",), "values": ("keys",),
    "items": ("keys",), "union": ("intersection",), "intersection": ("union",), "difference": ("symmetric_difference",),
    "symmetric_difference": ("difference",), "issubset": ("issuperset",), "issuperset": ("issubset",),
    "popleft": ("pop",), "appendleft": ("append",), "match": ("search",), "search": ("match",),
    "fullmatch": ("match",), "isnumeric": ("isalpha",), "isspace": ("isalnum",), "remove": ("discard",),
    "floor": ("ceil",), "ceil": ("floor",), "gcd": ("lcm",), "deepcopy": ("copy",), "bisect_left": ("bisect_right",),
    "bisect_right": ("bisect_left",), "permutations": ("combinations",), "combinations": ("permutations",),
    "log": ("log2",), "log2": ("log10",), "sin": ("cos",), "cos": ("sin",), "sqrt": ("exp",), "heappop": ("heappush",),
}  # fmt: skip
_CONVERSIONS = (
    "abs", "sorted", "set", "str", "int", "float", "round", "reversed", "bool", "sum", "tuple", "frozenset", "max",
    "min", "len", "floor", "ceil", "sqrt",
)  # fmt: skip
_REFINEMENTS = (
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold", "split", "replace", "swapcase",
    "zfill", "encode", "decode", "format", "keys", "items", "values", "sort", "rjust", "ljust",
)  # fmt: skip


def _name_span(source: Source, node: ast.Call) -> Span:
    """The span of the called name; for a method, of its last part."""
    end = source.span(node.func)[1]
    name = node.func.attr if isinstance(node.func, ast.Attribute) else source.text(node.func)
    return end - len(name), end


@operator(
    "function-replace",
    intent="mutate",
    family="function",
    summary="`min` ↔ `max`, `any` ↔ `all`, `sum` → `len`, `floor` ↔ `ceil` ...: the wrong built-in",
    examples=(("x = min(a)\n", "x = max(a)\n"), ("x = any(y for y in z)\n", "x = all(y for y in z)\n")),
)
def function_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        for new in _FUNCTIONS.get(called_name(node) or "", ()):
            yield [(*_name_span(source, node), new)]
    for name in source.nodes(ast.Name):
        if name.id in ("min", "max", "deepcopy") and not isinstance(source.parent(name), ast.Call):
            yield [(*source.span(name), _FUNCTIONS[name.id][0])]


@operator(
    "method-replace",
    intent="mutate",
    family="function",
    summary="`lower` ↔ `upper`, `find` ↔ `rfind`, `append` ↔ `extend`, `keys` ↔ `values` ...: the wrong method",
    examples=(
        ("x = s.lower()\n", "x = s.upper()\n"),
        ("x.append(y)\n", "x.extend(y)\n"),
        ("x = s.split(',', 1)\n", "x = s.rsplit(',', 1)\n"),
        ("x = s.rpartition('.')\n", "x = s.partition('.')\n"),
    ),
)
def method_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        name = method_name(node) or ""
        news = _METHODS.get(name, ())
        limited = len(node.args) == 2 or any(word.arg == "maxsplit" for word in node.keywords)
        if name in ("split", "rsplit") and limited:
            news = ("rsplit" if name == "split" else "split",)
        yield from ([(*_name_span(source, node), new)] for new in news)


@operator(
    "append-front",
    intent="mutate",
    family="order",
    summary="`x.append(y)` → `x.insert(0, y)`, `x.pop()` ↔ `x.pop(0)`: the wrong end",
    examples=(
        ("x.append(y)\n", "x.insert(0, y)\n"),
        ("y = x.pop()\n", "y = x.pop(0)\n"),
        ("y = x.pop(0)\n", "y = x.pop()\n"),
    ),
)
def append_front(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        name, open_, close = method_name(node), source.span(node.func)[1], source.span(node)[1]
        if name == "append" and len(node.args) == 1:
            start = _name_span(source, node)[0]
            yield [(start, source.outer_span(node.args[0])[0], "insert(0, ")]
        elif name == "pop" and not node.args and source.kinds.guess(_owner(node)) != "set":
            yield [(open_, close, "(0)")]
        elif name == "pop" and len(node.args) == 1 and source.text(node.args[0]) in ("0", "-1"):
            yield [(open_, close, "()")]


def _owner(node: ast.Call) -> ast.expr:
    return node.func.value if isinstance(node.func, ast.Attribute) else node.func


@operator(
    "call-unwrap",
    intent="mutate",
    family="conversion",
    summary="`abs(x)`, `sorted(x)`, `int(x)`, `set(x)` ... → `x`: a forgotten conversion",
    examples=(
        ("x = abs(a - b)\n", "x = (a - b)\n"),
        ("for x in sorted(y):\n    pass\n", "for x in y:\n    pass\n"),
        ("x = math.floor(a)\n", "x = a\n"),
    ),
)
def call_unwrap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        name = called_name(node) or (method_name(node) if source.text(_owner(node)) == "math" else None)
        if (
            name in _CONVERSIONS
            and node.args
            and not isinstance(node.args[0], ast.Starred)
            and len(node.args) == 1
        ):
            yield [(*source.span(node), source.grouped(node.args[0]))]


@operator(
    "method-drop",
    intent="mutate",
    family="conversion",
    summary="`s.strip()`, `s.lower()`, `d.items()` ... → `s`: a forgotten step",
    examples=(("x = s.strip()\n", "x = s\n"), ("x = s.lower().split()\n", "x = s.split()\n")),
)
def method_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if method_name(node) in _REFINEMENTS and not isinstance(source.parent(node), ast.Expr):
            yield [(source.outer_span(_owner(node))[1], source.span(node)[1], "")]


@operator(
    "sort-order",
    intent="mutate",
    family="order",
    summary="sorted the wrong way: `reverse=True` added, lost or turned",
    examples=(
        ("x = sorted(a)\n", "x = sorted(a, reverse=True)\n"),
        ("a.sort()\n", "a.sort(reverse=True)\n"),
        ("x = sorted(a, reverse=True)\n", "x = sorted(a)\n"),
    ),
)
def sort_order(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) != "sorted" and method_name(node) != "sort":
            continue
        words = {word.arg: word for word in node.keywords}
        close = source.span(node)[1] - 1
        ends = [source.outer_span(each)[1] for each in (*node.args, *(word.value for word in node.keywords))]
        if "reverse" not in words:
            yield [(max(ends), close, ", reverse=True")] if ends else [(close, close, "reverse=True")]
        else:
            word = words["reverse"]
            before = [end for end in ends if end < source.span(word)[0]]
            start = max(before) if before else source.span(word)[0]
            yield [(start, source.outer_span(word.value)[1], "")]


@operator(
    "separator",
    intent="mutate",
    family="string",
    summary="`split()` ↔ `split(' ')`, `' '.join` ↔ `''.join`: the wrong separator",
    examples=(
        ("x = s.split()\n", "x = s.split(' ')\n"),
        ("x = s.split(' ')\n", "x = s.split()\n"),
        ("x = ''.join(a)\n", "x = ' '.join(a)\n"),
    ),
)
def separator(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        name, owner = method_name(node), _owner(node)
        if name == "split" and not node.keywords:
            open_, close = source.span(node.func)[1], source.span(node)[1]
            match node.args:
                case []:
                    yield [(open_, close, "(' ')")]
                case [ast.Constant(value=" ")]:
                    yield [(open_, close, "()")]
        elif name == "join" and isinstance(owner, ast.Constant) and owner.value in ("", " "):
            yield [(*source.span(owner), "' '" if owner.value == "" else "''")]


CALLS: tuple[Operator, ...] = (
    function_replace, method_replace, append_front, call_unwrap, method_drop, sort_order, separator,
)  # fmt: skip
