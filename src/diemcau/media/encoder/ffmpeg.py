"""The program `ffmpeg`, by which SRT comes, since the library has none: what it reads, and what it complains of."""

import collections
import re
import subprocess
import threading
from typing import IO, Final, cast
from urllib.parse import urlsplit

_LONGEST_LINE: Final = 4096
_LINES: Final = 3
_ENDS_WITHIN: Final = 1.0
_IN_TROUBLE_AT_MOST: Final = 10.0
_URL: Final = re.compile(r"[a-z][a-z0-9+.]*://\S+")
_ORIGIN: Final = re.compile(r"^\[[^\]]*\] |^\d\d:\d\d:\d\d\.\d+/\S+ |@\d+:")


class Ffmpeg:
    """One run of the program. Raises `FileNotFoundError` where it is not installed.

    It is ended when it complains before anything came: waiting to be called it would turn a caller with
    a wrong passphrase away for ever, and nobody would hear of it.
    """

    def __init__(self, url: str, *, in_trouble_at_most: float = _IN_TROUBLE_AT_MOST) -> None:
        command = ["ffmpeg", "-loglevel", "error", "-i", url, "-map", "0", "-c", "copy", "-f", "mpegts", "-"]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self._url = url
        self._process = subprocess.Popen(command, stdin=nothing, stdout=pipe, stderr=pipe)  # noqa: S603 - it reads the address that a person gave
        self._lines = collections.deque[str](maxlen=_LINES)
        self._giving_up = threading.Timer(in_trouble_at_most, self._process.kill)
        self._giving_up.daemon = True
        self._listening = threading.Thread(target=self._listen, name="ffmpeg", daemon=True)
        self._listening.start()

    @property
    def output(self) -> IO[bytes]:
        """What it reads, as MPEG-TS."""
        return cast("IO[bytes]", self._process.stdout)

    def begin(self) -> None:
        """Hear that something came: what it complains of from now on ends it no more."""
        self._giving_up.cancel()

    def kill(self) -> None:
        """End it."""
        self._process.kill()

    def complaint(self) -> str:
        """End it and return what it said last, without what nobody else may know."""
        self._giving_up.cancel()
        self._process.kill()
        self._process.wait()
        self._listening.join(_ENDS_WITHIN)
        return "; ".join(self._lines)

    def close(self) -> None:
        """End it and let go of it."""
        self.complaint()
        self.output.close()

    def _listen(self) -> None:
        with cast("IO[bytes]", self._process.stderr) as said:
            while raw := said.readline(_LONGEST_LINE):
                self._hear(raw.decode(errors="replace").strip())

    def _hear(self, line: str) -> None:
        told = _ORIGIN.sub("", _URL.sub(_place, line.replace(self._url, place(self._url))))
        if told and told not in self._lines:
            self._lines.append(told)
        if not self._giving_up.is_alive() and not self._giving_up.finished.is_set():
            self._giving_up.start()


def place(url: str) -> str:
    """Return where an address leads, without the passphrases and keys that may be in it; a file as it is."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _place(found: re.Match[str]) -> str:
    return place(found[0])
