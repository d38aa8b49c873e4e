"""A small conference of offices, and a play that gives it commands and keeps what happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from diemcau.core import conference, rollcall, sites, stages
from diemcau.core.conference import Command, Conference, Event
from diemcau.core.convening import (
    AgendaKind,
    Facts,
    InvitedDelegate,
    InvitedSite,
    Letterhead,
    NamedUnit,
    PlannedItem,
)
from diemcau.core.ids import AgendaId, ConferenceId, PersonId, SiteId, UnitCode
from diemcau.core.refusals import Refusal
from diemcau.core.regulations import Regulations

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

HANOI, HUE, VINH, DALAT = (SiteId(name) for name in ("hanoi", "hue", "vinh", "dalat"))
SITES = (HANOI, HUE, VINH, DALAT)
NOWHERE = SiteId("nowhere")
CHAIR_PERSON = PersonId("hanoi-1")
DEPUTY_PERSON = PersonId("hanoi-2")
STRANGER = PersonId("stranger")
REPORTS, DISCUSSION = AgendaId("reports"), AgendaId("discussion")
UNITS = tuple(UnitCode(f"unit-{site}") for site in SITES)


def people_of(site: SiteId) -> tuple[PersonId, ...]:
    """Return the two delegates of a site: its head, and a specialist."""
    return (PersonId(f"{site}-1"), PersonId(f"{site}-2"))


def facts(*, rehearsal: bool = False, deputy: PersonId | None = DEPUTY_PERSON, **rules: object) -> Facts:
    """Return the facts of a conference of four halls under regulations with these `rules`."""
    return Facts(
        conference=ConferenceId("review-2026"),
        title="Hội nghị tổng kết công tác năm 2026",
        short_title="Tổng kết 2026",
        organiser="Cơ quan tổ chức",
        language="vi",
        time_zone="Asia/Ho_Chi_Minh",
        starts_at=NINE,
        ends_at=NINE + 3 * HOUR,
        letterhead=Letterhead(ruleset="plain", superior="", issuer="Cơ quan tổ chức", place="Hà Nội", symbol="TB"),
        regulations=replace(Regulations(), **rules),  # type: ignore[arg-type] # each test names rules that there are
        units=tuple(
            NamedUnit(unit=unit, parent=None, name=f"Đơn vị {unit}", name_en=unit, short_name=unit[:12], protocol=place)
            for place, unit in enumerate(UNITS)
        ),
        sites=tuple(
            InvitedSite(
                site=site,
                unit=UNITS[place],
                name=f"Điểm cầu {site}",
                short_name=site,
                protocol=place,
                main=site == HANOI,
            )
            for place, site in reversed(list(enumerate(SITES)))
        ),
        delegates=tuple(
            InvitedDelegate(person=person, site=site, category=category, duty="", digest="0" * 64)
            for site in SITES
            for person, category in zip(people_of(site), ("head", "specialist"), strict=True)
        ),
        agenda=tuple(
            PlannedItem(item=item, title=item, minutes=30, kind=AgendaKind.DISCUSSION) for item in (REPORTS, DISCUSSION)
        ),
        expected=(),
        deputy=deputy,
        rehearsal=rehearsal,
    )


class Play:
    """A conference being played: its state, all its events, and a clock that is wound by hand."""

    def __init__(self, played: Facts) -> None:
        self.events: list[Event] = list(conference.convene(played))
        self.now: Conference = conference.replay(tuple(self.events))
        self.at = NINE

    def give(self, *commands: Command) -> tuple[Event, ...]:
        """Give commands at this time; return what the last one led to."""
        happened: tuple[Event, ...] = ()
        for command in commands:
            happened = conference.decide(self.now, command, self.at)
            for event in happened:
                self.now = conference.evolve(self.now, event)
            self.events.extend(happened)
        return happened

    def refused(self, command: Command) -> tuple[str, dict[str, str]]:
        """Return for what `command` is refused; nothing may have changed."""
        before = (repr(self.now), list(self.events))
        with pytest.raises(Refusal) as refusal:
            self.give(command)
        assert (repr(self.now), list(self.events)) == before
        return refusal.value.code, refusal.value.about

    def wind(self, length: timedelta) -> tuple[Event, ...]:
        """Let time pass, with every deadline reached when it is due; return what happened."""
        until, happened = self.at + length, len(self.events)
        while (due := conference.next_deadline(self.now)) is not None and due <= until:
            self.at = max(self.at, due)
            assert self.give(conference.ReachDeadline()), "a deadline came and nothing happened"
        self.at = until
        return tuple(self.events[happened:])


def convened(**rules: object) -> Play:
    """Return a conference that was just convened."""
    return Play(facts(**rules))  # type: ignore[arg-type] # as in `facts`


def opened(*, connected: Iterable[SiteId] = SITES, **rules: object) -> Play:
    """Return a conference that was opened, with the lines of these sites up."""
    play = convened(**rules)
    play.give(*(sites.NoteLineUp(site=site) for site in connected), stages.OpenConference())
    return play


def closed() -> Play:
    """Return a conference that was opened, its roll called, and closed."""
    play = opened()
    play.give(rollcall.OpenRollCall(), stages.CloseConference())
    return play


def sealed() -> Play:
    """Return a conference whose record was sealed."""
    play = closed()
    play.give(stages.SealConference())
    return play
