"""Features on disk, one file a problem: what a run that was stopped has computed, the next one reads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.training.arrays import Array
from benchmarks.training.tree import PrefixTree, grow, key

Reader = Callable[[PrefixTree, bool], tuple[Array, Array]]


class Features:
    """States and surprise by prefix. ``states`` (prefixes, layers, width), float16; ``surprise`` (prefixes, 3): sum, mean
    and maximum over the tokens of the prefix's last step, NaN where it was not computed."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._places: dict[str, int] = {}
        states, surprise = [], []
        for file in files:
            with np.load(file) as found:
                fresh = [at for at, name in enumerate(found["keys"]) if str(name) not in self._places]
                for at in fresh:
                    self._places[str(found["keys"][at])] = len(self._places)
                states.append(found["states"][fresh])
                surprise.append(found["surprise"][fresh])
        self.states = np.concatenate(states)
        self.surprise = np.concatenate(surprise)

    def places(self, paths: Iterable[tuple[str, ...]]) -> Array:
        """The row of each prefix. Raises KeyError for a prefix that was not computed."""
        return np.array([self._places[key(path)] for path in paths], np.int64)


def compute(
    wanted: Mapping[str, Iterable[tuple[str, ...]]], with_surprise: bool, folder: Path, read: Reader
) -> list[Path]:
    """The files with the features of all prefixes of the ``wanted`` paths, by problem; only those that lack are made."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, problem in enumerate(sorted(wanted)):
        tree = grow(wanted[problem])
        names = [key(path) for path in tree.paths]
        digest = hashlib.sha256("".join([str(with_surprise), *names]).encode()).hexdigest()[:16]
        file = folder / f"{digest}.npz"
        files.append(file)
        if not file.exists():
            states, surprise = read(tree, with_surprise)
            torn = folder / f"{digest}.{os.getpid()}.part.npz"
            np.savez(torn, keys=np.array(names), states=states, surprise=surprise)
            torn.replace(file)
            print(f"  features {number + 1}/{len(wanted)}: {problem}, {len(names)} prefixes", flush=True)
    return files
