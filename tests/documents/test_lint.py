from dataclasses import replace

import pytest

from diemcau.core import conclusions, stages
from diemcau.core.convening import ItemKind
from diemcau.core.sites import SiteUnknown
from diemcau.documents.faults import DocumentAtFault
from diemcau.documents.issue import issue
from diemcau.documents.lint import check, require_sound
from diemcau.documents.model import (
    Column,
    Document,
    DocumentKind,
    Heading,
    ListItem,
    NumberedList,
    Paragraph,
    Row,
    RowKind,
    Table,
)
from diemcau.documents.ruleset import ruleset
from tests.documents.story import HEALTH, SECTOR, Offices, Play, facts, whole

TASKS = ("nhiệm vụ trọng tâm của nhiệm kỳ",)


def notice(example: str = SECTOR) -> Document:
    return issue(DocumentKind.NOTICE, whole(example).proceedings(), Offices(example))


def listing(count: int, nouns: tuple[str, ...] = TASKS) -> NumberedList:
    return NumberedList(items=tuple(ListItem(text=f"Việc thứ {number}.") for number in range(count)), counted_as=nouns)


def told(document: Document, *blocks: Heading | Paragraph | NumberedList | Table) -> Document:
    return replace(document, subject="", blocks=(*blocks, Paragraph(text="Hết./.")))


def test_a_document_whose_count_disagrees_with_its_list_is_refused_with_the_line_at_fault() -> None:
    document = told(
        notice(),
        Paragraph(text="Hội nghị đề ra 06 nhiệm vụ trọng tâm của nhiệm kỳ."),
        listing(5),
    )

    with pytest.raises(DocumentAtFault) as refused:
        require_sound(document)

    (fault,) = refused.value.faults
    assert (fault.document, fault.line, fault.expected, fault.found) == ("thong-bao-ket-luan", 2, "6", "5")
    assert fault.sentence == (
        "thong-bao-ket-luan, dòng 2: ghi “06 nhiệm vụ trọng tâm của nhiệm kỳ” nhưng danh sách có 5 mục. "
        "Sửa lời văn hoặc danh sách cho khớp."
    )


@pytest.mark.parametrize("stated", ["06", "6", "sáu", "Sáu"])
def test_a_count_is_read_in_figures_and_in_words(stated: str) -> None:
    text = f"{stated} nhiệm vụ trọng tâm của nhiệm kỳ"

    agreeing, wrong = (check(told(notice(), Heading(text=text), listing(size))).faults for size in (6, 7))

    assert (agreeing, len(wrong)) == ((), 1)


def test_counts_in_the_thousands_are_read_with_their_separators() -> None:
    document = told(notice(), Paragraph(text="Có 1.204 điểm cầu dự"), listing(4, ("điểm cầu dự",)))

    (fault,) = check(document).faults

    assert (fault.expected, fault.found) == ("1204", "4")


def test_a_longer_noun_is_not_taken_for_a_shorter_one() -> None:
    document = told(notice(), Paragraph(text="Có 9 nhóm giải pháp đột phá"), listing(5, ("nhóm giải phá",)))

    assert check(document).faults == ()


def test_words_that_somebody_is_quoted_with_are_theirs() -> None:
    document = told(
        notice(),
        Paragraph(text="Đề nghị bổ sung 09 nhiệm vụ trọng tâm của nhiệm kỳ.", quoted=True),
        listing(6),
    )

    assert check(document).faults == ()


def test_a_total_that_its_rows_do_not_add_up_to_is_refused() -> None:
    table = Table(
        columns=(Column(title="Điểm cầu", share=50), Column(title="Có mặt", share=50)),
        rows=(
            Row(cells=("Huế", "12")),
            Row(cells=("Vinh", "1.000")),
            Row(cells=("Tổng cộng", "1.013"), kind=RowKind.TOTAL),
        ),
    )

    (fault,) = check(told(notice(), table)).faults

    assert (fault.line, fault.expected, fault.found) == (4, "1.013", "1012")


def test_a_party_number_with_a_colon_is_refused() -> None:
    document = notice()
    assert document.header is not None
    assert document.header.number is not None
    header = replace(document.header, number=replace(document.header.number, text="Số: 01-TB/BTCTW"))

    (fault,) = check(replace(document, header=header)).faults

    assert fault.found == "Số: 01-TB/BTCTW"


def test_a_party_document_with_the_national_header_is_refused() -> None:
    document = notice()
    assert document.header is not None
    header = replace(document.header, right=())

    (fault,) = check(replace(document, header=header)).faults

    assert fault.expected == "ĐẢNG CỘNG SẢN VIỆT NAM"


def test_what_is_unconfirmed_in_a_ruleset_is_only_a_remark() -> None:
    document = replace(notice(), blocks=(Paragraph(text="Không có dấu kết thúc"),))

    confirmed = check(replace(document, ruleset=ruleset("nd30-2020"), header=None))
    unconfirmed = check(document)

    assert [one.expected for one in confirmed.faults] == ["./."]
    assert unconfirmed.faults == ()
    assert "./." in [one.expected for one in unconfirmed.remarks]


def test_a_ruleset_that_is_not_in_force_on_the_day_of_issue_is_remarked_on() -> None:
    document = replace(notice(), on=notice().on.replace(year=2026, month=6))

    remarks = [one.sentence for one in check(document).remarks]

    assert "thong-bao-ket-luan: hd36-2018 không có hiệu lực vào ngày 2026-06-12." in remarks


@pytest.mark.parametrize("example", [SECTOR, HEALTH])
@pytest.mark.parametrize("kind", DocumentKind)
def test_every_document_of_the_examples_is_sound(example: str, kind: DocumentKind) -> None:
    document = issue(kind, whole(example).proceedings(), Offices(example))

    assert check(document).faults == ()


def test_a_wrong_count_in_an_adopted_item_is_remarked_on_since_nobody_may_mend_it() -> None:
    play = Play(facts(SECTOR))
    wrong = "Tổ chức thực hiện 07 nhóm giải pháp."
    play.give(conclusions.DraftItem(kind=ItemKind.SOLUTION_GROUP, horizon=None, text=wrong))
    play.give(stages.OpenConference(), conclusions.ReadOutConclusion(), conclusions.AdoptConclusion())

    findings = check(issue(DocumentKind.NOTICE, play.proceedings(), Offices(SECTOR)))

    assert findings.faults == ()
    assert "ghi “07 nhóm giải pháp” nhưng danh sách có 1 mục" in findings.remarks[0].sentence


def test_there_is_no_notice_before_a_conclusion_was_adopted() -> None:
    with pytest.raises(DocumentAtFault, match="Chưa có kết luận nào được thông qua"):
        issue(DocumentKind.NOTICE, Play(facts(SECTOR)).proceedings(), Offices(SECTOR))


def test_a_paper_that_the_ruleset_does_not_know_is_refused() -> None:
    found = facts(SECTOR)
    convened = replace(found, letterhead=replace(found.letterhead, paper="letter"))

    with pytest.raises(DocumentAtFault, match="khổ giấy letter không có trong hd36-2018"):
        issue(DocumentKind.MINUTES, Play(convened).proceedings(), Offices(SECTOR))


def test_an_article_of_a_site_that_was_not_invited_is_refused() -> None:
    with pytest.raises(SiteUnknown):
        issue(DocumentKind.ARTICLE, Play(facts(SECTOR)).proceedings(), Offices(SECTOR), site="nowhere")  # type: ignore[arg-type] # as it comes from outside
