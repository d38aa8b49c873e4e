"""Who talks to a site or from it, and who is heard there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.fabric import Encoder, Link, Publication
from tests.media.halls import AUDIO, SILENCE, soon, take


@contextmanager
def talking(link: Link, conference: ConferenceId, site: SiteId, *, mark: int = 0) -> Iterator[Publication]:
    """Talk to or from a site until the end of the block; `mark` tells one voice from another."""
    voice = link.publish(paths.talking(conference, site, paths.new_nonce()))
    sound = voice.offer_audio(sample_rate=48_000, channels=1)
    voice.announce()
    speaking = asyncio.create_task(_speak(sound, SILENCE + bytes([mark])))
    try:
        yield voice
    finally:
        speaking.cancel()


async def _speak(sound: Encoder, packet: bytes) -> None:
    at_us = 0
    while True:
        await sound.wanted()
        sound.begin()
        while sound.is_wanted():
            at_us += 20_000
            sound.write(packet, at_us)
            await asyncio.sleep(0.02)


async def heard(link: Link, conference: ConferenceId, site: SiteId) -> int:
    """Return the mark of the voice that is heard."""
    source = await soon(link.read(paths.talk(conference, site)))
    (*_, last) = await take(source.frames(AUDIO), 3)
    return last.payload[-1]


async def until_heard(link: Link, conference: ConferenceId, site: SiteId, *, mark: int) -> None:
    """Read anew, as a page does, and wait until this voice is heard; what was kept of the one before comes first."""
    source = await soon(link.read(paths.talk(conference, site)))

    async def wait() -> None:
        async for frame in source.frames(AUDIO):
            if frame.payload[-1] == mark:
                return
        raise AssertionError("the voice ended")

    await soon(wait())
