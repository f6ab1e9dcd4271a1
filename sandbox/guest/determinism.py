"""Decides from compiled code whether a program is deterministic: whether all of its runs give the same result.

A program runs twice, under two seeds, to find out whether its result depends on the run. A deterministic program
needs one run only. Two runs of one program on the same plain inputs can differ in:

* the order of a set (hashes of text, addresses) and what is made from it: sets, operations on views of dicts;
* numbers that come from a hash or an address: ``hash``, ``id``, the default text of an object;
* ``random``, clocks and the system: everything that must be imported or opened;
* how far the program comes within its limits.

So code is *deterministic* if it makes no set, uses only modules that compute, and uses no name that gives access to
anything else (``hash``, ``eval``, ``getattr``, frames, most names with two underscores). Dicts, lists, sorting,
generators and classes keep one order. The default text of an object holds an address, so :func:`shows_address`
looks for addresses in the results. Runs that met a limit or died are repeated whatever their code is (see
:mod:`dispatcher`). Everything that the analysis does not understand counts as nondeterministic. A program may hide
its nondeterminism on purpose, but it gains no verdict by that which it could not get otherwise.
"""

from __future__ import annotations

import builtins
import re
import sys
from itertools import pairwise
from opcode import opmap
from types import CodeType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PURE_MODULES = _names(
    "__future__ abc array bisect cmath collections collections.abc copy dataclasses decimal enum fractions functools "
    "heapq itertools json math numbers operator re string sys typing"
)
_MODULES_LEFT_UNREAD = _names("datetime os random statistics threading time")
"""A program may import these modules (many problem headers do) if it never reads the names that the import binds."""
_BUILTINS = _names(
    "abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float "
    "format hasattr hex input int isinstance issubclass iter len list map max min next object oct ord pow print "
    "property range repr reversed round slice sorted staticmethod str sum super tuple type zip "
    "exit quit Ellipsis NotImplemented True False None"
)
_HARMLESS_DUNDERS = _names(
    "__name__ __module__ __qualname__ __doc__ __annotations__ __firstlineno__ __static_attributes__ __classcell__ "
    "__classdictcell__ __type_params__ __init__ __post_init__ __slots__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ "
    "__len__ __iter__ __next__ __getitem__ __setitem__ __delitem__ __contains__ __call__ __str__ __repr__ __bool__ "
    "__add__ __sub__ __mul__ __neg__ __enter__ __exit__"
)
"""Names with two underscores that a program may define, or may read without learning an address."""
_SYS_NAMES = _names("argv exit float_info maxsize setrecursionlimit stderr stdin stdout")
_INDIRECT_ACCESS = _names(
    # functions that take attribute names as text, or run text
    "attrgetter methodcaller get_type_hints ForwardRef "
    # frames, which give access to everything
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code ag_frame ag_code tb_frame tb_next f_back f_globals f_locals "
    "f_builtins f_code with_traceback mro "
    # names that reach objects, files or the system through an allowed module
    "modules buffer_info fromfile tofile"
)
_SETS = _names("set frozenset Set FrozenSet AbstractSet MutableSet KeysView ItemsView")
"""Names that make sets, whose order depends on the seed."""
_NONDETERMINISTIC = (
    frozenset(
        name
        for name in dir(builtins)
        if name not in _BUILTINS
        and not (
            isinstance(getattr(builtins, name), type) and issubclass(getattr(builtins, name), BaseException)
        )
    )
    | (frozenset(dir(sys)) - _SYS_NAMES - {"copyright", "version", "path", "prefix"})
    | _INDIRECT_ACCESS
) - (_HARMLESS_DUNDERS | _SETS)
_VIEWS = frozenset(("keys", "items"))
_SET_FUNCTIONS = _names("and_ or_ xor sub iand ior ixor isub")

_SET_OPS = frozenset(opmap[name] for name in ("BUILD_SET", "SET_ADD", "SET_UPDATE") if name in opmap)
_IMPORT, _EXTENDED, _LOAD_CONST = opmap["IMPORT_NAME"], opmap["EXTENDED_ARG"], opmap["LOAD_CONST"]
_BINARY, _CONTAINS = opmap["BINARY_OP"], opmap["CONTAINS_OP"]
_IMPORT_FROM, _LOAD_GLOBAL = opmap["IMPORT_FROM"], opmap["LOAD_GLOBAL"]
_IMPORTS = frozenset((_IMPORT, _IMPORT_FROM))
_STORES = frozenset(opmap[name] for name in ("STORE_NAME", "STORE_GLOBAL"))
_LOADS = frozenset(
    opmap[name] for name in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS") if name in opmap
)
_SET_ARITHMETIC = frozenset((1, 7, 10, 12, 14, 20, 23, 25))
"""The arguments of BINARY_OP for & | - ^ and their in-place forms."""
_KNOWN_INTERPRETER = (3, 11) <= sys.version_info[:2] <= (3, 14)
_ADDRESS = re.compile("0x[0-9a-f]{6}")


