"""What goes with a person who is erased: the made documents, and the stills chosen of the person's speeches.

The directory forgets who it was, and the journal stays as it is; neither is done here.
"""

import shutil
from pathlib import Path

from diemcau.core.ids import PersonId
from diemcau.journal import streams
from diemcau.journal.journal import Journal
from diemcau.projections.minutes import proceedings_of
from diemcau.projections.proceedings import speeches
from diemcau.wiring.library import documents_in
from diemcau.wiring.recorded import RecordingShelf


def throw_away(person: PersonId, *, journal: Journal, data: Path) -> None:
    """Remove from a data folder the documents that were made, and the stills of this person's speeches."""
    made, recordings = documents_in(data), RecordingShelf(data / "recordings")
    if made.is_dir():
        shutil.rmtree(made)
    for stream in journal.streams():
        conference = streams.conference_of(stream)
        proceedings = None if conference is None else proceedings_of(journal.read(stream))
        if conference is not None and proceedings is not None:
            spoke = (one.request for one in speeches(proceedings) if one.speaker == person)
            recordings.forget_stills(conference, tuple(spoke))
