"""What programs that share one process could leave for each other, and how a process notices that they did.

Only programs that are deterministic, at least under a seed, share a process (see :mod:`determinism`), so most of what an
interpreter holds is out of their reach: they import modules that compute, and read no name that gives access to anything
else. What is left to them is compared after each program: the interpreter's settings, the memory that stays mapped and,
where code stores attributes or names a container of a module (few do), the modules that they may import.
"""

from __future__ import annotations

import decimal
import gc
import resource
import sys
from functools import cache
from itertools import chain
from opcode import opmap
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from .code_lines import code_objects
from .determinism import PURE_MODULES

if TYPE_CHECKING:
    from typing import Any

_NAMES = frozenset(
    ["argv", "register", "stderr", "stdin", "stdout", "singledispatch", "singledispatchmethod"]
)
"""Names by which a deterministic program reaches what it would share with others."""
_STORES = frozenset((opmap["STORE_ATTR"], opmap["DELETE_ATTR"]))
_MORE_MODULES = ("builtins", "warnings", "json.decoder", "json.encoder")
_CACHES = frozenset(("_cache", "_cache2", "__builtins__", "modules", "path_importer_cache"))
"""Containers of modules that the interpreter itself fills."""
MODULE = "a module"
_MEMORY_GROWTH = 16 << 20
"""A process that keeps this many bytes more than at its start is ended: the memory limit is meant for one program."""
_PAGE = resource.getpagesize()


def may_share(code: CodeType) -> bool:
    """Whether the names that a deterministic program uses leave alone what it would share with other programs."""
    return all(_NAMES.isdisjoint(each.co_names) for each in code_objects(code))


def stores_attributes(code: CodeType) -> bool:
    """Whether code, or code inside it, stores or deletes an attribute."""
    return any(not _STORES.isdisjoint(each.co_code[::2]) for each in code_objects(code))


def _watched() -> list[ModuleType]:
    """Return the modules that are loaded of those that a deterministic program may import."""
    found = map(sys.modules.get, (*sorted(PURE_MODULES), *_MORE_MODULES))
    return [module for module in found if module is not None]


def _containers(module: ModuleType) -> list[tuple[str, Any]]:
    kinds = (list, dict, set)
    return [pair for pair in list(vars(module).items()) if type(pair[1]) in kinds and pair[0] not in _CACHES]


@cache
def _container_names(modules: tuple[ModuleType, ...]) -> frozenset[str]:
    """Return the names of the containers of modules. Only a program that stores attributes could change them, and where
    any may do so, the modules themselves are compared. The first look at all of them takes 2 ms in a fresh fork, so it is
    part of the warm-up."""
    return frozenset(name for module in modules for name, _ in _containers(module))


class SharedState:
    """The state of a process before its first program, to be compared with the state after each of them.

    The modules are part of it where they are ``with_modules``: to copy and compare them takes 10 ms of CPU, more than
    ten programs do.
    """

    def __init__(self, with_modules: bool) -> None:
        self._with_modules = with_modules
        loaded = _watched()
        self._named = _container_names(tuple(loaded))
        watched = loaded if with_modules else []
        self._modules = [(vars(module), dict(vars(module))) for module in watched]
        self._containers: list[tuple[Any, Any]] = [
            (found, type(found)(found)) for module in watched for _, found in _containers(module)
        ]
        self._classes = [(vars(found), dict(vars(found))) for found in _classes_of(self._modules)]
        self._contexts = [decimal.DefaultContext, decimal.BasicContext, decimal.ExtendedContext]
        self._texts = list(map(repr, self._contexts))
        self._loaded = set(sys.modules)
        self._settings = _settings()
        self._recursion = sys.getrecursionlimit()  # before anything runs: programs may set it
        self._mapped = _mapped_bytes()

    def renew(self) -> None:
        """Put back what a program may change and the next one has a right to find as it was."""
        sys.setrecursionlimit(self._recursion)
        decimal.setcontext(decimal.DefaultContext.copy())

    def may_follow(self, code: CodeType) -> bool:
        """Whether what a program could change is watched."""
        return self._with_modules or not self.reaches_modules(code)

    def reaches_modules(self, code: CodeType) -> bool:
        """Whether a deterministic program could change what a module holds. It has no name for the namespace of one: it
        must store or delete an attribute, or name one of the containers."""
        named = any(not self._named.isdisjoint(each.co_names) for each in code_objects(code))
        return named or stores_attributes(code)

    def change(self, code: CodeType) -> str:
        """Return what the program with this code has changed, "" where it is nothing."""
        if any(now != before for now, before in chain(self._modules, self._containers)):
            return "a name of a module"
        if _settings() != self._settings:
            return "a setting"
        stores = stores_attributes(code)
        if stores and any(now != before for now, before in self._classes):
            return "a class"
        if stores and list(map(repr, self._contexts)) != self._texts:
            return "a decimal context"
        if _mapped_bytes() - self._mapped > _MEMORY_GROWTH:
            return "memory"
        return MODULE if set(sys.modules) != self._loaded else ""


def _classes_of(modules: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[type]:
    """Return the classes with names of their own that programs find in modules."""
    found: dict[int, type] = {}
    for _, names in modules:
        for each in names.values():
            inner = vars(each).values() if isinstance(each, ModuleType) else (each,)
            found |= {id(one): one for one in inner if isinstance(one, type)}
    return list(found.values())


def _settings() -> tuple[Any, ...]:
    return (
        sys.get_int_max_str_digits(),
        sys.stdin,
        sys.stdout,
        sys.stderr,
        sys.getprofile(),
        sys.displayhook,
        sys.excepthook,
        gc.isenabled(),
        gc.get_threshold(),
        len(gc.garbage),
    )


def _mapped_bytes() -> int:
    with open("/proc/self/statm", "rb", buffering=0) as file:
        return int(file.read(64).split()[0]) * _PAGE
