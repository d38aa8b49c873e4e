"""Write the front end's types from the program: sections of the board, commands, refusals.

The types of a section and of a command's body are read from the dataclasses themselves, so that
the browser and the server can't drift apart. Nothing of the program is run.
"""

import dataclasses
import types
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from diemcau.core.conference import COMMANDS
from diemcau.core.refusals import Refusal
from diemcau.core.roles import MAY, Role
from diemcau.projections import sections
from diemcau.projections.sections import OF_ROLE, PUBLIC, SectionName

PATH = "frontend/src/wire/types.ts"
HEAD = """\
// Written by `make generated` from src/diemcau/projections/sections.py and src/diemcau/core/.
// Times are ISO 8601 with offset, lengths of time are seconds.
"""
PLAIN = {str: "string", int: "number", bool: "boolean", float: "number"}
TIMES = {datetime: "string", date: "string", timedelta: "number", type(None): "null"}


class Written:
    """The types written so far: each enumeration and each record once, in the order in which they are met."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self.texts: dict[str, str] = {}
        self._names: dict[type, str] = {}

    def name(self, hint: Any) -> str:  # noqa: ANN401 - a type of any form
        """Return the TypeScript of a Python type, writing what it is made of first."""
        hint = getattr(hint, "__supertype__", hint)
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return " | ".join(self.name(one) for one in get_args(hint))
        if origin in (tuple, frozenset):
            return f"readonly {self._in_brackets(get_args(hint)[0])}[]"
        if hint in PLAIN or hint in TIMES:
            return (PLAIN | TIMES)[hint]
        return self._named(hint)

    def _in_brackets(self, hint: Any) -> str:  # noqa: ANN401 - a type of any form
        name = self.name(hint)
        return f"({name})" if "|" in name else name

    def _named(self, cls: type) -> str:
        if cls not in self._names:
            name = cls.__name__
            if name in self.texts:
                message = f"{PATH}: two types are called {name}; rename one of them"
                raise ValueError(message)
            self._names[cls] = name
            self.texts[name] = self._enumeration(cls) if issubclass(cls, StrEnum) else self._record(cls)
        return self._names[cls]

    def _enumeration(self, cls: type[StrEnum]) -> str:
        return f"export type {cls.__name__} = {' | '.join(map(_quoted, cls))};\n"

    def _record(self, cls: type) -> str:
        lines = [_comment(cls), f"export interface {cls.__name__} {{"]
        hints = get_type_hints(cls)
        for field in dataclasses.fields(cls):
            has_default = field.default is not dataclasses.MISSING
            lines.append(f"  readonly {field.name}{'?' if has_default else ''}: {self.name(hints[field.name])};")
        return "\n".join([*lines, "}", ""])


def files() -> dict[str, str]:
    """Return the generated files by path."""
    written = Written()
    parts = [
        *_section_parts(written),
        *_command_parts(written),
        *_lists(),
    ]
    return {PATH: "\n".join([HEAD, *written.texts.values(), *parts])}


def _section_parts(written: Written) -> Iterator[str]:
    written.name(Role)
    section_of = {name: getattr(sections, _class_name(name)) for name in SectionName}
    yield "/** The board, by the names of its sections. */\nexport interface Sections {"
    for name, cls in section_of.items():
        yield f"  readonly {name.value}: {written.name(cls)};"
    yield "}\n"
    yield "export const SECTION_NAMES = ["
    yield from (f"  {_quoted(name)}," for name in SectionName)
    yield "] as const;\n"
    yield f"export const PUBLIC_SECTIONS = [{', '.join(map(_quoted, PUBLIC))}] as const;\n"
    yield "export const SECTIONS_OF_ROLE: Record<Role, readonly (keyof Sections)[]> = {"
    for role, names in OF_ROLE.items():
        yield f"  {role.value}: [{', '.join(map(_quoted, names))}],"
    yield "};\n"


def _command_parts(written: Written) -> Iterator[str]:
    asked = [one for one in COMMANDS if MAY.get(one, frozenset()) - {Role.SYSTEM}]
    yield "/** What a desk may ask, by the command's name, with its body. */\nexport interface Commands {"
    for command in asked:
        yield f"  readonly {command.__name__}: {_body(command, written)};"
    yield "}\n"


def _body(command: type, written: Written) -> str:
    if not dataclasses.fields(command):
        return "Record<string, never>"
    return written.name(command)


def _lists() -> Iterator[str]:
    yield "/** Every code of a refusal; each has its words. */\nexport const REFUSALS = ["
    yield from (f"  {_quoted(code)}," for code in _refusal_codes())
    yield "] as const;"
    yield "export type RefusalCode = (typeof REFUSALS)[number];\n"


def _refusal_codes() -> list[str]:
    kinds, codes = [Refusal], set[str]()
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        if kind is not Refusal:
            codes.add(kind.code)
    return sorted(codes)


def _class_name(name: SectionName) -> str:
    return "".join(part.capitalize() for part in name.value.split("_")) + "Section"


def _comment(cls: type) -> str:
    text = " ".join((cls.__doc__ or "").split())
    return f"/** {text} */"


def _quoted(word: str) -> str:
    return f'"{word}"'
