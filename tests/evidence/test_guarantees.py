"""What a statement guarantees is kept by every input that is drawn inside."""

from __future__ import annotations

import random

import pytest

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.stated_relations import stated_relations
from prmdata.evidence.inputs.grammar.structures import SaidOfStructures, edge_form, n_parts
from prmdata.evidence.stdin_space import StdinSpace


def inside(texts: list[str], statement: str, wanted: int = 60) -> list[list[int]]:
    """The numbers of drawn inputs, at least twenty."""
    space = StdinSpace(texts, [""], statement=statement)
    drawn, _ = space.draw(random.Random(0), wanted, texts, set(texts))
    assert len(drawn) >= 20
    return [[int(token) for token in text.split()] for text in drawn]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("xi ≠ i, y_i != i, xi \\neq yi", ["xi ≠ i", "yi ≠ i", "xi ≠ yi"]),
        ("w + b ≥ n", ["w+b ≥ n"]),
        ("2x - y < n + 3", ["2x+-1y < n+3"]),
        ("1 ≤ a ≤ n and b ≥ 2", []),
        ("1 ≤ a + b ≤ n", ["a+b ≤ n"]),
        ("at most 2 + 3 times", []),
    ],
)
def test_the_formulas_of_a_sentence(said: str, shown: list[str]) -> None:
    found = [
        f"{'+'.join(map(str, each.left))} {each.sign} {'+'.join(map(str, each.right))}"
        for each in stated_relations(said)
    ]
    assert found == shown


def test_sums_of_numbers_are_related_as_is_said() -> None:
    said = "Integers n, w and b (3 ≤ n ≤ 40, 2 ≤ w ≤ 40, 1 ≤ b ≤ 40). It is guaranteed that w + b ≥ n."
    drawn = inside(["3 2 1\n", "5 9 2\n", "4 2 2\n"], said)
    assert all(w + b >= n for n, w, b in drawn)
    assert any(w + b == n for n, w, b in drawn)


def test_rows_differ_from_their_own_place() -> None:
    texts = ["4 2\n2 3\n1 4\n1 4\n2 1\n", "3 1\n2 3\n1 3\n2 1\n"]
    said = (
        "Integers n and p (3 ≤ n ≤ 9; 0 ≤ p ≤ n), then n lines of integers xi, yi (1 ≤ xi, yi ≤ n). "
        "It is guaranteed that xi ≠ i, yi ≠ i, xi ≠ yi."
    )
    for n, _, *rest in inside(texts, said):
        rows = list(zip(rest[::2], rest[1::2], strict=True))
        assert len(rows) == n
        assert all(x != place and y != place and x != y for place, (x, y) in enumerate(rows, 1))


def test_a_formula_that_a_given_input_breaks_is_not_understood() -> None:
    said = "Integers n, w and b (3 ≤ n ≤ 40, 2 ≤ w ≤ 40, 1 ≤ b ≤ 40). It is guaranteed that w + b ≥ n."
    assert StdinSpace(["3 2 1\n", "9 2 1\n"], [""], statement=said).only_disputes


def test_an_answer_beyond_what_is_guaranteed_makes_its_input_dispute_only() -> None:
    said = "An integer n (1 ≤ n ≤ 99). It is guaranteed that the answer does not exceed 10^9."
    space = StdinSpace(["3\n", "7\n"], [""], statement=said)
    (text, other, *_), _ = space.draw(random.Random(0), 20, ["3\n"], {"3\n", "7\n"})
    space.kept(text, "YES\n-1000000001\n")
    space.kept(other, "1000000000\n")
    assert space.violations(text)
    assert not space.violations(other)


def test_at_least_one_of_a_row_of_flags() -> None:
    texts = ["2\n0 1\n", "3\n0 1 1\n", "1\n1\n"]
    said = "n (1 ≤ n ≤ 9) pictures. It is guaranteed that there is at least one picture that she likes."
    drawn = inside(texts, said, 200)
    assert all(1 in flags for _, *flags in drawn)
    assert {flag for _, *flags in drawn for flag in flags} == {0, 1}


