"""The shelf of recordings: their files, a chapter for each speech as the journal and the directory know it now, stills.

Titles are made when they are asked for, so an office that was erased is in none of them.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from diemcau.core.ids import ConferenceId
from diemcau.media.recording import stills
from diemcau.media.recording.recordings import Part, finishing_in, recordings_in
from diemcau.web.ports import Chapter, Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A speech: which, what it is called now, from when to when; no end while it goes on."""

    speech: str
    title: str
    begin: datetime
    end: datetime | None


Speeches = Callable[[ConferenceId], tuple[Spoken, ...]]


class RecordingShelf:
    """The recordings of all conferences, each in a folder of its own."""

    def __init__(self, folder: Path, speeches: Speeches = lambda _: ()) -> None:
        self._folder = folder
        self._speeches = speeches

    async def of(self, conference: ConferenceId) -> Recording | None:
        """Return a conference's recording (its longest part, and all parts), or nothing if nothing was recorded."""
        return await asyncio.to_thread(self._of, conference)

    async def still(self, conference: ConferenceId, speech: str, number: int) -> Path | None:
        """Return the file of a still (1 to 3) of a speech, made if need be; nothing if there is none."""
        return await asyncio.to_thread(self._still, conference, speech, number)

    async def choose_still(self, conference: ConferenceId, speech: str, number: int | None) -> bool:
        """Note which still of a speech is chosen for its article; say whether there is that speech."""
        return await asyncio.to_thread(self._choose, conference, speech, number)

    def chosen_stills(self, conference: ConferenceId) -> Mapping[str, bytes]:
        """Return the chosen still of each speech as JPEG, made if need be. Callers have a thread for it."""
        folder = self.folder_of(conference)
        chosen = stills.chosen_in(folder)
        if not chosen:
            return {}
        spoken, found = self._speeches(conference), dict[str, bytes]()
        for part in recordings_in(folder):
            for chapter in _chapters(part, spoken, chosen):
                if chapter.chosen is not None and chapter.speech not in found:
                    path = _still_in(part, chapter, chapter.chosen)
                    found.update({} if path is None else {chapter.speech: path.read_bytes()})
        return found

    def forget_stills(self, conference: ConferenceId, speeches: tuple[str, ...]) -> None:
        """Choose no still of these speeches any more, and throw the files of stills away."""
        folder = self.folder_of(conference)
        for speech in stills.chosen_in(folder).keys() & set(speeches):
            stills.choose(folder, speech, None)
        if speeches:
            stills.throw_away(folder)

    def folder_of(self, conference: ConferenceId) -> Path:
        """Return the folder of a conference's recordings."""
        return self._folder / conference

    def _of(self, conference: ConferenceId) -> Recording | None:
        folder = self.folder_of(conference)
        read, finishing = recordings_in(folder), finishing_in(folder)
        if not read:
            return None if finishing is None else Recording(file=None, length=timedelta(), finishing=finishing)
        spoken, chosen = self._speeches(conference), stills.chosen_in(folder)
        parts = tuple(_recording(part, spoken, chosen) for part in read)
        return replace(max(parts, key=lambda part: part.length), parts=parts, finishing=finishing)

    def _still(self, conference: ConferenceId, speech: str, number: int) -> Path | None:
        for part in recordings_in(self.folder_of(conference)):
            for chapter in _chapters(part, self._speeches(conference), {}):
                if chapter.speech == speech:
                    return _still_in(part, chapter, number)
        return None

    def _choose(self, conference: ConferenceId, speech: str, number: int | None) -> bool:
        if not any(one.speech == speech for one in self._speeches(conference)):
            return False
        stills.choose(self.folder_of(conference), speech, number)
        return True


def _still_in(part: Part, chapter: Chapter, number: int) -> Path | None:
    begin, end = chapter.start.total_seconds(), chapter.end.total_seconds()
    return stills.still(part.path, begin=begin, end=end, number=number)


def _recording(part: Part, spoken: tuple[Spoken, ...], chosen: dict[str, int]) -> Recording:
    return Recording(file=part.path, length=part.length, chapters=_chapters(part, spoken, chosen))


def _chapters(part: Part, spoken: tuple[Spoken, ...], chosen: dict[str, int]) -> tuple[Chapter, ...]:
    """Return a chapter for each speech that the part holds; what the file says, if nothing else is known."""
    if not part.times.stretches or not spoken:
        return tuple(Chapter(title=title, start=start, end=end) for title, start, end in part.chapters)
    placed = (
        (one, part.times.place(one.begin.timestamp()), part.times.place(one.end.timestamp()) if one.end else None)
        for one in spoken
    )
    length = part.length.total_seconds()
    return tuple(
        Chapter(
            title=one.title,
            start=timedelta(seconds=round(begin, 3)),
            end=timedelta(seconds=round(length if end is None else end, 3)),
            speech=one.speech,
            chosen=chosen.get(one.speech),
        )
        for one, begin, end in placed
        if (length if end is None else end) > begin
    )
