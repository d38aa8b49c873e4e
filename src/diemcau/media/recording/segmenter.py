"""The segmenter: pictures and sound, each in order, become parts of half a second and segments of two.

A segment begins with a key frame if there is one in time, and with a new header wherever the source or
its parameter sets change. Times go on over everything: changes, restarts, silence. It decodes nothing, and
chooses nothing: `cut` does.
"""

from collections import deque
from dataclasses import dataclass

from diemcau.media import h264
from diemcau.media.recording import fragments
from diemcau.media.recording.aac import SoundEncoder
from diemcau.media.recording.fragments import PICTURE_RATE, SOUND_FRAME, Fragment, PictureSample, SoundSample
from diemcau.media.recording.index import Head
from diemcau.media.recording.mixer import RATE, Samples
from diemcau.media.recording.sequence import Sequence
from diemcau.media.recording.standing import own_set
from diemcau.media.recording.tape import Tape

PART_AT_LEAST = 0.5
SEGMENT_AT_MOST = 2.0
_OVER = 0.05
_LATE = 0.2
_LEAST_STEP = PICTURE_RATE // 1000
_LAST_PICTURE = PICTURE_RATE // 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a source looks from some key frame on: whose it is, and its parameter sets."""

    site: str
    air: int
    sets: h264.ParameterSets
    sequence: Sequence
    slate: bool = False

    @property
    def all_sets(self) -> h264.ParameterSets:
        """The parameter sets of the source, and the one that standing pictures name."""
        return h264.ParameterSets(sps=self.sets.sps, pps=(*self.sets.pps, own_set(self.sequence)))

    def with_sets(self, sized: bytes) -> bytes:
        """Return a key frame with its parameter sets, for players that read no second header."""
        sets = self.all_sets
        return b"".join(len(unit).to_bytes(4, "big") + unit for unit in (*sets.sps, *sets.pps)) + sized


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Pictures that wait for the sound beside them."""

    pictures: tuple[PictureSample, ...]
    until: int
    head: Head
    ends_segment: bool


class Segmenter:
    """Forms the segments of one tape; `at` are seconds since it began, `wall` when that was.

    Key frames bear their parameter sets, though headers have them too: some players read one header only.
    """

    def __init__(self, tape: Tape, *, wall: float) -> None:
        self._tape = tape
        self._wall = wall
        frames = round(tape.begin * RATE / SOUND_FRAME)  # whole ones, so that sound goes on without a seam
        self._zero = round(frames * SOUND_FRAME * PICTURE_RATE / RATE)
        self._encoder = SoundEncoder(begin=frames * SOUND_FRAME)
        self._sounds: deque[SoundSample] = deque()
        self._drafts: deque[_Draft] = deque()
        self._pictures: list[PictureSample] = []
        self._look: Look | None = None
        self._head: Head | None = None
        self._segment_began = self._part_began = 0
        self._last_key = 0
        self._group = 0

    def picture(self, payload: bytes, *, at: float, key: bool, look: Look) -> None:
        """Take one picture, framed with lengths. The first of a look is a key frame."""
        ticks = self._zero + round(at * PICTURE_RATE)
        if self._pictures:
            ticks = max(ticks, self._pictures[-1].at + _LEAST_STEP)
            self._end_last(ticks)
        if look is not self._look:
            self._change(look, ticks)
        elif (key and self._ends_here(ticks)) or self._is_overlong(ticks):
            self._begin_segment(ticks, cut=False)
        elif ticks - self._part_began >= PART_AT_LEAST * PICTURE_RATE:
            self._end_part(ticks, ends_segment=False)
        if key:
            self._group, self._last_key = ticks - self._last_key, ticks
        self._pictures.append(PictureSample(payload=payload, at=ticks, ticks=_LAST_PICTURE, key=key))

    def sound(self, samples: Samples) -> None:
        """Take the sound that follows what was taken before."""
        self._sounds.extend(self._encoder.encode(samples))
        self._write_ready()

    def close(self) -> None:
        """Write all there is."""
        if self._pictures:
            last = self._pictures[-1]
            self._end_part(last.at + last.ticks, ends_segment=True)
        while self._drafts:
            self._write(self._drafts.popleft())
        self._tape.close()

    def _end_last(self, ticks: int) -> None:
        last = self._pictures[-1]
        self._pictures[-1] = PictureSample(payload=last.payload, at=last.at, ticks=ticks - last.at, key=last.key)

    def _ends_here(self, ticks: int) -> bool:
        """Whether a segment that went on to the next key frame would be too long."""
        length = ticks - self._segment_began
        group = ticks - self._last_key
        return length + group > (SEGMENT_AT_MOST + _OVER) * PICTURE_RATE

    def _is_overlong(self, ticks: int) -> bool:
        """Whether a picture that lasts as long as the one before it is too much, though no key frame came.

        A key frame that is a little late is waited for, unless the camera's are farther apart anyway.
        """
        lasts = self._pictures[-1].ticks if self._pictures else 0
        late = (SEGMENT_AT_MOST + _LATE) * PICTURE_RATE
        apart = max(self._group, ticks - self._last_key)
        at_most = late if apart <= late else SEGMENT_AT_MOST * PICTURE_RATE
        return ticks + lasts - self._segment_began > at_most

    def _change(self, look: Look, ticks: int) -> None:
        first = self._look is None
        self._look, self._last_key = look, ticks  # how far apart its key frames are is not known
        self._begin_segment(ticks, cut=not first or self._tape.run > 0)

    def _begin_segment(self, ticks: int, *, cut: bool) -> None:
        if self._pictures:
            self._end_part(ticks, ends_segment=True)
        look = self._look
        if look is None:
            raise AssertionError
        header = fragments.header(look.all_sets, width=look.sequence.width, height=look.sequence.height)
        self._head = Head(
            at=self._wall + (ticks - self._zero) / PICTURE_RATE,
            start=ticks / PICTURE_RATE,
            init=self._tape.keep_header(header),
            cut=cut,
            slate=look.slate,
            site=look.site,
            run=self._tape.run,
        )
        self._segment_began = self._part_began = ticks

    def _end_part(self, ticks: int, *, ends_segment: bool) -> None:
        if self._head is None:
            raise AssertionError
        pictures, self._pictures = tuple(self._pictures), []
        self._drafts.append(_Draft(pictures=pictures, until=ticks, head=self._head, ends_segment=ends_segment))
        self._part_began = ticks
        self._write_ready()

    def _write_ready(self) -> None:
        while self._drafts and self._encoder.until * PICTURE_RATE >= self._drafts[0].until * RATE:
            self._write(self._drafts.popleft())

    def _write(self, draft: _Draft) -> None:
        sounds = []
        while self._sounds and self._sounds[0].at * PICTURE_RATE < draft.until * RATE:
            sounds.append(self._sounds.popleft())
        first = draft.pictures[0]
        held = Fragment(pictures=draft.pictures, sounds=tuple(sounds))
        self._tape.write(
            fragments.fragment(self._tape.fragments + 1, held),
            length=(draft.until - first.at) / PICTURE_RATE,
            independent=first.key,
            head=draft.head,
        )
        if draft.ends_segment:
            self._tape.end_segment()
