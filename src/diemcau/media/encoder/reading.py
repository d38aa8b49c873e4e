"""Reading an encoder: its H.264 unchanged, its sound as Opus, small pictures where they are asked for.

It runs in a thread of its own, from the opening of one input to its end. It knows no server.
"""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol, cast

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from diemcau.media import h264
from diemcau.media.encoder.ffmpeg import Ffmpeg, place
from diemcau.media.encoder.sound import Sound

OPENS_WITHIN: Final = 20.0
SILENT_AT_MOST: Final = 5.0
THUMB_EVERY: Final = 2.0
THUMB_SIZE: Final = (160, 90)
_FARTHEST_OFF_US = 1_000_000
_EARLY_AT_MOST_US = 10_000_000  # what waited while the input was opened comes at once


class EncoderUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """What the encoder sends can't be carried; the sentence says why and how to mend it."""


class EncoderAway(Exception):  # noqa: N818 (a fact, as in the core)
    """Nothing comes from the encoder now; it is tried again."""


class Listener(Protocol):
    """Who is given what comes; called from the reader's thread."""

    def opened(self, height: int) -> None:
        """Hear how many lines the picture has that will come."""
        ...

    def picture(self, payload: bytes, at_us: int, *, key: bool) -> None:
        """Take one frame of H.264, Annex B, parameter sets in front of a key frame."""
        ...

    def raw(self, picture: av.VideoFrame, at_us: int) -> None:
        """Take one decoded picture, while `wants_raw`."""
        ...

    def sound(self, packet: bytes, at_us: int, level: float) -> None:
        """Take one packet of Opus, and how loud it is: 0 to 1."""
        ...

    def thumb(self, jpeg: bytes) -> None:
        """Take a small picture, while `wants_thumb`."""
        ...

    def wants_raw(self) -> bool:
        """Whether decoded pictures are asked for."""
        ...

    def wants_thumb(self) -> bool:
        """Whether small pictures are asked for."""
        ...


@dataclass(slots=True)
class _Clock:
    """Turns the encoder's time into this machine's; what ran away is set anew, and time never goes back."""

    lead_us: int | None = None
    newest_us: int = 0

    def at(self, stamp_us: int) -> int:
        now = time.monotonic_ns() // 1000
        late = None if self.lead_us is None else now - stamp_us - self.lead_us
        if self.lead_us is None or late is None or not -_EARLY_AT_MOST_US <= late <= _FARTHEST_OFF_US:
            self.lead_us = max(now, self.newest_us) - stamp_us
        self.newest_us = max(self.newest_us, stamp_us + self.lead_us)
        return stamp_us + self.lead_us


class Reader:
    """Reads one input until it ends or is stopped."""

    def __init__(self, url: str, listener: Listener, *, listen: bool = False, loop: bool = False) -> None:
        self._url = url
        self._listener = listener
        self._listen = listen
        self._loop = loop
        self._stopped = threading.Event()
        self._thumb_at = 0.0
        self._decoder: av.VideoCodecContext | None = None
        self._ffmpeg: Ffmpeg | None = None

    def stop(self) -> None:
        """End as soon as what is being read has come."""
        self._stopped.set()
        if (ffmpeg := self._ffmpeg) is not None:
            ffmpeg.kill()

    def read(self) -> None:
        """Read a film to its end, and anything else until stopped. Raises `EncoderAway` or `EncoderUnusable`."""
        with self._opened() as container:
            video = _picture_of(container)
            self._listener.opened(video.codec_context.height)
            audio = container.streams.audio[0] if container.streams.audio else None
            is_file = _is_file(self._url)
            while not self._stopped.is_set():
                self._read_once(container, video, has_sound=audio is not None, paced=is_file)
                if not (is_file and self._loop):
                    break
                container.seek(0)
            if not self._stopped.is_set() and not is_file:
                raise EncoderAway("the input ended")

    @contextmanager
    def _opened(self) -> Iterator[InputContainer]:
        """Open the input; SRT comes through `ffmpeg`, since the library has none."""
        if not self._url.startswith("srt:"):
            with _open(self._url, options={"listen": "1"} if self._listen else {}) as container:
                yield container
            return
        ffmpeg = self._ffmpeg = _ffmpeg(self._url)
        try:
            with _open(ffmpeg.output, format_="mpegts") as container:
                ffmpeg.begin()
                yield container
        except EncoderAway as away:
            complaint = ffmpeg.complaint()
            raise EncoderAway(f"{away}; ffmpeg: {complaint}" if complaint else str(away)) from away
        finally:
            self._ffmpeg = None
            ffmpeg.close()

    def _read_once(self, container: InputContainer, video: VideoStream, *, has_sound: bool, paced: bool) -> None:
        clock, sound, filter_ = _Clock(), Sound(), av.BitStreamFilterContext("h264_mp4toannexb", video)
        streams = [video, *([container.streams.audio[0]] if has_sound else [])]
        sets, newest = b"", -1
        try:
            for packet in container.demux(streams):
                if self._stopped.is_set():
                    return
                if packet.pts is None:
                    continue
                stamp_us = int(packet.pts * packet.time_base * 1_000_000)
                if paced:
                    _wait_for(clock, stamp_us, self._stopped)
                at_us = clock.at(stamp_us)
                if packet.stream is video:
                    if 0 < newest - stamp_us < _FARTHEST_OFF_US:
                        raise EncoderUnusable(_B_FRAMES)
                    newest = stamp_us
                    sets = self._take_picture(cast("av.Packet[VideoStream]", packet), filter_, at_us, sets)
                else:
                    for frame in cast("list[av.AudioFrame]", packet.decode()):
                        for piece in sound.take(frame, at_us):
                            self._listener.sound(*piece)
                        at_us += frame.samples * 1_000_000 // frame.sample_rate
        except (av.FFmpegError, OSError) as fault:
            raise EncoderAway(f"nothing more comes ({_reason(fault)})") from fault

    def _take_picture(
        self, packet: "av.Packet[VideoStream]", filter_: av.BitStreamFilterContext, at_us: int, sets: bytes
    ) -> bytes:
        """Hand one picture on; return the parameter sets known by then."""
        key = bool(packet.is_keyframe)
        for part in filter_.filter(packet):
            payload = bytes(part)
            found = h264.parameter_sets(payload) if key else None
            if found is not None:
                sets = found.annex_b()
            elif key:
                payload = sets + payload
            self._listener.picture(payload, at_us, key=key)
            self._look_at(payload, at_us, key=key)
        return sets

    def _look_at(self, payload: bytes, at_us: int, *, key: bool) -> None:
        """Decode what is asked for as a picture: all of them, or a key frame now and then."""
        wants_raw, now = self._listener.wants_raw(), time.monotonic()
        is_thumb_due = key and self._listener.wants_thumb() and now - self._thumb_at >= THUMB_EVERY
        if not wants_raw and not is_thumb_due:
            self._decoder = None
            return
        if self._decoder is None:
            if not key:
                return
            self._decoder = av.VideoCodecContext.create("h264", "r")
        try:
            pictures = self._decoder.decode(av.Packet(payload))
            if not wants_raw:
                pictures += self._decoder.decode(None)
        except av.FFmpegError:
            self._decoder = None
            return
        for picture in pictures:
            if wants_raw:
                self._listener.raw(picture, at_us)
            if is_thumb_due:
                self._thumb_at = now
                self._listener.thumb(jpeg_of(picture))


