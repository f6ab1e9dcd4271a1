"""One configuration: defaults, file, flags; what does not fit gets one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from prmdata.config import configure
from prmdata.errors import InputError, UsageError


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "prmdata.toml"
    file.write_text('[build]\nsource = "mbpp"\nseed = 3\nper-step = 2\nstrategy = "curriculum"\n')
    config = configure(file, seed=5, k=None, strategy=())
    assert (config.source, config.seed, config.per_step, config.k) == ("mbpp", 5, 2, 20)
    assert config.strategy == ("curriculum",)


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
def test_a_value_that_does_not_fit_is_named(given: dict[str, object], says: str) -> None:
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
