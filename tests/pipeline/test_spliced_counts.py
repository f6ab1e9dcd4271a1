"""The ways in which judged edits were spliced are counted, and the sums of shards add up. Older folders and
journals have no such counts."""

from __future__ import annotations

from pathlib import Path

from prmdata.datasets.manifest import write_manifest
from prmdata.pipeline.assemble import Counts
from prmdata.pipeline.shards import _spliced


def test_edits_are_counted_by_who_spliced_them_and_why() -> None:
    counts = Counts()
    counts.count_spliced({"libcst": 3, "no parse": 1})
    counts.count_spliced({"libcst": 2, "no parse": 1, "no bytes": 1})
    counts.count_spliced({})
    assert counts.as_dict()["spliced"] == {"libcst": 5, "text": 3}
    assert counts.as_dict()["spliced_as_text"] == {"no bytes": 1, "no parse": 2}


def test_the_sums_of_shards_add_up_to_those_of_one_run(tmp_path: Path) -> None:
    for name, found in (("one", {"libcst": 3, "no parse": 1}), ("two", {"libcst": 2}), ("three", {})):
        counts = Counts()
        counts.count_spliced(found)
        write_manifest(tmp_path / name, config={}, counts=counts.as_dict())
    write_manifest(tmp_path / "old", config={}, counts={})
    merged = Counts()
    merged.count_spliced(_spliced([tmp_path / name for name in ("one", "two", "three", "old")]))
    assert merged.as_dict()["spliced"] == {"libcst": 5, "text": 1}
    assert merged.as_dict()["spliced_as_text"] == {"no parse": 1}
