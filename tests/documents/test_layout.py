from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from pypdf import PdfReader

from diemcau.core import stages
from diemcau.core.convening import Facts, Letterhead
from diemcau.documents.issue import issue, write
from diemcau.documents.model import Document, DocumentKind
from diemcau.documents.render_docx import docx as draw_docx
from diemcau.documents.render_docx import text_width
from diemcau.documents.render_pdf import pdf as draw_pdf
from tests.documents.reading import docx_lines, docx_text, pdf_text
from tests.documents.story import HEALTH, SECTOR, Offices, Play, facts, gather, whole

Files = dict[DocumentKind, tuple[Path, Path]]
POINTS_IN_MM = 72 / 25.4


def under(ruleset: str, example: str = SECTOR, **head: object) -> Facts:
    """Return the facts of an example whose documents follow another ruleset."""
    found = facts(example)
    letterhead: Letterhead = replace(found.letterhead, ruleset=ruleset, **head)  # type: ignore[arg-type] # each test names fields that there are
    return replace(found, letterhead=letterhead)


def short(kind: DocumentKind, convened: Facts, example: str = SECTOR) -> Document:
    """Return a document of a conference that only gathered."""
    play = Play(convened)
    gather(play)
    return issue(kind, play.proceedings(), Offices(example))


def test_styles_are_named_and_every_script_is_set_in_times_new_roman(sector: Files) -> None:
    file = docx.Document(str(sector[DocumentKind.MINUTES][0]))

    used = {paragraph.style.name for paragraph in file.paragraphs if paragraph.style is not None}
    fonts = {
        (name, script): file.styles[name].element.rPr.rFonts.get(qn(script))
        for name in used
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
    }

    assert {"Body Text", "Heading 1", "Heading 2", "Title", "Subtitle"} <= used
    assert set(fonts.values()) == {"Times New Roman"}


def test_body_text_is_justified_at_fourteen_points_with_an_indented_first_line(sector: Files) -> None:
    style = docx.Document(str(sector[DocumentKind.MINUTES][0])).styles["Body Text"]

    assert isinstance(style, ParagraphStyle)
    assert (style.font.size, style.paragraph_format.alignment) == (Pt(14), WD_ALIGN_PARAGRAPH.JUSTIFY)
    assert style.paragraph_format.first_line_indent == pytest.approx(Mm(10), abs=700)


def test_headings_have_their_level_in_the_outline(sector: Files) -> None:
    styles = docx.Document(str(sector[DocumentKind.MINUTES][0])).styles

    levels = [styles[f"Heading {level}"].element.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) for level in (1, 2, 3)]

    assert levels == ["0", "1", "2"]


def test_margins_are_those_of_the_ruleset(sector: Files) -> None:
    (section,) = docx.Document(str(sector[DocumentKind.MINUTES][0])).sections

    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)

    assert [round((one or 0) / Mm(1)) for one in margins] == [20, 20, 30, 15]


def test_the_page_number_stands_centred_in_the_header_but_not_on_page_one(sector: Files) -> None:
    word, pdf = sector[DocumentKind.MINUTES]
    (section,) = docx.Document(str(word)).sections
    (paragraph,) = section.header.paragraphs
    first, second, *_ = (page.extract_text().strip() for page in PdfReader(pdf).pages)

    assert section.different_first_page_header_footer
    assert section.first_page_header.paragraphs[0].text == ""
    assert [one.text for one in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]  # noqa: SLF001 - python-docx knows no fields
    assert (first.split()[0], second.split()[0]) == ("BAN", "2")


def test_a_tables_head_is_repeated_on_each_page(sector: Files) -> None:
    word, pdf = sector[DocumentKind.ATTENDANCE]
    pages = [page.extract_text() for page in PdfReader(pdf).pages]
    with ZipFile(word) as parts:
        body = parts.read("word/document.xml").decode()

    assert body.count("<w:tblHeader/>") == 2
    assert all("STT" in page for page in pages)


def test_a_rule_is_as_long_as_the_text_above_it() -> None:
    narrow, wide = text_width("ĐẢNG", 14, bold=True), text_width("ĐẢNG CỘNG SẢN VIỆT NAM", 14, bold=True)

    assert narrow < wide
    assert 55 < wide < 75


