"""The messages of a live line: what a page sends, read strictly; what it is sent, written.

Which commands there are comes from the core; those of the system are nobody's to send.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, cast, get_type_hints

from diemcau.core.conference import COMMANDS, Command
from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import MAY, Asker, Role
from diemcau.projections.sections import Section, SectionName
from diemcau.web.encode import SectionTexts, text_of
from diemcau.web.live.fitting import Fault, Unfit, fit_record
from diemcau.web.wording import MISSING, Language, shown

# What a page sends


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The page is alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The page asks the desk to do something."""

    id: str
    command: Command


Message: TypeAlias = Beat | Ask

ASKABLE: Final[dict[str, type]] = {
    command.__name__: command for command in COMMANDS if MAY.get(command, frozenset()) - {Role.SYSTEM}
}
_WITH_SITE: Final = frozenset(name for name, command in ASKABLE.items() if "site" in get_type_hints(command))
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WORDS: Final = {"beat": {"kind"}, "ask": {"kind", "id", "name", "body"}}


class Unreadable(Exception):  # noqa: N818 (an answer, not an error)
    """A message doesn't fit; `id` is what it was asked under, if that was readable."""

    def __init__(self, id_: str | None, fault: Fault) -> None:
        super().__init__(fault.field)
        self.id = id_
        self.fault = fault


def read(text: str | bytes | None, asker: Asker) -> Message:
    """Return the message that a page of `asker` sent, or raise `Unreadable`."""
    id_: str | None = None
    try:
        message = _object(text)
        found = message.get("id")
        id_ = found if isinstance(found, str) and _ID.fullmatch(found) else None
        return _message(message, id_, asker)
    except Unfit as unfit:
        raise Unreadable(id_, unfit.fault) from unfit


# What a page is sent


def write_board(*, position: int, now: datetime, board: dict[SectionName, Section], texts: SectionTexts) -> str:
    """Return the message with the whole board."""
    sections = ",".join(f'"{name.value}":{texts.of(section)}' for name, section in board.items())
    head = f'{{"kind":"board","position":{position},"now":{text_of(now)}'
    return f'{head},"sections":{{{sections}}}}}'


def write_section(*, position: int, name: SectionName, text: str) -> str:
    """Return the message with one section, whose text is written already."""
    return f'{{"kind":"section","position":{position},"name":"{name.value}","value":{text}}}'


def write_beat(now: datetime) -> str:
    """Return the server's beat."""
    return text_of({"kind": "beat", "now": now})


def write_done(id_: str, position: int) -> str:
    """Return the answer to what was done."""
    return text_of({"kind": "answer", "id": id_, "position": position})


def write_refused(id_: str, refusal: Refusal) -> str:
    """Return the answer to what is not allowed now."""
    return text_of({"kind": "answer", "id": id_, "refusal": refusal.code, "about": refusal.about})


def write_unreadable(unreadable: Unreadable, language: Language) -> str:
    """Return the answer to what can't be read."""
    fault = unreadable.fault
    problem = {"code": "unfit", "field": fault.field, "found": fault.found, "mend": fault.mend_in(language)}
    return text_of({"kind": "answer", "id": unreadable.id, "problem": problem})


def _object(text: str | bytes | None) -> dict[str, object]:
    if not isinstance(text, str):
        raise Unfit("", MISSING, "hãy gửi văn bản, không gửi nhị phân.", "send text, not binary.")
    try:
        message = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Unfit("", text, "hãy gửi JSON đúng cú pháp.", "send well-formed JSON.") from None
    if not isinstance(message, dict):
        raise Unfit("", message, "hãy gửi một đối tượng JSON.", "send a JSON object.")
    return message


def _message(message: dict[str, object], id_: str | None, asker: Asker) -> Message:
    kind = message.get("kind", MISSING)
    if not isinstance(kind, str) or kind not in _WORDS:
        raise Unfit("kind", kind, "hãy chọn một trong: beat, ask.", "choose one of: beat, ask.")
    for name, value in message.items():
        if name not in _WORDS[kind]:
            raise Unfit(shown(name), value, "hãy bỏ trường này.", "leave it out.")
    if kind == "beat":
        return Beat()
    if id_ is None:
        vi = "hãy gửi 1 đến 64 ký tự trong A–Z, a–z, 0–9, _ và -."
        raise Unfit("id", message.get("id", MISSING), vi, "send 1 to 64 characters of A–Z, a–z, 0–9, _ and -.")
    asked = message.get("name", MISSING)
    if not isinstance(asked, str) or asked not in ASKABLE:
        raise Unfit("name", asked, "hãy gửi tên một lệnh có trong tài liệu.", "send the name of a documented command.")
    return Ask(id=id_, command=_command(asked, message.get("body", {}), asker))


def _command(name: str, body: object, asker: Asker) -> Command:
    if asker.role is Role.SITE and name in _WITH_SITE and isinstance(body, dict):
        body = {"site": SiteId(asker.site or ""), **body}
    return cast("Command", fit_record(ASKABLE[name], "", body))


def _no_constant(_word: str) -> object:
    message = "not a JSON number"
    raise ValueError(message)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a name stands twice"
        raise ValueError(message)
    return found
