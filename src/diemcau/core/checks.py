"""The technical check: what each site measured of itself before the conference, and what it means.

Measuring is the page's; here stands the rule by which a site is fit, has something to mend, or is
unfit. What a site reports last is what counts. Nobody is kept out by it: it tells the operator whom
to call before anyone asks.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.sites import SiteUnknown


class Carrier(StrEnum):
    """How sound and picture travel."""

    UDP = "udp"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a check found; nothing where it could not be measured.

    `width`, `height`, `fps`: of the camera, 0 without one. `microphone_db`: speech, 0 is full scale. `heard`: whether
    people in the hall heard the test sound. `echo_loss_db`, `echo_delay_ms`: how much quieter and later what the
    loudspeaker plays comes back through the microphone. `up_kbps`, `down_kbps`: sustained for ten seconds.
    `late_ms`: how late the latest piece came. `loss_permille`: of the packets on the way down. `rtt_ms`: of the line.
    `clock_ms`: this clock minus the centre's. `encodes`: whether the browser can send the picture as it is to be sent.
    """

    width: int
    height: int
    fps: int
    microphone_db: int | None
    heard: bool | None
    echo_loss_db: int | None
    echo_delay_ms: int | None
    up_kbps: int | None
    down_kbps: int | None
    late_ms: int | None
    loss_permille: int | None
    rtt_ms: int | None
    carrier: Carrier
    clock_ms: int | None
    browser: str
    encodes: bool | None


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCheck:
    """A site reports what its check found."""

    site: SiteId
    measures: Measures


Command: TypeAlias = ReportCheck

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReported:
    """A site's check found this."""

    site: SiteId
    measures: Measures
    at: datetime


Event: TypeAlias = CheckReported

# Refusals


class MeasureImpossible(Refusal):
    """A measure is not within its limits, or the browser's name has more than 100 characters."""

    code = "checks.measure_impossible"


# State


class Fitness(StrEnum):
    """What a check comes to."""

    FIT = "fit"
    TO_MEND = "to_mend"
    UNFIT = "unfit"


class Part(StrEnum):
    """What is checked, in the order in which it is shown."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"
    ECHO = "echo"
    UPLINK = "uplink"
    DOWNLINK = "downlink"
    LINE = "line"
    CARRIER = "carrier"
    CLOCK = "clock"
    BROWSER = "browser"


class Mend(StrEnum):
    """What is to be mended; its sentence stands in the front end's words."""

    NO_CAMERA = "no_camera"
    SMALL_PICTURE = "small_picture"
    SLOW_PICTURE = "slow_picture"
    NO_MICROPHONE = "no_microphone"
    TOO_QUIET = "too_quiet"
    TOO_LOUD = "too_loud"
    NOT_HEARD = "not_heard"
    NOT_TRIED = "not_tried"
    ECHO = "echo"
    UPLINK_UNMEASURED = "uplink_unmeasured"
    UPLINK_THIN = "uplink_thin"
    UPLINK_SOUND_ONLY = "uplink_sound_only"
    DOWNLINK_UNMEASURED = "downlink_unmeasured"
    DOWNLINK_THIN = "downlink_thin"
    DOWNLINK_SOUND_ONLY = "downlink_sound_only"
    LOSSY = "lossy"
    VERY_LOSSY = "very_lossy"
    FAR = "far"
    LATE = "late"
    FALLBACK = "fallback"
    CLOCK_WRONG = "clock_wrong"
    CANNOT_SEND = "cannot_send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check says of one part: nothing to mend, or what."""

    part: Part
    fitness: Fitness
    mend: Mend | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A site's last check."""

    site: SiteId
    measures: Measures
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """The last check of every site that made one, in the order in which they first did."""

    checks: tuple[Check, ...] = ()


LEAST_LINES, LEAST_FPS = 480, 15
QUIETEST_DB, LOUDEST_DB, SILENCE_DB = -38, -6, -60
LEAST_ECHO_LOSS_DB = 20
FULL_KBPS, LEAST_KBPS = 2_000, 500
MOST_LOSS, WORST_LOSS = 10, 80  # of a thousand
LONGEST_RTT_MS, LATEST_MS = 250, 400
CLOCK_MAY_BE_OFF_MS = 1_000
LONGEST_BROWSER = 100
_MOST = 10**9


