"""Writing: a broadcast of the server's own, read by several guests under names of the door's choice."""

import contextlib
import re
from collections.abc import Iterator

import moq

from diemcau.media import paths
from diemcau.media.fabric import FabricError, MalformedMediaError, MediaFrame, Source
from diemcau.media.moq_fabric.beside import BesideTrack
from diemcau.media.moq_fabric.keeping import new_broadcast
from diemcau.media.moq_fabric.reading import MoqSource

_FRAMES_IN_AUDIO_GROUP = 16
_OPUS_PRE_SKIP = 312
_BEGIN = re.compile(rb"\x00{2,}\x01.", re.DOTALL)


class MoqOutlet:
    """A broadcast of this side that several guests may read under names of the door's choice."""

    def __init__(self) -> None:
        self.broadcast = new_broadcast()
        self._media: dict[str, moq.MediaProducer] = {}
        self._beside: dict[str, BesideTrack] = {}
        self._texts: dict[str, moq.TrackProducer] = {}
        self._audio_frames = 0
        self._is_finished = False

    def open_video(self, track: str = paths.VIDEO) -> None:
        """Offer a track of H.264; the catalog has the one called `video`."""
        if track in self._media or track in self._beside or self._is_finished:
            return
        if track == paths.VIDEO:
            self._media[track] = self.broadcast.publish_video(moq.VideoFormat.AVC3, track=track)
        else:
            self._beside[track] = BesideTrack(self.broadcast, track)

    def write_video(self, frame: MediaFrame, track: str = paths.VIDEO) -> None:
        """Publish one frame of H.264 on a track that is open."""
        if self._is_finished or not (track in self._media or track in self._beside):
            return
        if not _BEGIN.match(frame.payload):
            raise MalformedMediaError("a picture does not begin with a start code (H.264, annex B)")
        with _as_media_error():
            if track in self._beside:
                self._beside[track].write(frame)
            else:
                self._media[track].write_frame(frame.payload, frame.at_us)

    def open_audio(self, *, sample_rate: int, channels: int) -> None:
        """Offer the track `audio`."""
        if paths.AUDIO not in self._media and not self._is_finished:
            with _as_media_error():
                head = opus_head(sample_rate=sample_rate, channels=channels)
                self._media[paths.AUDIO] = self.broadcast.publish_audio(moq.AudioFormat.OPUS, head, track=paths.AUDIO)

    def write_audio(self, frame: MediaFrame) -> None:
        """Publish one frame of Opus on the track `audio`."""
        audio = self._media.get(paths.AUDIO)
        if audio is None or self._is_finished:
            return
        with _as_media_error():
            if self._audio_frames % _FRAMES_IN_AUDIO_GROUP == 0:
                audio.cut()
            audio.write_frame(frame.payload, frame.at_us)
        self._audio_frames += 1

    def open_text(self, track: str) -> None:
        """Offer a track of texts."""
        if track not in self._texts and not self._is_finished:
            self._texts[track] = self.broadcast.publish_track(track)

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        self.open_text(track)
        if not self._is_finished:
            self._texts[track].write_frame(text)

    def is_wanted(self, *tracks: str) -> bool:
        """Whether anyone is subscribed to one of these tracks; if none is named, to any sound or picture."""
        if self._is_finished:
            return False
        names = tracks or (*self._media, *self._beside)
        return any(track.demand().is_used() for name, track in self._all().items() if name in names)

    async def wanted(self, track: str) -> None:
        """Wait until somebody is subscribed to a track that is open."""
        with _until_finished(track):
            await self._all()[track].demand().used()

    async def unwanted(self, track: str) -> None:
        """Wait until nobody is subscribed to a track that is open."""
        with _until_finished(track):
            await self._all()[track].demand().unused()

    def source(self) -> Source:
        """Return what is written here, read in this process: whoever reads it is subscribed like any guest."""
        try:
            return MoqSource("", self.broadcast.consume())
        except moq.Error as error:
            raise FabricError("nothing is read from what is finished") from error

    def finish(self) -> None:
        """End it cleanly."""
        if self._is_finished:
            return
        self._is_finished = True
        for track in self._all().values():
            with contextlib.suppress(moq.Error):
                track.finish()
        self.broadcast.close()

    def _all(self) -> dict[str, "moq.MediaProducer | moq.TrackProducer | BesideTrack"]:
        return {**self._media, **self._beside, **self._texts}


@contextlib.contextmanager
def _until_finished(track: str) -> Iterator[None]:
    try:
        yield
    except moq.Error as error:
        raise FabricError(f"the track {track} is finished") from error


@contextlib.contextmanager
def _as_media_error() -> Iterator[None]:
    try:
        yield
    except (moq.Error, ValueError, OverflowError) as error:
        raise MalformedMediaError(f"not the media that was announced: {error}") from error


def opus_head(*, sample_rate: int, channels: int) -> bytes:
    """Return the identification header of RFC 7845, section 5.1."""
    rate = sample_rate.to_bytes(4, "little")
    skip = _OPUS_PRE_SKIP.to_bytes(2, "little")
    return b"OpusHead" + bytes((1, channels)) + skip + rate + bytes(3)
