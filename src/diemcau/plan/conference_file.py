"""What `conference.toml` says, section by section; whether it fits the tables is `check`'s.

Where a value is unfit a stand-in takes its place and a fault is noted, so a `Prepared` with
faults is only good for finding more of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from diemcau.core.convening import AgendaKind, Horizon, ItemKind
from diemcau.core.ids import AgendaId, HandoutId, UnitCode
from diemcau.core.regulations import Regulations
from diemcau.plan import keys, values
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Unfit
from diemcau.plan.model import (
    AgendaItem,
    Category,
    ConclusionItem,
    DocumentFacts,
    Handout,
    Language,
    Paper,
    TaskPolicy,
)
from diemcau.plan.rulesets import Ruleset
from diemcau.plan.toml_file import Section

_DEFAULTS = Regulations()
_LONGEST_TURN = 120
_MOST_PAGES = 2000
_LONGEST_ITEM = 2000
_WITHOUT_HORIZON = (ItemKind.LESSON, ItemKind.SOLUTION_GROUP)
_LONGEST_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the file says, with the sections at hand for faults that are found later."""

    root: Section
    id: str
    title: str
    title_short: str
    language: Language
    organiser: str
    time_zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    documents: DocumentFacts
    regulations: Regulations
    agenda: tuple[AgendaItem, ...]
    handouts: tuple[Handout, ...]
    categories: tuple[Category, ...]
    conclusion: tuple[ConclusionItem, ...]
    tasks: TaskPolicy


def read_conference(root: Section) -> Prepared:
    """Read everything but the run of show and the expected counts."""
    for key, example in _MUST:
        root.must(key, example)
    zone = _zone(root)
    starts_at = _instant(root, "starts_at", zone)
    return Prepared(
        root=root,
        id=root.code("id"),
        title=root.text("title"),
        title_short=root.text("title_short") or root.text("title"),
        language=root.choice("language", Language.VI),
        organiser=root.code("organiser"),
        time_zone=root.text("time_zone") or _offset(starts_at),
        starts_at=starts_at,
        ends_at=_instant(root, "ends_at", zone),
        documents=_documents(root.section(keys.DOCUMENTS)),
        regulations=_regulations(root.section(keys.REGULATIONS)),
        agenda=tuple(_agenda_item(one) for one in root.sections(keys.AGENDA)),
        handouts=tuple(_handout(one) for one in root.sections(keys.HANDOUTS)),
        categories=tuple(_category(one) for one in root.sections(keys.CATEGORIES)),
        conclusion=tuple(_conclusion_item(one) for one in root.sections(keys.CONCLUSION)),
        tasks=_tasks(root.section(keys.TASKS)),
    )


_MUST = (
    ("id", '"review-2026"'),
    ("title", '"…"'),
    ("organiser", '"ban-mau"'),
    ("starts_at", "2021-03-12T08:00:00+07:00"),
    ("ends_at", "2021-03-12T11:30:00+07:00"),
    (keys.DOCUMENTS, '[documents] ruleset = "plain"'),
    (keys.AGENDA, "[[agenda]]"),
    (keys.CATEGORIES, "[[categories]]"),
)


def _zone(root: Section) -> ZoneInfo | None:
    name = root.text("time_zone")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        root.blame(FaultCode.UNKNOWN_TIME_ZONE, "time_zone")
        return None


def _instant(root: Section, key: str, zone: ZoneInfo | None) -> datetime | None:
    at = root.instant_or_none(key)
    if at is None or at.tzinfo is not None:
        return at
    if zone is not None:
        return at.replace(tzinfo=zone)
    if not root.has("time_zone"):
        root.blame(FaultCode.MISSING_TIME_ZONE, key)
    return None


