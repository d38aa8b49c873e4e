"""Looking at one section of a board."""

from diemcau.core.floor import Lane, RequestState
from diemcau.core.ids import HandoutId, RequestId
from diemcau.core.roles import Role
from diemcau.projections.board import public_board, role_board
from diemcau.projections.desk_sections import (
    RequestLine,
)
from diemcau.projections.sections import (
    MaySection,
    SectionName,
    SitesSection,
    SiteTile,
)
from tests.core.samples import (
    HUE,
    NINE,
    Play,
    people_of,
)

HUE_HEAD, HUE_SECOND = people_of(HUE)
OFFICES = {HUE_HEAD: "Trưởng ban"}
REPORT = HandoutId("report")


def public(play: Play, name: SectionName) -> object:
    return public_board(play.now, OFFICES)[name]


def shown(play: Play, role: Role, name: SectionName) -> object:
    return role_board(play.now, role, HUE if role is Role.SITE else None, OFFICES)[name]


def tiles(play: Play) -> dict[str, SiteTile]:
    section = public(play, SectionName.SITES)
    assert isinstance(section, SitesSection)
    return {tile.site: tile for tile in section.sites}


def may(play: Play, role: Role) -> set[str]:
    section = shown(play, role, SectionName.MAY)
    assert isinstance(section, MaySection)
    return set(section.commands)


def waiting(request: str, topic: str = "Kinh nghiệm", **changes: object) -> RequestLine:
    """Return the line of a request of Huế that waits first in the queue."""
    line: dict[str, object] = {
        "request": RequestId(request), "site": HUE, "speaker": HUE_HEAD, "office": "Trưởng ban", "topic": topic,
        "lane": Lane.SPEECH, "state": RequestState.ACCEPTED, "position": 1, "ready": False, "requested_at": NINE,
        "granted_at": None, "until": None, "ended_at": None, "turn": 0,
    }  # fmt: skip
    return RequestLine(**line | changes)  # type: ignore[arg-type] # each test names fields that there are
