"""Talkback: operators and the people of one site talk to each other, and nobody else hears it.

It never goes on air and is never recorded: nothing here knows the director. Of several who talk
the same way to or from a site, the last who began is heard.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.fabric import Admission, MalformedMediaError, MediaFrame, Outlet, Part, Rendition, Renditions, Source
from diemcau.media.strand import Strand

_RATE, _CHANNELS = 48_000, 1


class _Voice:
    """Somebody who talks; heard while nobody who talks the same way began later."""

    def __init__(self, source: Source) -> None:
        self._strand = Strand(source, self._write, alone=True)
        self._offered: Rendition | None = None
        self.outlet: Outlet | None = None
        self.number = 0

    def offer(self, sound: Rendition) -> None:
        """Take this from now on."""
        self._offered = sound
        self._open()

    def begin(self, outlet: Outlet, *, number: int) -> None:
        """Be heard; no other voice of the conference had this number."""
        self.outlet, self.number = outlet, number
        self._open()

    def pause(self) -> None:
        """Be heard no more: a session that reads the name again finds another voice there only once this has ended."""
        self._strand.choose(None)
        outlet, self.outlet = self.outlet, None
        if outlet is not None:
            outlet.finish()

    async def end(self) -> None:
        """Be heard no more, for good."""
        self.pause()
        await self._strand.end()

    def _open(self) -> None:
        outlet, sound = self.outlet, self._offered
        if outlet is None or sound is None:
            return
        with contextlib.suppress(MalformedMediaError):
            outlet.open_audio(sample_rate=sound.sample_rate or _RATE, channels=sound.channels or _CHANNELS)
            self._strand.choose(sound)

    def _write(self, frame: MediaFrame) -> None:
        if self.outlet is not None:
            self.outlet.write_audio(frame)


class Talkback:
    """Who talks in one conference. `on_change` is called when somebody begins or ends."""

    def __init__(
        self, conference: ConferenceId, new_outlet: Callable[[], Outlet], on_change: Callable[[], None]
    ) -> None:
        self._conference = conference
        self._new_outlet = new_outlet
        self._on_change = on_change
        self._to_site: dict[SiteId, list[_Voice]] = {}
        self._from_site: dict[SiteId, list[_Voice]] = {}
        self._count = 0

    @property
    def spoken_to(self) -> Mapping[SiteId, int]:
        """To which sites an operator talks, each with the number of the voice that is heard there."""
        return {site: voices[-1].number for site, voices in self._to_site.items() if voices}

    @property
    def speaking(self) -> frozenset[SiteId]:
        """Which sites talk to the operators."""
        return frozenset(site for site, voices in self._from_site.items() if voices)

    async def hear(self, admission: Admission, source: Source) -> None:
        """Let a voice be heard until it ends."""
        name = paths.read_talk(source.path)
        if name is None or name.conference != self._conference:
            return
        if admission.part is Part.OPERATOR:
            voices = self._to_site.setdefault(name.site, [])
        elif admission.site == name.site:
            voices = self._from_site.setdefault(name.site, [])
        else:
            return
        voice = _Voice(source)
        try:
            async for offered in _with_sound(source.renditions()):
                voice.offer(offered)
                if voice not in voices:
                    voices.append(voice)
                    self._change(voices)
        finally:
            if voice in voices:
                voices.remove(voice)
                self._change(voices)
            await voice.end()

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what somebody reads under a name: an operator a site's voice, a site the operator's to it."""
        if admission.part is Part.OPERATOR:
            heard = next((site for site in self._from_site if path == paths.talk(self._conference, site)), None)
            voices = self._from_site.get(heard, []) if heard is not None else []
        elif admission.site is not None and path == paths.talk(self._conference, admission.site):
            voices = self._to_site.get(admission.site, [])
        else:
            return None
        return voices[-1].outlet if voices else None

    def _change(self, voices: Sequence[_Voice]) -> None:
        """Let the last who began be heard, and nobody else."""
        for voice in voices[:-1]:
            voice.pause()
        if voices and voices[-1].outlet is None:
            self._count += 1
            voices[-1].begin(self._new_outlet(), number=self._count)
        self._on_change()


async def _with_sound(renditions: AsyncIterator[Renditions]) -> AsyncIterator[Rendition]:
    async for offered in renditions:
        if offered.audio is not None:
            yield offered.audio
