"""Names: which scope binds them, and where each of them stands."""

from __future__ import annotations

import ast
import builtins
import textwrap

import pytest

from prmdata.edits.scopes import Scope
from prmdata.edits.source import Source


def scope_of(source: Source, kind: type[ast.AST], number: int = 0) -> Scope:
    return [scope for scope in source.scopes if isinstance(scope.node, kind)][number]


def roles(source: Source, scope: Scope, name: str) -> list[str]:
    for place in scope.names[name]:
        assert place.span is None or source.program[slice(*place.span)] == name
    return [place.role for place in scope.names[name]]


def test_a_function() -> None:
    source = Source("def f(a, *b, c=d, **e):\n    a += c\n    return g(a)\n")
    function = scope_of(source, ast.FunctionDef)
    assert function.parameters() == ["a", "b", "c", "e"]
    assert roles(source, function, "a") == ["parameter", "write", "read"]
    assert set(source.scopes.free) == {"d", "g"}
    assert len(function.writes("a")) == 2
    assert len(function.reads("a")) == 1
    assert function.is_function
    assert not function.is_class


def test_a_closure_reads_the_name_of_its_function() -> None:
    source = Source("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g\n")
    outer = scope_of(source, ast.FunctionDef)
    assert roles(source, outer, "n") == ["write", "declare", "write"]
    assert roles(source, outer, "g") == ["define", "read"]


def test_global() -> None:
    source = Source("n = 0\ndef f():\n    global n\n    n += 1\n    def g():\n        return n\n")
    assert roles(source, scope_of(source, ast.Module), "n") == ["write", "declare", "write", "read"]


def test_a_class_body_is_not_seen_by_its_methods() -> None:
    source = Source("x = 0\nclass A(B, k=C):\n    x = 1\n    y = x\n    def f(self):\n        return x\n")
    assert roles(source, scope_of(source, ast.Module), "x") == ["write", "read"]
    body = scope_of(source, ast.ClassDef)
    assert body.is_class
    assert roles(source, body, "x") == ["write", "read"]
    assert {"B", "C"} <= set(source.scopes.free)


def test_comprehensions_are_scopes_and_a_walrus_leaves_them() -> None:
    source = Source(
        "def f(x):\n    y = [x for x in x for z in x if (w := x)]\n    return {a: b for a, b in y}, w\n"
    )
    function = scope_of(source, ast.FunctionDef)
    assert roles(source, function, "x") == ["parameter", "read"]
    assert roles(source, function, "w") == ["write", "read"]
    assert roles(source, scope_of(source, ast.ListComp), "x") == ["write", "read", "read", "read"]
    assert roles(source, scope_of(source, ast.DictComp), "a") == ["write", "read"]


def test_lambda_and_defaults() -> None:
    source = Source("a = 1\nf = lambda b, c=a, *, d=a: a + b\n")
    assert roles(source, scope_of(source, ast.Module), "a") == ["write", "read", "read", "read"]
    assert scope_of(source, ast.Lambda).parameters() == ["b", "c", "d"]


def test_words_that_are_no_names_in_the_tree() -> None:
    source = Source(
        textwrap.dedent(
            """\
            import os.path, re
            from a import b as c, d
            try:
                pass
            except E as e:
                del e
            match x:
                case {"k": v, **rest}:
                    pass
                case [first, *others]:
                    pass
                case [*_]:
                    pass
                case {}:
                    pass
                case _:
                    pass
            """
        )
    )
    module = scope_of(source, ast.Module)
    expected = {"os": "import", "re": "import", "c": "import", "d": "import", "e": "write", "v": "write",
                "rest": "write", "first": "write", "others": "write"}  # fmt: skip
    for name, role in expected.items():
        assert roles(source, module, name)[0] == role
    assert module.names["os"][0].span is None
    assert module.names["rest"][0].span is None
    assert all(module.names[name][0].span is not None for name in ("re", "c", "e", "v", "others"))
    assert module.names["e"][1].role == "delete"


def test_decorators_annotations_and_bases_are_evaluated_outside() -> None:
    source = Source("@d\ndef f(a: t = u) -> r:\n    return a\n@d\nclass A(B):\n    pass\n")
    assert {"d", "t", "u", "r", "B"} <= set(source.scopes.free)
    for node in source.nodes(ast.Name):
        if node.id in "duB":
            assert isinstance(source.scopes.of(node).node, ast.Module)


def test_the_scope_of_a_node() -> None:
    source = Source("def f(a=b):\n    return [c for c in d]\n")
    names = {node.id: source.scopes.of(node).node for node in source.nodes(ast.Name)}
    assert isinstance(names["b"], ast.Module)
    assert isinstance(names["c"], ast.ListComp)
    assert isinstance(names["d"], ast.FunctionDef)
    function = next(source.nodes(ast.FunctionDef))
    assert isinstance(source.scopes.of(function).node, ast.Module)
    assert source.scopes.inside(function).node is function
    parameter = function.args.args[0]
    assert source.scopes.of(parameter).node is function
    assert source.tree is not None
    assert source.scopes.of(source.tree).node is source.tree


def test_names_in_f_strings_are_found() -> None:
    source = Source("def f(a):\n    return f'{a} and {a!r}'\n")
    assert roles(source, scope_of(source, ast.FunctionDef), "a") == ["parameter", "read", "read"]


@pytest.mark.parametrize("wanted", ["total", "x", "class", "len"])
def test_a_fresh_name_is_new(wanted: str) -> None:
    source = Source("total = x = 1\nx_2 = 2  # x_3\n")
    name = source.scopes.fresh(wanted)
    assert name.isidentifier()
    assert name not in source.program
    assert not hasattr(builtins, name)
    assert source.scopes.fresh("other", wanted) == "other"


def test_there_is_an_end_to_fresh_names() -> None:
    source = Source(" ".join(["n", *(f"n_{number}" for number in range(2, 1000))]))
    with pytest.raises(ValueError, match="no name is left"):
        source.scopes.fresh("n")
