"""One configuration: defaults, file, flags; what does not fit gets one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prmdata.config import configure
from prmdata.errors import InputError, UsageError


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "prmdata.toml"
    file.write_text('[build]\nsource = "mbpp"\nseed = 3\nmax-per-problem = 2\nstrategy = "curriculum"\n')
    config = configure(file, seed=5, k=None, strategy=())
    assert (config.source, config.seed, config.max_per_problem, config.k) == ("mbpp", 5, 2, 20)
    assert config.strategy == ("curriculum",)


@pytest.mark.parametrize(
    ("given", "needs"),
    [
        ({"model": "m"}, "--model: has no effect with --teacher rules; give --teacher openai"),
        ({"batch": True}, "--batch: has no effect with --teacher rules; give --teacher openai"),
        ({"prices": Path("p")}, "--prices: has no effect with --teacher rules"),
        ({"max_cost": 1.0}, "--max-cost: has no effect with --teacher rules"),
        ({"max_cost": 1.0, "teacher": "replay"}, "--max-cost: has no effect with --teacher replay"),
        ({"rollouts": 3, "strategy": "first-error"}, "--rollouts: has no effect with --teacher rules"),
        (
            {"per_step": "auto"},
            "--per-step: has no effect with --teacher rules; give --teacher openai, or a number",
        ),
        ({"per_step": "many"}, "--per-step many: "),
        ({"per_step": "0"}, "--per-step 0: "),
        ({"rewrites": 3}, "--rewrites: has no effect with --teacher rules; give --teacher openai"),
        (
            {"rewrites": 3, "teacher": "openai", "strategy": "curriculum"},
            "give --strategy mutate-refactor or first-error",
        ),
        ({"k": 4, "teacher": "openai", "rewrites": 0}, "--k: has no effect with --strategy mutate-refactor"),
        ({"search": "full", "teacher": "openai"}, "--search: has no effect with --strategy mutate-refactor"),
        ({"ray_address": "auto"}, "--ray-address: has no effect with --engine local; give --engine ray"),
        ({"k": 4}, "--k: has no effect with --strategy mutate-refactor; give --strategy first-error"),
        (
            {"depth": 1, "strategy": ("curriculum", "first-error")},
            "--strategy curriculum and --strategy first-error",
        ),
        ({"runtime": "runsc", "sandbox": "local"}, "--runtime: has no effect with --sandbox local"),
        ({"splits_from": Path("o")}, "--splits-from: has no effect with one split; give --split"),
    ],
)
def test_a_setting_without_effect_is_refused_with_what_it_needs(given: dict[str, Any], needs: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        configure(**given)
    assert needs in str(caught.value)


def test_settings_that_a_plug_in_may_use_are_left_alone() -> None:
    assert configure(k=4, depth=1, strategy="guess", model="m", teacher="mine").k == 4


def test_shares_may_stand_in_a_table(tmp_path: Path) -> None:
    file = tmp_path / "prmdata.toml"
    file.write_text("[build]\n[build.split]\ntrain = 0.9\ntest = 0.1\n")
    assert configure(file).split == (("train", 0.9), ("test", 0.1))


def test_edits_a_step_are_a_number_or_auto() -> None:
    assert configure(teacher="openai", per_step="auto").per_step == "auto"
    assert configure(per_step="3").per_step == 3


def test_rewrites_have_a_search_and_a_default_of_their_own() -> None:
    asked = configure(teacher="openai", k=4, completer="openai", complete_by="raw")
    assert (asked.rewrites, asked.asks_rewrites) == (None, True)
    assert not configure(teacher="openai", rewrites=0).asks_rewrites
    assert not configure().asks_rewrites
    assert not configure(teacher="openai", strategy="first-error").asks_rewrites
    assert configure(teacher="openai", strategy="first-error", rewrites=2).asks_rewrites
    assert "rewrites" not in configure().content()
    assert configure(teacher="openai").digest() != configure(teacher="openai", rewrites=0).digest()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('policy = "nice"', "prmdata.toml: policy = 'nice': no such policy; choose strict or paper"),
        (
            "split = {train = 0.9, test = 0.2}",
            "prmdata.toml: split = {'train': 0.9, 'test': 0.2}: shares must",
        ),
        ("split = {train = 'all'}", "prmdata.toml: split = {'train': 'all'}: give name=share pairs"),
        ('model = "m"', "prmdata.toml: model: has no effect with --teacher rules"),
    ],
)
def test_a_value_of_a_file_is_named_with_its_file(line: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "prmdata.toml"
    file.write_text(f"[build]\n{line}\n")
    with pytest.raises(UsageError, match=r".") as caught:
        configure(file)
    assert str(caught.value).startswith(str(tmp_path))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"shard": "0/4"}, "--shard 0/4: give I/N, counting from 1, such as 1/4"),
        ({"shard": "5/4"}, "--shard 5/4: give I/N"),
        ({"split": "train=0.9,test=0.2"}, "sum to 1"),
        ({"split": "train"}, "name=share"),
        ({"split": "a=0.5,a=0.5"}, "name of its own"),
        ({"workers": 0}, "--workers 0: Input should be greater than or equal to 1"),
        ({"policy": "nice"}, "--policy nice: no such policy; choose strict or paper"),
    ],
)
def test_a_value_that_does_not_fit_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        configure(**given)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_does_not_fit_is_named(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    with pytest.raises(InputError, match="no such file"):
        configure(file)
    file.write_text("[build]\nsed = 1\n")
    with pytest.raises(UsageError, match=r"c.toml: unknown key 'sed' in \[build\]; known: source"):
        configure(file)
    file.write_text("[biuld]\n")
    with pytest.raises(InputError, match=r"unknown table \[biuld\]"):
        configure(file)
    file.write_text("= 1")
    with pytest.raises(InputError, match="not TOML"):
        configure(file)


def test_the_digest_is_of_what_decides_the_content(tmp_path: Path) -> None:
    rollouts = tmp_path / "r.jsonl"
    rollouts.write_text("{}\n")
    digest = configure(rollouts_from=rollouts).digest()
    moved = rollouts.rename(tmp_path / "moved.jsonl")
    assert configure(rollouts_from=moved, workers=7, out=tmp_path, policy="paper").digest() == digest
    moved.write_text("{ }\n")
    other = configure(rollouts_from=moved).digest()
    assert other != digest
    assert configure(rollouts_from=moved, seed=1).digest() != other
