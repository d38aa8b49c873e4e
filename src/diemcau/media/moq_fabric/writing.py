"""Writing: a broadcast of the server's own, read by several guests under names of the door's choice."""

import contextlib
from collections.abc import Iterator

import moq

from diemcau.media import paths
from diemcau.media.fabric import FabricError, MalformedMediaError, MediaFrame, Source
from diemcau.media.moq_fabric.reading import MoqSource

_FRAMES_IN_AUDIO_GROUP = 8
_OPUS_PRE_SKIP = 312


class MoqOutlet:
    """A broadcast of this side that several guests may read under names of the door's choice."""

    def __init__(self) -> None:
        self.broadcast = moq.BroadcastProducer()
        self._video: moq.MediaProducer | None = None
        self._audio: moq.MediaProducer | None = None
        self._texts: dict[str, moq.TrackProducer] = {}
        self._audio_frames = 0
        self._is_finished = False

    def open_video(self) -> None:
        """Offer the track `video`."""
        if self._video is None and not self._is_finished:
            self._video = self.broadcast.publish_video(moq.VideoFormat.AVC3, track=paths.VIDEO)

    def write_video(self, frame: MediaFrame) -> None:
        """Publish one frame of H.264 on the track `video`."""
        if self._video is None or self._is_finished:
            return
        with _as_media_error():
            self._video.write_frame(frame.payload, frame.at_us)

    def open_audio(self, *, sample_rate: int, channels: int) -> None:
        """Offer the track `audio`."""
        if self._audio is None and not self._is_finished:
            with _as_media_error():
                head = _opus_head(sample_rate=sample_rate, channels=channels)
                self._audio = self.broadcast.publish_audio(moq.AudioFormat.OPUS, head, track=paths.AUDIO)

    def write_audio(self, frame: MediaFrame) -> None:
        """Publish one frame of Opus on the track `audio`."""
        if self._audio is None or self._is_finished:
            return
        with _as_media_error():
            if self._audio_frames % _FRAMES_IN_AUDIO_GROUP == 0:
                self._audio.cut()
            self._audio.write_frame(frame.payload, frame.at_us)
        self._audio_frames += 1

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        if self._is_finished:
            return
        if track not in self._texts:
            self._texts[track] = self.broadcast.publish_track(track)
        self._texts[track].write_frame(text)

    def is_wanted(self) -> bool:
        """Whether anyone is subscribed to sound or picture."""
        return any(track.demand().is_used() for track in (self._video, self._audio) if track)

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
        for track in (self._video, self._audio, *self._texts.values()):
            if track is not None:
                with contextlib.suppress(moq.Error):
                    track.finish()
        self.broadcast.close()


@contextlib.contextmanager
def _as_media_error() -> Iterator[None]:
    try:
        yield
    except (moq.Error, ValueError, OverflowError) as error:
        raise MalformedMediaError(f"not the media that was announced: {error}") from error


def _opus_head(*, sample_rate: int, channels: int) -> bytes:
    """Return the identification header of RFC 7845, section 5.1."""
    rate = sample_rate.to_bytes(4, "little")
    skip = _OPUS_PRE_SKIP.to_bytes(2, "little")
    return b"OpusHead" + bytes((1, channels)) + skip + rate + bytes(3)
