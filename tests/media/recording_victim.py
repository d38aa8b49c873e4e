"""A server that records until it is killed; it says how many seconds it has recorded."""

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.media.halls import CENTRE, CONFERENCE, HUE, eventually, studio


async def record(folder: Path) -> None:
    async with studio(folder) as house:
        centre = await house.camera_on_line(CENTRE)
        await house.camera_on_line(HUE, width=320, height=180)
        await house.show()
        await eventually(centre.is_watched)
        began = time.monotonic()
        while True:
            house.studio.begin_chapter(CONFERENCE, "Huế", datetime.now(UTC))
            await house.show(HUE if int(time.monotonic() - began) % 2 else None)
            await asyncio.sleep(0.25)
            for camera in house.cameras:
                camera.beat()
            print(time.monotonic() - began, flush=True)  # noqa: T201 - the test listens


if __name__ == "__main__":
    asyncio.run(record(Path(sys.argv[1])))
