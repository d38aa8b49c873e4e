"""Presence: which relays are there, so that pages can be told where to go.

A relay says each second who it is and who is below it; for which sites it may say so stands in
its pass. One that was not heard for three seconds is told to nobody.
"""

import contextlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.fabric import Guest
from diemcau.media.metered import Metering

BEATS_MISSED: Final = 3.0
_MOST_BELOW: Final = 200
_MOST_URLS: Final = 200
_URL = re.compile(r"https://[A-Za-z0-9.:\[\]-]{1,200}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\x00-\x1f]{1,80}")

Sites = frozenset[SiteId] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A relay that lets halls in. `sites`: those that it serves; None: any."""

    name: str
    url: str
    fingerprints: tuple[str, ...]
    sites: Sites = None


def write_presence(number: int, relays: Sequence[Presence]) -> bytes:
    """Return a beat: the relay itself first, then those below it."""
    told = [
        {
            "name": one.name,
            "url": one.url,
            "fingerprints": one.fingerprints,
            "sites": None if one.sites is None else sorted(one.sites),
        }
        for one in relays
    ]
    return json.dumps({"n": number, "relays": told}, ensure_ascii=False).encode()


def read_presence(text: bytes, *, within: Sites) -> tuple[Presence, ...]:
    """Return the relays of a beat, none of them for more sites than `within`; what is no relay is left out."""
    with contextlib.suppress(ValueError, AttributeError, TypeError):
        told = json.loads(text).get("relays", [])[:_MOST_BELOW]
        read = (_presence(one, within) for one in told)
        return tuple(one for one in read if one is not None)
    return ()


def both(one: Sites, other: Sites) -> Sites:
    """Return the sites that both allow."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


class Relays:
    """The relays that are heard, by conference."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, metered: Metering) -> None:
        self._clock = clock
        self._metered = metered
        self._heard: dict[str, tuple[ConferenceId, float, tuple[Presence, ...]]] = {}
        self._urls: dict[str, None] = {}

    async def follow(self, guest: Guest) -> None:
        """Hear a relay until it is gone."""
        admission = guest.admission
        try:
            async for source in guest.sources():
                async for text in self._metered(admission, source).texts(paths.BEAT):
                    relays = read_presence(text, within=admission.sites)
                    self._heard[admission.connection] = (admission.conference, self._clock(), relays)
                    self._note_urls(relays)
        finally:
            self._heard.pop(admission.connection, None)

    def urls(self) -> tuple[str, ...]:
        """Return where pages may go: every relay that was ever heard, since it may come back."""
        return tuple(self._urls)

    def of(self, conference: ConferenceId) -> tuple[Presence, ...]:
        """Return the relays of a conference that were heard just now; what one says takes nothing from another."""
        since = self._clock() - BEATS_MISSED
        heard = [one for one in self._heard.values() if one[0] == conference and one[1] > since]
        newest = sorted(heard, key=lambda one: one[1])
        return tuple(dict.fromkeys(relay for _, _, relays in newest for relay in relays))

    def for_site(self, conference: ConferenceId, site: SiteId) -> tuple[Presence, ...]:
        """Return where a site may go, the relays that name it first."""
        serving = [one for one in self.of(conference) if one.sites is None or site in one.sites]
        return tuple(sorted(serving, key=lambda one: (one.sites is None, len(one.sites or ()), one.name)))

    def _note_urls(self, relays: Sequence[Presence]) -> None:
        for relay in relays:
            if relay.url not in self._urls:
                self._urls[relay.url] = None
                while len(self._urls) > _MOST_URLS:
                    del self._urls[next(iter(self._urls))]


def _presence(one: Mapping[str, object], within: Sites) -> Presence | None:
    name, url, fingerprints, sites = (one.get(key) for key in ("name", "url", "fingerprints", "sites"))
    if not (isinstance(name, str) and _NAME.fullmatch(name) and isinstance(url, str) and _URL.fullmatch(url)):
        return None
    if not isinstance(fingerprints, list) or not isinstance(sites, list | None):
        return None
    named = None if sites is None else frozenset(SiteId(str(site)) for site in sites)
    return Presence(
        name=name,
        url=url,
        fingerprints=tuple(mark for mark in map(str, fingerprints) if _FINGERPRINT.fullmatch(mark)),
        sites=both(named, within),
    )
