"""A policy of another package is plugged in by the contract, and has to keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prmdata.config import configure
from prmdata.errors import UsageError
from prmdata.labels.policies import GROUP, SHIPPED, apply, policies, policy_named
from prmdata.labels.relabel import relabel
from prmdata.records import IGNORE, Verdict
from tests.rows_by_hand import edited, rollout

TOY = """\
from prmdata.labels.policies import LabelBuilder, LabelPolicy


def label(trace, label_prefix):
    builder = LabelBuilder(trace, "not_said")
    builder.label(range(len(trace.steps)), int(passes(trace)), "as_the_tests_say")
    return builder.done()


def missing(trace):
    return None if trace.outcomes else "outcomes (no test was run)"


def passes(trace):
    return trace.verdict == "passed"


POLICY = LabelPolicy("toy", label, missing, passes)
"""

Plug = Callable[[str], None]


@pytest.fixture
def plug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plug]:
    """Installs a package whose module has the given text and whose entry point names its ``POLICY``."""

    def installed(text: str) -> None:
        module = f"toy_{tmp_path.name.replace('-', '_')}"
        (tmp_path / f"{module}.py").write_text(text)
        facts = tmp_path / f"{module}-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(f"[{GROUP}]\ntoy = {module}:POLICY\n")
        monkeypatch.syspath_prepend(tmp_path)
        policies.cache_clear()

    policies.cache_clear()
    yield installed
    policies.cache_clear()


def test_a_policy_is_plugged_in_by_its_entry_point_alone(plug: Plug) -> None:
    plug(TOY)
    assert list(policies()) == [*(policy.name for policy in SHIPPED), "toy"]
    assert configure(policy="toy").policy == "toy"
    (right, wrong) = relabel([edited(), edited(verdict=Verdict.WRONG_ANSWER)], "toy")
    assert (right.policy, right.labels, wrong.labels) == ("toy", (IGNORE, 1, 1, 1), (IGNORE, 0, 0, 0))
    assert right.reasons == ("given", *["as_the_tests_say"] * 3)
    assert apply("toy", rollout()).response_class == "correct"
    with pytest.raises(UsageError, match=r"--policy toy needs outcomes \(no test was run\)"):
        list(relabel([edited(outcomes=())], "toy"))


def test_an_unknown_policy_is_one_clear_line_that_names_all(plug: Plug) -> None:
    plug(TOY)
    with pytest.raises(UsageError) as caught:
        configure(policy="lenient")
    assert str(caught.value) == "--policy lenient: no such policy; choose strict or paper or toy"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import no_such_module\n", "cannot be loaded"),
        ("OTHER = 1\n", "cannot be loaded"),
        ("POLICY = len\n", "not a LabelPolicy"),
        (TOY.replace('"toy"', '"paper"'), "two policies are called paper"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_by_name(plug: Plug, text: str, says: str) -> None:
    plug(text)
    with pytest.raises(UsageError, match=says):
        policy_named("strict")


@pytest.mark.parametrize(
    "broken",
    [
        TOY.replace("int(passes(trace))", "7"),
        TOY.replace("return builder.done()", "return type(builder.done())((1,), ('one',))"),
        TOY.replace("return builder.done()", "return type(builder.done())(builder.done().labels, ())"),
    ],
    ids=["another label", "too few labels", "no reasons"],
)
def test_labels_that_break_the_contract_reach_no_row(plug: Plug, broken: str) -> None:
    plug(broken)
    with pytest.raises(UsageError, match="policy toy does not give each step of row row one label"):
        apply("toy", edited())
