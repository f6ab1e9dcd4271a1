"""``docs/operators.md``, written from the registry: ``python -m prmdata.edits.catalogue >
docs/operators.md``.

A test demands that the file equals this output, so the page always agrees with the operators.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from prmdata.edits.operators import Operator
from prmdata.edits.rules import shipped

COVERAGE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("mutmut", "operator_number", ("number-shift",)),
    ("mutmut", "operator_string", ("string-replace",)),
    ("mutmut", "operator_lambda", ("lambda-body",)),
    ("mutmut", "operator_dict_arguments", ("keyword-rename",)),
    ("mutmut", "operator_arg_removal", ("argument-none", "argument-drop")),
    ("mutmut", "operator_symmetric_string_methods_swap", ("method-replace",)),
    ("mutmut", "operator_unsymmetrical_string_methods_swap", ("method-replace",)),
    ("mutmut", "operator_remove_unary_ops", ("unary-drop",)),
    ("mutmut", "operator_keywords", ("comparison-negate", "jump-replace")),
    ("mutmut", "operator_name", ("boolean-flip", "function-replace", "method-replace")),
    ("mutmut", "operator_swap_op", (
        "arithmetic-near", "arithmetic-replace", "augmented-replace", "unary-replace", "comparison-boundary",
        "comparison-negate", "and-or",
    )),
    ("mutmut", "operator_augmented_assignment", ("augmented-assign",)),
    ("mutmut", "operator_assignment", ("assignment-value",)),
    ("mutmut", "operator_match", ("case-drop",)),
    ("mutmut", "operator_if_exp", ("condition-constant", "branch-swap")),
    ("cosmic-ray", "ReplaceBinaryOperator_*", ("arithmetic-near", "arithmetic-replace", "augmented-replace")),
    ("cosmic-ray", "ReplaceComparisonOperator_*", (
        "comparison-boundary", "comparison-negate", "comparison-turn", "comparison-replace", "comparison-identity",
        "comparison-order-for-identity",
    )),
    ("cosmic-ray", "ReplaceUnaryOperator_*", ("unary-drop", "unary-replace")),
    ("cosmic-ray", "AddNot", ("condition-negate",)),
    ("cosmic-ray", "ReplaceTrueWithFalse, ReplaceFalseWithTrue", ("boolean-flip",)),
    ("cosmic-ray", "ReplaceAndWithOr, ReplaceOrWithAnd", ("and-or",)),
    ("cosmic-ray", "ReplaceBreakWithContinue, ReplaceContinueWithBreak", ("jump-replace",)),
    ("cosmic-ray", "ExceptionReplacer", ("exception-replace",)),
    ("cosmic-ray", "NumberReplacer", ("number-shift",)),
    ("cosmic-ray", "RemoveDecorator", ("decorator-drop",)),
    ("cosmic-ray", "ZeroIterationForLoop", ("loop-empty",)),
    ("cosmic-ray", "VariableReplacer", ("variable-constant",)),
    ("cosmic-ray", "VariableInserter", ("variable-insert",)),
    ("mutatest", "AugAssign", ("augmented-replace",)),
    ("mutatest", "BinOp, BinOpBC, BinOpBS", ("arithmetic-near", "arithmetic-replace")),
    ("mutatest", "BoolOp", ("and-or",)),
    ("mutatest", "Compare", ("comparison-boundary", "comparison-negate", "comparison-turn", "comparison-replace")),
    ("mutatest", "CompareIn, CompareIs", ("comparison-negate",)),
    ("mutatest", "If", ("condition-constant",)),
    ("mutatest", "Index", ("index-end",)),
    ("mutatest", "NameConstant", ("boolean-flip", "singleton-replace")),
    ("mutatest", "SliceUS", ("slice-drop",)),
)  # fmt: skip
"""What mutmut 3.8, cosmic-ray 8.7 and mutatest 3.1 offer, and the operators here that do at least as much."""

_HEAD = """# Operators

Written by `python -m prmdata.edits.catalogue`; a test keeps it so. Each operator's examples are its
tests: what stands on the right is among the candidates of what stands on the left. `⏎` is a line end.

An operator only proposes. What compiles, differs in compiled code from the program and from every other
edit of it, and is chosen for its step (families take turns, a seeded draw within each) is run, and what
running shows decides the label: a mutation that changes nothing is no negative, and a refactoring that
breaks something is no positive.

Further operators come by the entry point group `prmdata.operators`: an `Operator` (or several), made with
the decorator in `prmdata/edits/operators.py`. They see a `Source`: text, steps, `ast` with the span of each
node, scopes, kinds, and, for layout as nodes, the same program in libcst (`source.cst`).
"""


def catalogue() -> str:
    """The text of ``docs/operators.md``."""
    mutators = [each for each in shipped() if each.intent == "mutate"]
    refactors = [each for each in shipped() if each.intent == "refactor"]
    lines = [_HEAD]
    lines += [f"## Mutations ({len(mutators)})", "", *_tables(mutators)]
    lines += [f"## Refactorings ({len(refactors)})", "", *_tables(refactors)]
    lines += ["## What covers the operators of other tools", ""]
    lines += ["| tool | its operator | here |", "|---|---|---|"]
    lines += [
        f"| {tool} | `{theirs}` | {', '.join(f'`{name}`' for name in ours)} |"
        for tool, theirs, ours in COVERAGE
    ]
    return "\n".join(lines) + "\n"


def _tables(found: list[Operator]) -> Iterator[str]:
    for family in dict.fromkeys(each.family for each in found):
        yield from (f"### {family}", "", "| operator | what it does | for example |", "|---|---|---|")
        for each in found:
            if each.family == family:
                summary = each.summary.replace("|", "\\|")
                yield f"| `{each.name}` | {summary} | {_example(*each.examples[0])} |"
        yield ""


def _example(before: str, after: str) -> str:
    """The lines in which the two differ."""
    old, new = before.splitlines(), after.splitlines()
    blocks = [
        block for block in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes() if block[0] != "equal"
    ]
    left = [line for _, a, b, _, _ in blocks for line in old[a:b]]
    right = [line for _, _, _, a, b in blocks for line in new[a:b]]
    return f"{_code(left)} → {_code(right)}"


def _code(lines: list[str]) -> str:
    text = " ⏎ ".join(line.replace("|", "\\|") for line in lines)
    if not text:
        return "(nothing)"
    return f"`` {text} ``" if "`" in text else f"`{text}`"


if __name__ == "__main__":
    print(catalogue(), end="")
