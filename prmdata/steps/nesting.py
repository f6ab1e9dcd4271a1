"""How deeply a program is nested, counted from its tokens, before a parser without a limit reads it.

libcst ends the whole process (its stack overflows) at a few thousand brackets, and takes minutes and
gigabytes for a few hundred. Python's own parser stops with an error at 200 brackets, at 100 indentations,
and at a depth of its own stack.
"""

from __future__ import annotations

import io
import tokenize
from typing import Final

DEEPEST: Final = 100
"""The deepest nesting that is parsed with libcst: it takes a second and 100 MB at most. None of the 1,360
references of the public sets is nested more deeply than 35 levels."""
LONGEST: Final = 65_536
"""The longest program, in characters, that is worked on. Judges take 64 KB. Python's tree of a program of
a megabyte takes half a gigabyte and eight seconds."""
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_WORDS: Final = frozenset({"not", "lambda", "if", "else", "await", "yield", "for", "and", "or", "in", "is"})
_SAME_LEVEL: Final = frozenset({",", ";"})


def nesting(program: str) -> int:
    """An upper bound of the levels that stand inside one another.

    Levels are indentations, open brackets and, since the last comma of each bracket, the operators and
    strings of a chain (the tree of ``1 + 1 + 1`` is as deep as the chain is long). If a program does not
    tokenize, the bound holds for the part before the error.
    """
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
                if token.type == tokenize.STRING:  # the code in the braces of a formatted string
                    deepest = max(deepest, indents + total + text.count("{"))
            deepest = max(deepest, indents + total)
    except (tokenize.TokenError, SyntaxError):
        pass
    return deepest
