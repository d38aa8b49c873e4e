from pathlib import Path

import pytest

from diemcau.core import conference, deputy, floor, notes, rollcall, stages
from diemcau.core.convening import AgendaKind
from diemcau.core.floor import Lane
from diemcau.core.ids import SiteId
from diemcau.core.rollcall import Headcount
from diemcau.documents.issue import issue, write
from diemcau.documents.model import Document, DocumentKind, lines_of
from tests.documents.reading import docx_text, pdf_text
from tests.documents.story import MINUTE, SECTOR, Offices, Play, conclude, facts, gather, item_of, sealed

HUE, VINH, DALAT, HANOI = (SiteId(site) for site in ("thua-thien-hue", "nghe-an", "lam-dong", "ha-noi"))
HAI_PHONG = SiteId("hai-phong")


def busy() -> Play:
    """Play a morning on which everything happens that minutes can tell of."""
    play = Play(facts(SECTOR))
    gather(play, absent=frozenset({HAI_PHONG}))
    chair = next(one.person for one in play.facts.delegates if one.duty == "chair")
    present = tuple(sorted(play.facts.people_of(DALAT)))
    guests = (Headcount(category="Phóng viên", count=2),)
    play.until(play.facts.starts_at)
    play.give(stages.OpenConference(), item_of(play, AgendaKind.DISCUSSION))
    play.give(notes.TakeNote(text="Đường truyền tại một số điểm cầu chập chờn."))
    play.give(deputy.NoteChairGone())
    play.give(conference.ReachDeadline(), deputy.Preside(), after=MINUTE)
    play.give(deputy.ReturnToChair(), after=5 * MINUTE)
    play.give(floor.RequestFloor(site=HUE, topic="Sắp xếp tổ chức bộ máy"))
    play.give(floor.RequestFloor(site=VINH, topic="Công tác cán bộ"))
    play.give(floor.RequestFloor(site=DALAT, topic="Phát triển đảng viên"))
    play.give(floor.GrantFloor(site=HUE), after=MINUTE)
    play.give(floor.ReleaseFloor(site=HUE), after=2 * MINUTE)
    play.give(floor.GrantFloor(site=VINH), floor.RevokeFloor(reason="lạc đề"), after=MINUTE)
    play.give(floor.RequestFloor(site=HANOI, topic="Trao đổi lại", lane=Lane.RESPONSE))
    play.give(floor.GrantFloor(site=HANOI), floor.ReleaseFloor(site=HANOI), after=MINUTE)
    conclude(play)
    play.until(play.facts.ends_at)
    play.give(stages.CloseConference())
    play.give(
        rollcall.CorrectAttendance(site=DALAT, present=present, guests=guests, reason="bổ sung khách", author=chair),
    )
    return play


@pytest.fixture(scope="module")
def play() -> Play:
    return busy()


def minutes(play: Play) -> Document:
    return issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR))


def lines(document: Document) -> list[str]:
    return [line.text for line in lines_of(document)]


@pytest.mark.parametrize(
    "line",
    [
        (
            "Điều hành thay chủ trì: Đồng chí Phó Trưởng ban Thường trực Ban Tổ chức Trung ương, "
            "từ 08 giờ 02 phút đến 08 giờ 07 phút."
        ),
        "Điểm cầu vắng mặt: Ban Tổ chức Thành uỷ Hải Phòng (mất điện).",
        "Có 02 lượt ý kiến phát biểu, theo thứ tự:",
        (
            "2. Điểm cầu Ban Tổ chức Tỉnh uỷ Nghệ An (đại diện điểm cầu): Công tác cán bộ. "
            "Chủ trì cho dừng phát biểu; lý do: lạc đề."
        ),
        "Có 01 lượt ý kiến trao đổi lại, theo thứ tự:",
        "Có 01 ý kiến đăng ký chưa phát biểu, ghi nhận bằng văn bản:",
        "1. Đường truyền tại một số điểm cầu chập chờn.",
        "VI. ĐÍNH CHÍNH",
        "Có 01 nội dung được đính chính:",
        (
            "1. Điểm cầu Ban Tổ chức Tỉnh uỷ Lâm Đồng: số người có mặt, đã ghi 09, sửa thành 11. Lý do: bổ sung khách. "
            "Người đính chính: Trưởng Ban Tổ chức Trung ương, lúc 11 giờ 30 phút, ngày 12 tháng 3 năm 2021."
        ),
    ],
)
def test_the_minutes_tell_what_happened_on_a_busy_morning(play: Play, line: str) -> None:
    assert line in lines(minutes(play))


