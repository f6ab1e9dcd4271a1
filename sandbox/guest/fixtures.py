"""Fixtures of pytest, of the kinds that need no plug-in: functions that return or yield, with parameters, and a few of its own."""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import os
import pathlib
import sys
import tempfile
from typing import TYPE_CHECKING

from .pytest_stand_in import Fixture

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from typing import Any


class FixtureLookupError(Exception):
    """A test takes an argument that no fixture gives."""


class Request:
    """What a fixture that takes ``request`` is given."""

    def __init__(self, param: Any, scope: Scope) -> None:
        self.param = param
        self.instance = scope.target
        self._scope = scope
        self.addfinalizer = scope.stack.callback

    def getfixturevalue(self, name: str) -> Any:
        return self._scope.value(name)


def known(names: dict[str, Any], kind: type[Any] | None, is_isolated: bool) -> dict[str, Any]:
    """The fixtures that a test can use, by name: those of its module, of its class, and pytest's own."""
    found = dict(
        _OWN
        if not is_isolated
        else {"tmp_path": _NEEDS_ONE_PROCESS, **dict.fromkeys(_OWN, _NEEDS_ONE_PROCESS)}
    )
    for holder in (names, *(vars(base) for base in reversed(kind.__mro__))) if kind is not None else (names,):
        for name, value in list(holder.items()):
            if isinstance(value, Fixture):
                found[value.name or name] = value
    return found


def automatic(fixtures: dict[str, Any]) -> list[str]:
    """The names of the fixtures that every test uses."""
    return [name for name, fixture in fixtures.items() if isinstance(fixture, Fixture) and fixture.autouse]


def settings(
    fixtures: dict[str, Any],
    wanted: Iterable[str],
    used: Iterable[str],
    given: Container[str],
    indirect: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """Each combination of the parameters of the fixtures that a test uses, as a mapping of fixture names to values."""
    needed, waiting = {}, [*automatic(fixtures), *used, *(name for name in wanted if name not in given)]
    while waiting:
        name = waiting.pop(0)
        fixture = fixtures.get(name)
        if name in needed or not isinstance(fixture, Fixture):
            continue
        needed[name] = [indirect[name]] if name in indirect else fixture.params
        waiting += fixture.needs()
    with_params = {name: values for name, values in needed.items() if values is not None}
    for values in itertools.product(*with_params.values()):
        yield dict(zip(with_params, values, strict=True))


class Scope:
    """The fixtures of one call of a test: each is made once, on first use, and ended with the call."""

    def __init__(
        self, fixtures: dict[str, Any], settings: dict[str, Any], stack: contextlib.ExitStack, target: Any
    ) -> None:
        self._fixtures = fixtures
        self._settings = settings
        self._made: dict[str, Any] = {}
        self.stack = stack
        self.target = target

    def value(self, name: str) -> Any:
        if name == "request":
            return Request(None, self)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Any:
        fixture = self._fixtures.get(name)
        if fixture is None:
            raise FixtureLookupError(f"there is no fixture {name!r}")
        if not isinstance(fixture, Fixture):
            return self.stack.enter_context(fixture())
        given = {
            need: Request(self._settings.get(name), self) if need == "request" else self.value(need)
            for need in fixture.needs()
        }
        function = fixture.function
        if self.target is not None and fixture.takes_self():
            given = {"self": self.target, **given}
        made = function(**given)
        if not inspect.isgenerator(made):
            return made
        value = next(made)
        self.stack.callback(next, made, None)
        return value


class MonkeyPatch:
    """Sets attributes, items and environment variables for the length of a test."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()

    def setattr(self, target: Any, name: Any, value: Any = None, raising: bool = True) -> None:
        if isinstance(target, str):
            target, name, value = *self._resolved(target), name
        missing = object()
        before = getattr(target, name, missing)
        if before is missing and raising:
            raise AttributeError(name)
        self._stack.callback(
            delattr if before is missing else setattr, target, name, *() if before is missing else (before,)
        )
        setattr(target, name, value)

    @staticmethod
    def _resolved(path: str) -> tuple[Any, str]:
        import pkgutil

        holder, _, name = path.rpartition(".")
        return pkgutil.resolve_name(holder), name

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        missing = object()
        before = mapping.get(key, missing)
        self._stack.callback(
            lambda: mapping.pop(key, None) if before is missing else mapping.update({key: before})
        )
        mapping[key] = value

    def delitem(self, mapping: Any, key: Any, raising: bool = True) -> None:
        if key in mapping:
            before = mapping.pop(key)
            self._stack.callback(mapping.__setitem__, key, before)
        elif raising:
            raise KeyError(key)

    def delattr(self, target: Any, name: str, raising: bool = True) -> None:
        if hasattr(target, name):
            self._stack.callback(setattr, target, name, getattr(target, name))
            delattr(target, name)
        elif raising:
            raise AttributeError(name)

    def setenv(self, name: str, value: object, prepend: str | None = None) -> None:
        self.setitem(
            os.environ, name, str(value) if prepend is None else f"{value}{prepend}{os.environ.get(name, '')}"
        )

    def delenv(self, name: str, raising: bool = True) -> None:
        self.delitem(os.environ, name, raising)

    def chdir(self, path: Any) -> None:
        self._stack.callback(os.chdir, os.getcwd())
        os.chdir(path)

    def undo(self) -> None:
        self._stack.close()


class Captured:
    """What was printed since it was last read."""

    def __init__(self, out: str, err: str) -> None:
        self.out, self.err = out, err

    def __iter__(self) -> Iterator[str]:
        return iter((self.out, self.err))


class Capture:
    """Stands before standard output and error for the length of a test."""

    def __init__(self) -> None:
        self._streams = io.StringIO(), io.StringIO()

    def readouterr(self) -> Captured:
        texts = [stream.getvalue() for stream in self._streams]
        for stream in self._streams:
            stream.seek(0)
            stream.truncate()
        return Captured(*texts)

    @contextlib.contextmanager
    def captured(self) -> Iterator[Capture]:
        kept = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self._streams
        try:
            yield self
        finally:
            sys.stdout, sys.stderr = kept


@contextlib.contextmanager
def _monkeypatch() -> Iterator[MonkeyPatch]:
    patch = MonkeyPatch()
    try:
        yield patch
    finally:
        patch.undo()


@contextlib.contextmanager
def _tmp_path() -> Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield pathlib.Path(folder)


@contextlib.contextmanager
def _needs_one_process() -> Iterator[None]:
    raise FixtureLookupError("this fixture is there only in one process with the program")
    yield  # type: ignore[unreachable]


_NEEDS_ONE_PROCESS = _needs_one_process
_OWN = {
    "capsys": lambda: Capture().captured(),
    "monkeypatch": _monkeypatch,
    "tmp_path": _tmp_path,
    "tmpdir": _tmp_path,
}
