"""Which of the renditions that a source offers this server shows, and as what.

The rungs are known by the catalog, not by their names (`docs/media-contract.md`).
"""

from collections.abc import Iterable
from typing import Final

from diemcau.media.fabric import Rendition, Renditions

OPUS: Final = "opus"
H264: Final = "avc"
USUAL_FRAMERATE: Final = 25.0
LOW_LINES, TILE_FRAMERATE = 360, 5.0
CHANNELS: Final = (1, 2)
HIGHEST_RATE: Final = 192_000


def chosen(pictures: Iterable[Rendition], sounds: Iterable[Rendition]) -> Renditions:
    """Return what of it is shown: H.264 in up to three sizes, and Opus."""
    largest_first = sorted(
        (one for one in pictures if one.codec.startswith(H264)),
        key=lambda one: (-(one.width or 0) * (one.height or 0), -_framerate(one), one.track),
    )
    small = [one for one in largest_first if one.height is not None and one.height <= LOW_LINES]
    return Renditions(
        high=next(iter(largest_first), None),
        low=next((one for one in small if _framerate(one) > TILE_FRAMERATE), None),
        tile=next((one for one in small if _framerate(one) <= TILE_FRAMERATE), None),
        audio=next((one for one in sorted(sounds, key=lambda one: one.track) if _is_heard(one)), None),
    )


def _framerate(rendition: Rendition) -> float:
    return rendition.framerate or USUAL_FRAMERATE


def _is_heard(rendition: Rendition) -> bool:
    rate = rendition.sample_rate or 0
    return rendition.codec == OPUS and rendition.channels in CHANNELS and 0 < rate <= HIGHEST_RATE
