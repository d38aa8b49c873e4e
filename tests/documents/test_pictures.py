"""Pictures of speeches in a site's article: chosen stills, drawn by both renderers."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.shared import Mm
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from diemcau.core.ids import RequestId, SiteId
from diemcau.documents.issue import issue
from diemcau.documents.model import Document, DocumentKind, Picture, lines_of
from diemcau.documents.pictures import size_of
from diemcau.documents.render_docx import docx as draw_docx
from diemcau.documents.render_pdf import pdf as draw_pdf
from diemcau.projections.proceedings import Proceedings, Speech, speeches
from tests.documents.reading import pdf_text, solid
from tests.documents.story import HEALTH, SECTOR, Offices, sealed, whole

CAPTION = "Điểm cầu Ban Tổ chức Tỉnh uỷ Nghệ An: Phó Bí thư Thường trực Tỉnh uỷ Nghệ An phát biểu tại hội nghị"
ALTERNATIVE = f"Ảnh từ bản ghi hình hội nghị: {CAPTION}"
NGHE_AN, HUE = SiteId("nghe-an"), SiteId("thua-thien-hue")


def jpeg(width: int = 1280, height: int = 720, shade: int = 90) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), (shade, 120, 150)).save(written, "JPEG")
    return written.getvalue()


def picture(width: int, height: int, share: int = 100) -> Picture:
    return Picture(jpeg=jpeg(width, height), caption="", alternative="", share=share)


@pytest.fixture(scope="module")
def told() -> Proceedings:
    play = whole(SECTOR)
    sealed(play)
    return play.proceedings()


def speech_of(told: Proceedings, site: SiteId) -> Speech:
    return next(one for one in speeches(told) if one.site == site)


def article(told: Proceedings, people: Offices | None = None, *, of: SiteId = NGHE_AN, still: bytes = b"") -> Document:
    """Return the article of Nghệ An where the still of one site's speech is chosen."""
    stills = {speech_of(told, of).request: still or jpeg()}
    return issue(DocumentKind.ARTICLE, told, people or Offices(SECTOR), site=NGHE_AN, stills=stills)


def pictures_in(document: Document) -> list[Picture]:
    return [block for block in document.blocks if isinstance(block, Picture)]


def test_the_chosen_still_stands_after_the_speech_that_it_shows(told: Proceedings) -> None:
    document = article(told)

    (at,) = (place for place, block in enumerate(document.blocks) if isinstance(block, Picture))
    speech = speech_of(told, NGHE_AN)
    assert document.blocks[at] == Picture(jpeg=jpeg(), caption=CAPTION, alternative=ALTERNATIVE, sources=speech.sources)
    assert "phát biểu lúc" in getattr(document.blocks[at - 1], "text", "")
    assert CAPTION in [line.text for line in lines_of(document)]


def test_an_article_shows_no_other_sites_speech(told: Proceedings) -> None:
    assert pictures_in(article(told, of=HUE)) == []


def test_without_a_chosen_still_an_article_has_no_picture(told: Proceedings) -> None:
    plain = issue(DocumentKind.ARTICLE, told, Offices(SECTOR), site=NGHE_AN)

    with ZipFile(BytesIO(draw_docx(plain))) as parts:
        media = [name for name in parts.namelist() if name.startswith("word/media/")]
    assert pictures_in(plain) == []
    assert media == []
    assert pictures_in(article(told)) != []


def test_only_articles_have_pictures(told: Proceedings) -> None:
    stills = {RequestId(one.request): jpeg() for one in speeches(told)}

    drawn = {
        kind: len(pictures_in(issue(kind, told, Offices(SECTOR), site=NGHE_AN, stills=stills))) for kind in DocumentKind
    }

    assert {kind for kind, count in drawn.items() if count} == {DocumentKind.ARTICLE}


def test_a_speaker_who_was_erased_is_shown_no_more(told: Proceedings) -> None:
    speaker = speech_of(told, NGHE_AN).speaker
    assert speaker is not None

    erased = article(told, Offices(SECTOR, erased=frozenset({speaker})))

    assert pictures_in(erased) == []
    assert pictures_in(article(told)) != []


def test_a_caption_names_the_office_and_never_the_name(told: Proceedings) -> None:
    speaker = speech_of(told, NGHE_AN).speaker
    assert speaker is not None

    (shown,) = pictures_in(article(told, Offices(SECTOR, names={speaker: "Người Mẫu"})))

    assert shown.caption == CAPTION


