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
VIDEO_LOW = "video-low"
VIDEO_TILE = "video-tile"
AUDIO = "audio"
THUMB = "thumb"
STATES = "states"
STATE = "state"

UP = "up"
WATCH = "watch"
TALK = "talk"
RELAY = "relay"
CHECK = "check"

_NONCE = re.compile(r"[0-9a-z]{8,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upward:
    """The parts of the name under which one connection publishes: a site's camera, or who talks with a site."""

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


def watch(conference: ConferenceId, nonce: str) -> str:
    """Return where one screen tells how well the program arrives."""
    return f"watch/{conference}/{nonce}"


def talking(conference: ConferenceId, site: SiteId, nonce: str) -> str:
    """Return where one session talks: an operator to a site, or the site to the operators."""
    return f"talk/{conference}/{site}/{nonce}"


def read_talk(path: str) -> Upward | None:
    """Return the parts of the name of a voice to or from a site's technician, or None if it is not one."""
    match path.split("/"):
        case ["talk", conference, site, nonce] if _NONCE.fullmatch(nonce):
            return Upward(conference=ConferenceId(conference), site=SiteId(site), nonce=nonce)
        case _:
            return None


def read_watch(path: str) -> ConferenceId | None:
    """Return in which conference somebody tells how well the program arrives, or None if it is no such name."""
    match path.split("/"):
        case ["watch", conference, nonce] if _NONCE.fullmatch(nonce):
            return ConferenceId(conference)
        case _:
            return None


def relay(conference: ConferenceId, nonce: str) -> str:
    """Return where a province's relay tells that it is there."""
    return f"{RELAY}/{conference}/{nonce}"


def read_relay(path: str) -> ConferenceId | None:
    """Return in which conference a relay tells that it is there, or None if it is no such name."""
    match path.split("/"):
        case ["relay", conference, nonce] if _NONCE.fullmatch(nonce):
            return ConferenceId(conference)
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


def checking(conference: ConferenceId, nonce: str) -> str:
    """Return where one session sends what its line is measured by."""
    return f"{CHECK}/{conference}/{nonce}"


def read_checking(path: str) -> ConferenceId | None:
    """Return in which conference a session wants its line to be measured, or None if it is no such name."""
    match path.split("/"):
        case ["check", conference, nonce] if _NONCE.fullmatch(nonce):
            return ConferenceId(conference)
        case _:
            return None


def check(conference: ConferenceId) -> str:
    """Return where each session reads the check of its own line."""
    return f"{CHECK}/{conference}"


def line(conference: ConferenceId) -> str:
    """Return where each session reads what is asked of it."""
    return f"line/{conference}"


def wall(conference: ConferenceId) -> str:
    """Return where operators read how all sites are doing."""
    return f"wall/{conference}"


def thumb(site: SiteId) -> str:
    """Return the track of the wall with the small pictures of one site."""
    return f"{THUMB}/{site}"


def talks(conference: ConferenceId) -> str:
    """Return the prefix below which operators hear the technicians of sites."""
    return f"{TALK}/{conference}"


def talk(conference: ConferenceId, site: SiteId) -> str:
    """Return where one site's technician and the operators hear each other."""
    return f"{TALK}/{conference}/{site}"


def new_nonce() -> str:
    """Return a nonce that no connection had before."""
    return secrets.token_hex(8)