def jpeg_of(picture: av.VideoFrame) -> bytes:
    """Return a small picture as JPEG."""
    small = picture.reformat(width=THUMB_SIZE[0], height=THUMB_SIZE[1], format="rgb24").to_ndarray()
    kept = io.BytesIO()
    Image.fromarray(small).save(kept, "JPEG", quality=70)
    return kept.getvalue()


@contextmanager
def _open(
    what: str | IO[bytes], *, format_: str | None = None, options: dict[str, str] | None = None
) -> Iterator[InputContainer]:
    patience = (OPENS_WITHIN, SILENT_AT_MOST) if isinstance(what, str) else None
    named = place(what) if isinstance(what, str) else "it"
    try:
        container = av.open(what, "r", format=format_, options=options or {}, timeout=patience)
    except (av.error.FileNotFoundError, av.error.IsADirectoryError, av.error.PermissionError) as fault:
        message = f"{named} can't be read ({fault.strerror}): name a file that this user may read."
        raise EncoderUnusable(message) from fault
    except av.error.ProtocolNotFoundError as fault:
        message = f"{named} is of no kind that is understood: begin it with srt://, udp://, rtmp:// or name a file."
        raise EncoderUnusable(message) from fault
    except (av.FFmpegError, OSError) as fault:
        if isinstance(what, str) and Path(what).is_file():
            message = f"{named} is no film that can be read ({_reason(fault)}): name one with H.264."
            raise EncoderUnusable(message) from fault
        raise EncoderAway(f"nothing comes from the encoder ({_reason(fault)})") from fault
    with container:
        yield container


def _reason(fault: av.FFmpegError | OSError) -> str:
    """Return what was wrong, without the address and the keys that may be in it."""
    return fault.strerror or type(fault).__name__


def _ffmpeg(url: str) -> Ffmpeg:
    try:
        return Ffmpeg(url)
    except FileNotFoundError as fault:
        message = "SRT needs the program ffmpeg: install it (Debian, Ubuntu: apt-get install ffmpeg)."
        raise EncoderUnusable(message) from fault


def _picture_of(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise EncoderUnusable("The encoder sends no picture: let it send H.264.")
    video = container.streams.video[0]
    if video.codec_context.name != "h264":
        raise EncoderUnusable(f"The encoder sends {video.codec_context.name}: set it to H.264.")
    return video


def _is_file(url: str) -> bool:
    return "://" not in url


def _wait_for(clock: _Clock, stamp_us: int, stopped: threading.Event) -> None:
    """Wait until a picture of a file is due."""
    if clock.lead_us is not None:
        ahead = (stamp_us + clock.lead_us) / 1_000_000 - time.monotonic()
        if 0 < ahead <= _FARTHEST_OFF_US / 1_000_000:
            stopped.wait(ahead)


_B_FRAMES = (
    "The encoder sends B-frames, which come in another order than they are shown: turn them off "
    "(OBS: Max B-frames 0; ffmpeg: -bf 0)."
)
