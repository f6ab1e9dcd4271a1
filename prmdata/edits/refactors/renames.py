"""Names changed consistently: every step that uses a changed name is declared.

Some names are left alone: those that others may call by name (top-level functions, their parameters, methods,
classes), those declared ``global`` or ``nonlocal``, and those with a place in the text that is not certain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.scopes import Occurrence
from prmdata.edits.source import Source

_FAMILY = "renames"
_LONG = {
    "i": ("index", "position"), "j": ("inner", "other_index"), "k": ("key", "step"), "n": ("number", "size"),
    "m": ("width", "amount"), "x": ("value", "item"), "y": ("other", "second"), "z": ("third", "extra"),
    "a": ("first", "left"), "b": ("second", "right"), "c": ("char", "current"), "ch": ("char", "letter"),
    "d": ("mapping", "table"), "e": ("element", "entry"), "l": ("items", "entries"), "s": ("text", "string"),
    "t": ("text", "target"), "p": ("pair", "position"), "q": ("queue", "quotient"), "r": ("result", "rest"),
    "w": ("word", "weight"), "v": ("value", "vertex"), "f": ("factor", "found"), "g": ("group", "graph"),
    "lst": ("items", "elements"), "arr": ("array", "items"), "res": ("result", "answer"), "ans": ("answer", "result"),
    "cnt": ("count", "counter"), "tmp": ("temporary", "held"), "temp": ("temporary", "held"), "num": ("number", "value"),
    "nums": ("numbers", "values"), "idx": ("index", "position"), "val": ("value", "entry"), "dp": ("table", "best"),
    "cur": ("current", "here"), "prev": ("previous", "before"), "ret": ("result", "returned"), "sum": ("total",),
    "dic": ("mapping", "table"), "st": ("stack", "state"), "lo": ("low", "lower"), "hi": ("high", "upper"),
    "mid": ("middle", "center"), "freq": ("frequency", "counts"), "max_val": ("largest",), "min_val": ("smallest",),
}  # fmt: skip
_SHORT = {
    "result": ("res", "out"), "results": ("res", "outs"), "count": ("cnt", "n_seen"), "index": ("idx", "pos"),
    "number": ("num", "nb"), "value": ("val", "v"), "total": ("tot", "acc"), "current": ("cur", "curr"),
    "previous": ("prev", "last"), "element": ("elem", "el"), "string": ("txt", "st"), "char": ("ch", "letter"),
    "answer": ("ans", "res"), "temp": ("tmp", "t"), "numbers": ("nums", "values"), "length": ("size", "n_items"),
    "word": ("w", "token"), "words": ("tokens", "parts"), "item": ("it", "entry"), "items": ("its", "entries"),
}  # fmt: skip
_BY_KIND = {
    "int": ("value", "amount"), "str": ("text", "chunk"), "list": ("items", "collected"), "dict": ("mapping", "table"),
    "set": ("unique", "seen"), "bool": ("flag", "holds"), "float": ("amount", "measure"), "tuple": ("pair", "fields"),
}  # fmt: skip
_ALIASES = {
    "math": "m",
    "re": "regex",
    "collections": "coll",
    "itertools": "it",
    "heapq": "hq",
    "sys": "system",
}
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _renamed(source: Source, places: list[Occurrence], new: str) -> Splices | None:
    """The splices that rename ``places``, the first binding first; None if a place is not certain."""
    spans = [place.span for place in places]
    if None in spans or any(place.role == "declare" for place in places):
        return None
    ordered = sorted({(place.span, place.role != "read") for place in places if place.span is not None})
    first = next((span for span, binds in ordered if binds and source.step_at(span[0]) >= source.given), None)
    if first is None:
        return None
    rest = [span for span, _ in ordered if span != first]
    return [(*first, new), *[(*span, new) for span in rest]]


def _local_names(source: Source) -> Iterator[tuple[str, list[Occurrence]]]:
    """Variables that are not visible outside their function. For a whole script that reads stdin, its own
    variables."""
    script = _is_script(source)
    for scope in source.scopes:
        inner = isinstance(scope.node, (*_FUNCTIONS, *_COMPREHENSIONS))
        if not inner and not (script and isinstance(scope.node, ast.Module)):
            continue
        for name, places in scope.names.items():
            roles = {place.role for place in places}
            if "write" in roles and roles <= {"write", "read"} and not name.startswith("_"):
                yield name, places


def _is_script(source: Source) -> bool:
    """Whether the program is run as a whole: it reads input at its top level and defines no function that a
    test could call."""
    if source.tree is None or any(isinstance(each, (*_FUNCTIONS, ast.ClassDef)) for each in source.tree.body):
        return False
    return "input" in source.scopes.free or "stdin" in source.program


@refactor(
    "rename-longer",
    family=_FAMILY,
    summary="a local variable gets a longer name, wherever it is used",
    examples=(
        (
            "def f(a):\n    n = len(a)\n    return n + 1\n",
            "def f(a):\n    number = len(a)\n    return number + 1\n",
        ),
        (
            "def f(a):\n    for i in a:\n        print(i)\n",
            "def f(a):\n    for index in a:\n        print(index)\n",
        ),
    ),
)
def rename_longer(source: Source, facts: Facts) -> Iterator[Splices]:
    for name, places in _local_names(source):
        ideas = _LONG.get(name) or (*_BY_KIND.get(_kind(facts, places) or "", ()), f"{name}_value")
        splices = _renamed(source, places, facts.fresh(*ideas))
        if splices is not None:
            yield splices


def _kind(facts: Facts, places: list[Occurrence]) -> str | None:
    node = places[0].node
    return facts.kind(node) if isinstance(node, ast.Name) else None


@refactor(
    "rename-shorter",
    family=_FAMILY,
    summary="a local variable gets a shorter or plainer name, wherever it is used",
    examples=(
        (
            "def f(a):\n    result = len(a)\n    return result\n",
            "def f(a):\n    res = len(a)\n    return res\n",
        ),
        (
            "def f(a):\n    maxValue = a\n    return maxValue\n",
            "def f(a):\n    max_value = a\n    return max_value\n",
        ),
    ),
)
def rename_shorter(source: Source, facts: Facts) -> Iterator[Splices]:
    for name, places in _local_names(source):
        ideas = _SHORT.get(name) or _plainer(name)
        if ideas:
            splices = _renamed(source, places, facts.fresh(*ideas))
            if splices is not None:
                yield splices


def _plainer(name: str) -> tuple[str, ...]:
    """``maxValue`` → ``max_value``, ``max_value`` → ``mv``; nothing for short names."""
    if name != name.lower() and name != name.upper() and name.isalpha():
        return ("".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_"),)
    words = [word for word in name.split("_") if word]
    if len(words) > 1:
        return ("".join(word[0] for word in words).lower(), name.replace("_", ""))
    return (name[:3],) if len(name) > 4 and name.isalpha() and name.islower() else ()


@refactor(
    "rename-parameter",
    family=_FAMILY,
    summary="a parameter of an inner function or lambda gets another name, where no call names it",
    examples=(
        (
            "def f(a):\n    return sorted(a, key=lambda x: x[1])\n",
            "def f(a):\n    return sorted(a, key=lambda value: value[1])\n",
        ),
        (
            "def f(a):\n    def g(n):\n        return n\n    return g(a)\n",
            "def f(a):\n    def g(number):\n        return number\n    return g(a)\n",
        ),
    ),
)
def rename_parameter(source: Source, facts: Facts) -> Iterator[Splices]:
    keywords = {word.arg for call in source.nodes(ast.Call) for word in call.keywords}
    if None in keywords:
        return
    for scope in source.scopes:
        parent = scope.parent
        handed = isinstance(scope.node, ast.Lambda) and isinstance(
            source.parent(scope.node), (ast.Call, ast.keyword)
        )
        nested = isinstance(scope.node, ast.FunctionDef) and parent is not None and parent.is_function
        if not (handed or nested):
            continue
        for name, places in scope.names.items():
            roles = {place.role for place in places}
            if "parameter" in roles and roles <= {"parameter", "read", "write"} and name not in keywords:
                splices = _renamed(source, places, facts.fresh(*_LONG.get(name, (f"{name}_value",))))
                if splices is not None:
                    yield splices


@refactor(
    "rename-import",
    family=_FAMILY,
    summary="`import math` → `import math as m`, wherever it is used",
    examples=(
        ("import math\nx = math.pi\n", "import math as m\nx = m.pi\n"),
        (
            "def f(a):\n    import re\n    return re.sub('a', 'b', a)\n",
            "def f(a):\n    import re as regex\n    return regex.sub('a', 'b', a)\n",
        ),
    ),
)
def rename_import(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Import):
        scope = facts.scope(node)
        for alias in node.names:
            places = scope.names.get(alias.asname or alias.name, [])
            roles = [place.role for place in places]
            if (
                alias.asname
                or "." in alias.name
                or roles.count("import") != 1
                or set(roles) - {"import", "read"}
            ):
                continue
            new = facts.fresh(_ALIASES.get(alias.name, f"{alias.name}_module"), f"{alias.name}_module")
            splices = _renamed(source, places, new)
            if splices is not None and not scope.is_class:
                start, end, _ = splices[0]
                yield [(start, end, f"{alias.name} as {new}"), *splices[1:]]


@refactor(
    "import-alias-dropped",
    family=_FAMILY,
    summary="`import math as m` → `import math`, wherever it is used",
    examples=(
        ("import math as m\nx = m.pi\n", "import math\nx = math.pi\n"),
        ("import heapq as hq, re\nhq.heapify(x)\n", "import heapq, re\nheapq.heapify(x)\n"),
    ),
)
def import_alias_dropped(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Import):
        scope = facts.scope(node)
        for alias in node.names:
            places = scope.names.get(alias.asname or "", [])
            roles = [place.role for place in places]
            if not alias.name.isidentifier() or roles.count("import") != 1 or set(roles) - {"import", "read"}:
                continue
            spans = [place.span for place in places if place.role == "read"]
            if None in spans or scope.is_class or _stands_elsewhere(source, alias.name):
                continue
            uses = [(*span, alias.name) for span in spans if span is not None]
            yield [(*source.span(alias), alias.name), *uses]


@refactor(
    "import-from-to-import",
    family=_FAMILY,
    summary="`from math import sqrt` → `import math`, `sqrt(x)` → `math.sqrt(x)`",
    examples=(
        ("from math import sqrt\nx = sqrt(4)\n", "import math\nx = math.sqrt(4)\n"),
        ("from re import sub, findall\nx = sub\ny = findall\n", "import re\nx = re.sub\ny = re.findall\n"),
    ),
)
def import_from_to_import(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.ImportFrom):
        module = node.module or ""
        if node.level or not module.isidentifier() or _stands_elsewhere(source, module):
            continue
        scope = facts.scope(node)
        splices: list[tuple[int, int, str]] = [(*source.span(node), f"import {module}")]
        for alias in node.names:
            places = scope.names.get(alias.name, [])
            roles = [place.role for place in places]
            if (
                alias.asname
                or alias.name == "*"
                or roles.count("import") != 1
                or set(roles) - {"import", "read"}
            ):
                break
            spans = [place.span for place in places if place.role == "read"]
            if None in spans:
                break
            splices += [(*span, f"{module}.{alias.name}") for span in spans if span is not None]
        else:
            if not scope.is_class and module != "__future__":
                yield splices


def _stands_elsewhere(source: Source, word: str) -> bool:
    """Whether ``word`` is a name in the program."""
    named = any(word in scope.names for scope in source.scopes)
    return named or word in source.scopes.free
