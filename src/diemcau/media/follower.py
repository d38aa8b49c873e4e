"""Following a desk: what the journal says is on air is put on air, and nothing else.

It hears of a change after it was written. The board rides with the program: the first change
goes at once, further ones within a fifth of a second are put together.
"""

import asyncio
from collections.abc import Callable

from diemcau.conduct.desk import Desk
from diemcau.core.conference import Conference
from diemcau.core.ids import SiteId
from diemcau.core.stages import Stage
from diemcau.media.studio import Studio

BOARD_AT_MOST_EVERY = 0.2


async def follow_air(desk: Desk, studio: Studio) -> None:
    """Show what is on air in the conference of `desk` until cancelled."""
    with desk.watch() as watch:
        shown: tuple[SiteId | None, SiteId | None, str] | None = None
        while True:
            wanted = on_air(desk.current)
            if wanted != shown:
                main, holder, layout = shown = wanted
                await studio.show(desk.conference, main, holder, layout)
            await watch.change()


async def follow_board(desk: Desk, studio: Studio, encode: Callable[[Desk], bytes]) -> None:
    """Send every hall the public board of `desk` until cancelled."""
    with desk.watch() as watch:
        sent = b""
        while True:
            board = encode(desk)
            if board != sent:
                sent = board
                await studio.publish_board(desk.conference, board)
                await asyncio.sleep(BOARD_AT_MOST_EVERY)
            await watch.change()


def on_air(conference: Conference) -> tuple[SiteId | None, SiteId | None, str]:
    """Return the main site if it is shown, the site taken beside it, and the layout."""
    if conference.stages.stage is not Stage.OPEN:
        return None, None, conference.air.layout.value
    return conference.facts.main_site, conference.air.taken, conference.air.layout.value
