"""Running tests in order and saying what each came to; used by the judge and, in one process, beside
the program itself."""

from . import program

PASSED, WRONG, ERROR, MEMORY = "passed", "wrong_answer", "runtime_error", "memory_limit"


class GoneError(BaseException):
    """The candidate's process is no more: no further call can be answered."""


def compiled_tests(tests):
    """The code of each test; a test that does not compile is its SyntaxError."""
    found = []
    for index, test in enumerate(tests):
        try:
            found.append(program.compiled(test["code"], f"<test {index}>"))
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            found.append(error)
    return found


def run_in_order(order, tests, codes, names, entry, blame, gone=lambda: False):
    """The outcomes of the tests whose indices are in ``order``, and what is known of the first failure.

    ``blame(error)`` tells the facts of an exception that came from the candidate, None for one that arose
    in the test. Ends early when the candidate is gone: the test it died in has no outcome yet.
    """
    outcomes, first = [], None
    for index in order:
        outcome, facts = _run(tests[index], codes[index], names, entry, blame)
        if outcome is None or gone():  # a test may swallow whatever is raised in it
            return outcomes, first, True
        if first is None and outcome != PASSED:
            first = facts
        outcomes.append(outcome)
    return outcomes, first, False


def _run(test, code, names, entry, blame):
    try:
        if isinstance(code, BaseException):
            raise code
        exec(code, names)
        if test["form"] == "check":
            names["check"](entry())
    except GoneError:
        return None, None
    except BaseException as error:
        facts = blame(error)
        if facts is None:
            told = program.describe(error)
            return WRONG, {"t": told["t"], "l": None, "d": told["d"], "x": None}
        return (MEMORY if facts["n"] == "MemoryError" else ERROR), facts
    return PASSED, None
