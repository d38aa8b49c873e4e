from pathlib import Path

import pytest

from diemcau.core.ids import PersonId
from diemcau.documents.issue import issue, write
from diemcau.documents.model import Document, DocumentKind, lines_of
from tests.documents.reading import docx_text, pdf_text
from tests.documents.story import HEALTH, SECTOR, Offices, Play, whole

NAME = "Đồng chí Được Đặt Tên"


def chair_of(play: Play, site: str) -> PersonId:
    return next(one.person for one in play.facts.delegates if one.site == site and one.duty == "chair")


def text_of(document: Document) -> str:
    signed = (one.name for one in (document.left, document.right) if one is not None)
    return "\n".join((*(line.text for line in lines_of(document)), *signed))


@pytest.fixture(scope="module")
def play() -> Play:
    return whole(SECTOR)


def test_an_erased_delegate_is_printed_as_erased_and_still_counts(play: Play, tmp_path: Path) -> None:
    person = chair_of(play, "thua-thien-hue")
    people = Offices(SECTOR, erased=frozenset({person}))

    word, pdf = write(issue(DocumentKind.ATTENDANCE, play.proceedings(), people), tmp_path)

    for text in (docx_text(word), pdf_text(pdf)):
        assert text.count("(đã xoá)") == 2
        assert "tổng số 684 người có mặt" in text


def test_an_erased_chair_leaves_no_name_under_the_minutes(play: Play) -> None:
    chair = chair_of(play, "trung-uong")
    people = Offices(SECTOR, erased=frozenset({chair}), names={chair: NAME})

    texts = [text_of(issue(kind, play.proceedings(), people)) for kind in DocumentKind]

    assert all(NAME not in text and "(đã xoá)" in text for text in texts)


def test_an_english_document_says_erased_in_english() -> None:
    play = whole(HEALTH)
    people = Offices(HEALTH, erased=frozenset({play.facts.delegates[0].person}))

    text = text_of(issue(DocumentKind.ATTENDANCE, play.proceedings(), people))

    assert text.count("(erased)") == 2


def test_a_name_that_was_given_stands_under_the_signature(play: Play) -> None:
    people = Offices(SECTOR, names={chair_of(play, "trung-uong"): NAME})

    minutes = issue(DocumentKind.MINUTES, play.proceedings(), people)

    assert minutes.right is not None
    assert minutes.right.name == NAME
    assert f"Chủ trì: Đồng chí {NAME}, Trưởng Ban Tổ chức Trung ương." in text_of(minutes)


def test_without_a_name_the_signature_leaves_room_for_one(play: Play) -> None:
    minutes = issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR))

    assert minutes.left is not None
    assert minutes.right is not None
    assert (minutes.left.name, minutes.right.name) == ("", "")


def test_no_document_asks_for_a_telephone_or_prints_an_id(play: Play) -> None:
    texts = [text_of(issue(kind, play.proceedings(), Offices(SECTOR))) for kind in DocumentKind]

    ids = [one.person for one in play.facts.delegates]
    assert not any(person in text for text in texts for person in ids)


def test_every_line_with_a_figure_leads_back_to_the_journal(play: Play) -> None:
    positions = {record.position for record in play.records}

    lines = lines_of(issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR)))

    speeches = [line for line in lines if line.text.startswith(("1 | ", "7 | ")) and "06:00" in line.text]
    assert len(speeches) == 2
    assert all(len(line.sources) >= 5 for line in speeches)
    assert all(set(line.sources) <= positions for line in lines)
