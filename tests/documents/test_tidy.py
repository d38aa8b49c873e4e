from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from diemcau.core import floor, notes, stages
from diemcau.documents.issue import issue, write
from diemcau.documents.model import DocumentKind
from diemcau.documents.render_pdf import pdf
from diemcau.documents.tidy import tidy
from tests.documents.reading import docx_text, pdf_text
from tests.documents.story import HEALTH, SECTOR, Offices, Play, facts, whole


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("một\nhai\r\n  ba", "một hai ba"),
        ("a\x00b\x0bc\x1fd", "ab c d"),
        ("Ho\u0302\u0323i nghi\u0323", "Hội nghị"),
        ("không\u200bcó gì", "khôngcó gì"),
        ("\ud800lone", "lone"),
    ],
)
def test_what_was_typed_is_tidied(typed: str, printed: str) -> None:
    assert tidy(typed) == printed


def test_typst_and_xml_signs_in_what_people_typed_are_printed_as_they_are(tmp_path: Path) -> None:
    signs = '#let x = 1; $a$ *b* _c_ <d> & "e" @f \\g [h] // i {j}'
    play = Play(facts(SECTOR))
    play.give(stages.OpenConference(), notes.TakeNote(text=f"{signs}\x07\ntiếp"))

    word, written = write(issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR)), tmp_path)

    assert f"1. {signs} tiếp." in docx_text(word)
    assert f"1. {signs} tiếp." in pdf_text(written)


def test_a_very_long_title_is_no_hindrance(tmp_path: Path) -> None:
    convened = replace(facts(SECTOR), title="Hội nghị tổng kết " * 40)

    word, written = write(issue(DocumentKind.MINUTES, Play(convened).proceedings(), Offices(SECTOR)), tmp_path)

    assert (word.stat().st_size > 0, written.stat().st_size > 0) == (True, True)


def test_a_speech_without_a_topic_is_told_without_one() -> None:
    play = Play(facts(SECTOR))
    play.give(stages.OpenConference(), floor.GrantFloor(site=play.facts.sites[1].site))

    document = issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR))

    assert not any(": ." in str(block) for block in document.blocks)


def test_documents_can_be_drawn_in_several_threads_at_once() -> None:
    told = whole(HEALTH).proceedings()
    documents = [issue(kind, told, Offices(HEALTH)) for kind in DocumentKind]

    with ThreadPoolExecutor(max_workers=4) as pool:
        together = list(pool.map(pdf, documents))

    assert together == [pdf(one) for one in documents]
