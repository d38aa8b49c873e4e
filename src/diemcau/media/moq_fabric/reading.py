"""Reading: a broadcast that somebody else publishes, as a source of frames and texts."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import moq

from diemcau.media import h264
from diemcau.media.fabric import MediaFrame, Rendition, Renditions
from diemcau.media.renditions import OPUS, chosen

_LOG = logging.getLogger(__name__)
_PATIENCE = timedelta(seconds=2)
_LAST_WORDS = 0.05
_LEGACY = moq.Container.LEGACY()
_TEXT = moq.Subscription(priority=200)
_SOUND = moq.Subscription(priority=150, max_age_us=_PATIENCE // timedelta(microseconds=1))
_PICTURE = moq.Subscription(priority=100, max_age_us=_PATIENCE // timedelta(microseconds=1))
_SMALL_PICTURE = moq.Subscription(priority=120, max_age_us=_PATIENCE // timedelta(microseconds=1))
_SMALL_LINES = 360


class MoqSource:
    """A broadcast that somebody else publishes."""

    def __init__(self, path: str, broadcast: moq.BroadcastConsumer) -> None:
        self._path = path
        self._broadcast = broadcast
        self._containers: dict[str, moq.Container] = {}

    @property
    def path(self) -> str:
        """The name under which it is published."""
        return self._path

    async def renditions(self) -> AsyncIterator[Renditions]:
        """Yield what is offered, now and at every change."""
        with until_gone(self._path):
            async with await self._broadcast.subscribe_catalog() as catalogs:
                async for catalog in catalogs:
                    for name, entry in (*catalog.video.items(), *catalog.audio.items()):
                        self._containers[name] = entry.container
                    yield chosen(_pictures(catalog), _sounds(catalog))

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        """Yield the frames of one track from a key frame on; subscribed while iterated."""
        with until_gone(self._path):
            name = rendition.track
            container = self._containers.get(name, _LEGACY)
            async with await self._broadcast.subscribe_media(name, container, _how(rendition)) as media:
                async for frame in media:
                    if frame.payload:
                        yield _frame(frame, rendition)

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        """Yield the newest text of a track and every later one."""
        with until_gone(self._path):
            async with await self._broadcast.subscribe_track(track, _TEXT) as groups:
                while (frame := await groups.read_frame()) is not None:
                    yield frame.payload


def _how(rendition: Rendition) -> moq.Subscription:
    """Say what goes first on a crowded line: sound; then the small picture that is to take the large one's place."""
    if rendition.codec == OPUS:
        return _SOUND
    is_small = rendition.height is not None and rendition.height <= _SMALL_LINES
    return _SMALL_PICTURE if is_small else _PICTURE


@contextlib.contextmanager
def until_gone(name: str) -> Iterator[None]:
    """Take the end of a session for the end of what it carries."""
    try:
        yield
    except moq.Error as error:
        _LOG.debug("%s ended: %s", name, error)


async def let_go() -> None:
    """Let the library's threads speak for the last time while there is a loop to speak to."""
    await asyncio.sleep(_LAST_WORDS)


def _pictures(catalog: moq.Catalog) -> Iterator[Rendition]:
    for name, entry in catalog.video.items():
        yield Rendition(
            track=name,
            codec=entry.codec,
            description=entry.description,
            width=entry.coded.width if entry.coded else None,
            height=entry.coded.height if entry.coded else None,
            framerate=entry.framerate,
            bitrate=entry.bitrate,
        )


def _sounds(catalog: moq.Catalog) -> Iterator[Rendition]:
    for name, entry in catalog.audio.items():
        yield Rendition(
            track=name,
            codec=entry.codec,
            description=entry.description,
            sample_rate=entry.sample_rate,
            channels=entry.channel_count,
        )


def _frame(frame: moq.MediaFrame, rendition: Rendition) -> MediaFrame:
    payload = frame.payload
    if rendition.description and rendition.codec.startswith("avc"):
        payload = h264.from_sized(payload, rendition.description, key=frame.keyframe)
    return MediaFrame(payload=payload, at_us=frame.timestamp_us, key=frame.keyframe)