def test_a_caption_names_the_site_alone_if_the_article_does_not_name_the_speaker() -> None:
    play = whole(HEALTH)
    told = play.proceedings()
    (guest,) = (one for one in speeches(told) if one.site == "oldmill")
    stills = {guest.request: jpeg()}
    named = issue(DocumentKind.ARTICLE, told, Offices(HEALTH), site=guest.site, stills=stills)
    quiet = issue(DocumentKind.ARTICLE, unreported(told, guest.site), Offices(HEALTH), site=guest.site, stills=stills)

    captions = [pictures_in(document)[0].caption for document in (named, quiet)]

    office = Offices(HEALTH).office_of(guest.speaker) if guest.speaker else ""
    assert captions == [
        f"Old Mill Geriatric Hospital: {office} speaking at the conference",
        "Old Mill Geriatric Hospital speaking at the conference",
    ]


def test_a_picture_in_the_docx_has_its_size_its_alternative_text_and_stays_with_its_caption(told: Proceedings) -> None:
    file = docx.Document(BytesIO(draw_docx(article(told))))

    (shape,) = file.inline_shapes
    (at,) = (place for place, one in enumerate(file.paragraphs) if one.style and one.style.name == "Picture")
    assert (round(shape.width / Mm(1), 1), round(shape.height / Mm(1), 1)) == (150.0, 84.4)
    assert shape._inline.docPr.get("descr") == ALTERNATIVE  # noqa: SLF001 - python-docx knows no alternative text
    assert (file.paragraphs[at + 1].text, getattr(file.paragraphs[at + 1].style, "name", "")) == (CAPTION, "Caption")
    assert file.styles["Picture"].paragraph_format.keep_with_next
    assert file.styles["Picture"].paragraph_format.line_spacing is None


def test_a_picture_in_the_pdf_is_the_still_with_its_caption_on_the_same_page(told: Proceedings, tmp_path: Path) -> None:
    still = jpeg(shade=200)
    path = tmp_path / "article.pdf"
    path.write_bytes(draw_pdf(article(told, still=still)))

    shown = [(page, image) for page in PdfReader(path).pages for image in page.images]

    ((page, image),) = shown
    assert image.data == still
    assert solid(CAPTION) in solid(page.extract_text())
    assert solid(CAPTION) in solid(pdf_text(path))
    assert ALTERNATIVE in alternatives_in(path)


def test_a_picture_and_its_caption_never_stand_on_two_pages(told: Proceedings, tmp_path: Path) -> None:
    document = article(told)
    (one,) = pictures_in(document)
    many = tuple(replace(one, jpeg=jpeg(shade=number * 20), caption=f"Ảnh số {number}") for number in range(1, 9))
    path = tmp_path / "many.pdf"
    path.write_bytes(draw_pdf(replace(document, blocks=(*document.blocks[:1], *many, *document.blocks[1:2]))))

    pages = [(len(page.images), page.extract_text().count("Ảnh số")) for page in PdfReader(path).pages]

    assert len(pages) > 2
    assert all(pictures == captions for pictures, captions in pages)
    assert sum(captions for _, captions in pages) == len(many)


def test_the_same_article_always_gives_the_same_bytes_and_another_still_gives_others(told: Proceedings) -> None:
    first, again, other = article(told), article(told), article(told, still=jpeg(shade=91))

    for draw in (draw_docx, draw_pdf):
        assert draw(first) == draw(again)
        assert draw(first) != draw(other)


@pytest.mark.parametrize(
    ("given", "room", "drawn"),
    [
        (picture(1280, 720), 165.0, (150.0, 84.375)),
        (picture(1280, 720), 120.0, (120.0, 67.5)),
        (picture(1280, 720, share=50), 160.0, (80.0, 45.0)),
        (picture(640, 480), 160.0, (112.5, 84.375)),
        (picture(1920, 800), 150.0, (150.0, 62.5)),
        (picture(360, 640), 160.0, (47.4609375, 84.375)),
    ],
    ids=["as wide as allowed", "as wide as the text", "half of it", "a 4:3 camera", "a wide film", "a telephone"],
)
def test_a_picture_keeps_its_shape_within_sixteen_to_nine(
    given: Picture, room: float, drawn: tuple[float, float]
) -> None:
    assert size_of(given, room) == pytest.approx(drawn)


def unreported(told: Proceedings, site: SiteId) -> Proceedings:
    """Return the proceedings as if a site had not reported who is there."""
    roll = told.conference.roll
    reports = tuple(one for one in roll.reports if one.site != site)
    return replace(told, conference=replace(told.conference, roll=replace(roll, reports=reports)))


def alternatives_in(path: Path) -> list[str]:
    """Return the alternative texts of a tagged PDF."""
    reader = PdfReader(path)
    found = (reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"]))))
    return [str(one["/Alt"]) for one in found if isinstance(one, DictionaryObject) and "/Alt" in one]
