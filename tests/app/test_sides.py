"""A problem's side of the split in every command: builds, shards with merge, relabelling, added problems,
pins."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmdata.app.finish import RunFacts, finish
from prmdata.app.merge import MergeOptions, merge, relabel
from prmdata.config import BuildConfig, configure
from prmdata.errors import UsageError
from prmdata.pipeline.assemble import CompletedProblem
from prmdata.pipeline.origin import Origin
from prmdata.pipeline.sides import stored_sides
from prmdata.vetting.similar import ALIKE_CODE, HASHES

EXAMPLES = int(os.environ.get("PRMDATA_EXAMPLES", "12"))
"""This many runs are enough for the tests; 500 were made when the rule was chosen."""


@dataclass(frozen=True)
class Made:
    """A source of problems, near-duplicates among them, some of which bridge two clusters."""

    rows: list[dict[str, Any]]

    def completed(self, numbers: Any) -> Any:
        def problems(rows: bool) -> Any:
            for number in numbers:
                yield CompletedProblem(number, self.rows[number], [], [])

        return problems


def problem_row(number: int, signature: list[int]) -> dict[str, Any]:
    return {
        "problem_id": f"p{number}", "problem_index": number, "source": "s", "license": "", "prompt": f"Problem {number}",
        "reference": f"def f():\n    return {number}\n", "entry_point": "f", "setup": "", "tests": [],
        "compare": {"rule": "exact", "tolerance": None, "checker": None}, "isolation": "apart", "cpu_s": 1.0,
        "signature": signature,
    }  # fmt: skip


def source(random: Random, size: int) -> Made:
    signatures: list[list[int]] = []
    for _ in range(size):
        fresh = [random.randrange(2**60) for _ in range(HASHES)]
        if (
            signatures and random.random() < 0.5
        ):  # shares enough with one earlier problem, or with two of them (a bridge between clusters)
            first, second = random.choice(signatures), random.choice(signatures)
            cut = round(HASHES * (ALIKE_CODE + 0.1))
            fresh = [*first[:cut], *fresh[cut:]]
            if random.random() < 0.3:
                fresh = [*first[: HASHES // 2], *second[HASHES // 2 : HASHES]]
        signatures.append([*fresh[:HASHES], *[-1] * HASHES])
    return Made([problem_row(number, one) for number, one in enumerate(signatures)])


def build(made: Made, out: Path, numbers: Any, origin: Origin, **given: Any) -> BuildConfig:
    config = configure(out=out, **given)
    finish(config, made.completed(numbers), RunFacts({}, origin, {}, 0.0))
    return config


SPLITS = st.sampled_from(
    [
        (("train", 0.9), ("test", 0.1)),
        (("train", 0.8), ("test", 0.1), ("validation", 0.1)),
        (("b", 0.5), ("a", 0.5)),
    ]
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(1, 60), SPLITS, st.integers(2, 4), st.integers(0, 2))
def test_build_merge_of_shards_and_relabel_agree(
    tmp_path_factory: pytest.TempPathFactory, drawn: int, size: int, shares: Any, shards: int, seed: int
) -> None:
    random = Random(drawn)
    made = source(random, size)
    tmp = tmp_path_factory.mktemp("sides")
    shown = ",".join(f"{name}={share}" for name, share in random.sample(shares, len(shares)))
    settings_ = {"split": shown, "seed": seed}
    build(made, tmp / "whole", range(size), Origin("digest"), **settings_)
    owner = [random.randrange(shards) for _ in range(size)]
    folders = []
    for shard in range(shards):
        numbers = [number for number in range(size) if owner[number] == shard]
        origin = Origin("digest", (shard + 1,), shards)
        build(made, tmp / f"shard{shard}", numbers, origin, **settings_)
        folders.append(tmp / f"shard{shard}")
    merge(random.sample(folders, shards), tmp / "merged")
    relabel(tmp / "merged", "paper", to=tmp / "relabelled")
    sides = stored_sides(tmp / "whole")
    assert len(sides) == size
    assert stored_sides(tmp / "merged") == sides
    assert stored_sides(tmp / "relabelled") == sides

    more = Made(
        [
            *made.rows,
            *(problem_row(size + n, one["signature"]) for n, one in enumerate(source(random, 9).rows)),
        ]
    )
    build(more, tmp / "more", range(size + 9), Origin("other"), splits_from=tmp / "whole", **settings_)
    assert stored_sides(tmp / "more").items() >= sides.items()


def test_problems_that_are_added_say_how_many_moved(tmp_path: Path) -> None:
    made = source(Random(5), 200)
    build(made, tmp_path / "out", range(100), Origin("a"), split="train=0.5,test=0.5")
    before = stored_sides(tmp_path / "out")
    config = configure(out=tmp_path / "out", split="train=0.5,test=0.5")
    result = finish(config, made.completed(range(200)), RunFacts({}, Origin("b"), {}, 0.0))
    after = stored_sides(tmp_path / "out")
    moved = sum(after[content] != side for content, side in before.items())
    assert moved
    assert f"note: {moved} problems moved to another side of the split" in result.text()


def test_an_empty_side_is_a_note_in_the_command_and_the_manifest(tmp_path: Path) -> None:
    config = configure(out=tmp_path / "out", split="train=0.99,test=0.01")
    result = finish(config, source(Random(1), 3).completed(range(3)), RunFacts({}, Origin(), {}, 0.0))
    assert "note: split test is empty: none of 3 problems" in result.text()
    assert result.counts["notes"]


def test_a_shard_says_that_its_sides_are_provisional(tmp_path: Path) -> None:
    config = configure(out=tmp_path / "out", split="train=0.5,test=0.5")
    facts = RunFacts({}, Origin("a", (1,), 2), {}, 0.0)
    assert "provisional" in finish(config, source(Random(1), 9).completed(range(9)), facts).text()


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    made = source(Random(2), 12)
    for part in (1, 2, 3):
        build(made, tmp_path / f"s{part}", range(part - 1, 12, 3), Origin("digest", (part,), 3))
    return [tmp_path / f"s{part}" for part in (1, 2, 3)]


def test_missing_shards_are_refused_and_partial_takes_what_is_there(
    shards: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"shards are missing: 2/3; give their folders too, or --partial"):
        merge([shards[0], shards[2]], tmp_path / "out")
    merge([shards[0], shards[2]], tmp_path / "out", MergeOptions(is_partial=True))
    assert len(stored_sides(tmp_path / "out")) == 8
    merge([tmp_path / "out", shards[1]], tmp_path / "whole")
    assert len(stored_sides(tmp_path / "whole")) == 12


def test_a_shard_given_twice_is_refused(shards: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"s2: holds shard 2/3, as .*s2 does; give each shard once"):
        merge([*shards, shards[1]], tmp_path / "out")


def test_foreign_shards_are_refused(shards: list[Path], tmp_path: Path) -> None:
    other = source(Random(3), 12)
    build(other, tmp_path / "foreign", range(1, 12, 3), Origin("another", (2,), 3))
    with pytest.raises(UsageError, match=r"foreign: a shard of another source than .*s1"):
        merge([shards[0], tmp_path / "foreign", shards[2]], tmp_path / "out")
    build(other, tmp_path / "fourth", range(1, 12, 4), Origin("digest", (2,), 4))
    with pytest.raises(UsageError, match=r"fourth: one of 4 shards, and .*s1 is one of 3"):
        merge([shards[0], tmp_path / "fourth", shards[2]], tmp_path / "out")
    build(other, tmp_path / "plain", range(12), Origin("digest"))
    with pytest.raises(UsageError, match=r"plain: a plain build, and .*s1 is a shard"):
        merge([shards[0], tmp_path / "plain"], tmp_path / "out")


def test_plain_builds_of_different_sources_stand_one_after_the_other(tmp_path: Path) -> None:
    first, second = source(Random(4), 5), source(Random(5), 7)
    build(first, tmp_path / "first", range(5), Origin("a"))
    renamed = Made(
        [row | {"problem_id": f"q{n}", "prompt": f"Other {n}"} for n, row in enumerate(second.rows)]
    )
    build(renamed, tmp_path / "second", range(7), Origin("b"))
    merge([tmp_path / "first", tmp_path / "second"], tmp_path / "out")
    assert len(stored_sides(tmp_path / "out")) == 12
    build(renamed, tmp_path / "again", range(7), Origin("b"))
    with pytest.raises(UsageError, match="second: made from the same problems as"):
        merge([tmp_path / "again", tmp_path / "first", tmp_path / "second"], tmp_path / "twice")
    build(second, tmp_path / "same-ids", range(7), Origin("c"))
    with pytest.raises(UsageError, match=r"same-ids: has a problem 'p0', as .*first has; ids must differ"):
        merge([tmp_path / "first", tmp_path / "same-ids"], tmp_path / "ids")


def test_shards_that_were_pinned_need_the_pins_again(tmp_path: Path) -> None:
    made = source(Random(6), 12)
    build(made, tmp_path / "old", range(12), Origin("old"), split="train=0.5,test=0.5", seed=9)
    for part in (1, 2):
        build(
            made, tmp_path / f"s{part}", range(part - 1, 12, 2), Origin("d", (part,), 2),
            split="train=0.5,test=0.5", splits_from=tmp_path / "old",
        )  # fmt: skip
    folders = [tmp_path / "s1", tmp_path / "s2"]
    with pytest.raises(UsageError, match="built with --splits-from; give that dataset to merge"):
        merge(folders, tmp_path / "out")
    merge(folders, tmp_path / "out", MergeOptions(splits_from=tmp_path / "old"))
    assert stored_sides(tmp_path / "out") == stored_sides(tmp_path / "old")
    relabel(tmp_path / "out", "paper")
    assert stored_sides(tmp_path / "out") == stored_sides(tmp_path / "old")
