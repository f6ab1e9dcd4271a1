"""The part of pytest that tests of plain functions use: marks, fixtures, ``raises``, ``approx``, ``skip`` and ``fail``.

Written for this guest, which has nothing but the standard library. Its words mean what pytest's mean.
"""

import inspect
import re
import warnings
from contextlib import contextmanager

from .approximate import approx

__version__ = "8.0.0"


class OutcomeError(BaseException):
    """Ends a test; like pytest's own, it passes ``except Exception``."""

    def __init__(self, msg=""):
        super().__init__(msg)
        self.msg = msg


class Failed(OutcomeError):
    """The test fails."""


class Skipped(OutcomeError):
    """The test is left out."""


class XFailed(OutcomeError):
    """The test fails as it was expected to."""


def fail(reason="", pytrace=True, msg=None):
    raise Failed(reason or msg or "")


def skip(reason="", *, allow_module_level=False, msg=None):
    raise Skipped(reason or msg or "")


def xfail(reason=""):
    raise XFailed(reason)


def importorskip(modname, minversion=None, reason=None):
    try:
        return __import__(modname, fromlist=["_"])
    except ImportError:
        raise Skipped(f"could not import {modname!r}") from None


class param:  # pytest's own name
    """One case of ``parametrize`` with marks or an id of its own."""

    def __init__(self, *values, marks=(), id=None):
        self.values = values
        self.marks = list(marks) if isinstance(marks, list | tuple) else [marks]


class Mark:
    """``pytest.mark.NAME`` and ``pytest.mark.NAME(...)``; put on a function or class, it is kept in ``pytestmark``."""

    def __init__(self, name, args=(), kwargs=None):
        self.name, self.args, self.kwargs = name, args, kwargs or {}

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0])):
            args[0].pytestmark = [*getattr(args[0], "pytestmark", ()), self]
            return args[0]
        return Mark(self.name, args, kwargs)

    def cases(self):
        """The cases of a ``parametrize``: each its arguments by name, whether they go to fixtures, and its marks."""
        names, values = [
            *self.args,
            *(self.kwargs[key] for key in ("argnames", "argvalues") if key in self.kwargs),
        ][:2]
        names = (
            [name.strip() for name in names.split(",") if name.strip()]
            if isinstance(names, str)
            else list(names)
        )
        found = []
        for value in values:
            marks = value.marks if isinstance(value, param) else []
            cells = (
                value.values if isinstance(value, param) else (value,) if len(names) == 1 else tuple(value)
            )
            if len(cells) != len(names):
                raise Failed(f"parametrize: {len(names)} names and {len(cells)} values")
            found.append((dict(zip(names, cells, strict=True)), bool(self.kwargs.get("indirect")), marks))
        return found


class _Marks:
    def __getattr__(self, name):
        return Mark(name)


mark = _Marks()


class Fixture:
    """A function marked as a fixture; ``scope`` changes nothing, because each test is run by itself."""

    def __init__(self, function, name, params, autouse):
        self.function, self.name, self.autouse = function, name, autouse
        self.params = (
            None if params is None else [one.values[0] if isinstance(one, param) else one for one in params]
        )
        self.__name__ = getattr(function, "__name__", "fixture")

    def needs(self):
        return [name for name in inspect.signature(self.function).parameters if name != "self"]

    def takes_self(self):
        return "self" in inspect.signature(self.function).parameters

    def __call__(self, *args, **kwargs):
        raise Failed(f"the fixture {self.__name__!r} is called directly; tests take it as an argument")


def fixture(function=None, *, scope="function", params=None, autouse=False, ids=None, name=None):
    if function is not None:
        return Fixture(function, name, params, autouse)
    return lambda function: Fixture(function, name, params, autouse)


yield_fixture = fixture


class ExceptionInfo:
    """What ``raises`` caught; filled when its block ends."""

    value = type = tb = traceback = None

    @property
    def typename(self):
        return self.type.__name__

    def match(self, regexp):
        if not re.search(regexp, str(self.value)):
            raise AssertionError(f"{regexp!r} does not match {str(self.value)!r}")
        return True

    def exconly(self, tryshort=False):
        return f"{self.typename}: {self.value}"

    def errisinstance(self, kinds):
        return isinstance(self.value, kinds)


class _Raises:
    def __init__(self, expected, match, check):
        self._expected, self._match, self._check = expected, match, check
        self._info = ExceptionInfo()

    def __enter__(self):
        return self._info

    def __exit__(self, kind, value, traceback):
        __tracebackhide__ = True
        if kind is None:
            raise Failed(f"DID NOT RAISE {self._expected!r}")
        if not issubclass(kind, self._expected):
            return False
        self._info.type, self._info.value, self._info.tb = kind, value, traceback
        if self._match is not None:
            self._info.match(self._match)
        if self._check is not None and not self._check(value):
            raise AssertionError("the exception does not pass its check")
        return True


def raises(expected_exception=BaseException, *args, match=None, check=None, **kwargs):
    if not args:
        return _Raises(expected_exception, match, check)
    with _Raises(expected_exception, None, None) as info:
        args[0](*args[1:], **kwargs)
    return info


@contextmanager
def warns(expected_warning=Warning, *, match=None):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught
    fitting = [one for one in caught if issubclass(one.category, expected_warning)]
    if not any(match is None or re.search(match, str(one.message)) for one in fitting):
        raise Failed(f"DID NOT WARN {expected_warning!r}")


def deprecated_call(*, match=None):
    return warns((DeprecationWarning, PendingDeprecationWarning, FutureWarning), match=match)


def main(*_, **__):
    """A file that runs pytest when it is the main program: nothing to do here."""
    return 0


__all__ = ["approx", "fail", "fixture", "importorskip", "mark", "param", "raises", "skip", "warns", "xfail"]
