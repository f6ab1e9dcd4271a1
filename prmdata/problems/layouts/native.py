"""The native layout: one JSON object for each problem, read and written without loss."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from prmdata.problems.layouts.cases import scripts
from prmdata.problems.plain import opened
from prmdata.problems.rows import Row
from prmdata.problems.syntax import bound_names, parse
from prmdata.records import Compare, Limits, Problem, Rollout, Test

_COLUMNS = (
    "id", "prompt", "reference", "tests", "entry_point", "setup", "compare", "rollouts", "references", "source", "license", "limits",
)  # fmt: skip
CHECKERS = "prmdata.checkers"
"""Entry point group of checkers by name: each loads Python source that defines ``ok(input, expected, got)``."""


def read(row: Row) -> Problem:
    """Reads a row; ``docs/problems.md`` explains each key. Unknown keys are kept as metadata."""
    return Problem(
        id=row.identity("id"),
        prompt=row.text("prompt"),
        reference=program(row, "reference"),
        tests=_tests(row),
        entry_point=row.text("entry_point") or None,
        setup=row.text("setup"),
        compare=compare_of(row),
        rollouts=tuple(_rollout(row, value) for value in row.items("rollouts")),
        references=row.texts("references"),
        source=row.text("source") or row.source,
        license=row.text("license") or row.license,
        limits=_limits(row),
        metadata=row.rest(*_COLUMNS),
    )


def program(row: Row, key: str) -> str:
    """The text at ``key``, or that of the file ``x.py`` beside the source which it names."""
    text = row.text(key)
    return text if (found := _file(row, text)) is None else found


def test_file(row: Row) -> str | None:
    """The text of the file of tests that ``tests`` names; None if it names no file."""
    value = row.values.get("tests")
    return _file(row, value) if isinstance(value, str) else None


test_file.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def native_row(problem: Problem) -> dict[str, Any]:
    """The row that :func:`read` makes the same problem from."""
    tests = [
        {"input": test.input, "output": test.output} if test.form == "stdio" else test.code
        for test in problem.tests
    ]
    limits = {name: getattr(problem.limits, name) for name in _LIMITS}
    optional: dict[str, Any] = {
        "entry_point": problem.entry_point,
        "setup": problem.setup,
        "compare": _compare_row(problem.compare),
        "rollouts": [_rollout_row(rollout) for rollout in problem.rollouts],
        "references": list(problem.references),
        "source": problem.source,
        "license": problem.license,
        "limits": {key: value for key, value in limits.items() if value is not None},
    }
    first = {"id": problem.id, "prompt": problem.prompt, "reference": problem.reference, "tests": tests}
    return {**first, **{key: value for key, value in optional.items() if value}, **dict(problem.metadata)}


def _tests(row: Row) -> tuple[Test, ...]:
    """A list of tests, or a text of them: a file's name, or a script."""
    value = row.values.get("tests")
    if isinstance(value, str) and isinstance(opened(value), str):
        named = test_file(row)
        return scripts(value if named is None else named)
    return tuple(_test(row, index, value) for index, value in enumerate(row.items("tests")))


def _file(row: Row, name: str) -> str | None:
    """The text of a file beside the source. A row cannot name one outside the source's folder."""
    if not name.endswith(".py") or "\n" in name:
        return None
    if row.folder is None:
        raise row.fail(f"{name!r} names a file, and this source has no folder of files")
    path = (row.folder / name).resolve()
    if not path.is_relative_to(row.folder.resolve()):
        raise row.fail(f"{name!r} lies outside the source's folder")
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise row.fail(f"{name!r} cannot be read: {error}") from None


def _test(row: Row, index: int, value: Any) -> Test:
    if isinstance(value, dict):
        given, expected = value.get("input"), value.get("output")
        if not isinstance(given, str) or not isinstance(expected, str):
            raise row.fail(f"'tests'[{index}] must have the strings 'input' and 'output'")
        return Test("stdio", input=given, output=expected)
    if not isinstance(value, str):
        raise row.fail(f"'tests'[{index}] must be a string of Python or an object with 'input' and 'output'")
    return Test("check" if _defines_check(value) else "assert", code=value)