def decide(command: Command, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`; the same measures again are news."""
    match command:
        case ReportCheck(site=site, measures=measures):
            if not facts.has_site(site):
                raise SiteUnknown(site=site)
            _need_possible(measures)
            return (CheckReported(site=site, measures=measures, at=at),)
        case _:
            assert_never(command)


def evolve(checks: Checks, event: Event) -> Checks:
    """Return the checks after `event`."""
    match event:
        case CheckReported(site=site, measures=measures, at=at):
            new = Check(site=site, measures=measures, at=at)
            known = check_of(checks, site) is not None
            kept = tuple(new if one.site == site else one for one in checks.checks)
            return replace(checks, checks=kept if known else (*checks.checks, new))
        case _:
            assert_never(event)


def check_of(checks: Checks, site: SiteId) -> Check | None:
    """Return a site's last check, if it made one."""
    return next((one for one in checks.checks if one.site == site), None)


def findings(measures: Measures) -> tuple[Finding, ...]:
    """Return what a check says of every part, in the order of `Part`."""
    return (
        _camera(measures),
        _microphone(measures),
        _loudspeaker(measures),
        _echo(measures),
        _uplink(measures.up_kbps),
        _downlink(measures.down_kbps),
        _line(measures),
        _fit(Part.CARRIER) if measures.carrier is Carrier.UDP else _to_mend(Part.CARRIER, Mend.FALLBACK),
        _clock(measures),
        _unfit(Part.BROWSER, Mend.CANNOT_SEND) if measures.encodes is False else _fit(Part.BROWSER),
    )


def fitness_of(measures: Measures) -> Fitness:
    """Return what a check comes to: as good as its worst part."""
    found = {one.fitness for one in findings(measures)}
    return next((one for one in (Fitness.UNFIT, Fitness.TO_MEND) if one in found), Fitness.FIT)


def reported_again(checks: Checks) -> tuple[CheckReported, ...]:
    """Return the events that report the same elsewhere: in a rehearsal."""
    return tuple(CheckReported(site=one.site, measures=one.measures, at=one.at) for one in checks.checks)


def _camera(measures: Measures) -> Finding:
    if 0 in (measures.width, measures.height):
        return _unfit(Part.CAMERA, Mend.NO_CAMERA)
    if min(measures.width, measures.height) < LEAST_LINES:
        return _to_mend(Part.CAMERA, Mend.SMALL_PICTURE)
    if measures.fps < LEAST_FPS:
        return _to_mend(Part.CAMERA, Mend.SLOW_PICTURE)
    return _fit(Part.CAMERA)


def _microphone(measures: Measures) -> Finding:
    level = measures.microphone_db
    if level is None or level <= SILENCE_DB:
        return _unfit(Part.MICROPHONE, Mend.NO_MICROPHONE)
    if level < QUIETEST_DB:
        return _to_mend(Part.MICROPHONE, Mend.TOO_QUIET)
    if level > LOUDEST_DB:
        return _to_mend(Part.MICROPHONE, Mend.TOO_LOUD)
    return _fit(Part.MICROPHONE)


def _loudspeaker(measures: Measures) -> Finding:
    if measures.heard is None:
        return _to_mend(Part.LOUDSPEAKER, Mend.NOT_TRIED)
    return _fit(Part.LOUDSPEAKER) if measures.heard else _unfit(Part.LOUDSPEAKER, Mend.NOT_HEARD)


def _echo(measures: Measures) -> Finding:
    """Nothing that comes back at all is as good as can be."""
    loss = measures.echo_loss_db
    return _fit(Part.ECHO) if loss is None or loss >= LEAST_ECHO_LOSS_DB else _to_mend(Part.ECHO, Mend.ECHO)


def _uplink(kbps: int | None) -> Finding:
    if kbps is None:
        return _to_mend(Part.UPLINK, Mend.UPLINK_UNMEASURED)
    return _rate(Part.UPLINK, kbps, Mend.UPLINK_THIN, Mend.UPLINK_SOUND_ONLY)


def _downlink(kbps: int | None) -> Finding:
    if kbps is None:
        return _to_mend(Part.DOWNLINK, Mend.DOWNLINK_UNMEASURED)
    return _rate(Part.DOWNLINK, kbps, Mend.DOWNLINK_THIN, Mend.DOWNLINK_SOUND_ONLY)


def _rate(part: Part, kbps: int, thin: Mend, sound_only: Mend) -> Finding:
    if kbps < LEAST_KBPS:
        return _unfit(part, sound_only)
    return _fit(part) if kbps >= FULL_KBPS else _to_mend(part, thin)


def _line(measures: Measures) -> Finding:
    loss, rtt, late = measures.loss_permille or 0, measures.rtt_ms or 0, measures.late_ms or 0
    if loss > WORST_LOSS:
        return _unfit(Part.LINE, Mend.VERY_LOSSY)
    faults = ((loss > MOST_LOSS, Mend.LOSSY), (rtt > LONGEST_RTT_MS, Mend.FAR), (late > LATEST_MS, Mend.LATE))
    worst = next((mend for is_so, mend in faults if is_so), None)
    return _fit(Part.LINE) if worst is None else _to_mend(Part.LINE, worst)


def _clock(measures: Measures) -> Finding:
    is_right = abs(measures.clock_ms or 0) <= CLOCK_MAY_BE_OFF_MS
    return _fit(Part.CLOCK) if is_right else _to_mend(Part.CLOCK, Mend.CLOCK_WRONG)


def _fit(part: Part) -> Finding:
    return Finding(part=part, fitness=Fitness.FIT, mend=None)


def _to_mend(part: Part, mend: Mend) -> Finding:
    return Finding(part=part, fitness=Fitness.TO_MEND, mend=mend)


def _unfit(part: Part, mend: Mend) -> Finding:
    return Finding(part=part, fitness=Fitness.UNFIT, mend=mend)


def _need_possible(measures: Measures) -> None:
    counted = (measures.width, measures.height, measures.fps)
    rates = (measures.up_kbps, measures.down_kbps)
    measured = (*rates, measures.echo_delay_ms, measures.late_ms, measures.loss_permille, measures.rtt_ms)
    signed = (measures.microphone_db, measures.echo_loss_db, measures.clock_ms)
    right = all(0 <= one <= _MOST for one in (*counted, *(one for one in measured if one is not None)))
    right = right and all(-_MOST <= one <= _MOST for one in signed if one is not None)
    if not right or len(measures.browser) > LONGEST_BROWSER:
        raise MeasureImpossible