def test_the_pdf_says_its_title_language_and_day_and_carries_its_fonts(sector: Files) -> None:
    reader = PdfReader(sector[DocumentKind.NOTICE][1])
    fonts = {
        str(font["/BaseFont"])
        for page in reader.pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index] # pypdf's own objects
    }

    assert reader.metadata is not None
    assert reader.metadata.title == (
        "THÔNG BÁO – Hội nghị toàn quốc tổng kết công tác tổ chức xây dựng Đảng năm 2020, "
        "triển khai nhiệm vụ trọng tâm năm 2021"
    )
    assert reader.metadata.author == "Ban Tổ chức Trung ương"
    assert str(reader.root_object["/Lang"]) == "vi"
    assert str(reader.metadata.creation_date)[:10] == "2021-03-12"
    assert all("LiberationSerif" in font for font in fonts)


def test_the_word_file_names_no_person_as_its_author(sector: Files) -> None:
    properties = docx.Document(str(sector[DocumentKind.MINUTES][0])).core_properties

    assert (properties.author, properties.last_modified_by) == ("Ban Tổ chức Trung ương", "")
    assert properties.title.startswith("BIÊN BẢN – Hội nghị toàn quốc")


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_same_proceedings_always_give_the_same_bytes(kind: DocumentKind) -> None:
    told = whole(HEALTH).proceedings()

    first, second = (issue(kind, told, Offices(HEALTH)) for _ in range(2))

    assert draw_docx(first) == draw_docx(second)
    assert draw_pdf(first) == draw_pdf(second)


def test_plain_documents_are_set_on_letter_when_the_letterhead_says_so(health: Files) -> None:
    word, pdf = health[DocumentKind.MINUTES]
    (section,) = docx.Document(str(word)).sections
    box = PdfReader(pdf).pages[0].mediabox

    assert (round((section.page_width or 0) / Mm(1), 1), round((section.page_height or 0) / Mm(1), 1)) == (215.9, 279.4)
    assert (round(box.width / POINTS_IN_MM, 1), round(box.height / POINTS_IN_MM, 1)) == (215.9, 279.4)


def test_state_bodies_have_the_national_header_a_colon_and_their_own_signatures(tmp_path: Path) -> None:
    document = short(DocumentKind.MINUTES, under("nd30-2020"))

    word, pdf = write(document, tmp_path)

    for text in (docx_text(word), pdf_text(pdf)):
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
        assert "Độc lập - Tự do - Hạnh phúc" in text
        assert "Số: 01/BB-BTCTW" in text
        assert "ĐẢNG CỘNG SẢN" not in text
    assert {"THƯ KÝ", "CHỦ TỌA"} <= set(docx_lines(word))


def test_minutes_under_a_vietnamese_ruleset_have_no_line_of_place_and_date(sector: Files) -> None:
    assert not any(line.startswith("Hà Nội, ngày") for line in docx_lines(sector[DocumentKind.MINUTES][0]))
    assert any(line.startswith("Hà Nội, ngày") for line in docx_lines(sector[DocumentKind.NOTICE][0]))


def test_under_the_rules_of_2026_the_text_ends_with_a_stop_and_the_subject_with_dashes(tmp_path: Path) -> None:
    play = Play(under("hd05-2026"))
    play.give(stages.OpenConference())
    play.until(play.facts.ends_at)
    play.give(stages.CloseConference())

    word, _ = write(issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR)), tmp_path)

    lines = docx_lines(word)
    assert "-----" in lines
    assert "Hội nghị kết thúc vào 11 giờ 30 phút, ngày 12 tháng 3 năm 2021." in lines


def test_a_document_made_before_the_closing_is_marked_as_a_draft() -> None:
    document = short(DocumentKind.MINUTES, facts(SECTOR))

    assert document.header is not None
    assert "DỰ THẢO" in [line.text for line in document.header.left]


def test_files_are_replaced_whole_and_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    told = whole(HEALTH).proceedings()
    document = issue(DocumentKind.NOTICE, told, Offices(HEALTH))
    (tmp_path / "notice-of-conclusions.pdf").write_bytes(b"an older one")

    paths = write(document, tmp_path)

    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(one.name for one in paths)
    assert paths[1].read_bytes().startswith(b"%PDF")


def test_a_slug_is_plain_letters(sector: Files, health: Files) -> None:
    names = [path.name for files in (sector, health) for pair in files.values() for path in pair]

    assert all(name.isascii() and " " not in name for name in names)
    assert {"bien-ban.docx", "thong-bao-ket-luan.pdf", "tin-bai-binh-thuan.docx", "minutes.pdf"} <= set(names)


def test_times_are_those_of_the_conferences_own_zone() -> None:
    convened = replace(facts(SECTOR), time_zone="America/Los_Angeles")
    play = Play(convened)
    play.until(convened.starts_at)
    play.give(stages.OpenConference())

    document = issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR))

    assert "17 giờ 00 phút, ngày 11 tháng 3 năm 2021." in [getattr(block, "text", "") for block in document.blocks]