def _defines_check(code: str) -> bool:
    try:
        return "check" in bound_names(parse(code).body)
    except SyntaxError:
        return False


def _rollout(row: Row, value: Any) -> Rollout:
    if isinstance(value, str):
        return Rollout(value)
    count = value.get("n_samples", 1) if isinstance(value, dict) else None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("program"), str)
        or type(count) is not int
        or count < 1
    ):
        raise row.fail(
            "each rollout must be a program (a string), or an object with 'program' and 'n_samples'"
        )
    lines = value.get("faulty_lines")
    if lines is not None and not (isinstance(lines, list) and all(type(line) is int for line in lines)):
        raise row.fail("the 'faulty_lines' of a rollout must be a list of line numbers, counted from 1")
    return Rollout(value["program"], count, None if lines is None else tuple(lines))


def _rollout_row(rollout: Rollout) -> Any:
    lines = {} if rollout.faulty_lines is None else {"faulty_lines": list(rollout.faulty_lines)}
    if rollout.n_samples == 1 and not lines:
        return rollout.program
    return {"program": rollout.program, "n_samples": rollout.n_samples, **lines}


def compare_of(row: Row) -> Compare:
    """The rule in ``compare``; the default if there is none. Raises RowError for a value that is not a rule."""
    value = row.values.get("compare")
    if value is None or value == "default":
        return Compare()
    if value == "exact":
        return Compare("exact")
    if value == "any-order":
        return Compare("any-order")
    if isinstance(value, dict) and len(stated := {k: v for k, v in value.items() if v is not None}) == 1:
        rule, given = next(iter(stated.items()))
        if rule == "float" and isinstance(given, int | float) and not isinstance(given, bool) and given >= 0:
            return Compare("float", tolerance=float(given))
        if rule == "checker" and isinstance(given, str):
            return Compare("checker", checker=_checker(row, given))
    raise row.fail(
        "'compare' must be 'exact', 'any-order', {\"float\": tolerance} or {\"checker\": source of ok(...)}"
    )


def _checker(row: Row, given: str) -> str:
    """Source that defines ``ok``; a bare name is looked up among the installed checkers."""
    source = given
    if given.isidentifier():
        points = {point.name: point for point in entry_points(group=CHECKERS)}
        if given not in points:
            raise row.fail(
                f"no checker named {given!r} is installed; installed: {', '.join(points) or 'none'}"
            )
        source = str(points[given].load())
    try:
        defined = "ok" in bound_names(parse(source).body)
    except SyntaxError as error:
        raise row.fail(f"the checker does not parse: {error.msg}") from None
    if not defined:
        raise row.fail("the checker does not define ok(input, expected, got)")
    return source


def _compare_row(compare: Compare) -> Any:
    if compare.rule == "float":
        return {"float": compare.tolerance}
    if compare.rule == "checker":
        return {"checker": compare.checker}
    return None if compare.rule == "default" else compare.rule


_LIMITS = ("cpu_s", "memory_mb", "output_mb")


def _limits(row: Row) -> Limits:
    value = row.mapping("limits")
    unknown = sorted(key for key, one in value.items() if key not in _LIMITS and one is not None)
    if unknown:
        raise row.fail(f"'limits' has no {unknown[0]!r}; known: {', '.join(_LIMITS)}")
    cpu_s, memory_mb, output_mb = map(value.get, _LIMITS)
    for key, one in zip(_LIMITS, (cpu_s, memory_mb, output_mb), strict=True):
        if one is not None and (isinstance(one, bool) or not isinstance(one, int | float) or one <= 0):
            raise row.fail(f"'limits' {key} must be a positive number")
    return Limits(
        None if cpu_s is None else float(cpu_s),
        None if memory_mb is None else int(memory_mb),
        None if output_mb is None else float(output_mb),
    )