def is_deterministic(*codes: CodeType) -> bool:
    """Whether code that shares one namespace, with all code inside it, can run in only one way on plain inputs."""
    if not is_deterministic_under_a_seed(*codes):
        return False
    views = arithmetic = False
    for each in _with_inner(codes):
        names, ops = each.co_names, each.co_code[::2]
        if not _SETS.isdisjoint(names) or not _SET_OPS.isdisjoint(ops):
            return False
        if frozenset in map(type, each.co_consts) and not _only_tests_membership(each):
            return False
        views = views or not _VIEWS.isdisjoint(names)
        arithmetic = arithmetic or not _SET_FUNCTIONS.isdisjoint(names) or _does_set_arithmetic(each, ops)
    return not (views and arithmetic)


def is_deterministic_under_a_seed(*codes: CodeType) -> bool:
    """Whether only the order of sets could let code run in another way on plain inputs. It then runs in one way under
    each seed, as far as sets hold plain data; other sets have another order in each run, wherever it takes place."""
    if not _KNOWN_INTERPRETER:
        return False
    forbidden: set[str] = set()
    todo = _with_inner(codes)
    for each in todo:
        names = each.co_names
        if not _NONDETERMINISTIC.isdisjoint(names):
            return False
        if any(name[:2] == "__" and name not in _HARMLESS_DUNDERS for name in names):
            return False
        if _IMPORT in each.co_code[::2] and not _imports_are_deterministic(each, forbidden):
            return False
    return not forbidden or not any(map(forbidden.intersection, map(_read, todo)))


def _with_inner(codes: Sequence[CodeType]) -> list[CodeType]:
    """Return code and all code inside it."""
    found = list(codes)
    for each in found:
        found.extend(const for const in each.co_consts if type(const) is CodeType)
    return found


def _instructions(code: CodeType) -> Iterator[tuple[int, int]]:
    extended = 0
    given = code.co_code
    for op, low in zip(given[::2], given[1::2], strict=True):
        argument = extended | low
        extended = argument << 8 if op == _EXTENDED else 0
        if op != _EXTENDED:
            yield op, argument


def _imports_are_deterministic(code: CodeType, forbidden: set[str]) -> bool:
    """Whether the imports are deterministic, provided that no name is read that this adds to ``forbidden``."""
    must_stay_unread, previous = False, None
    for op, argument in _instructions(code):
        if op == _IMPORT:
            name = code.co_names[argument]
            must_stay_unread = name not in PURE_MODULES
            if must_stay_unread and name not in _MODULES_LEFT_UNREAD:
                return False
        elif must_stay_unread and previous in _IMPORTS:
            if op in _STORES:
                forbidden.add(code.co_names[argument])
            elif op != _IMPORT_FROM:  # a star import, or a binding that is not tracked
                return False
        previous = op
    return True


def _read(code: CodeType) -> set[str]:
    """Return the global names that a code object reads."""
    return {
        code.co_names[argument >> 1 if op == _LOAD_GLOBAL else argument]
        for op, argument in _instructions(code)
        if op in _LOADS
    }


def _only_tests_membership(code: CodeType) -> bool:
    """Whether sets among the constants are only used with ``in``."""
    for (op, argument), (following, _) in pairwise(_instructions(code)):
        if op == _LOAD_CONST and type(code.co_consts[argument]) is frozenset and following != _CONTAINS:
            return False
    return True


def _does_set_arithmetic(code: CodeType, ops: bytes) -> bool:
    given = code.co_code
    return any(op == _BINARY and given[2 * at + 1] in _SET_ARITHMETIC for at, op in enumerate(ops))


def is_plain(text: str) -> bool:
    """Whether the text of a value (see :mod:`codec`) holds no set and no view of a dict."""
    return not any(mark in text for mark in ('{"s":', '{"f":', '{"dk":', '{"di":', '{"dv":'))


def shows_address(*texts: str) -> bool:
    """Whether any of the texts holds an address, as the default text of an object does."""
    return any("0x" in text and _ADDRESS.search(text) for text in texts)
