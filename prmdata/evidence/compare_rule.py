"""How a problem's tests compare answers, so that generated inputs are compared the same way."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection
from typing import Final, TypeGuard

from prmdata.records import Compare, Problem

TOLERANCE: Final = 1e-6
"""Floats that differ by less than this are equal if the tests say nothing else (EvalPlus takes the same
value)."""

_ORDER_FREE: Final = frozenset({"sorted", "set", "frozenset", "Counter"})
_CLOSE: Final = frozenset({"isclose", "allclose", "approx", "assertAlmostEqual", "assert_allclose"})


def compare_rule(problem: Problem) -> Compare:
    """The rule for generated inputs. The problem's own declaration comes first. Otherwise the rule is
    ``any-order`` if the tests wrap the call in ``sorted``, ``set`` or ``Counter``. If the tests compare
    closely, the rule has the tolerance that they name. In all other cases answers must be equal, with floats
    compared within ``TOLERANCE``. Answers on standard output are compared by tokens."""
    if problem.compare.rule != "default" or problem.is_stdio:
        return problem.compare
    tolerance, order_free = 0.0, False
    for test in problem.tests:
        for node in _nodes(test.code):
            if isinstance(node, ast.Call) and _called(node) in _ORDER_FREE:
                order_free |= any(_calls_entry(argument, problem) for argument in node.args)
            tolerance = max(tolerance, _tolerance(node))
    if order_free:
        return Compare("any-order")
    return Compare("float", tolerance=tolerance or TOLERANCE)


def accepts_several(problem: Problem) -> bool:
    """Whether a test hands the answer to a function of the problem's own, together with nothing but the
    arguments of the call (``abs(poly(xs, find_zero(xs))) < 1e-4``). Such a test asks whether the answer is
    acceptable, and another answer may be acceptable too. A function that also gets something else compares
    (``same(f(x), 3)``)."""
    own = {
        node.name
        for code in (problem.reference, *(test.code for test in problem.tests))
        for node in _nodes(code)
        if isinstance(node, ast.FunctionDef)
    }
    own -= {(problem.entry_point or "").rpartition(".")[2], "candidate"}
    return bool(own) and any(_is_asked_about(test.code, own, problem) for test in problem.tests)


def _is_asked_about(code: str, own: Collection[str], problem: Problem) -> bool:
    nodes = _nodes(code)
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    answers, given = set[str](), set[str]()
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_entry_call(node.value, problem):
            answers |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if _is_entry_call(node, problem):
            got = (inner for each in node.args for inner in ast.walk(each) if isinstance(inner, ast.expr))
            given |= {ast.unparse(inner) for inner in got}
    for call in calls:
        if _called(call) in own and call.args:
            others = [each for each in call.args if not _is_answer(each, answers, problem)]
            if len(others) < len(call.args) and all(ast.unparse(each) in given for each in others):
                return True
    return False


def _is_entry_call(node: ast.AST, problem: Problem) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and _called(node) in {
        (problem.entry_point or "").rpartition(".")[2],
        "candidate",
    }


def _is_answer(node: ast.AST, answers: Collection[str], problem: Problem) -> bool:
    return _is_entry_call(node, problem) or (isinstance(node, ast.Name) and node.id in answers)


def _nodes(code: str) -> list[ast.AST]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError):
        return []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _calls_entry(node: ast.AST, problem: Problem) -> bool:
    return any(_is_entry_call(inner, problem) for inner in ast.walk(node))


def _tolerance(node: ast.AST) -> float:
    """The tolerance that a test states, from ``abs(a - b) < eps`` or ``isclose(..., abs_tol=eps)``; 0 if it
    states none."""
    if isinstance(node, ast.Call) and _called(node) in _CLOSE:
        named = [
            key.value for key in node.keywords if key.arg in ("abs_tol", "rel_tol", "atol", "rtol", "abs")
        ]
        return max([_small(value) for value in named], default=0.0) or TOLERANCE
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Lt | ast.LtE):
        left = node.left
        if isinstance(left, ast.Call) and _called(left) in ("abs", "fabs"):
            return _small(node.comparators[0])
    return 0.0


def _small(node: ast.AST) -> float:
    """The number that a literal (``1e-6``, ``10 ** -6``) stands for, if it is a tolerance (below 1)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _number(node.left), _number(node.right)
        value = float(base**power) if base is not None and power is not None and abs(power) < 20 else None
    else:
        value = _number(node)
    return value if value is not None and 0 < value < 1 else 0.0


def _number(node: ast.AST) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return None
