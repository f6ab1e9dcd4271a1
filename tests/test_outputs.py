"""No command follows a symbolic link when it writes, and none copies what a link leads to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from prmdata.datasets.push import push
from prmdata.datasets.writer import replacing, write_rows, write_text
from prmdata.errors import SandboxError, UsageError
from prmdata.exports.export import export
from prmdata.outputs import open_new, open_output
from prmdata.pages.report.page import report
from prmdata.pages.review.sample_review import ReviewFinding, add_finding
from prmdata.pipeline.folder import locked
from prmdata.sandboxes import image
from prmdata.vetting.generation import write_generated
from prmdata.vetting.vet_report import write_vetting


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A file outside the folder. It must be unchanged at the end."""
    path = tmp_path / "elsewhere"
    path.write_text("not ours")
    yield path
    assert path.read_text() == "not ours"


def test_a_file_that_is_opened_in_place(elsewhere: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(elsewhere)
    for mode in ("w", "ab"):
        with pytest.raises(UsageError, match="link: is a symbolic link"):
            open_output(link, mode)
    with open_new(link) as file:
        file.write("ours\n")
    assert not link.is_symlink()
    assert link.read_text() == "ours\n"


def test_temporary_files_are_new(elsewhere: Path, tmp_path: Path, out: Path) -> None:
    pid = os.getpid()
    (tmp_path / f".text.{pid}.tmp").symlink_to(elsewhere)
    write_text(tmp_path / "text", "text")
    assert (tmp_path / "text").read_text() == "text"
    (tmp_path / "tests.jsonl.unfinished").symlink_to(elsewhere)
    write_generated([], tmp_path / "tests.jsonl")
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / f".train-00000.{pid}.tmp").symlink_to(elsewhere)
    (written,) = write_rows([("train", {"a": 1})], tmp_path / "rows", pa.schema([("a", pa.int64())]))["train"]
    assert list((tmp_path / "rows").iterdir()) == [written]
    assert not written.is_symlink()
    lines = tmp_path / "lines"
    export(out, "openrlhf", lines, label_kind="fault")
    (lines / f".train.{pid}.tmp").symlink_to(elsewhere)
    export(out, "openrlhf", lines, label_kind="fault")


def test_a_link_in_place_of_a_file_goes_and_what_it_led_to_stays(elsewhere: Path, out: Path) -> None:
    (out / "report.html").unlink(missing_ok=True)
    (out / "report.html").symlink_to(elsewhere)
    assert not report(out).is_symlink()


def test_findings_and_vetting(elsewhere: Path, out: Path, tmp_path: Path) -> None:
    (out / "review.jsonl").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="symbolic link"):
        add_finding(out, ReviewFinding("row", 0, 1, "strict", "correct", "me"))
    (tmp_path / "vet").mkdir()
    (tmp_path / "vet" / "report.json").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="symbolic link"):
        write_vetting([], tmp_path / "vet")


@pytest.mark.parametrize(
    "name", ["data", "data/steps", "data/problems", ".prmdata", ".prmdata/journal.sqlite"]
)
def test_a_folder_with_a_link_inside_is_not_written(out: Path, tmp_path: Path, name: str) -> None:
    _moved(out / name, tmp_path / "moved")
    before = _content(tmp_path / "moved")
    with pytest.raises(UsageError, match="symbolic link"), locked(out):
        pass
    assert _content(tmp_path / "moved") == before


def test_an_export_leaves_its_folder_by_no_link(out: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    (out / "data" / "trl").symlink_to(aside)
    with pytest.raises(UsageError, match="symbolic link"):
        export(out, "trl", as_config=True, label_kind="fault")
    dest = tmp_path / "dest"
    export(out, "trl", dest, label_kind="fault")
    _moved(dest / "data", tmp_path / "moved")
    before = _content(tmp_path / "moved")
    with pytest.raises(UsageError, match="symbolic link"):
        export(out, "trl", dest, label_kind="fault")
    assert (list(aside.iterdir()), _content(tmp_path / "moved")) == ([], before)


@pytest.mark.parametrize("name", ["data/steps/secret.parquet", "rejects.jsonl", "data/more"])
def test_nothing_is_pushed_through_a_link(out: Path, tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (out / name).unlink(missing_ok=True)
    (out / name).symlink_to(secret)
    with pytest.raises(UsageError, match="symbolic link"):
        push(out, "me/set")


def test_the_lock_of_image_builds_is_in_a_folder_of_this_user_alone(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"prmdata-{os.getuid()}"
    with image.one_build_at_a_time():
        assert folder.stat().st_mode & 0o077 == 0
    (folder / "image.lock").unlink()
    (folder / "image.lock").symlink_to(elsewhere)
    with pytest.raises(SandboxError, match=r"image\.lock"), image.one_build_at_a_time():
        pass
    (folder / "image.lock").unlink()
    folder.chmod(0o777)
    with pytest.raises(SandboxError, match="of this user's alone"), image.one_build_at_a_time():
        pass


def _moved(path: Path, to: Path) -> None:
    """Replace ``path`` by a link to its content, which is moved elsewhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.rename(to) if path.exists() else to.mkdir()
    path.symlink_to(to)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_breaks_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.write("no bytes")  # type: ignore[call-overload]
    assert [one.name for one in tmp_path.iterdir()] == ["text"]
    assert path.read_text() == "old"
