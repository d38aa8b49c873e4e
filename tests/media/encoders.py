"""Encoders for tests: the films they send, how they send them, and who hears what a reader gives."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av

QUIET = ("ffmpeg", "-y", "-loglevel", "error")
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=320x180:rate=25")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def made(file: Path, *more: str, seconds: int = 2) -> Path:
    """Make a film."""
    options = more or (*H264, "-c:a", "aac")
    subprocess.run([*QUIET, *PICTURE, *SOUND, "-t", str(seconds), *options, str(file)], check=True)
    return file


@contextmanager
def sent(film: Path, *to: str) -> Iterator[None]:
    """Let an encoder send a film again and again."""
    process = subprocess.Popen([*QUIET, "-re", "-stream_loop", "-1", "-i", str(film), "-c", "copy", *to])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@dataclass
class Heard:
    """What a reader gave."""

    pictures: list[tuple[bytes, int, bool]] = field(default_factory=list)
    sounds: list[tuple[bytes, int, float]] = field(default_factory=list)
    raws: list[tuple[int, int]] = field(default_factory=list)
    thumbs: list[bytes] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)
    looks: bool = False
    height: int = 0

    def opened(self, height: int) -> None:
        self.height = height

    def picture(self, payload: bytes, at_us: int, *, key: bool) -> None:
        self.pictures.append((payload, at_us, key))
        if len(self.pictures) >= 30 and len(self.sounds) >= 5:
            self.enough.set()

    def raw(self, picture: av.VideoFrame, at_us: int) -> None:
        self.raws.append((picture.width, at_us))

    def sound(self, packet: bytes, at_us: int, level: float) -> None:
        self.sounds.append((packet, at_us, level))

    def thumb(self, jpeg: bytes) -> None:
        self.thumbs.append(jpeg)

    def wants_raw(self) -> bool:
        return self.looks

    def wants_thumb(self) -> bool:
        return self.looks
