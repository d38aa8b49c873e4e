"""What every hall sees while the operator takes by hand, while the speaker's line is gone, and side by side."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from diemcau.core.ids import ConferenceId
from diemcau.core.onair import AirHeld, AirRestored, MainCutIn
from diemcau.core.regulations import Regulations
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.sql import engine_to_read, open_to_read
from diemcau.media.rehearsal_sites.bad_line import BadLine, Way
from tests.e2e.browsers import LOOK, PATIENCE, looks, turns, until_shown, until_tinted
from tests.e2e.conferences import SPRING, Stage, stage
from tests.e2e.halls import rehearsal_sites, way_to_media
from tests.e2e.test_browser_media import tint
from tests.e2e.test_stage_in_browser import SITES, desks, nothing_to_press, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

TAKE, BACK, UNDO = "Take Space", "Back to the main site B", "Undo Z"
TINTS = {site: tint(site) for site in SITES}
PROGRAM = ".mix .program figure.full canvas"
NEXT = ".mix .preview canvas"
BOTH = "['left', 'right'].map((place) => document.querySelector(`figure.${place} canvas`).toDataURL())"


def said_of_coast(ending: str) -> re.Pattern[str]:
    """Return how the tile of the coast ends on the wall, in the words of a screen reader."""
    return re.compile(f"^Coast Branch, .*{ending}$")


def holder(conference: Stage) -> str:
    """Return who holds the floor."""
    return str(conference.chair.board["floor"]["holder"]["site"])


@asynccontextmanager
async def behind_a_line(conference: Stage, site: str) -> AsyncIterator[BadLine]:
    """Let a rehearsal site take part behind a line that can be cut."""
    way = await way_to_media(conference.chair)
    port = urlsplit(way["screen"]).port
    assert port is not None
    async with (
        BadLine(("127.0.0.1", port)) as line,
        rehearsal_sites(conference.chair, conference.data, SPRING, site, port=line.port),
    ):
        yield line


def of_the_air(data: Path) -> list[tuple[type, datetime]]:
    """Return what the journal says of a picture that was held, and when."""
    engine = engine_to_read(f"sqlite:///{data / 'journal.sqlite'}")
    records = open_to_read(engine, CODEC).read(streams.formal(ConferenceId(SPRING)))
    found = [
        (type(one.event), one.event.at) for one in records if isinstance(one.event, AirHeld | MainCutIn | AirRestored)
    ]
    engine.dispose()
    return found


async def test_the_operator_looks_takes_and_cuts_back_by_hand(tmp_path: Path) -> None:
    async with stage(tmp_path, *SITES) as conference:
        operator, hall = await desks(conference)
        tile = operator.locator("[data-site=coast]")
        take, back = (operator.get_by_role("button", name=name, exact=True) for name in (TAKE, BACK))
        await operator.evaluate(LOOK)
        await looks(hall)
        await press(operator, "By hand")
        await tile.click()

        await press(operator, "Preview")
        await until_tinted(operator, NEXT, tint("coast"))
        await expect(tile).to_have_accessible_name(said_of_coast("Next"), timeout=PATIENCE)
        await expect(take).to_be_disabled(timeout=PATIENCE)  # nobody has the floor
        await conference.chair.must("GrantFloor", {"site": "coast"})
        await expect(take).to_be_enabled(timeout=PATIENCE)
        await until_tinted(operator, PROGRAM, tint("head-office"))

        await press(operator, TAKE)
        await until_shown(hall, tint("coast"))
        await until_tinted(operator, PROGRAM, tint("coast"))
        await expect(tile).to_have_accessible_name(said_of_coast("On air"), timeout=PATIENCE)

        await press(operator, BACK)
        await until_shown(hall, tint("head-office"))
        await expect(tile).not_to_have_accessible_name(said_of_coast("On air"), timeout=PATIENCE)
        await expect(back).to_be_disabled(timeout=PATIENCE)

        await press(operator, UNDO)
        await until_shown(hall, tint("coast"))
        await until_tinted(operator, PROGRAM, tint("coast"))
        await expect(tile).to_have_accessible_name(said_of_coast("On air"), timeout=PATIENCE)

        assert turns(await looks(hall), TINTS) == ["head-office", "coast", "head-office", "coast"]
        assert holder(conference) == "coast"
        assert conference.opened.faults == []


async def test_the_main_site_stands_in_while_the_line_of_the_speaker_is_gone(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference, behind_a_line(conference, "coast") as line:
        operator, hall = await desks(conference)
        await looks(hall)
        await conference.chair.must("GrantFloor", {"site": "coast"})
        await until_shown(hall, tint("coast"))

        line.up = line.down = Way(loss=1.0)
        await conference.chair.until(lambda board: bool(board["air"]["cut_in"]))
        await until_shown(hall, tint("head-office"))
        await expect(operator.get_by_text("Coast Branch: line lost, the main site stands in.")).to_be_visible(
            timeout=PATIENCE
        )
        assert (holder(conference), conference.chair.board["air"]["taken"]) == ("coast", "coast")
        await nothing_to_press(hall)

        line.up = line.down = Way()
        await until_shown(hall, tint("coast"))
        await conference.chair.until(lambda board: not board["air"]["held"])

        assert turns(await looks(hall), TINTS) == ["head-office", "coast", "head-office", "coast"]
        assert holder(conference) == "coast"
        assert conference.opened.faults == []
        told = of_the_air(conference.data)
        assert [kind for kind, _ in told] == [AirHeld, MainCutIn, AirRestored]
        assert told[1][1] - told[0][1] >= Regulations().cut_in_after


async def test_the_main_site_stands_in_for_a_speaker_whose_picture_does_not_come(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office", "hills") as conference, behind_a_line(conference, "coast") as line:
        _, hall = await desks(conference)
        await looks(hall)
        await conference.chair.must("GrantFloor", {"site": "hills"})
        await until_shown(hall, tint("hills"))

        line.up = line.down = Way(loss=1.0)
        await conference.chair.must("GrantFloor", {"site": "coast"})
        await until_shown(hall, tint("head-office"))
        line.up = line.down = Way()
        await until_shown(hall, tint("coast"))

        assert turns(await looks(hall), TINTS) == ["head-office", "hills", "head-office", "coast"]
        assert conference.opened.faults == []


async def test_a_frozen_picture_stays_when_another_takes_the_floor(tmp_path: Path) -> None:
    async with stage(tmp_path, *SITES) as conference:
        operator, hall = await desks(conference)
        await conference.chair.must("GrantFloor", {"site": "hills"})
        await until_shown(hall, tint("hills"))
        await press(operator, "Freeze")
        await expect(operator.get_by_text("The picture stands still, the sound goes on.")).to_be_visible(
            timeout=PATIENCE
        )
        await looks(hall)

        await conference.chair.must("GrantFloor", {"site": "coast"})
        beats = await hall.evaluate("heard.beats.length")
        await hall.wait_for_function(f"() => heard.beats.length >= {beats + 4}", timeout=PATIENCE)
        assert turns(await looks(hall), TINTS) == ["hills"]

        await press(operator, "Let the picture move")
        await until_shown(hall, tint("coast"))
        assert turns(await looks(hall), TINTS) == ["hills", "coast"]
        assert conference.opened.faults == []


async def until_both_moved(hall: Page) -> None:
    """Wait until neither of two pictures beside each other is what it was."""
    before = await hall.evaluate(BOTH)
    has_moved = f"(before) => {BOTH}.every((one, at) => one !== before[at])"
    await hall.wait_for_function(has_moved, arg=before, timeout=PATIENCE)


async def test_the_main_site_and_the_speaker_move_side_by_side(tmp_path: Path) -> None:
    async with stage(tmp_path, *SITES) as conference:
        operator, hall = await desks(conference)
        await conference.chair.must("GrantFloor", {"site": "coast"})
        await until_shown(hall, tint("coast"))

        await press(operator, "Side by side")

        await until_tinted(hall, "figure.left canvas", tint("head-office"))
        await until_tinted(hall, "figure.right canvas", tint("coast"))
        await expect(hall.locator("figure.full")).to_have_count(0, timeout=PATIENCE)
        for _ in range(3):
            await until_both_moved(hall)
        await expect(hall.locator(".names b")).to_have_text(["Head Office", "Coast Branch"], timeout=PATIENCE)
        await press(operator, "Speaker only")
        await until_shown(hall, tint("coast"))
        assert conference.opened.faults == []
