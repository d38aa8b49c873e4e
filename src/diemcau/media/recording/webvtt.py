"""Chapters as WebVTT (W3C), for players that show them: made when they are asked for, never kept."""

from collections.abc import Iterable


def webvtt(chapters: Iterable[tuple[str, float, float]]) -> str:
    """Return chapters with title, beginning and end in seconds as a WebVTT file."""
    cues = (
        f"\n{number}\n{_clock(begin)} --> {_clock(end)}\n{_plain(title)}\n"
        for number, (title, begin, end) in enumerate(chapters, start=1)
    )
    return "WEBVTT\n" + "".join(cues)


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def _plain(title: str) -> str:
    """Return a title on one line, with what WebVTT would take for marks written as text."""
    line = " ".join(title.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
