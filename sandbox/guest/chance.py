"""Whether code can come out differently from one run to the next.

A program runs twice, under two seeds, to find out whether chance decides. Where it can meet no chance,
one run is all the runs there are. What differs between two runs of one program on the same plain inputs:

* the order of a set (hashes of text, addresses), and what is made of it: sets, operations on views of dicts;
* numbers that stand for a hash or an address: ``hash``, ``id``, the default text of an object;
* ``random``, clocks, the system: whatever must be imported or opened;
* how far it comes within its limits.

So code is *certain* if it makes no set, uses only modules that compute, and no name that leads
elsewhere (``hash``, ``eval``, ``getattr``, frames, most names with two underscores). Dicts, lists, sorting, generators
and classes keep one order. The default text of an object holds an address and is looked for in what came out
(:func:`shows_address`); runs that met a limit or died are repeated whatever their code
(see :mod:`desk`). Everything that is not understood counts as chance. A program may hide chance from
this on purpose: it gains no verdict by that which it could not have without.
"""

import builtins
import re
import sys
from itertools import pairwise
from opcode import opmap
from types import CodeType


def _words(text):
    return frozenset(text.split())


_MODULES = _words(
    "__future__ abc array bisect cmath collections collections.abc copy dataclasses decimal enum fractions functools "
    "heapq itertools json math numbers operator re string sys typing"
)
_UNUSED = _words("datetime os random statistics threading time")
"""May be imported, but what the import binds may not be read (the headers of many problems import them)."""
_BUILTINS = _words(
    "abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float "
    "format hasattr hex input int isinstance issubclass iter len list map max min next object oct ord pow print "
    "property range repr reversed round slice sorted staticmethod str sum super tuple type zip "
    "exit quit Ellipsis NotImplemented True False None"
)
_OWN_WORDS = _words(
    "__name__ __module__ __qualname__ __doc__ __annotations__ __firstlineno__ __static_attributes__ __classcell__ "
    "__classdictcell__ __type_params__ __init__ __post_init__ __slots__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ "
    "__len__ __iter__ __next__ __getitem__ __setitem__ __delitem__ __contains__ __call__ __str__ __repr__ __bool__ "
    "__add__ __sub__ __mul__ __neg__ __enter__ __exit__"
)
"""Names with two underscores that a program may define, or reads without learning an address."""
_SYSTEM = _words("argv exit float_info maxsize setrecursionlimit stderr stdin stdout")
_LEADING_ELSEWHERE = _words(
    # text that names attributes, or is run
    "attrgetter methodcaller get_type_hints ForwardRef Set FrozenSet AbstractSet MutableSet KeysView ItemsView "
    # frames, and from there anything
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code ag_frame ag_code tb_frame tb_next f_back f_globals f_locals "
    "f_builtins f_code with_traceback mro "
    # what finds objects, files or the machine through an allowed module
    "modules buffer_info fromfile tofile"
)
_CHANCE = (
    frozenset(
        name
        for name in dir(builtins)
        if name not in _BUILTINS
        and not (
            isinstance(getattr(builtins, name), type) and issubclass(getattr(builtins, name), BaseException)
        )
    )
    | (frozenset(dir(sys)) - _SYSTEM - {"copyright", "version", "path", "prefix"})
    | _LEADING_ELSEWHERE
) - _OWN_WORDS
_VIEWS = frozenset(("keys", "items"))
_ALGEBRA = _words("and_ or_ xor sub iand ior ixor isub")

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
"""Arguments of BINARY_OP: & | - ^ and their in-place forms."""
_KNOWN_INTERPRETER = (3, 11) <= sys.version_info[:2] <= (3, 14)
_ADDRESS = re.compile("0x[0-9a-f]{6}")


def is_certain(*codes):
    """Whether compiled code that shares its names, with all inside it, has only one possible run on plain inputs."""
    if not _KNOWN_INTERPRETER:
        return False
    todo, views, arithmetic, forbidden = list(codes), False, False, set()
    for each in todo:
        todo.extend(const for const in each.co_consts if type(const) is CodeType)
        names, ops = each.co_names, each.co_code[::2]
        if not _CHANCE.isdisjoint(names) or not _SET_OPS.isdisjoint(ops):
            return False
        if any(name[:2] == "__" and name not in _OWN_WORDS for name in names):
            return False
        if frozenset in map(type, each.co_consts) and not _only_looked_into(each):
            return False
        if _IMPORT in ops and not _imports_are_certain(each, forbidden):
            return False
        views = views or not _VIEWS.isdisjoint(names)
        arithmetic = arithmetic or not _ALGEBRA.isdisjoint(names) or _does_set_arithmetic(each, ops)
    if views and arithmetic:
        return False
    return not forbidden or not any(map(forbidden.intersection, map(_read, todo)))


def _instructions(code):
    extended = 0
    given = code.co_code
    for op, low in zip(given[::2], given[1::2], strict=True):
        argument = extended | low
        extended = argument << 8 if op == _EXTENDED else 0
        if op != _EXTENDED:
            yield op, argument


def _imports_are_certain(code, forbidden):
    """Whether the imports are harmless, as long as none of the names put into ``forbidden`` is read."""
    uncertain, previous = False, None
    for op, argument in _instructions(code):
        if op == _IMPORT:
            name = code.co_names[argument]
            uncertain = name not in _MODULES
            if uncertain and name not in _UNUSED:
                return False
        elif uncertain and previous in _IMPORTS:
            if op in _STORES:
                forbidden.add(code.co_names[argument])
            elif op != _IMPORT_FROM:  # all of its names, or bound where we do not look
                return False
        previous = op
    return True


def _read(code):
    """The names of its module that code reads."""
    return {
        code.co_names[argument >> 1 if op == _LOAD_GLOBAL else argument]
        for op, argument in _instructions(code)
        if op in _LOADS
    }


def _only_looked_into(code):
    """Whether sets among the constants only answer ``in``."""
    for (op, argument), (following, _) in pairwise(_instructions(code)):
        if op == _LOAD_CONST and type(code.co_consts[argument]) is frozenset and following != _CONTAINS:
            return False
    return True


def _does_set_arithmetic(code, ops):
    given = code.co_code
    return any(op == _BINARY and given[2 * at + 1] in _SET_ARITHMETIC for at, op in enumerate(ops))


def is_plain(text):
    """Whether a value's text (see :mod:`codec`) brings no set and no view of a dict along."""
    return not any(mark in text for mark in ('{"s":', '{"f":', '{"dk":', '{"di":', '{"dv":'))


def shows_address(*texts):
    """Whether any text holds what the default text of an object ends in."""
    return any("0x" in text and _ADDRESS.search(text) for text in texts)
