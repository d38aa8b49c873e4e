"""The names of the journal's streams."""

from diemcau.core.ids import ConferenceId, StreamId


def formal(conference: ConferenceId) -> StreamId:
    """Return the stream of the conference itself: all that is minuted."""
    return StreamId(f"conference:{conference}")


def rehearsal(conference: ConferenceId, number: int) -> StreamId:
    """Return the stream of the n-th rehearsal: nothing of it is minuted."""
    return StreamId(f"rehearsal:{conference}:{number}")


def tasks(conference: ConferenceId) -> StreamId:
    """Return the stream of the tasks that the conference set."""
    return StreamId(f"tasks:{conference}")


def conference_of(stream: StreamId) -> ConferenceId | None:
    """Return the conference whose own stream this is; none for rehearsals and tasks."""
    kind, _, conference = stream.partition(":")
    return ConferenceId(conference) if kind == "conference" else None
