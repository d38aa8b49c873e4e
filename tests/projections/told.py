"""The records that the journal would hold of a played conference, and the proceedings that they come to."""

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.record import Author, Record
from diemcau.projections.minutes import proceedings_of
from diemcau.projections.proceedings import Proceedings
from tests.core.samples import NINE, Play

STREAM = StreamId("conference:review-2026")


def records_of(play: Play, stream: StreamId = STREAM, first: int = 11) -> list[Record]:
    """Return what the journal holds of a play, from position `first` on."""
    return [
        Record(
            position=first + place,
            stream=stream,
            version=place + 1,
            command=CommandId(f"c{place}"),
            at=NINE,
            author=Author(role="chair"),
            name=type(event).__name__,
            event_version=1,
            event=event,
            body="{}",
            previous="",
            hash="",
        )
        for place, event in enumerate(play.events)
    ]


def told(play: Play) -> Proceedings:
    found = proceedings_of(records_of(play))
    assert found is not None
    return found