def test_the_last_of_several_speeches_is_followed_by_what_was_only_registered(play: Play) -> None:
    (written,) = [line for line in lines(minutes(play)) if "Phát triển đảng viên" in line]

    assert written.startswith(
        "1. Điểm cầu Ban Tổ chức Tỉnh uỷ Lâm Đồng (đại diện điểm cầu): Phát triển đảng viên (đăng ký"
    )


def test_guests_are_counted_with_their_category(play: Play) -> None:
    told = lines(minutes(play))

    assert "7 | Phóng viên | 02" in told
    assert any("và 02 khách mời và người cùng dự." in line for line in told)


def test_the_article_of_an_absent_site_says_so(play: Play) -> None:
    document = issue(DocumentKind.ARTICLE, play.proceedings(), Offices(SECTOR), site=HAI_PHONG)

    assert "Theo kết quả điểm danh, điểm cầu Ban Tổ chức Thành uỷ Hải Phòng không tham dự hội nghị." in lines(document)


def test_the_article_of_a_site_that_was_not_called_tells_of_its_written_statement(play: Play) -> None:
    document = issue(DocumentKind.ARTICLE, play.proceedings(), Offices(SECTOR), site=DALAT)

    (ours,) = [line for line in lines(document) if "Phát triển đảng viên" in line]
    assert ours.endswith("ý kiến được ghi nhận bằng văn bản.")


def test_articles_of_all_sites_agree_in_every_central_fact(play: Play) -> None:
    told = play.proceedings()
    people = Offices(SECTOR)

    articles = [lines(issue(DocumentKind.ARTICLE, told, people, site=one.site)) for one in play.facts.sites[:9]]

    shared = set(articles[0]).intersection(*articles[1:])
    assert any("05 bài học kinh nghiệm" in line for line in shared)
    assert any("tham dự Hội nghị còn có 66 điểm cầu" in line for line in shared)
    assert any("02 lượt ý kiến phát biểu" in line for line in shared)


def test_a_speech_whose_times_were_corrected_is_told_with_both(play: Play) -> None:
    corrected = Play(play.facts)
    corrected.records, corrected.state, corrected.at = list(play.records), play.state, play.at
    speech = corrected.request_of(HUE)
    chair = next(one.person for one in play.facts.delegates if one.duty == "chair")
    assert speech.granted_at is not None
    assert speech.ended_at is not None
    corrected.give(
        floor.CorrectSpeech(
            request=speech.request,
            granted_at=speech.granted_at - MINUTE,
            ended_at=speech.ended_at,
            reason="đồng hồ chậm",
            author=chair,
        )
    )

    (told,) = [line for line in lines(minutes(corrected)) if "đồng hồ chậm" in line]

    assert "thời gian phát biểu, đã ghi 08:08:07 – 08:10:07, sửa thành 08:07:07 – 08:10:07." in told
    assert any("Ban Tổ chức Tỉnh uỷ Thừa Thiên Huế" in line and "| 03:00" in line for line in lines(minutes(corrected)))


def test_the_attendance_list_says_which_sites_were_absent_and_which_did_not_report(play: Play) -> None:
    silent = Play(play.facts)

    told = [lines(issue(DocumentKind.ATTENDANCE, one.proceedings(), Offices(SECTOR))) for one in (play, silent)]

    assert any("Hải Phòng (Điểm cầu vắng: mất điện)" in line for line in told[0])
    assert any("Hải Phòng (Chưa báo cáo)" in line for line in told[1])


def test_a_correction_after_sealing_is_told_as_such(tmp_path: Path) -> None:
    play = busy()
    seal = sealed(play)
    chair = next(one.person for one in play.facts.delegates if one.duty == "chair")
    play.give(
        notes.CorrectNote(note=play.state.notes.notes[0].note, text="Đường truyền tốt.", reason="nhầm", author=chair)
    )

    word, pdf = write(issue(DocumentKind.MINUTES, play.proceedings(seal), Offices(SECTOR)), tmp_path)

    for text in (docx_text(word), pdf_text(pdf)):
        assert "Có 02 nội dung được đính chính:" in text
        assert "(sau khi niêm phong)" in text
        assert seal.hash in text
        assert seal.key_id in text
