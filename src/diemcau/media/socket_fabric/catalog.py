"""The catalog of a broadcast that comes over a wire (`hang`), and the frames that it describes."""

import contextlib
import json
from collections.abc import Iterator
from typing import Final

from diemcau.media import h264
from diemcau.media.fabric import MalformedMediaError, MediaFrame, Rendition, Renditions
from diemcau.media.renditions import H264, chosen
from diemcau.media.socket_fabric.messages import Sent

_MOST: Final = 32
_GREATEST: Final = 1e9


def read_catalog(text: bytes) -> Renditions:
    """Return what a catalog offers that can be shown; what is no catalog offers nothing."""
    with contextlib.suppress(ValueError, RecursionError):
        catalog = json.loads(text)
        return chosen(_renditions(catalog, "video"), _renditions(catalog, "audio"))
    return Renditions()


def frame_of(sent: Sent, rendition: Rendition) -> MediaFrame:
    """Return a frame as this project carries it: Annex B. Raises `MalformedMediaError`."""
    payload = sent.payload
    if rendition.description and rendition.codec.startswith(H264):
        try:
            payload = h264.from_sized(payload, rendition.description, key=sent.begins)
        except h264.MalformedVideoError as error:
            raise MalformedMediaError(str(error)) from error
    return MediaFrame(payload=payload, at_us=sent.at_us, key=sent.begins)


def _renditions(catalog: object, kind: str) -> Iterator[Rendition]:
    for track, entry in list(_object(_object(catalog, kind), "renditions").items())[:_MOST]:
        if isinstance(entry, dict) and isinstance(codec := entry.get("codec"), str):
            yield Rendition(
                track=track,
                codec=codec,
                description=_bytes(entry.get("description")),
                width=_whole(entry.get("codedWidth")),
                height=_whole(entry.get("codedHeight")),
                framerate=_real(entry.get("framerate")),
                bitrate=_whole(entry.get("bitrate")),
                sample_rate=_whole(entry.get("sampleRate")),
                channels=_whole(entry.get("numberOfChannels")),
            )


def _object(value: object, key: str) -> dict[str, object]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _bytes(value: object) -> bytes | None:
    if not isinstance(value, str):
        return None
    with contextlib.suppress(ValueError):
        return bytes.fromhex(value)
    return None


def _whole(value: object) -> int | None:
    real = _real(value)
    return None if real is None else round(real)


def _real(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value < _GREATEST else None
