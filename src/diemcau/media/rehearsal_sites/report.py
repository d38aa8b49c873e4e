"""What a rehearsal site tells about what arrived: lines, first frames and counts of a speech.

Each report is one JSON object on one line, `event` first. Times are nanoseconds of the machine's
clock, so that processes on one machine can be compared.
"""

import json
from dataclasses import asdict, dataclass, field

from diemcau.core.ids import SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A site came in (`up`) or was cut off (`lost`), with the server's code if it gave one."""

    site: SiteId
    state: str
    code: int | None
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstFrame:
    """The first frame of a source reached a site; whole if a decoder can begin with it."""

    viewer: SiteId
    air: int
    site: SiteId
    at_ns: int
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechSeen:
    """What reached a site of one speech."""

    viewer: SiteId
    speech: str
    site: SiteId
    frames: int
    audio_frames: int
    first_at_ns: int | None


Report = Line | FirstFrame | SpeechSeen

_EVENTS = {"line": Line, "first_frame": FirstFrame, "speech": SpeechSeen}


def write(report: Report) -> str:
    """Return a report as one line."""
    names = {shape: name for name, shape in _EVENTS.items()}
    return json.dumps({"event": names[type(report)], **asdict(report)}, ensure_ascii=False)


def read(line: str) -> Report:
    """Return the report that stands on a line."""
    fields = json.loads(line)
    report: Report = _EVENTS[fields.pop("event")](**fields)
    return report


@dataclass(slots=True, kw_only=True)
class _Air:
    site: SiteId
    is_main: bool
    frames: int = 0
    audio_frames: int = 0
    first_at_ns: int | None = None


@dataclass(slots=True, kw_only=True)
class _Speech:
    name: str
    site: SiteId
    before: dict[int, tuple[int, int]] = field(default_factory=dict)
    first_at_ns: int | None = None


class Tally:
    """Counts what reaches one site, air by air, and adds it up for each speech.

    A holder's air belongs whole to the speech for which it was opened, whichever is heard of
    first; of the main site's air only what arrives during the speech.
    """

    def __init__(self, viewer: SiteId) -> None:
        self._viewer = viewer
        self._airs: dict[int, _Air] = {}
        self._speech: _Speech | None = None
        self._spent: set[int] = set()

    @property
    def speech(self) -> str | None:
        """The speech that is being counted."""
        return None if self._speech is None else self._speech.name

    def open(self, number: int, site: SiteId, *, on_air_as: str) -> None:
        """Note that a source went on air."""
        self._airs.setdefault(number, _Air(site=site, is_main=on_air_as == "main"))

    def video(self, number: int, at_ns: int) -> None:
        """Count a picture."""
        air = self._airs[number]
        air.frames += 1
        if air.first_at_ns is None:
            air.first_at_ns = at_ns
        speech = self._speech
        if speech is not None and speech.site == air.site and speech.first_at_ns is None:
            speech.first_at_ns = at_ns

    def audio(self, number: int) -> None:
        """Count a frame of sound."""
        self._airs[number].audio_frames += 1

    def begin(self, name: str, site: SiteId) -> None:
        """Begin to count for a speech."""
        speech = _Speech(name=name, site=site)
        for number, air in self._airs.items():
            if air.site != site:
                continue
            if air.is_main or number in self._spent:
                speech.before[number] = (air.frames, air.audio_frames)
            elif air.first_at_ns is not None:
                speech.first_at_ns = air.first_at_ns
        self._speech = speech

    def end(self) -> SpeechSeen | None:
        """Return what arrived of the speech, if there was one."""
        speech, self._speech = self._speech, None
        if speech is None:
            return None
        frames = audio_frames = 0
        for number, air in self._airs.items():
            if air.site == speech.site:
                seen, heard = speech.before.get(number, (0, 0))
                frames += air.frames - seen
                audio_frames += air.audio_frames - heard
                self._spent.add(number)
        return SpeechSeen(
            viewer=self._viewer,
            speech=speech.name,
            site=speech.site,
            frames=frames,
            audio_frames=audio_frames,
            first_at_ns=speech.first_at_ns,
        )
