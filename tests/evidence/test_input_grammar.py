"""The grammar of standard input: learned from a few inputs, it reads them, writes them again, and samples more."""

from __future__ import annotations

import random

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from prmdata.evidence.explore import explore
from prmdata.evidence.input_budget import Budget
from prmdata.evidence.inputs.grammar.code_reading import reading_of
from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import InputGrammar
from prmdata.evidence.inputs.grammar.learn import learn_grammar
from prmdata.evidence.inputs.grammar.list_forms import list_form
from prmdata.evidence.inputs.grammar.statement import is_unsaid
from prmdata.evidence.inputs.grammar.structures import edge_form, is_connected
from prmdata.evidence.inputs.grammar.word_shapes import shape_of
from prmdata.evidence.stdin_space import StdinSpace
from prmdata.records import Execution, Problem, Spec, Test, Verdict, Vetted

ARRAYS = ["3\n4 1 9\n", "2\n5 7\n", "4\n1 2 3 40\n"]
TREES = ["3\n1 2\n2 3\n", "4\n1 2\n1 3\n1 4\n", "5\n2 1\n2 3\n4 3\n5 4\n"]
CASES = ["2\n3\n1 2 3\n1\n7\n", "1\n2\n5 5\n", "3\n1\n1\n2\n9 8\n4\n4 4 4 4\n"]
GRIDS = ["2 3\n#.#\n..#\n", "1 4\n....\n", "3 2\n##\n..\n.#\n"]
COMMANDS = ["3\npush 4\npush 1\npop\n", "4\npush 9\npop\npush 2\npop\n", "2\npush 7\npop\n"]
TO_THE_END = ["1 2\n3 4\n", "5 6\n", "7 8\n9 9\n1 1\n"]


def space(texts: list[str], program: str = "", statement: str = "") -> StdinSpace:
    return StdinSpace(texts, [program], statement=statement)


def drawn(texts: list[str], wanted: int = 60, **said: str) -> tuple[list[str], list[str]]:
    return space(texts, **said).draw(random.Random(0), wanted, texts, set(texts))


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (ARRAYS, "x1:int\nx2[x1]:int"),
        (TREES, "x1:int\nx1-1 times:\n    x3:int x4:int"),
        (CASES, "x1:int\nx1 times:\n    x3:int\n    x4[x3]:int"),
        (GRIDS, "x1:int x2:int\nx1 times:\n    x4:word[x2]"),
        (COMMANDS, "x1:int\nx1 times:\n    x3: pop and 0 more | push and 1 more"),
        (TO_THE_END, "until the end:\n    x2:int x3:int"),
        (["3 4\n", "5 -6\n"], "x1:int x2:int"),
        (["hello big world\n", "one\n"], "x1:line"),
        (["3 1 2 3\n", "1 9\n", "2 0 0\n"], "x1:int x2[x1]:int"),
        (["3\n0\n1 5\n0\n", "4\n0\n0\n3 1 2 4\n2 6 9\n"], "x1:int\nx1 times:\n    x3:int x4[x3]:int"),
        (
            ["2 1 8\n5 6\nRG\n", "5 3 1\n1 2 3 4 5\nRGBRR\n"],
            "x1:int x2:int x3:int\nx4[x1]:int\nx5:word[x1]",
        ),
    ],
)
def test_the_grammar_of_a_few_inputs(texts: list[str], shown: str) -> None:
    grammar = learn_grammar(texts)
    assert grammar is not None
    assert str(grammar) == shown
    for text in texts:
        document = grammar.parse(text)
        assert document is not None
        assert grammar.render(document) == text


def test_the_code_says_what_three_inputs_leave_open() -> None:
    triples = ["3\n0 0 2\n", "3\n2 0 1\n"]
    unpacked = "n = int(input())\nx, y, r = map(int, input().split())\n"
    assert str(learn_grammar(triples)) == "x1:int\nx2[x1]:int"
    assert str(learn_grammar(triples, reading_of(unpacked))) == "x1:int\nx2:int x3:int x4:int"


def test_a_grammar_that_says_nothing_of_its_rows_is_looked_for_again() -> None:
    texts = [
        "4\n1 2\n2 3\n1 4\n3\n2 5 1\n1 4 10\n3 1 8\n",
        "3\n1 2\n1 3\n2\n1 1 4\n3 2 9\n",
        "2\n2 1\n1\n1 0 7\n",
    ]
    shown = "x1:int\nx1-1 times:\n    x3:int x4:int\nx5:int\nx5 times:\n    x7:int x8:int x9:int"
    assert str(learn_grammar(texts)) == shown
    rows = ["1 2\n3\n", "4\n5 6 7\n9\n"]
    assert str(learn_grammar(rows)) == "until the end:\n    x2[*]:int"
    counting = "for _ in range(int(input())):\n    print(input())\n"
    assert learn_grammar(rows, reading_of(counting)) is None


