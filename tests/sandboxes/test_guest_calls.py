"""The traffic between judge and candidate: arguments, answers, names, callbacks."""

from __future__ import annotations

import pytest

from prmdata.records import Task, Verdict
from tests.sandboxes.conftest import Judge

P, W, R = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("body", "test"),
    [
        ("a.sort()", "x = [3, 1]; assert f(x) is None; assert x == [1, 3]"),
        ("a[0][0] = 9", "x = [[1], [2]]; f(x); assert x == [[9], [2]]"),
        ("a['k'] = [a]", "x = {}; f(x); assert x['k'][0] is x"),
        ("a.add(1); a.discard(2)", "x = {2}; f(x); assert x == {1}"),
        ("a.appendleft(0)", "from collections import deque\nx = deque([1]); f(x); assert list(x) == [0, 1]"),
        ("a.extend(b'z')", "x = bytearray(b'a'); f(x); assert x == b'az'"),
        ("a.clear()", "x = [1]; y = [x, x]; f(x); assert y == [[], []]"),
        ("return a", "x = [1]; assert f(x) is x"),
        ("return [a, a]", "x = [1]; y = f(x); assert y[0] is y[1] is x"),
        ("b = a[0]; a.append(b); return b", "x = [[1]]; assert f(x) is x[0] is x[1]"),
        ("a += [4]; return (a, [a])", "x = []; y = f(x); assert y[0] is x and y[1][0] is x == [4]"),
    ],
)
def test_changes_of_arguments_travel_back(judged: Judge, body: str, test: str) -> None:
    assert judged(f"def f(a):\n    {body}\n", test).verdict == P


def test_an_equal_but_changed_element_travels_back(judged: Judge) -> None:
    assert judged("def f(a):\n    a[0] = True\n", "x = [1]; f(x); assert x[0] is True").verdict == P


NODE = "class ListNode:\n    def __init__(self, val=0, next=None):\n        self.val = val\n        self.next = next\n"


def test_instances_of_the_judges_classes_travel_both_ways(judged: Judge) -> None:
    program = (
        NODE
        + "def f(head):\n    last = None\n    while head:\n        head.next, last, head = last, head, head.next\n    return last\n"
    )
    test = (
        "a = ListNode(1, ListNode(2, ListNode(3)))\nb = f(a)\n"
        "assert type(b) is ListNode and [b.val, b.next.val, b.next.next.val] == [3, 2, 1]\n"
        "assert a.next is None and b.next.next is a"
    )
    assert judged(program, test, setup=NODE).verdict == P


def test_a_chain_of_ten_thousand_nodes_travels(judged: Judge) -> None:
    test = "a = None\nfor n in range(10_000): a = ListNode(n, a)\nassert f(a) == 10_000"
    program = "def f(head):\n    n = 0\n    while head: n, head = n + 1, head.next\n    return n\n"
    assert judged(program, test, setup=NODE).verdict == P


def test_helpers_resolve_in_the_judge_never_in_the_candidate(judged: Judge) -> None:
    reference = "def encode(s):\n    return s[::-1]\n\ndef f(s):\n    return s[::-1]\n"
    test = "assert f(encode('abc')) == 'abc'"
    assert judged(reference, test, reference=reference).verdict == P
    forged = "def encode(s):\n    return s\n\ndef f(s):\n    return s\n"
    assert judged(forged, test, reference=reference).verdict == W


def test_the_references_helpers_call_the_references_own_entry(judged: Judge) -> None:
    reference = "def f(n):\n    return n * 2\n\ndef expected(n):\n    return f(n)\n"
    assert (
        judged("def f(n):\n    return -1\n", "assert f(3) == expected(3)", reference=reference).verdict == W
    )


def test_helpers_come_from_the_prompt_where_it_is_a_program(judged: Judge) -> None:
    prompt = "def twice(n):\n    return n + n\n\ndef f(n):\n    '''Half of it.'''\n"
    assert judged("def f(n):\n    return n // 2\n", "assert f(twice(4)) == 4", prompt=prompt).verdict == P


def test_a_prompt_in_words_is_no_program(judged: Judge) -> None:
    assert judged("def f(n):\n    return n\n", "assert f(4) == 4", prompt="Write a function.").verdict == P


def test_a_setup_may_need_what_only_the_reference_defines(judged: Judge) -> None:
    reference = NODE + "def f(node):\n    return node.val\n"
    assert (
        judged(reference, "assert f(root) == 5", reference=reference, setup="root = ListNode(5)").verdict == P
    )


