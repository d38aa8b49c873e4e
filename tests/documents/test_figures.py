from collections import Counter
from pathlib import Path
from unicodedata import is_normalized

import pytest
from pypdf import PdfReader

from diemcau.documents.model import DocumentKind
from tests.documents.reading import docx_lines, docx_table_heads, docx_text, pdf_text, solid

Files = dict[DocumentKind, tuple[Path, Path]]
COUNTS = (
    "05 bài học kinh nghiệm, 06 nhiệm vụ trọng tâm của nhiệm kỳ, 03 đột phá chiến lược, "
    "03 nhiệm vụ trọng tâm năm 2021 và 05 nhóm giải pháp"
)


def both(files: tuple[Path, Path]) -> tuple[str, str]:
    return solid(docx_text(files[0])), solid(pdf_text(files[1]))


@pytest.mark.parametrize(
    "sentence",
    [
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Số 01-BB/BTCTW",
        "BIÊN BẢN",
        "Thời gian bắt đầu: 08 giờ 00 phút, ngày 12 tháng 3 năm 2021.",
        "điểm cầu Trung tâm (Hội trường tầng G, 2A Hoàng Văn Thụ, quận Ba Đình, Hà Nội), kết nối với 67 điểm cầu khác",
        "68 điểm cầu được triệu tập, 68 điểm cầu có mặt; tổng số 684 người có mặt",
        "Có 07 lượt ý kiến phát biểu",
        "Tạm nghỉ: từ 08 giờ 40 phút đến 08 giờ 55 phút",
        COUNTS,
        "2. 06 nhiệm vụ trọng tâm của nhiệm kỳ",
        "Hội nghị kết thúc vào 11 giờ 30 phút, ngày 12 tháng 3 năm 2021./.",
        "NGƯỜI GHI BIÊN BẢN",
        "CHỦ TRÌ HỘI NGHỊ",
        "Niêm phong nhật ký hội nghị: bản ghi số",
        "khoá ký: SHA256:q3Zx0v9kq1m5Yc7u",
    ],
)
def test_the_minutes_say_it_in_word_and_in_pdf(sector: Files, sentence: str) -> None:
    word, pdf = both(sector[DocumentKind.MINUTES])

    assert (solid(sentence) in word, solid(sentence) in pdf) == (True, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Số 01-TB/BTCTW",
        "Hà Nội, ngày 12 tháng 3 năm 2021",
        "THÔNG BÁO",
        "Kết luận của đồng chí Trưởng Ban Tổ chức Trung ương tại Hội nghị toàn quốc",
        "Sáng ngày 12/3/2021",
        "Sau khi nghe 07 lượt ý kiến phát biểu",
        COUNTS,
        "IV. 03 nhiệm vụ trọng tâm năm 2021",
        "Nơi nhận:",
        "- Lưu: Văn phòng Ban.",
        "TRƯỞNG BAN TỔ CHỨC TRUNG ƯƠNG",
    ],
)
def test_the_notice_says_it_in_word_and_in_pdf(sector: Files, sentence: str) -> None:
    word, pdf = both(sector[DocumentKind.NOTICE])

    assert (solid(sentence) in word, solid(sentence) in pdf) == (True, True)


def test_the_attendance_list_has_a_row_for_each_site_and_each_delegate(sector: Files) -> None:
    lines = docx_lines(sector[DocumentKind.ATTENDANCE][0])

    present, absent = lines.count("Có mặt") - 1, lines.count("Vắng")

    assert (present, absent) == (684, 9)
    assert "Có 68 điểm cầu được triệu tập, 68 điểm cầu có mặt; tổng số 684 người có mặt." in lines
    assert lines[lines.index("Tổng cộng") + 1 : lines.index("Tổng cộng") + 5] == ("693", "684", "0", "684")


@pytest.mark.parametrize(
    "sentence",
    [
        "HỘI NGHỊ TOÀN QUỐC TỔNG KẾT CÔNG TÁC TỔ CHỨC XÂY DỰNG ĐẢNG NĂM 2020",
        "Sáng ngày 12/3/2021, Ban Tổ chức Trung ương Đảng đã chủ trì, tổ chức Hội nghị toàn quốc",
        "tham dự Hội nghị còn có 67 điểm cầu kết nối trực tuyến",
        "Tại điểm cầu Ban Tổ chức Tỉnh uỷ Bình Thuận do đồng chí Phó Bí thư Thường trực Tỉnh uỷ Bình Thuận chủ trì",
        "Tại Hội nghị, có 07 lượt ý kiến phát biểu của đại diện các điểm cầu",
        "Điểm cầu Ban Tổ chức Tỉnh uỷ Bình Thuận phát biểu lúc 09 giờ 38 phút về nội dung",
        COUNTS,
        "ngày 12 tháng 3 năm 2021./.",
    ],
)
def test_a_sites_article_tells_the_conference_from_its_own_hall(sector: Files, sentence: str) -> None:
    word, pdf = both(sector[DocumentKind.ARTICLE])

    assert (solid(sentence) in word, solid(sentence) in pdf) == (True, True)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (DocumentKind.MINUTES, "No. 01/M-RHS"),
        (DocumentKind.MINUTES, "Opened: 09:00 on 14 October 2026."),
        (DocumentKind.MINUTES, "17 sites invited, 17 sites present; 59 people present in all"),
        (DocumentKind.MINUTES, "There were 4 speeches, in this order:"),
        (DocumentKind.MINUTES, "2. 1 key task of the term"),
        (DocumentKind.MINUTES, "4. 4 key tasks of the year"),
        (DocumentKind.MINUTES, "The conference was closed at 12:00 on 14 October 2026."),
        (DocumentKind.NOTICE, "NOTICE OF CONCLUSIONS"),
        (DocumentKind.NOTICE, "1 strategic breakthrough, 4 key tasks of the year and 2 groups of solutions"),
        (DocumentKind.ATTENDANCE, "Out of 62 invited delegates, 59 were present:"),
        (DocumentKind.NOTICE, "the Director General concluded as follows"),
        (
            DocumentKind.ARTICLE,
            "On the morning of 14 October 2026, Regional Health Service held the conference “Annual",
        ),
        (DocumentKind.ARTICLE, "At St Anne General Hospital, the Hospital Director presided"),
    ],
)
def test_an_english_conference_has_english_documents(health: Files, kind: DocumentKind, sentence: str) -> None:
    word, pdf = both(health[kind])

    assert (solid(sentence) in word, solid(sentence) in pdf) == (True, True)


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("example", ["sector", "health"])
def test_word_and_pdf_have_the_same_words(request: pytest.FixtureRequest, example: str, kind: DocumentKind) -> None:
    word, pdf = request.getfixturevalue(example)[kind]

    in_word, in_pdf = Counter(docx_text(word).split()), Counter(pdf_text(pdf).split())

    repeated_heads = {one for head in docx_table_heads(word) for one in head.split()}
    assert in_word - in_pdf == Counter()
    assert set(in_pdf - in_word) <= repeated_heads


@pytest.mark.parametrize("kind", DocumentKind)
def test_diacritics_are_composed_in_both_formats(sector: Files, kind: DocumentKind) -> None:
    word, pdf = sector[kind]

    texts = (docx_text(word), pdf_text(pdf), "".join(page.extract_text() for page in PdfReader(pdf).pages))

    assert all(is_normalized("NFC", text) for text in texts)
    assert "ể" in texts[1]