def test_a_loop_over_the_first_number_is_seen() -> None:
    assert reading_of("for _ in range(int(input())):\n    n = int(input())\n").loops == {"x1"}
    assert reading_of("t = int(input())\nwhile t:\n    t -= 1\n    a = input()\n").loops == {"x1"}
    assert not reading_of("n = int(input())\nfor i in range(n):\n    print(i)\n").loops


@pytest.mark.parametrize(
    "first",
    [
        "n, m, k = map(int, input().split())\n",
        "input = lambda: stdin.readline().rstrip()\nn, m, k = map(int, input().split())\n",
        "[n, m, k] = [int(each) for each in input().split()]\n",
        "line = input().split()\nn = int(line[0])\nm = int(line[1])\nk = int(line[2])\n",
    ],
)
def test_a_loop_over_another_number_of_the_first_line_is_seen(first: str) -> None:
    rows = "for _ in range(m):\n    a, b = map(int, input().split())\n"
    assert reading_of(first + rows).loops == {"x2"}
    assert not reading_of(first + rows.replace("range(m)", "range(len(x))")).loops
    assert not reading_of(first + "for i in range(m):\n    print(i)\n").loops
    texts = ["4 1 1000000000\n1 4\n", "3 0 100\n", "2 0 1000\n"]
    assert str(learn_grammar(texts)) == "until the end:\n    x2[*]:int"
    assert (
        str(learn_grammar(texts, reading_of(first + rows)))
        == "x1:int x2:int x3:int\nx2 times:\n    x5:int x6:int"
    )


def test_readers_of_the_programs_own_are_followed() -> None:
    found = reading_of(
        "import sys\ninput = sys.stdin.readline\ndef ints():\n    return map(int, input().split())\na, b = ints()\n"
    )
    assert 2 in found.widths
    assert found.names[-2:] == ("a", "b")
    assert reading_of("def f(:\n").widths == frozenset()


def test_another_form_is_not_read_and_not_written() -> None:
    grammar = learn_grammar(ARRAYS)
    assert grammar is not None
    for text in ("4\n1 2 3\n", "4\n", "1 2\n1 2 3\n", "x\n1\n", "3\n1 2 3\n4\n", "-1\n\n"):
        assert grammar.parse(text) is None
    assert grammar.render({"x1": 2, "x2": [1]}) is None
    word = learn_grammar(["1 a\n", "2 b\n"])
    assert word is not None
    assert word.render({"x1": 1, "x2": "x y"}) is None
    assert word.render({"x1": 1, "x2": ""}) is None


def test_no_grammar_no_inputs() -> None:
    for texts in ([], ["", "1\n"]):
        assert space(texts).draw(random.Random(0), 9, texts, set()) == ([], [])
    assert space(["", "1\n"]).violations("9\n")


def test_without_a_grammar_given_inputs_do_not_count_as_generated() -> None:
    texts = ("", "1\n")
    problem = Problem("p", "", "print(0)\n", tuple(Test("stdio", input=text, output="0") for text in texts))
    vetted = Vetted(Spec(problem), Execution(Verdict.PASSED, (Verdict.PASSED,) * 2), texts)
    with pytest.raises(StopIteration) as ended:
        next(explore(vetted, seed=0, budget=Budget()))
    assert ended.value.value.recordings == []


@pytest.mark.parametrize("texts", [ARRAYS, TREES, CASES, GRIDS, COMMANDS, TO_THE_END])
def test_every_drawn_input_is_read_again(texts: list[str]) -> None:
    found = space(texts)
    inside, outside = found.draw(random.Random(0), 60, texts, set(texts))
    assert len(inside) >= 25
    assert found.grammar is not None
    for text in inside + outside:
        document = found.grammar.parse(text)
        assert document is not None
        assert found.grammar.render(document) == text
    assert not any(found.violations(text) for text in inside)
    assert all(found.violations(text) for text in outside)
    assert len({*inside, *outside, *texts}) == len(inside) + len(outside) + len(texts)


