"""Fitting: a value from outside to the type of a command's field, exactly or not at all.

The types of commands are read from their dataclasses. A fault names the field and says how to
mend it in both languages; nothing is guessed, cut off or left out.
"""

import dataclasses
import re
import types
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from diemcau.web.wording import MISSING, Language, shown

LONGEST_TEXT: Final = 20_000
LONGEST_LIST: Final = 5_000
LARGEST_NUMBER: Final = 1_000_000
LONGEST_TIME: Final = timedelta(days=30)
_YEARS: Final = range(1900, 2200)
"""Beyond, a time can't be told in every zone."""

Mend: TypeAlias = tuple[str, str]
"""How to mend it: in Vietnamese, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What doesn't fit: in which field, what was found there, how to mend it."""

    field: str
    found: str
    mend: Mend

    def mend_in(self, language: Language) -> str:
        """Return how to mend it, in a language."""
        return self.mend[0] if language is Language.VI else self.mend[1]


class Unfit(Exception):  # noqa: N818 (an answer, not an error)
    """A value doesn't fit."""

    def __init__(self, field: str, value: object, vi: str, en: str) -> None:
        super().__init__(field)
        self.fault = Fault(field=field, found=shown(value), mend=(vi, en))


Fit: TypeAlias = Callable[[str, object], Any]
"""Fits a value found in a field, or raises `Unfit`."""


def fit_record(kind: type, place: str, value: object) -> object:
    """Return `value` as a record of the dataclass `kind`; `place` is the field that it stands in."""
    if not isinstance(value, dict):
        raise Unfit(place or "body", value, "hãy gửi một đối tượng JSON.", "send a JSON object.")
    fields = _fields(kind)
    for name in value:
        if name not in fields:
            allowed = ", ".join(fields) or "–"
            raise Unfit(
                _below(place, shown(name)),
                value[name],
                f"hãy bỏ trường này; các trường: {allowed}.",
                f"leave it out; the fields are: {allowed}.",
            )
    return kind(**{name: fields[name](_below(place, name), value.get(name, MISSING)) for name in fields})


@cache
def _fields(kind: type) -> dict[str, Fit]:
    hints = get_type_hints(kind)
    return {field.name: _with_default(field, _fit_of(hints[field.name])) for field in dataclasses.fields(kind)}


def _with_default(field: "dataclasses.Field[Any]", fit: Fit) -> Fit:
    if field.default is dataclasses.MISSING:
        return lambda place, value: _present(place, value, fit)
    return lambda place, value: field.default if value is MISSING else fit(place, value)


def _present(place: str, value: object, fit: Fit) -> Any:  # noqa: ANN401 (of the field's type)
    if value is MISSING:
        raise Unfit(place, value, "hãy gửi kèm trường này.", "send this field too.")
    return fit(place, value)


def _fit_of(kind: Any) -> Fit:  # noqa: ANN401 (annotations are of every type)
    kind = getattr(kind, "__supertype__", kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) in (Union, types.UnionType):
        (some,) = (one for one in get_args(kind) if one is not types.NoneType)
        inner = _fit_of(some)
        return lambda place, value: None if value is None else inner(place, value)
    if get_origin(kind) is tuple:
        return _list_of(_fit_of(get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return lambda place, value: fit_record(kind, place, value)
    message = f"commands cannot hold {kind}"
    raise TypeError(message)


def _text(place: str, value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(place, value, "hãy gửi một chuỗi ký tự.", "send a text.")
    if len(value) > LONGEST_TEXT:
        raise Unfit(
            place,
            value,
            f"hãy gửi không quá {LONGEST_TEXT} ký tự.",
            f"send at most {LONGEST_TEXT} characters.",
        )
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in value):
        raise Unfit(
            place,
            value,
            "hãy bỏ ký tự điều khiển và ký tự hỏng.",
            "leave out control characters and broken ones.",
        )
    return unicodedata.normalize("NFC", value)


def _number(place: str, value: object) -> int:
    if type(value) is not int or not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise Unfit(
            place,
            value,
            f"hãy gửi một số nguyên không quá {LARGEST_NUMBER}.",
            f"send a whole number of at most {LARGEST_NUMBER}.",
        )
    return value


def _yes_or_no(place: str, value: object) -> bool:
    if type(value) is not bool:
        raise Unfit(place, value, "hãy gửi true hoặc false.", "send true or false.")
    return value


def _length(place: str, value: object) -> timedelta:
    most = LONGEST_TIME.total_seconds()
    if type(value) not in (int, float) or not -most <= value <= most:  # type: ignore[operator]  # a number by then
        raise Unfit(place, value, "hãy gửi số giây.", "send a number of seconds.")
    return timedelta(seconds=value)  # type: ignore[arg-type]  # a number by now


def _day(place: str, value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Unfit(place, value, "hãy gửi ngày có thật, dạng 2021-03-12.", "send a day that exists, as 2021-03-12.")


def _instant(place: str, value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None and at.utcoffset() is not None and at.year in _YEARS:
            return at
    except ValueError:
        pass
    raise Unfit(
        place,
        value,
        "hãy gửi thời điểm kèm múi giờ, dạng 2021-03-12T08:00:00+07:00.",
        "send a time with its offset, as 2021-03-12T08:00:00+07:00.",
    )


_PLAIN: Final[dict[Any, Fit]] = {
    str: _text,
    int: _number,
    bool: _yes_or_no,
    timedelta: _length,
    date: _day,
    datetime: _instant,
}


def _list_of(fit: Fit) -> Fit:
    def fit_each(place: str, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Unfit(place, value, "hãy gửi một danh sách.", "send a list.")
        if len(value) > LONGEST_LIST:
            raise Unfit(
                place,
                len(value),
                f"hãy gửi không quá {LONGEST_LIST} mục.",
                f"send at most {LONGEST_LIST} entries.",
            )
        return tuple(fit(f"{place}.{number}", one) for number, one in enumerate(value))

    return fit_each


def _one_of(kind: type[Enum]) -> Fit:
    known = {member.value: member for member in kind}
    words = ", ".join(str(word) for word in known)

    def fit_one(place: str, value: object) -> Enum:
        if not isinstance(value, str) or value not in known:
            raise Unfit(place, value, f"hãy chọn một trong: {words}.", f"choose one of: {words}.")
        return known[value]

    return fit_one


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
