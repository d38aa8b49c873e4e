"""Events to text and back: each event class has a name and a version in one explicit table.

The codec knows dataclasses and the few types that events are made of; it reads them once,
when it is made, and refuses any other type there and then. It does not know the events of
the conference (`journal.events` has their names) nor how old ones become new ones
(`journal.upcasts`). A text that does not fit exactly is never read half.
"""

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from diemcau.journal.canonical import canonical, text_of

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes the body of an event's version n + 1 from that of version n."""

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """An event as text, with the name and version that tell how to read it."""

    name: str
    version: int
    body: str


class UnreadableEvent(ValueError):  # noqa: N818 (a fact, as in the core)
    """A text that is no event of that name and version; the message says what does not fit."""


class Codec:
    """Writes and reads the events of a table `{name: (version, class)}`."""

    def __init__(
        self,
        table: Mapping[str, tuple[int, type]],
        *,
        upcasts: Mapping[tuple[str, int], Upcast] | None = None,
    ) -> None:
        self._upcasts = dict(upcasts or {})
        self._named = {name: (version, _coder(cls)) for name, (version, cls) in table.items()}
        self._classes = {cls: name for name, (_, cls) in table.items()}
        if len(self._classes) < len(table):
            raise TypeError("an event class has two names in the table")
        self._require_whole_upcasts()

    def encode(self, event: object) -> Encoded:
        """Return `event` as text, or raise `TypeError` or `ValueError` naming what is unfit."""
        name = self._classes.get(type(event))
        if name is None:
            raise TypeError(f"{type(event).__qualname__} has no name in the table of events")
        version, coder = self._named[name]
        body = canonical(coder.write(event))
        if not _is_storable(body):
            raise ValueError(f"{name} holds half of a character (a lone surrogate)")
        return Encoded(name=name, version=version, body=body)

    def decode(self, name: str, version: int, body: str) -> object:
        """Return the event that `body` is, brought up to today's version."""
        if name not in self._named:
            raise UnreadableEvent(f"no event is called {name}; is the program older than it?")
        today, coder = self._named[name]
        if not 1 <= version <= today:
            raise UnreadableEvent(f"{name} has versions 1 to {today}, found {version}")
        try:
            value = json.loads(body)
            for step in range(version, today):
                value = self._upcasts[name, step](value)
            return coder.read(value)
        except (ValueError, TypeError, KeyError, OverflowError) as fault:
            raise UnreadableEvent(f"{name} version {version} does not fit: {fault}") from fault

    def _require_whole_upcasts(self) -> None:
        needed = {(name, step) for name, (version, _) in self._named.items() for step in range(1, version)}
        if needed != self._upcasts.keys():
            unmatched = sorted(needed ^ self._upcasts.keys())
            raise TypeError(f"upcasts missing or not needed: {unmatched}")


# How each type is written and read


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coder:
    write: Callable[[Any], object]
    read: Callable[[Any], Any]


def _coder(kind: Any) -> _Coder:  # noqa: ANN401 (annotations are of every type)
    kind = getattr(kind, "__supertype__", kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) in (Union, types.UnionType):
        return _optional(get_args(kind))
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"events cannot hold {kind}")


def _exactly(kind: type) -> Callable[[Any], Any]:
    def same(value: object) -> object:
        if type(value) is not kind:
            raise TypeError(f"{kind.__name__} expected, found {value!r}")
        return value

    return same


def _written_by(kind: type, write: Callable[[Any], object]) -> Callable[[Any], object]:
    check = _exactly(kind)
    return lambda value: write(check(value))


_text = _exactly(str)
_number = _exactly(int)


def _read_instant(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if text_of(at) != value:
        raise ValueError(f"{value!r} is not an instant as the journal writes it")
    return at.astimezone(UTC)


_PLAIN: dict[Any, _Coder] = {
    str: _Coder(write=lambda value: _text(_bare(value)), read=_text),
    int: _Coder(write=_number, read=_number),
    bool: _Coder(write=_exactly(bool), read=_exactly(bool)),
    datetime: _Coder(write=_written_by(datetime, text_of), read=_read_instant),
    date: _Coder(
        write=_written_by(date, date.isoformat),
        read=lambda value: date.fromisoformat(_text(value)),
    ),
    timedelta: _Coder(
        write=_written_by(timedelta, lambda length: length // _MICROSECOND),
        read=lambda value: _number(value) * _MICROSECOND,
    ),
}


def _bare(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _optional(kinds: tuple[Any, ...]) -> _Coder:
    some = [kind for kind in kinds if kind is not types.NoneType]
    if len(some) != 1:
        raise TypeError(f"events cannot hold a choice of {kinds}; one type or None")
    inner = _coder(some[0])
    return _Coder(
        write=lambda value: None if value is None else inner.write(value),
        read=lambda value: None if value is None else inner.read(value),
    )


def _tuple(kinds: tuple[Any, ...]) -> _Coder:
    if kinds[-1] is Ellipsis:
        every = _coder(kinds[0])
        return _Coder(
            write=lambda value: [every.write(one) for one in _exactly(tuple)(value)],
            read=lambda value: tuple(every.read(one) for one in _exactly(list)(value)),
        )
    each = [_coder(kind) for kind in kinds]
    return _Coder(
        write=lambda value: [coder.write(one) for coder, one in zip(each, _exactly(tuple)(value), strict=True)],
        read=lambda value: tuple(coder.read(one) for coder, one in zip(each, _exactly(list)(value), strict=True)),
    )


def _enum(kind: type[Enum]) -> _Coder:
    return _Coder(write=_written_by(kind, lambda value: value.value), read=kind)


def _dataclass(kind: type) -> _Coder:
    hints = get_type_hints(kind)
    fields = {field.name: _coder(hints[field.name]) for field in dataclasses.fields(kind)}
    check = _exactly(kind)

    def write(value: object) -> object:
        check(value)
        return {name: coder.write(getattr(value, name)) for name, coder in fields.items()}

    def read(value: object) -> object:
        if not isinstance(value, dict) or value.keys() != fields.keys():
            raise TypeError(f"{kind.__name__} has {sorted(fields)}, found {value!r:.200}")
        return kind(**{name: coder.read(value[name]) for name, coder in fields.items()})

    return _Coder(write=write, read=read)


def _is_storable(body: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in body)