def test_trees_are_drawn_as_trees() -> None:
    inside, _ = drawn(TREES)
    for text in inside:
        n, *rows = text.split("\n")[:-1]
        edges = [(int(row.split()[0]), int(row.split()[1])) for row in rows]
        assert len(edges) == int(n) - 1
        assert is_connected(int(n), edges)


def test_what_a_statement_asks_of_a_graph_beyond_its_edges_is_never_inside() -> None:
    inside, outside = drawn(TREES, statement="You are given a binary tree.")
    assert not inside
    assert outside


def test_permutations_and_parents_are_drawn_as_such() -> None:
    inside, _ = drawn(["3\n2 3 1\n", "4\n4 1 2 3\n", "2\n1 2\n"])
    for text in inside:
        n, row = text.split("\n")[:2]
        assert sorted(map(int, row.split())) == list(range(1, int(n) + 1))
    assert list_form([[0, 1, 1, 2], [0, 0, 0]]).ahead == 0
    assert list_form([[1, 5], [3, 9]]).base is None


def test_several_test_cases_are_drawn_into_one_input() -> None:
    inside, _ = drawn(CASES)
    assert len({text.split("\n")[0] for text in inside}) > 2


def test_what_few_inputs_share_by_chance_counts_only_where_the_statement_asks_for_it() -> None:
    texts = ["4\n", "9\n", "6\n"]
    assert not any("5" in text.split() for text in drawn(texts)[0])
    assert any("5" in text.split() for text in drawn(texts, statement="An integer n (1 ≤ n ≤ 100).")[0])
    assert is_unsaid(("prime", (0,), ()), "n (1 ≤ n ≤ 9)")
    assert not is_unsaid(("prime", (0,), ()), "a prime n (1 ≤ n ≤ 9)")
    assert not is_unsaid(("prime", (0,), ()), "a number n")


def test_the_same_inputs_for_the_same_seed() -> None:
    assert drawn(CASES) == drawn(CASES)


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@example([[[3, 1], [2]], [[5], [4, 4, 9], [7]]])
@given(
    st.lists(
        st.lists(st.lists(st.integers(-9, 99), min_size=1, max_size=4), min_size=1, max_size=3),
        min_size=2,
        max_size=3,
    )
)
def test_a_grammar_reads_and_writes_the_inputs_that_it_was_learned_from(
    documents: list[list[list[int]]],
) -> None:
    """A search that runs out of effort finds no grammar. If it finds one, no part of an input is lost."""
    texts = [
        f"{len(cases)}\n" + "".join(f"{len(case)}\n{' '.join(map(str, case))}\n" for case in cases)
        for cases in documents
    ]
    grammar = learn_grammar(texts)
    if documents == [[[3, 1], [2]], [[5], [4, 4, 9], [7]]]:
        assert isinstance(grammar, InputGrammar)
    if grammar is not None:
        assert all(grammar.render(grammar.parse(text) or {}) == text for text in texts)


def test_edges_that_name_no_node_are_no_edges() -> None:
    assert edge_form(Count("n"), [(3, [(1, 2)]), (3, [(1, 9)])]) is None
    form = edge_form(Count("n"), [(3, [(1, 2), (2, 3)]), (4, [(1, 2), (1, 3), (4, 3)])])
    assert form is not None
    assert form.is_tree
    assert not form.holds(3, [(1, 2), (1, 2)])


def test_words_of_one_form_keep_it() -> None:
    shape = shape_of(["09:30", "23:59", "00:05"])
    assert shape is not None
    drawn = [shape.draw(random.Random(seed)) for seed in range(60)]
    assert len(set(drawn)) > 40
    for word in drawn:
        hours, minutes = word.split(":")
        assert (len(hours), len(minutes)) == (2, 2)
        assert int(hours) <= 23
        assert 5 <= int(minutes) <= 59
    assert shape_of(["a1", "b2"]) is None
    assert shape_of(["12", "345"]) is None
    assert shape_of(["09:30"]) is None


def test_inputs_with_times_are_drawn_inside() -> None:
    given = [f"{len(pairs)}\n" + "".join(f"{a} {b}\n" for a, b in pairs) for pairs in TIMES]
    space = StdinSpace(given, ["n = int(input())\nfor _ in range(n):\n    first, second = input().split()\n"])
    inside, _ = space.draw(random.Random(0), 60, given, set(given))
    assert len(inside) >= 25


TIMES = (
    [("09:00", "10:00")],
    [("08:15", "12:30"), ("09:00", "10:45")],
    [("13:00", "14:59"), ("00:10", "00:40"), ("23:05", "23:59")],
)
