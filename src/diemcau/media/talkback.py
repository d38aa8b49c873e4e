"""Talkback: operators and the people of one site talk to each other, and nobody else hears it.

It never goes on air and is never recorded: nothing here knows the director. Of several who talk
the same way to or from a site, the last who began is heard.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.fabric import Admission, MalformedMediaError, Outlet, Part, Rendition, Renditions, Source
from diemcau.media.strand import Strand

_RATE, _CHANNELS = 48_000, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """Who talks. `number`: no other voice of the conference has it."""

    number: int
    outlet: Outlet


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
        outlet = self._new_outlet()
        self._count += 1
        voice = _Voice(number=self._count, outlet=outlet)
        strand = Strand(source, outlet.write_audio, alone=True)
        try:
            async for offered in _with_sound(source.renditions()):
                with contextlib.suppress(MalformedMediaError):
                    outlet.open_audio(sample_rate=offered.sample_rate or _RATE, channels=offered.channels or _CHANNELS)
                    strand.choose(offered)
                if voice not in voices:
                    voices.append(voice)
                    self._on_change()
        finally:
            if voice in voices:
                voices.remove(voice)
                self._on_change()
            await strand.end()
            outlet.finish()

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


async def _with_sound(renditions: AsyncIterator[Renditions]) -> AsyncIterator[Rendition]:
    async for offered in renditions:
        if offered.audio is not None:
            yield offered.audio
