"""Proofs that an edit changes nothing, as evidence about it."""

from __future__ import annotations

from dataclasses import replace

from prmdata.edits.equivalence import proof_of
from prmdata.evidence.program_case import Gathered


def with_proof(finding: Gathered, base: str, program: str, *, is_script: bool) -> Gathered:
    """The finding about an edit of ``base``, with a proof that the edit changes nothing where there is one. ``is_script``: the
    programs read standard input, and nobody calls them."""
    if finding.is_distinguished or (proof := proof_of(base, program, is_script=is_script)) is None:
        return finding
    return replace(finding, evidence=replace(finding.evidence, proof=proof))
