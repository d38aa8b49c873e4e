"""Names for things. Each is a string with a meaning, so that two of them are never swapped."""

from typing import NewType

ConferenceId = NewType("ConferenceId", str)
SiteId = NewType("SiteId", str)
UnitCode = NewType("UnitCode", str)
PersonId = NewType("PersonId", str)
AgendaId = NewType("AgendaId", str)
RequestId = NewType("RequestId", str)
NoteId = NewType("NoteId", str)
ItemId = NewType("ItemId", str)
TaskId = NewType("TaskId", str)
HandoutId = NewType("HandoutId", str)
CommandId = NewType("CommandId", str)
StreamId = NewType("StreamId", str)
