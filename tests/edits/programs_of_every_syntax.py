"""Programs with every statement of Python 3.11 to 3.14, comments in every place where they can stand."""

from __future__ import annotations

_COMPOUND = '''# top
import a

# about f
@d  # deco
# between
@e(
    1,
)
# above
def f(x: int, /, *, y=1) -> int:  # head
    """Doc."""
    # first
    if x:  # if
        y = 1
        # end of if

    # about elif
    elif y:
        pass
        # end of elif
    else:  # else
        return x
    for i in x:
        continue
    else:
        x = [
            i,  # item
        ]

        # far in
    while x: x -= 1
    else: y = 2
    with a as b, c:
        pass
    # last
    return y  # done
# foot
'''

_TRY = """try:
    a = 1; b = 2
except A as e:
    # in
    raise
    # end
except (B, C):
    pass
else:
    c = \\
        3
finally:
    # fin
    d = 4

class K(A, metaclass=M):

    x: int = 1

    async def g(self):
        async with a:
            await b
        async for c in d:
            yield c
        return lambda: 0

    # end of class
"""

_GROUPS = """try:
    a = 1
except* A:
    b = 2
except* B as e:
    c = 3
"""

_MATCH = """match x:
    # cases
    case 1 | 2:
        a = 1
        # end of case
    case [a, *b] if a:
        pass
    case {"k": K(v=1)}: b = 2
    # last
    case _:
        c = 3
        # end of match
d = 4
"""

_TYPES = """type P[T: int, *Ts, **R] = list[T]
def f[T](x: T) -> T:
    return x
class A[T = int]:
    x: T
"""

_STRINGS = """a = f"{f"{x}"}"
b = f'{x!r:>{w}}' 'more'
c = t"{x}"
"""

_EXCEPT = """try:
    a = 1
except A, B:
    b = 2
"""

_NO_END = "if a:\n    b = 1\n    # c"

PROGRAMS = (
    _COMPOUND,
    _TRY,
    _GROUPS,
    _MATCH,
    _TYPES,
    _STRINGS,
    _EXCEPT,
    _NO_END,
    "a = 1",
    "# only\na = 1\n# foot",
)
