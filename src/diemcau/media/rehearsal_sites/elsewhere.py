"""Looking elsewhere: whether another parent has the conference while this one is cut off from it.

A relay that is alone keeps whom it has; who can reach another parent is better off there.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from diemcau.core.ids import ConferenceId
from diemcau.media import paths
from diemcau.media.fabric import FabricError
from diemcau.media.moq_fabric import connect

_ANSWERS_WITHIN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A node that lets a site in."""

    url: str
    fingerprints: tuple[str, ...]


async def another_is_better(
    beats: AsyncIterator[bytes], others: Sequence[Parent], conference: ConferenceId, token: str
) -> None:
    """Return when the node that sends these beats is alone and one of the others is not; else never."""
    async for beat in beats:
        if _is_alone(beat):
            for other in others:
                if await _has_conference(other, conference, token):
                    return
    await asyncio.Event().wait()


async def _has_conference(parent: Parent, conference: ConferenceId, token: str) -> bool:
    with contextlib.suppress(FabricError, TimeoutError):
        async with asyncio.timeout(_ANSWERS_WITHIN):
            link = await connect(f"{parent.url}/screen?jwt={token}", fingerprints=parent.fingerprints)
            try:
                program = await link.read(paths.program(conference))
                async for beat in program.texts(paths.BEAT):
                    return not _is_alone(beat)
            finally:
                await link.close()
    return False


def _is_alone(beat: bytes) -> bool:
    with contextlib.suppress(ValueError, AttributeError):
        return "alone_s" in json.loads(beat)
    return False
