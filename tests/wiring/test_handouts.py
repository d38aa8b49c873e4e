"""The files of handouts: kept under their digest, drawn as samples where there is none."""

import hashlib
from pathlib import Path

import pytest

from diemcau.core.handouts import Handout
from diemcau.core.ids import HandoutId
from diemcau.plan.handout_file import NotAHandout, pages_of
from diemcau.plan.reader import read_plan
from diemcau.wiring.handouts import HandoutShelf
from tests.plan.samples import spoil, write_plan
from tests.plan.test_handout_file import pdf

pytestmark = pytest.mark.anyio


async def test_a_file_is_kept_under_its_digest_and_found_again(tmp_path: Path) -> None:
    shelf, report = HandoutShelf(tmp_path / "handouts"), pdf(4)

    digest, pages = await shelf.keep(report)
    handout = Handout(handout=HandoutId("report"), title="Báo cáo", pages=pages, digest=digest)
    found = await shelf.file(handout, language="vi")

    assert (digest, pages) == (hashlib.sha256(report).hexdigest(), 4)
    assert found is not None
    assert found.read_bytes() == report
    assert (await shelf.keep(report))[0] == digest
    assert len(list((tmp_path / "handouts").iterdir())) == 1


async def test_what_is_no_pdf_leaves_nothing_behind(tmp_path: Path) -> None:
    shelf = HandoutShelf(tmp_path / "handouts")

    with pytest.raises(NotAHandout):
        await shelf.keep(b"no PDF")

    assert not (tmp_path / "handouts").exists()


async def test_a_file_that_was_removed_is_missing_and_not_another(tmp_path: Path) -> None:
    gone = Handout(handout=HandoutId("report"), title="Báo cáo", pages=1, digest="0" * 64)

    assert await HandoutShelf(tmp_path).file(gone, language="vi") is None


async def test_a_handout_without_a_file_has_sample_pages_drawn_once(tmp_path: Path) -> None:
    shelf = HandoutShelf(tmp_path)
    sample = Handout(handout=HandoutId("report"), title="Báo cáo tổng kết", pages=12, digest="")

    first = await shelf.file(sample, language="vi")
    drawn = first.stat().st_mtime_ns if first is not None else 0
    second = await shelf.file(sample, language="vi")

    assert first is not None
    assert pages_of(first.read_bytes()) == 12
    assert second == first
    assert first.stat().st_mtime_ns == drawn


def test_a_conference_begins_with_the_handouts_of_its_plan(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    spoil(folder, "conference.toml", "pages = 3", 'pages = 3\nfile = "report.pdf"')
    (folder / "report.pdf").write_bytes(pdf(3))

    (listed,) = HandoutShelf(tmp_path / "handouts").take_in(read_plan(folder)).listed

    assert (listed.handout, listed.pages) == ("report", 3)
    assert (tmp_path / "handouts" / f"{listed.digest}.pdf").read_bytes() == pdf(3)
