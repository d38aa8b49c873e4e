from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from diemcau.core import floor, rollcall, stages
from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.documents.issue import issue
from diemcau.documents.model import Document, DocumentKind, lines_of
from diemcau.documents.wording import Wording
from tests.documents.story import HEALTH, MINUTE, SECTOR, Offices, Play, facts, gather, whole

MAIN, HUE, VINH = SiteId("trung-uong"), SiteId("thua-thien-hue"), SiteId("nghe-an")


def wording(example: str = SECTOR) -> Wording:
    return Wording(proceedings=Play(facts(example)).proceedings(), people=Offices(example))


def lines(document: Document) -> list[str]:
    return [line.text for line in lines_of(document)]


def minutes(play: Play) -> list[str]:
    return lines(issue(DocumentKind.MINUTES, play.proceedings(), Offices(SECTOR)))


def open_play(convened: Facts | None = None) -> Play:
    play = Play(convened or facts(SECTOR))
    play.until(play.facts.starts_at)
    play.give(stages.OpenConference())
    return play


@pytest.mark.parametrize(
    ("count", "vietnamese", "english"),
    [(0, "00", "0"), (7, "07", "7"), (68, "68", "68"), (1204, "1.204", "1,204"), (1930000, "1.930.000", "1,930,000")],
)
def test_counts_are_written_as_each_language_writes_them(count: int, vietnamese: str, english: str) -> None:
    assert (wording().figure(count), wording(HEALTH).figure(count)) == (vietnamese, english)


@pytest.mark.parametrize(
    ("on", "written"),
    [
        (date(2020, 1, 5), "ngày 05 tháng 01 năm 2020"),
        (date(2021, 3, 12), "ngày 12 tháng 3 năm 2021"),
        (date(2021, 2, 9), "ngày 09 tháng 02 năm 2021"),
        (date(2021, 10, 30), "ngày 30 tháng 10 năm 2021"),
    ],
)
def test_days_under_ten_and_months_one_and_two_have_a_leading_zero(on: date, written: str) -> None:
    assert wording().day(on) == written


@pytest.mark.parametrize(
    ("hour", "said"), [(1, "Sáng ngày 12/3/2021"), (5, "Chiều ngày 12/3/2021"), (12, "Tối ngày 12/3/2021")]
)
def test_the_part_of_the_day_is_that_of_the_conferences_zone(hour: int, said: str) -> None:
    assert wording().half_day(datetime(2021, 3, 12, hour, 30, tzinfo=UTC)) == said


def test_one_is_not_joined_and_two_are_joined_by_a_word() -> None:
    assert [wording(HEALTH).listed(parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_length_is_minutes_and_seconds() -> None:
    assert [wording().length(one) for one in (timedelta(seconds=62.6), timedelta(minutes=75), None)] == [
        "01:03",
        "75:00",
        "–",
    ]


def test_a_site_that_is_called_a_site_is_not_called_so_twice() -> None:
    found = facts(SECTOR)
    named = tuple(replace(one, name=f"Điểm cầu {one.short_name}") for one in found.sites)
    told = Wording(proceedings=Play(replace(found, sites=named)).proceedings(), people=Offices(SECTOR))

    assert (told.site(HUE), told.site_within(HUE)) == ("Điểm cầu TT Huế", "điểm cầu TT Huế")


def test_an_organiser_that_is_named_by_its_code_is_printed_by_its_name() -> None:
    told = Wording(
        proceedings=Play(replace(facts(SECTOR), organiser="trung-uong")).proceedings(), people=Offices(SECTOR)
    )

    assert told.organiser() == "Ban Tổ chức Trung ương Đảng"


def test_the_main_sites_article_tells_who_was_there() -> None:
    document = issue(DocumentKind.ARTICLE, whole(SECTOR).proceedings(), Offices(SECTOR), site=MAIN)

    assert any(line.startswith("Tại điểm cầu Trung tâm, cùng tham dự có Phó Trưởng ban") for line in lines(document))


def test_a_large_delegation_is_told_by_category() -> None:
    found = facts(SECTOR)
    first = next(one for one in found.delegates if one.site == HUE and one.duty != "chair")
    crowd = tuple(replace(first, site=HUE, person=one.person) for one in found.delegates if one.site != HUE)[:30]
    kept = tuple(one for one in found.delegates if one.person not in {other.person for other in crowd})
    play = open_play(replace(found, delegates=(*kept, *crowd)))
    play.give(rollcall.OpenRollCall())
    play.give(rollcall.ReportAttendance(site=HUE, present=tuple(sorted(play.facts.people_of(HUE)))))

    document = issue(DocumentKind.ARTICLE, play.proceedings(), Offices(SECTOR), site=HUE)

    (here,) = [line for line in lines(document) if line.startswith("Tại điểm cầu")]
    assert f"{30 + sum(one.site == HUE and one.category == first.category for one in kept)} {first.category}" in here


def test_a_delegation_of_one_is_told_without_others() -> None:
    play = open_play()
    chair = next(one.person for one in play.facts.delegates if one.site == HUE and one.duty == "chair")
    play.give(rollcall.OpenRollCall(), rollcall.ReportAttendance(site=HUE, present=(chair,)))

    document = issue(DocumentKind.ARTICLE, play.proceedings(), Offices(SECTOR), site=HUE)

    assert any(line.endswith("chủ trì; tổng số 01 người có mặt.") for line in lines(document))


def test_minutes_of_a_conference_that_was_not_opened_are_a_draft_without_times() -> None:
    told = minutes(Play(facts(SECTOR)))

    assert "Thời gian bắt đầu: hội nghị chưa khai mạc." in told
    assert "Không có ý kiến phát biểu." in told
    assert "Hội nghị chưa thông qua kết luận." in told


def test_sites_that_have_not_reported_are_named() -> None:
    play = Play(facts(SECTOR))
    gather(play, absent=frozenset())
    silent = replace(play.proceedings().conference.roll, reports=play.state.roll.reports[1:])
    told = replace(play.proceedings(), conference=replace(play.state, roll=silent))

    document = issue(DocumentKind.MINUTES, told, Offices(SECTOR))

    assert any(line.startswith("Điểm cầu chưa báo cáo điểm danh: ") for line in lines(document))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("lạc đề", "Chủ trì cho dừng phát biểu; lý do: lạc đề."),
        ("time", "Kết thúc do hết thời gian."),
        ("line", "Kết thúc do mất đường truyền."),
    ],
)
def test_why_a_speech_was_ended_is_said(reason: str, said: str) -> None:
    play = open_play()
    play.give(floor.GrantFloor(site=HUE), floor.RevokeFloor(reason=reason))

    assert any(line.startswith("1. Điểm cầu") and line.endswith(said) for line in minutes(play))


def test_a_break_that_goes_on_has_no_end_yet() -> None:
    play = open_play()
    play.give(stages.AdjournConference(reason="giải lao."))

    assert "Tạm nghỉ: từ 08 giờ 00 phút; lý do: giải lao." in minutes(play)


def test_a_site_that_speaks_again_has_its_turn_beside_its_name() -> None:
    play = open_play()
    for _ in range(2):
        play.give(floor.RequestFloor(site=VINH, topic="Ý kiến"), floor.GrantFloor(site=VINH), after=MINUTE)
        play.give(floor.ReleaseFloor(site=VINH), after=MINUTE)

    assert any(line.startswith("2 | ") and "(lần 2)" in line for line in minutes(play))