def test_numbers_without_bounds_leave_the_others_theirs() -> None:
    texts = ["2 3\n4 5\n", "1 9\n2\n", "3 4\n1 1 6\n"]
    said = "Integers n and k (1 ≤ n ≤ 4, k ≥ 3), then n integers a_1, a_2, ..., a_n (1 ≤ a_i ≤ 6)."
    space = StdinSpace(texts, [""], statement=said)
    drawn = inside(texts, said)
    assert not space.is_bounded
    assert all(n <= 4 and all(1 <= number <= 6 for number in rest) for n, _, *rest in drawn)


def test_a_list_down_the_page_keeps_its_form() -> None:
    texts = ["3\n2\n1\n3\n", "2\n2\n1\n", "5\n5\n1\n2\n4\n3\n"]
    said = "An integer n (1 ≤ n ≤ 9), then n different integers ai (1 ≤ ai ≤ n)."
    assert all(sorted(rest) == list(range(1, n + 1)) for n, *rest in inside(texts, said))


def test_a_tree_of_twice_as_many_nodes_and_one_that_points_down() -> None:
    pairs = ["1\n2 1\n", "2\n1 2\n3 2\n2 4\n", "3\n1 2\n3 2\n2 4\n4 5\n6 5\n"]
    said = "k (1 ≤ k ≤ 9), then 2k - 1 roads a_i, b_i (1 ≤ a_i, b_i ≤ 2k). It is guaranteed that they form a tree."
    space = StdinSpace(pairs, [""], statement=said)
    assert [form.is_tree for form in space.edge_forms] == [True]
    drawn = inside(pairs, said)
    assert all(len(ends) == 2 * (2 * k - 1) and len(set(ends)) == 2 * k for k, *ends in drawn)

    rooted = ["5\n1 2\n1 3\n2 4\n2 5\n", "6\n1 2\n1 3\n3 4\n1 5\n5 6\n", "3\n1 2\n1 3\n"]
    said = "n (1 ≤ n ≤ 9), edges ui, vi (1 ≤ ui, vi ≤ n). It is guaranteed that they form a tree rooted at 1."
    for n, *ends in inside(rooted, said):
        assert sorted(ends[1::2]) == list(range(2, n + 1))


PARENTS = ["3\n2 0\n0 2\n2 0\n", "5\n0 1\n1 3\n2 1\n3 0\n2 0\n", "4\n2 1\n3 1\n0 1\n1 0\n"]
FORESTS = ["5\n-1\n1\n2\n1\n-1\n", "6\n-1\n3\n6\n-1\n4\n1\n", "5\n4\n5\n1\n-1\n4\n"]


