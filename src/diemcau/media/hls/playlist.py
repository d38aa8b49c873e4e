"""Playlists: what a player is told of the segments, as text (RFC 8216 and draft-pantos-hls-rfc8216bis-16).

`live` is the line of now, with parts; `look_back` is the last hour. Names are those of the
segments' files; whoever serves them gives them under the same names. Nothing is read here.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from diemcau.media.recording.index import Segment

TARGET: Final = 2
PART_TARGET: Final = 0.6
_PART_HOLD_BACK = 1.8
_LIVE_SEGMENTS = 8
_WITH_PARTS = 4
_BACK_SECONDS = 3600.0
_VERSION = 9


def part_file(number: int, place: int) -> str:
    """Return the name of a part of a segment."""
    return f"{number}.{place}.m4s"


def live(segments: Sequence[Segment], *, cuts_before: int, ended: bool) -> str:
    """Return the playlist of now: the newest segments, the parts of the last ones, and the part to come."""
    shown = segments[-_LIVE_SEGMENTS - 1 :] if segments and not segments[-1].closed else segments[-_LIVE_SEGMENTS:]
    if not shown:
        return "\n".join((*_head(0, 0), ""))
    before = len(segments) - len(shown)
    lines = [*_head(shown[0].number, cuts_before + _cuts(segments[: before + 1]))]
    lines.insert(3, f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={_PART_HOLD_BACK}")
    lines.insert(4, f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET}")
    for place, segment in enumerate(shown):
        previous = shown[place - 1] if place else None
        lines += _opening(segment, previous)
        if place >= len(shown) - _WITH_PARTS:
            lines += _parts(segment)
        if segment.closed:
            lines += _closed(segment)
    lines += ["#EXT-X-ENDLIST"] if ended else [_hint(shown[-1])]
    return "\n".join((*lines, ""))


def look_back(segments: Sequence[Segment], *, cuts_before: int, ended: bool, seconds: float = _BACK_SECONDS) -> str:
    """Return the playlist of the last hour, whole segments only."""
    closed = [segment for segment in segments if segment.closed]
    newest = closed[-1].end if closed else 0.0
    shown = [segment for segment in closed if segment.end > newest - seconds]
    if not shown:
        return "\n".join((*_head(0, 0), ""))
    before = len(closed) - len(shown)
    lines = _head(shown[0].number, cuts_before + _cuts(closed[: before + 1]))
    for place, segment in enumerate(shown):
        lines += _opening(segment, shown[place - 1] if place else None)
        lines += _closed(segment)
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join((*lines, ""))


def _head(number: int, cuts: int) -> list[str]:
    return [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        f"#EXT-X-TARGETDURATION:{TARGET}",
        f"#EXT-X-MEDIA-SEQUENCE:{number}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{cuts}",
    ]


def _cuts(segments: Sequence[Segment]) -> int:
    """Count the changes up to and with the first segment that is shown: its own is not told there."""
    return sum(segment.head.cut for segment in segments)


def _opening(segment: Segment, previous: Segment | None) -> list[str]:
    lines = []
    if previous is not None and segment.head.cut:
        lines.append("#EXT-X-DISCONTINUITY")
    if previous is None or segment.head.cut or segment.head.init != previous.head.init:
        lines.append(f'#EXT-X-MAP:URI="{segment.head.init}"')
    if previous is None or segment.head.cut:
        at = datetime.fromtimestamp(segment.head.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{at}")
    return lines


def _parts(segment: Segment) -> list[str]:
    return [
        f'#EXT-X-PART:DURATION={part.length:.5f},URI="{part_file(segment.number, place)}"'
        + (",INDEPENDENT=YES" if part.independent else "")
        for place, part in enumerate(segment.parts)
    ]


def _closed(segment: Segment) -> list[str]:
    return [f"#EXTINF:{segment.length:.5f},", segment.file]


def _hint(last: Segment) -> str:
    number, place = (last.number + 1, 0) if last.closed else (last.number, len(last.parts))
    return f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{part_file(number, place)}"'