def test_functions_passed_as_arguments_are_called_in_the_judge(judged: Judge) -> None:
    program = "def f(items, key):\n    return sorted(items, key=key)\n"
    assert judged(program, "assert f([1, 2, 3], lambda n: -n) == [3, 2, 1]").verdict == P
    assert judged(program, "assert f(['b', 'A'], str.lower) == ['A', 'b']").verdict == P
    test = "seen = []\ndef note(n):\n    seen.append(n)\n    return n\nf([2, 1], note)\nassert seen == [2, 1]"
    assert judged(program, test).verdict == P


def test_what_a_callback_raises_goes_through_the_candidate(judged: Judge) -> None:
    program = (
        "def f(g):\n    try:\n        return g()\n    except ZeroDivisionError:\n        return 'caught'\n"
    )
    assert judged(program, "assert f(lambda: 1 / 0) == 'caught'").verdict == P


def test_functions_that_come_back_can_be_called_where_the_references_can(judged: Judge) -> None:
    program, test = "def f(n):\n    return lambda m: m + n\n", "add = f(2)\nassert add(3) == 5"
    assert judged(program, test, reference=program).verdict == P
    assert judged(program + "#\n", test, reference=program).verdict == P
    assert judged(program, test, reference="def f(n):\n    return [n]\n").verdict == W


def test_a_class_can_be_the_entry_point(judged: Judge) -> None:
    program = (
        "class Stack:\n    def __init__(self):\n        self.items = []\n"
        "    def push(self, item):\n        self.items.append(item)\n        return self\n"
        "    def __len__(self):\n        return len(self.items)\n"
    )
    tests = ("s = Stack()\ns.push(1).push(2)\nassert len(s) == 2", "assert Stack().items == []")
    assert judged(program, *tests, entry="Stack", reference=program).outcomes == (P, P)


def test_an_object_with_a_lying_equality_equals_nothing(judged: Judge) -> None:
    liar = (
        "class Liar:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "    def __bool__(self): return True\n    def __lt__(self, other): return True\n"
        "def f(a):\n    return Liar()\n"
    )
    tests = (
        "assert f(1) == 5",
        "assert not f(1) != 5",
        "assert f(1) < 3",
        "assert f(1) in [3]",
        "assert f(1)",
    )
    assert judged(liar, *tests).outcomes == (W,) * 4 + (P,)
    assert judged(liar.replace("return Liar()", "return [Liar()]"), "assert f(1) == [5]").verdict == W
    assert judged(liar.replace("class Liar", "class Liar(int)"), "assert f(1) == 5").verdict == W


def test_iterators_arrive_as_iterators(judged: Judge) -> None:
    program = "def f(n):\n    yield from range(n)\n"
    assert judged(program, "assert list(f(3)) == [0, 1, 2]", "assert next(f(3)) == 0").outcomes == (P, P)
    assert judged(
        "def f(n):\n    while True: yield n\n", "assert next(f(3)) == 3", "list(f(1))"
    ).outcomes == (P, W)


def test_the_entry_point_is_inferred_where_none_is_named(judged: Judge) -> None:
    reference = "class Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\ndef longest(pairs):\n    return len(pairs)\n"
    tests = ("assert longest([Pair(1, 2), Pair(3, 4)]) == 2", "assert longest([]) == 0")
    assert judged(reference, *tests, reference=reference, entry=None).outcomes == (P, P)


def test_candidates_of_a_problem_do_not_see_each_other(judged: Judge) -> None:
    judged(
        "import builtins, json, math\nmath.pi = 3\nbuiltins.len = lambda x: 0\ndef f(a): return a\n",
        "assert f(1) == 1",
    )
    program = "import math\ndef f(a):\n    return [len(a), math.pi > 3]\n"
    assert judged(program, "assert f('ab') == [2, True]").verdict == P


def test_the_tests_own_state_is_fresh_for_every_candidate(judged: Judge) -> None:
    setup = "count = []\n"
    for _ in range(3):
        assert (
            judged("def f(a): return a\n", "count.append(f(1)); assert count == [1]", setup=setup).verdict
            == P
        )


def test_inputs_of_tests_are_recorded_once_each_in_order(judged: Judge) -> None:
    tests = ("assert f([2], 1) is None", "assert f(b=3, a=()) is None", "assert f([2], 1) is None")
    found = judged("def f(a, b): pass\n", *tests, task=Task("", record_inputs=True))
    assert found.recorded_inputs == ('{"a":[[2],1],"k":{}}', '{"a":[],"k":{"b":3,"a":{"t":[]}}}')


def test_setup_is_visible_to_the_candidate(judged: Judge) -> None:
    assert judged("def f(n):\n    return LIMIT + n\n", "assert f(1) == 11", setup="LIMIT = 10\n").verdict == P


def test_a_tuple_is_no_list_and_true_is_one(judged: Judge) -> None:
    assert judged(
        "def f(a):\n    return (1, 2)\n", "assert f(0) == [1, 2]", "assert f(0) == (True, 2.0)"
    ).outcomes == (W, P)