@pytest.mark.parametrize(
    ("texts", "said", "root", "most_roots"),
    [
        (PARENTS, "It is guaranteed that the values of p_i describe a rooted tree with n vertices.", 0, 1),
        (
            FORESTS,
            "It is guaranteed, that no one will be the manager of him/herself. Also, there will be no managerial cycles.",
            -1,
            9,
        ),
    ],
)
def test_no_node_is_above_itself(texts: list[str], said: str, root: int, most_roots: int) -> None:
    roots = set()
    for n, *rest in inside(texts, f"An integer n (1 ≤ n ≤ 9), then n lines. {said}"):
        parents = rest[:: len(rest) // n]
        assert len(parents) == n
        assert 1 <= parents.count(root) <= most_roots
        roots.add(parents.count(root))
        for node in range(1, n + 1):
            steps = 0
            while node != root:
                node, steps = parents[node - 1], steps + 1
                assert steps <= n
    assert (roots == {1}) == (most_roots == 1)


def test_numbers_by_chance_are_no_parents_where_nothing_says_so() -> None:
    space = StdinSpace(FORESTS, [""], statement="An integer n (1 ≤ n ≤ 9), then n integers.")
    drawn, _ = space.draw(random.Random(0), 60, FORESTS, set(FORESTS))
    firsts = [[int(token) for token in text.split()] for text in drawn]
    assert any(place == parent for _, *parents in firsts for place, parent in enumerate(parents, 1))


DEPENDENCIES = ["4 3\n0 1\n0 2\n3 0\n", "5 5\n0 1\n1 2\n0 2\n4 3\n4 1\n", "2 1\n0 1\n"]
RINGLESS = ["5 3\n1 2\n3 2\n4 5\n", "4 3\n1 2\n3 1\n4 1\n", "6 2\n1 6\n2 3\n"]


@pytest.mark.parametrize(
    ("texts", "said", "base", "is_forest"),
    [
        (DEPENDENCIES, "It is guaranteed that there are no circular dependencies between tasks.", 0, False),
        (RINGLESS, "It is guaranteed that the graph does not contain cycles.", 1, True),
    ],
)
def test_graphs_without_cycles(texts: list[str], said: str, base: int, is_forest: bool) -> None:
    statement = f"Integers n and m (1 ≤ n ≤ 9, 0 ≤ m ≤ 20), then m pairs. {said}"
    sizes = set()
    for n, m, *ends in inside(texts, statement):
        edges = list(zip(ends[::2], ends[1::2], strict=True))
        assert len(edges) == m
        assert all(base <= node < n + base for node in ends)
        sizes.add(m)
        left = set(range(base, n + base))
        while bare := {
            node for node in left if not any(end == node and start in left for start, end in edges)
        }:
            left -= bare
        assert not left
        if is_forest:
            assert m <= n - 1
            moved = [(first + 1 - base, second + 1 - base) for first, second in edges]
            assert n_parts(n, moved) == n - m
    assert len(sizes) > 2
    assert StdinSpace(["3 3\n1 2\n2 3\n3 1\n", "4 2\n1 2\n2 3\n"], [""], statement=statement).only_disputes


@pytest.mark.parametrize(
    ("said", "is_unread"),
    [
        ("It is guaranteed that from any city you can pass to any other by roads.", False),
        ("It is guaranteed that from any city you can pass to any other by one-way roads.", True),
        ("It is guaranteed that it is possible to get from every house to every other house.", False),
        ("It is guaranteed that you can travel between any two cities.", False),
        ("It is guaranteed that the wires connect the banks in such a way that all can be hacked.", True),
        ("It is guaranteed that any two cities are linked by no more than one road.", False),
        ("It is guaranteed that no city has a road to itself.", False),
        ("It is guaranteed that the sentence speaks for itself.", True),
    ],
)
def test_connected_and_simple_in_other_words(said: str, is_unread: bool) -> None:
    texts = ["4 4\n1 2\n2 3\n3 4\n4 1\n", "3 3\n1 2\n2 3\n1 3\n", "5 4\n1 2\n2 3\n3 4\n1 5\n"]
    assert StdinSpace(texts, [""], statement=f"n and m (1 ≤ n, m ≤ 9). {said}").only_disputes == is_unread


def test_a_tree_connects_its_nodes() -> None:
    texts = ["4\n1 2\n2 3\n3 4\n", "3\n1 2\n1 3\n", "5\n1 2\n2 3\n3 4\n1 5\n"]
    said = "n (1 ≤ n ≤ 9). It is guaranteed that the wires connect the banks in such a way that all can be hacked."
    assert not StdinSpace(texts, [""], statement=said).only_disputes


def test_few_given_graphs_that_are_not_what_is_said_do_not_count() -> None:
    path, loop = (4, [(1, 2), (2, 3), (3, 4)]), (4, [(1, 2), (2, 3), (3, 3)])
    said = SaidOfStructures(is_tree=True)
    form = edge_form(Count("n"), [path, path, path, loop], said)
    assert form is not None
    assert form.is_tree
    few = edge_form(Count("n"), [path, path, loop, loop], said)
    assert few is not None
    assert not few.is_tree


def test_one_small_graph_is_enough_for_what_the_statement_says() -> None:
    small = [(4, [(1, 4)]), (3, []), (2, [])]
    assert edge_form(Count("n"), small) is None
    form = edge_form(Count("n"), small, SaidOfStructures(is_simple=True))
    assert form is not None
    assert form.is_simple
    path = [(3, [(1, 2), (2, 3)])]
    for said, expected in (
        (SaidOfStructures(is_simple=True), (False, False)),
        (SaidOfStructures(is_connected=True), (True, False)),
        (SaidOfStructures(is_tree=True), (True, True)),
    ):
        form = edge_form(Count("n"), path, said)
        assert form is not None
        assert (form.is_connected, form.is_tree) == expected


def test_rows_that_the_statement_guarantees_to_be_distinct_are() -> None:
    texts = ["4\n0 0\n1 1\n2 0\n2 2\n", "1\n1 1\n", "3\n0 0\n1 1\n2 0\n"]
    said = "n (1 ≤ n ≤ 20), then n lines of xi, yi (- 9 ≤ xi, yi ≤ 9). It is guaranteed that no two points coincide."
    for _, *ends in inside(texts, said, 200):
        points = list(zip(ends[::2], ends[1::2], strict=True))
        assert len(set(points)) == len(points)


def test_a_reference_that_handles_what_is_guaranteed_never_to_come_widens_nothing() -> None:
    texts = ["7\n", "13\n", "11\n", "29\n", "5\n"]
    said = "An integer n (2 ≤ n ≤ 999). It is guaranteed that n is a prime integer."
    space = StdinSpace(texts, [""], statement=said)
    space.widen({("prime", (0,), ())})
    drawn, _ = space.draw(random.Random(0), 60, texts, set(texts))
    assert len(drawn) >= 10
    assert all(all(int(text) % factor for factor in range(2, int(text))) for text in drawn)


def test_the_least_of_two_bounds_and_a_difference_as_a_bound() -> None:
    texts = ["8 15 3\n", "8 30 7\n", "2 3 1\n"]
    said = "Three integers l, r, k (1 ≤ l ≤ r ≤ 40; 1 ≤ k ≤ min(9, r - l + 1))."
    drawn = inside(texts, said)
    assert all(1 <= low <= r <= 40 and 1 <= k <= min(9, r - low + 1) for low, r, k in drawn)


TIMES = ["3\n2 1 4\n1 3\n0\n", "2\n3 2 5 9\n0\n", "4\n0\n0\n1 7\n1 7\n"]


@pytest.mark.parametrize(
    ("said", "is_sorted", "is_distinct"),
    [
        ("Then ki distinct integers tij follow, sorted in ascending order.", True, True),
        ("The integers tij are given in non-decreasing order.", True, False),
        ("Print the times in ascending order.", False, False),
    ],
)
def test_lists_that_the_statement_sorts(said: str, is_sorted: bool, is_distinct: bool) -> None:
    statement = (
        f"An integer n (1 ≤ n ≤ 5), then n lines: ki (0 ≤ ki ≤ 5), then times tij (0 ≤ tij ≤ 20). {said}"
    )
    drawn = [
        [int(token) for token in line.split()[1:]]
        for texts in StdinSpace(TIMES, [""], statement=statement).draw(random.Random(0), 200, TIMES, set())
        for text in texts
        for line in text.splitlines()[1:]
    ]
    assert any(len(times) > 2 for times in drawn)
    assert all(times == sorted(times) for times in drawn) == is_sorted
    assert all(len(set(times)) == len(times) for times in drawn) == is_distinct


def test_a_graph_that_is_not_as_the_statement_says_is_no_input_at_all() -> None:
    chains = ["4 3\n0 1\n0 2\n3 0\n", "4 3\n0 1\n1 2\n2 3\n", "2 1\n0 1\n"]
    plain = "Integers n and m, then m pairs of tasks."

    def has_rings(statement: str) -> bool:
        space = StdinSpace(chains, [""], statement=statement)
        for text in (text for texts in space.draw(random.Random(0), 200, chains, set()) for text in texts):
            n, _, *ends = map(int, text.split())
            left, edges = set(range(n)), list(zip(ends[::2], ends[1::2], strict=True))
            while bare := {node for node in left if not any(a == node and b in left for a, b in edges)}:
                left -= bare
            if left:
                return True
        return False

    assert not has_rings(f"{plain} It is guaranteed that there are no circular dependencies between them.")
    assert has_rings(plain)


@pytest.mark.parametrize(
    ("said", "hangs_together"),
    [
        ("Find out whether it is a ring whose nodes are connected by edges.", False),
        ("The graph is connected.", True),
        ("One can get from any city to any other one.", True),
    ],
)
def test_graphs_hang_together_only_where_the_statement_has_a_word_for_it(
    said: str, hangs_together: bool
) -> None:
    texts = [
        "6 6\n6 3\n6 4\n5 1\n2 5\n1 4\n5 4\n",
        "6 5\n5 6\n4 6\n3 1\n5 1\n1 2\n",
        "5 5\n2 3\n2 4\n5 4\n4 1\n1 2\n",
    ]
    parts = {
        n_parts(n, list(zip(ends[::2], ends[1::2], strict=True)))
        for n, _, *ends in inside(
            texts, f"Numbers n and m. The graph has no multiple edges, it is guaranteed. {said}", 200
        )
    }
    assert (parts == {1}) == hangs_together
