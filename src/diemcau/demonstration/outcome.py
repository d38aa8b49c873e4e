"""What a played conference came to, beside what its plan expects: one JSON object, and its faults."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from diemcau.core import conclusions, rollcall, sites
from diemcau.core.conference import Conference
from diemcau.core.floor import FloorRequest, RequestState, speeches
from diemcau.core.ids import PersonId, RequestId, SiteId
from diemcau.media.rehearsal_sites.report import FirstFrame, SpeechSeen
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.plan.model import Plan

FRAMES_AT_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One speech, with the fewest frames of it that any other site received."""

    site: SiteId
    office: str
    requested_at: datetime
    granted_at: datetime | None
    on_air_at: datetime | None
    released_at: datetime | None
    frames_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The recording."""

    path: str
    seconds: float
    chapters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled:
    """Where the journal ended, and the seal under the conference's stream."""

    position: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """From the grant's acknowledgement to the first whole frame at a site, in milliseconds."""

    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a played conference came to."""

    plan: str
    sites: int
    connected: int
    reported: int
    delegates_present: int
    speeches: tuple[Speech, ...]
    conclusion: Mapping[str, int]
    tasks: int
    documents: tuple[str, ...]
    recording: Recorded | None
    journal: Journalled
    grant_to_frame_ms: Latency
    rehearsal: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Return what JSON knows, times in ISO 8601."""
        plain = asdict(self)
        for speech in plain["speeches"]:
            for name, value in speech.items():
                if isinstance(value, datetime):
                    speech[name] = value.isoformat()
        return plain


def speeches_of(
    state: Conference,
    offices: Mapping[PersonId, str],
    on_air: Mapping[RequestId, datetime],
    seen: Sequence[SpeechSeen],
) -> tuple[Speech, ...]:
    """Return the speeches of a conference in order."""
    return tuple(_speech(one, offices, on_air, seen) for one in speeches(state.floor))


def latency_of(granted_ns: Mapping[RequestId, int], state: Conference, frames: Sequence[FirstFrame]) -> Latency:
    """Return the time from each grant to the first whole frame of its site at every other site."""
    samples: list[float] = []
    ordered = sorted((at, request) for request, at in granted_ns.items())
    for place, (granted, request) in enumerate(ordered):
        site = next(one.site for one in state.floor.requests if one.request == request)
        until = ordered[place + 1][0] if place + 1 < len(ordered) else None
        samples.extend(
            (frame.at_ns - granted) / 1e6
            for frame in frames
            if frame.site == site
            and frame.is_whole
            and frame.viewer != site
            # a frame may arrive before the acknowledgement does, but not before the speech of the site before
            and (place == 0 or frame.at_ns > ordered[place - 1][0])
            and (until is None or frame.at_ns < until)
        )
    return Latency(p50=_quantile(samples, 50), p95=_quantile(samples, 95))


def faults_of(outcome: Outcome, plan: Plan) -> tuple[str, ...]:
    """Say in one sentence each what the plan expects and did not happen."""
    expected = plan.expected
    wanted = {
        "sites": (outcome.sites, expected.sites),
        "sites connected": (outcome.connected, expected.sites),
        "sites reported": (outcome.reported, expected.sites),
        "delegates present": (outcome.delegates_present, expected.delegates_present),
        "speeches": (len(outcome.speeches), expected.speeches),
        "tasks": (outcome.tasks, expected.tasks),
        **{name: (outcome.conclusion.get(name, 0), count) for name, count in expected.counts.items()},
    }
    faults = [f"{name}: {found} instead of {count}" for name, (found, count) in wanted.items() if found != count]
    faults.extend(
        f"the speech of {speech.site} brought only {speech.frames_min} frames to some site"
        for speech in outcome.speeches
        if speech.frames_min < FRAMES_AT_LEAST and speech.site != plan.main_site.code
    )
    if outcome.recording is None or outcome.recording.seconds <= 0:
        faults.append("there is no recording")
    elif outcome.recording.chapters < sum(1 for one in outcome.speeches if one.site != plan.main_site.code):
        faults.append(f"the recording has {outcome.recording.chapters} chapters, fewer than there were speeches")
    if not outcome.documents:
        faults.append("there are no documents")
    if not outcome.journal.seal:
        faults.append("the journal is not sealed")
    return tuple(faults)


def roll_of(state: Conference) -> tuple[int, int, int]:
    """Return how many sites are connected, how many reported, and how many delegates are present."""
    connected = len(sites.who_is_connected(state.lines))
    return connected, len(rollcall.who_reported(state.roll)), rollcall.delegates_present(state.roll)


def conclusion_of(state: Conference) -> dict[str, int]:
    """Count the conclusion."""
    return conclusions.counted(state.conclusion.items)


def quality_of(quality: Quality) -> dict[str, int]:
    """Return what rehearsal sites sent."""
    return asdict(quality)


def relative(path: Path, folder: Path) -> str:
    """Return `path` as text, from `folder` on where it lies in it."""
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _speech(
    one: FloorRequest,
    offices: Mapping[PersonId, str],
    on_air: Mapping[RequestId, datetime],
    seen: Sequence[SpeechSeen],
) -> Speech:
    frames = [report.frames for report in seen if report.speech == one.request and report.viewer != one.site]
    return Speech(
        site=one.site,
        office="" if one.speaker is None else offices.get(one.speaker, ""),
        requested_at=one.requested_at,
        granted_at=one.granted_at,
        on_air_at=on_air.get(one.request),
        released_at=one.ended_at if one.state is RequestState.RELEASED else None,
        frames_min=min(frames, default=0),
    )


def _quantile(samples: Sequence[float], percent: int) -> float | None:
    ordered = sorted(samples)
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)
