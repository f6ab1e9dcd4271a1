"""Operators never crash, and what they propose can be spliced: over real code in all its variety."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest

from prmdata.edits.mutators import MUTATORS
from prmdata.edits.source import Source
from prmdata.edits.splice import splice

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
FILES = sorted(path for path in LIBRARY.glob("*.py") if 500 < path.stat().st_size < 9000)
SAMPLE = random.Random(20).sample(FILES, min(12, len(FILES)))
PER_OPERATOR = 3


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_every_proposal_can_be_spliced(path: Path, eol: str) -> None:
    program = path.read_text(encoding="utf-8").replace("\n", eol)
    source = Source(program)
    rng = random.Random(path.name)
    for operator in MUTATORS:
        edits = list(operator.propose(source))
        for edit in rng.sample(edits, min(PER_OPERATOR, len(edits))):
            candidate = splice(source, edit)
            assert candidate.program.count("\n") == candidate.program.count(eol)
            assert "".join(step.text for step in candidate.steps) == candidate.program
