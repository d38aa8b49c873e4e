"""Names of broadcasts: where a camera writes and where everyone reads.

`docs/media-contract.md` is the same page for those who speak to this server.
"""

import re
import secrets
from dataclasses import dataclass

from diemcau.core.ids import ConferenceId, SiteId

AIR = "air"
BOARD = "board"
BEAT = "beat"
VIDEO = "video"
AUDIO = "audio"

_NONCE = re.compile(r"[0-9a-z]{8,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upward:
    """The parts of the name under which one connection of a site's camera publishes."""

    conference: ConferenceId
    site: SiteId
    nonce: str


def up(conference: ConferenceId, site: SiteId, nonce: str) -> str:
    """Return where one connection of a site's camera publishes."""
    return f"up/{conference}/{site}/{nonce}"


def read_up(path: str) -> Upward | None:
    """Return the parts of a camera's name, or None if it is not one."""
    match path.split("/"):
        case ["up", conference, site, nonce] if _NONCE.fullmatch(nonce):
            return Upward(conference=ConferenceId(conference), site=SiteId(site), nonce=nonce)
        case _:
            return None


def program(conference: ConferenceId) -> str:
    """Return where everyone reads the board and what is on air."""
    return f"program/{conference}"


def air(conference: ConferenceId, number: int) -> str:
    """Return where everyone sees and hears one source, as long as it is on air."""
    return f"program/{conference}/air/{number}"


def previews(conference: ConferenceId) -> str:
    """Return the prefix below which operators look at cameras that are not on air."""
    return f"preview/{conference}"


def preview(conference: ConferenceId, site: SiteId) -> str:
    """Return where operators look at one site's camera."""
    return f"preview/{conference}/{site}"


def new_nonce() -> str:
    """Return a nonce that no connection had before."""
    return secrets.token_hex(8)