def _offset(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()[-6:]


def _documents(section: Section) -> DocumentFacts:
    if section.content:  # without any, the section itself is what is missing
        section.must("ruleset", '"plain"')
        section.must("issuing_body", '"…"')
    return DocumentFacts(
        ruleset=section.read("ruleset", _ruleset, Ruleset.PLAIN),
        issuing_body=section.text("issuing_body"),
        superior_body=section.text("superior_body"),
        place=section.text("place"),
        number_symbol=section.text("number_symbol"),
        recipients=section.texts("recipients"),
        letterhead=section.texts("letterhead"),
        paper=section.choice("paper", Paper.A4),
    )


def _ruleset(value: object) -> Ruleset:
    try:
        return values.choice(str(value), Ruleset)
    except Unfit as unfit:
        raise Unfit(FaultCode.UNKNOWN_RULESET, unfit.wanted) from None


def _regulations(section: Section) -> Regulations:
    def minutes(key: str, absent: timedelta) -> timedelta:
        number = section.whole(key, int(absent.total_seconds()) // 60, 1, _LONGEST_TURN)
        return timedelta(minutes=number)

    def seconds(key: str, absent: timedelta, highest: int) -> timedelta:
        return timedelta(seconds=section.whole(key, int(absent.total_seconds()), 1, highest))

    warnings = tuple(int(one.total_seconds()) for one in _DEFAULTS.warnings)
    before_end = section.whole_numbers("warning_seconds", warnings, _LONGEST_TURN * 60)
    return Regulations(
        first_turn=minutes("first_turn_minutes", _DEFAULTS.first_turn),
        second_turn=minutes("second_turn_minutes", _DEFAULTS.second_turn),
        response_turn=minutes("response_minutes", _DEFAULTS.response_turn),
        max_turns=section.whole("max_turns", _DEFAULTS.max_turns, 1, 20),
        order=section.choice("order", _DEFAULTS.order),
        needs_acceptance=section.flag("needs_acceptance", absent=_DEFAULTS.needs_acceptance),
        warnings=tuple(timedelta(seconds=one) for one in sorted(set(before_end), reverse=True)),
        at_end=section.choice("at_end", _DEFAULTS.at_end),
        quorum_sites=section.whole("quorum_sites_percent", _DEFAULTS.quorum_sites, 0, 100),
        quorum_delegates=section.whole("quorum_delegates_percent", _DEFAULTS.quorum_delegates, 0, 100),
        quorum_to_open=section.flag("quorum_to_open", absent=_DEFAULTS.quorum_to_open),
        chair_lease=seconds("chair_lease_seconds", _DEFAULTS.chair_lease, 10),
        deputy_takes=section.choice("deputy_takes", _DEFAULTS.deputy_takes),
        conduct=section.choice("conduct", _DEFAULTS.conduct),
        line_grace=seconds("line_grace_seconds", _DEFAULTS.line_grace, 3600),
        cut_in_after=seconds("cut_in_seconds", _DEFAULTS.cut_in_after, 60),
    )


def _agenda_item(section: Section) -> AgendaItem:
    _must_all(section, id='"opening"', title='"…"', minutes="10")
    return AgendaItem(
        id=AgendaId(section.code("id")),
        title=section.text("title"),
        minutes=section.whole("minutes", 0, 1, _LONGEST_DAY),
        kind=section.choice("kind", AgendaKind.OTHER),
    )


def _handout(section: Section) -> Handout:
    _must_all(section, id='"report"', title='"…"')
    return Handout(
        id=HandoutId(section.code("id")),
        title=section.text("title"),
        pages=section.whole("pages", 1, 1, _MOST_PAGES),
        file=section.text("file") or None,
    )


def _category(section: Section) -> Category:
    _must_all(section, code='"leaders"')
    vi, en = section.text("name_vi"), section.text("name_en")
    if not (vi or en):
        section.must("name_vi", '"…"')
    return Category(code=section.code("code"), name_vi=vi or en, name_en=en or vi)


def _conclusion_item(section: Section) -> ConclusionItem:
    _must_all(section, kind='"task"', text='"…"')
    kind = section.choice("kind", ItemKind.LESSON)
    horizon = section.choice("horizon", Horizon.TERM) if section.has("horizon") else None
    if kind is ItemKind.TASK:
        section.must("horizon", '"year"')
    if horizon is not None and kind in _WITHOUT_HORIZON:
        section.blame(FaultCode.HORIZON_NOT_ALLOWED, "horizon", wanted=kind.value)
    return ConclusionItem(
        kind=kind,
        horizon=horizon,
        text=section.text("text", longest=_LONGEST_ITEM),
        units=tuple(UnitCode(code) for code in section.codes_or_all("units")),
        due=section.day_or_none("due"),
    )


def _tasks(section: Section) -> TaskPolicy:
    absent = (ItemKind.TASK, ItemKind.BREAKTHROUGH)
    return TaskPolicy(
        kinds=section.read("kinds", _kinds, absent),
        due_term=section.day_or_none("due_term"),
        due_year=section.day_or_none("due_year"),
    )


def _kinds(value: object) -> tuple[ItemKind, ...]:
    if not isinstance(value, list):
        raise Unfit(FaultCode.WRONG_TYPE, '["task", "breakthrough"]')
    return tuple(dict.fromkeys(values.choice(str(one), ItemKind) for one in value))


def _must_all(section: Section, **examples: str) -> None:
    for key, example in examples.items():
        section.must(key, example)
