"""Which of a program's names is under test, and what tests need besides it."""

import ast
import builtins
import re

_BUILTIN_NAMES = frozenset(dir(builtins))


def root_of(entry):
    """The name that an entry point starts with: ``Solution`` of ``Solution().f``."""
    found = re.match(r"\s*([^\W\d]\w*)", entry)
    return found.group(1) if found else entry


def infer(reference, tests):
    """The entry point where a problem names none: of the reference's top-level names the one that most
    tests call, the one called first (outermost) where several are; None where none is."""
    defined = _defined_at_top(reference)
    counts = {}
    for test in tests:
        called = {}
        for node in ast.walk(_tree(test)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
                called.setdefault(node.func.id)
        for name in called:
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=counts.__getitem__, default=None)


def free_names(code):
    """The names that a test reads and neither defines nor finds among the builtins."""
    read, bound = set(), set()
    for node in ast.walk(_tree(code)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return read - bound - _BUILTIN_NAMES


def _defined_at_top(program):
    names = set()
    for node in _tree(program).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _tree(text):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
