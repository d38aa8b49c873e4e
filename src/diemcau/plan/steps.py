"""The run of show as the file has it: each step's kind, what it names, and its pace."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from diemcau.core.ids import AgendaId, HandoutId, PersonId, SiteId
from diemcau.plan import values
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.run_of_show import (
    Adjourn,
    Adopt,
    BeginItem,
    Close,
    CloseRollCall,
    Draft,
    Grant,
    Open,
    OpenRollCall,
    ReadOut,
    ReportAttendance,
    Request,
    Resume,
    ShowPage,
    Step,
    TakeNote,
)
from diemcau.plan.toml_file import Section

_LONGEST_SPEECH = 3600
_LONGEST_WAIT = 600
_LONGEST_NOTE = 2000
_SPEECH_SECONDS = 20
_FAST_SECONDS = 3
_WAIT_SECONDS = 1


class StepKind(StrEnum):
    """The words of `step` in the file."""

    OPEN_ROLL_CALL = "open_roll_call"
    REPORT_ATTENDANCE = "report_attendance"
    CLOSE_ROLL_CALL = "close_roll_call"
    OPEN = "open"
    BEGIN_ITEM = "begin_item"
    REQUEST = "request"
    GRANT = "grant"
    NOTE = "note"
    SHOW = "show"
    ADJOURN = "adjourn"
    RESUME = "resume"
    DRAFT = "draft"
    READ_OUT = "read_out"
    ADOPT = "adopt"
    CLOSE = "close"


_OWN_KEYS: dict[StepKind, frozenset[str]] = {
    StepKind.REPORT_ATTENDANCE: frozenset({"sites", "absent"}),
    StepKind.BEGIN_ITEM: frozenset({"item"}),
    StepKind.REQUEST: frozenset({"site", "topic"}),
    StepKind.GRANT: frozenset({"site", "topic", "delegate", "seconds", "seconds_fast"}),
    StepKind.NOTE: frozenset({"site", "text"}),
    StepKind.SHOW: frozenset({"handout", "page"}),
}
_NEEDED: dict[StepKind, tuple[tuple[str, str], ...]] = {
    StepKind.BEGIN_ITEM: (("item", '"discussion"'),),
    StepKind.REQUEST: (("site", '"north-hall"'), ("topic", '"…"')),
    StepKind.GRANT: (("site", '"north-hall"'),),
    StepKind.NOTE: (("text", '"…"'),),
    StepKind.SHOW: (("handout", '"report"'),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStep:
    """A step with the word for it and the section that it was read from."""

    step: Step
    kind: StepKind
    section: Section


def read_steps(sections: list[Section], sites: tuple[SiteId, ...]) -> list[PlacedStep]:
    """Read the steps; those of an unknown kind are left out, with a fault."""
    placed: list[PlacedStep] = []
    topics: dict[SiteId, str] = {}
    for section in sections:
        section.must("step", '"open"')
        kind = section.read("step", _kind, None)
        if kind is None:
            continue
        _check_keys_of(kind, section)
        step = _step(kind, section, sites)
        if isinstance(step, Request):
            topics[step.site] = step.topic
        if isinstance(step, Grant) and not step.topic:
            step = _on_topic(step, topics)
        placed.append(PlacedStep(step=step, kind=kind, section=section))
    return placed


def _on_topic(grant: Grant, topics: dict[SiteId, str]) -> Grant:
    """Let a speech be about what its site asked to speak about."""
    return Grant(
        site=grant.site,
        delegate=grant.delegate,
        topic=topics.get(grant.site, ""),
        speaks_for=grant.speaks_for,
        speaks_for_fast=grant.speaks_for_fast,
        wait=grant.wait,
    )


def _kind(value: object) -> StepKind | None:
    return values.choice(str(value), StepKind)


def _check_keys_of(kind: StepKind, section: Section) -> None:
    own = _OWN_KEYS.get(kind, frozenset()) | {"step", "wait_seconds"}
    for key in section.content:
        if key not in own and key in _ALL_KEYS:
            wanted = ", ".join(sorted(own))
            section.blame(FaultCode.UNKNOWN_KEY, key, found=key, wanted=wanted)
    for key, example in _NEEDED.get(kind, ()):
        section.must(key, example)


_ALL_KEYS = frozenset().union(*_OWN_KEYS.values())


def _step(kind: StepKind, section: Section, sites: tuple[SiteId, ...]) -> Step:  # noqa: C901, PLR0912 - one line a case
    wait = timedelta(seconds=section.whole("wait_seconds", _WAIT_SECONDS, 0, _LONGEST_WAIT))
    match kind:
        case StepKind.OPEN_ROLL_CALL:
            return OpenRollCall(wait=wait)
        case StepKind.REPORT_ATTENDANCE:
            return _attendance(section, sites, wait)
        case StepKind.BEGIN_ITEM:
            return BeginItem(item=AgendaId(section.code("item")), wait=wait)
        case StepKind.REQUEST:
            site = SiteId(section.code("site"))
            return Request(site=site, topic=section.text("topic"), wait=wait)
        case StepKind.GRANT:
            return _grant(section, wait)
        case StepKind.NOTE:
            return _note(section, wait)
        case StepKind.SHOW:
            page = section.whole("page", 1, 1, 2000)
            return ShowPage(handout=HandoutId(section.code("handout")), page=page, wait=wait)
        case StepKind.CLOSE_ROLL_CALL:
            return CloseRollCall(wait=wait)
        case StepKind.OPEN:
            return Open(wait=wait)
        case StepKind.ADJOURN:
            return Adjourn(wait=wait)
        case StepKind.RESUME:
            return Resume(wait=wait)
        case StepKind.DRAFT:
            return Draft(wait=wait)
        case StepKind.READ_OUT:
            return ReadOut(wait=wait)
        case StepKind.ADOPT:
            return Adopt(wait=wait)
        case StepKind.CLOSE:
            return Close(wait=wait)
        case _:
            assert_never(kind)


def _attendance(section: Section, sites: tuple[SiteId, ...], wait: timedelta) -> ReportAttendance:
    named = section.codes_or_all("sites")
    return ReportAttendance(
        sites=tuple(SiteId(code) for code in named) or sites,
        absent=tuple(PersonId(person) for person in section.texts("absent")),
        wait=wait,
    )


def _grant(section: Section, wait: timedelta) -> Grant:
    delegate = section.code("delegate")
    seconds = section.whole("seconds", _SPEECH_SECONDS, 1, _LONGEST_SPEECH)
    fast = section.whole("seconds_fast", _FAST_SECONDS, 1, _LONGEST_SPEECH)
    return Grant(
        site=SiteId(section.code("site")),
        delegate=PersonId(delegate) if delegate else None,
        topic=section.text("topic"),
        speaks_for=timedelta(seconds=seconds),
        speaks_for_fast=timedelta(seconds=fast),
        wait=wait,
    )


def _note(section: Section, wait: timedelta) -> TakeNote:
    site = section.code("site")
    return TakeNote(
        site=SiteId(site) if site else None,
        text=section.text("text", longest=_LONGEST_NOTE),
        wait=wait,
    )
