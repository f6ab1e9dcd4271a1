"""How deep a program is nested, told from its tokens: before a parser is given it that has no bound of its own.

libcst ends the whole process (a full stack) at some thousand brackets, and takes minutes and gigabytes for some hundred.
Python's own parser stops by itself at 200 brackets, 100 indentations and a stack of its own, with an error.
"""

from __future__ import annotations

import io
import tokenize
from typing import Final

DEEPEST: Final = 100
"""Levels that are parsed with libcst: a second and 100 MB at most. Of 1,360 references of the public sets none has more
than 35."""
LONGEST: Final = 65_536
"""Characters of a program that is worked on: 64 KB are what judges take. Python's tree of a program of a megabyte takes
half a gigabyte and eight seconds."""
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_WORDS: Final = frozenset({"not", "lambda", "if", "else", "await", "yield", "for", "and", "or", "in", "is"})
_SAME_LEVEL: Final = frozenset({",", ";"})


def nesting(program: str) -> int:
    """The most levels that may stand one inside the other: indentations, open brackets, and, since the last comma of each
    bracket, the operators and texts of a chain (``1 + 1 + 1`` is a tree as deep as it is long). An upper bound; of a program
    that does not tokenize, up to where it does."""
    deepest = indents = 0
    chains = [0]
    total = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(program, newline="").readline):
            text = token.string
            if token.type == tokenize.INDENT:
                indents += 1
            elif token.type == tokenize.DEDENT:
                indents -= 1
            elif token.type == tokenize.NEWLINE or (text in _SAME_LEVEL and token.type == tokenize.OP):
                total -= chains[-1]
                chains[-1] = 0
            elif text in _OPENING:
                chains.append(1)
                chains[-2] += 1
                total += 2
            elif text in _CLOSING and len(chains) > 1:
                total -= chains.pop()
            elif token.type in (tokenize.OP, tokenize.STRING) or text in _WORDS:
                chains[-1] += 1
                total += 1
                if token.type == tokenize.STRING:  # what stands in the braces of a formatted string
                    deepest = max(deepest, indents + total + text.count("{"))
            deepest = max(deepest, indents + total)
    except (tokenize.TokenError, SyntaxError):
        pass
    return deepest
