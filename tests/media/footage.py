"""Real pictures and sound to record: what a hall's camera sent, as the recorder gets it."""

import asyncio
from dataclasses import dataclass

from diemcau.media.fabric import MediaFrame
from tests.media.halls import AUDIO, HUE, VIDEO, VINH, on_air, studio, take


@dataclass(frozen=True, kw_only=True)
class Footage:
    """The frames of one camera, from a key frame on."""

    pictures: list[MediaFrame]
    sound: list[MediaFrame]


def film(*, width: int, height: int, pictures: int) -> Footage:
    """Film so many pictures with a real encoder, over the real fabric."""
    return asyncio.run(_film(width=width, height=height, pictures=pictures))


async def _film(*, width: int, height: int, pictures: int) -> Footage:
    async with studio() as house:
        await house.camera_on_line(HUE, width=width, height=height)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (air,) = await on_air(viewer, HUE)
        source = await viewer.read(air["broadcast"])
        seen, heard = await asyncio.gather(take(source.frames(VIDEO), pictures), take(source.frames(AUDIO), pictures))
    return Footage(pictures=seen, sound=heard)
