"""The notes that the secretary takes for the minutes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.ids import AgendaId, NoteId, PersonId, RequestId
from diemcau.core.refusals import AuthorUnknown, Refusal, need_reason

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeNote:
    """The secretary writes down what was said, of a speech if one is named."""

    text: str
    speech: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectNote:
    """The text of a note is corrected, with reason and author."""

    note: NoteId
    text: str
    reason: str
    author: PersonId


Command: TypeAlias = TakeNote | CorrectNote

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaken:
    """A note was taken."""

    note: NoteId
    text: str
    speech: RequestId | None
    item: AgendaId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCorrected:
    """A note was corrected."""

    note: NoteId
    text: str
    reason: str
    author: PersonId
    at: datetime


Event: TypeAlias = NoteTaken | NoteCorrected

# Refusals


class NoteEmpty(Refusal):
    """A note has a text, of at most 20,000 characters."""

    code = "notes.empty"


class NoteUnknown(Refusal):
    """There is no such note."""

    code = "notes.unknown"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, as it stands."""

    note: NoteId
    text: str
    speech: RequestId | None
    item: AgendaId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """All notes, in the order in which they were taken."""

    notes: tuple[Note, ...] = ()


LONGEST_NOTE = 20_000


def decide(notes: Notes, command: Command, at: datetime, *, facts: Facts, item: AgendaId | None) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case TakeNote(text=text, speech=speech):
            note = NoteId(f"n{len(notes.notes) + 1}")
            return (NoteTaken(note=note, text=_written(text), speech=speech, item=item, at=at),)
        case CorrectNote():
            return (_correct(notes, command, at, facts),)
        case _:
            assert_never(command)


def evolve(notes: Notes, event: Event) -> Notes:
    """Return the notes after `event`."""
    match event:
        case NoteTaken(note=note, text=text, speech=speech, item=item, at=at):
            return replace(
                notes,
                notes=(*notes.notes, Note(note=note, text=text, speech=speech, item=item, at=at)),
            )
        case NoteCorrected(note=note, text=text):
            return replace(
                notes,
                notes=tuple(replace(one, text=text) if one.note == note else one for one in notes.notes),
            )
        case _:
            assert_never(event)


def _written(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise NoteEmpty
    return text.strip()


def _correct(notes: Notes, command: CorrectNote, at: datetime, facts: Facts) -> NoteCorrected:
    if all(one.note != command.note for one in notes.notes):
        raise NoteUnknown(note=command.note)
    if not facts.is_author(command.author):
        raise AuthorUnknown(person=command.author)
    return NoteCorrected(
        note=command.note,
        text=_written(command.text),
        reason=need_reason(command.reason),
        author=command.author,
        at=at,
    )
