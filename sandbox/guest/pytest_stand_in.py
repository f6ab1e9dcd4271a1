"""The part of pytest that tests of plain functions use: marks, fixtures, ``raises``, ``approx``, ``skip`` and ``fail``.

Written for this guest, which has nothing but the standard library. Its words mean what pytest's mean.
"""

from __future__ import annotations

import inspect
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .approximate import approx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn


__version__ = "8.0.0"


class OutcomeError(BaseException):
    """Ends a test; like pytest's own, it passes ``except Exception``."""

    def __init__(self, msg: object = "") -> None:
        super().__init__(msg)
        self.msg = msg


class Failed(OutcomeError):
    """The test fails."""


class Skipped(OutcomeError):
    """The test is left out."""


class XFailed(OutcomeError):
    """The test fails as it was expected to."""


def fail(reason: object = "", pytrace: bool = True, msg: object = None) -> NoReturn:
    raise Failed(reason or msg or "")


def skip(reason: object = "", *, allow_module_level: bool = False, msg: object = None) -> NoReturn:
    raise Skipped(reason or msg or "")


def xfail(reason: object = "") -> NoReturn:
    raise XFailed(reason)


def importorskip(modname: str, minversion: object = None, reason: object = None) -> Any:
    try:
        return __import__(modname, fromlist=["_"])
    except ImportError:
        raise Skipped(f"could not import {modname!r}") from None


class param:  # pytest's own name
    """One case of ``parametrize`` with marks or an id of its own."""

    def __init__(self, *values: Any, marks: Any = (), id: object = None) -> None:
        self.values = values
        self.marks = list(marks) if isinstance(marks, list | tuple) else [marks]


class Mark:
    """``pytest.mark.NAME`` and ``pytest.mark.NAME(...)``; put on a function or class, it is kept in ``pytestmark``."""

    def __init__(self, name: str, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> None:
        self.name, self.args, self.kwargs = name, args, kwargs or {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0])):
            args[0].pytestmark = [  # type: ignore[union-attr]
                *getattr(args[0], "pytestmark", ()),
                self,
            ]
            return args[0]
        return Mark(self.name, args, kwargs)

    def cases(self) -> Any:
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
    def __getattr__(self, name: str) -> Mark:
        return Mark(name)


mark = _Marks()


class Fixture:
    """A function marked as a fixture; ``scope`` changes nothing, because each test is run by itself."""

    def __init__(self, function: Callable[..., Any], name: str | None, params: Any, autouse: bool) -> None:
        self.function, self.name, self.autouse = function, name, autouse
        self.params = (
            None if params is None else [one.values[0] if isinstance(one, param) else one for one in params]
        )
        self.__name__ = getattr(function, "__name__", "fixture")

    def needs(self) -> list[str]:
        return [name for name in inspect.signature(self.function).parameters if name != "self"]

    def takes_self(self) -> bool:
        return "self" in inspect.signature(self.function).parameters

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Failed(f"the fixture {self.__name__!r} is called directly; tests take it as an argument")


def fixture(
    function: Callable[..., Any] | None = None,
    *,
    scope: object = "function",
    params: Any = None,
    autouse: bool = False,
    ids: object = None,
    name: str | None = None,
) -> Any:
    if function is not None:
        return Fixture(function, name, params, autouse)
    return lambda function: Fixture(function, name, params, autouse)


yield_fixture = fixture


class ExceptionInfo:
    """What ``raises`` caught; filled when its block ends."""

    value: Any = None
    type: Any = None
    tb: Any = None
    traceback: Any = None

    @property
    def typename(self) -> str:
        return self.type.__name__

    def match(self, regexp: str) -> bool:
        if not re.search(regexp, str(self.value)):
            raise AssertionError(f"{regexp!r} does not match {str(self.value)!r}")
        return True

    def exconly(self, tryshort: bool = False) -> str:
        return f"{self.typename}: {self.value}"

    def errisinstance(self, kinds: Any) -> bool:
        return isinstance(self.value, kinds)


class _Raises:
    def __init__(self, expected: Any, match: str | None, check: Callable[[Any], object] | None) -> None:
        self._expected, self._match, self._check = expected, match, check
        self._info = ExceptionInfo()

    def __enter__(self) -> ExceptionInfo:
        return self._info

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: object
    ) -> bool:
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


def raises(
    expected_exception: Any = BaseException,
    *args: Any,
    match: str | None = None,
    check: Callable[[Any], object] | None = None,
    **kwargs: Any,
) -> Any:
    if not args:
        return _Raises(expected_exception, match, check)
    with _Raises(expected_exception, None, None) as info:
        args[0](*args[1:], **kwargs)
    return info


@contextmanager
def warns(expected_warning: Any = Warning, *, match: str | None = None) -> Iterator[list[Any]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught
    fitting = [one for one in caught if issubclass(one.category, expected_warning)]
    if not any(match is None or re.search(match, str(one.message)) for one in fitting):
        raise Failed(f"DID NOT WARN {expected_warning!r}")


def deprecated_call(*, match: str | None = None) -> Any:
    return warns((DeprecationWarning, PendingDeprecationWarning, FutureWarning), match=match)


def main(*_: Any, **__: Any) -> int:
    """A file that runs pytest when it is the main program: nothing to do here."""
    return 0


__all__ = ["approx", "fail", "fixture", "importorskip", "mark", "param", "raises", "skip", "warns", "xfail"]
