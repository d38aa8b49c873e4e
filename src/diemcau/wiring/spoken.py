"""Who spoke when in a conference, and under which office: from the journal and the directory, as both are now."""

from sqlalchemy import Engine

from diemcau.core.ids import ConferenceId
from diemcau.directory.people import find_all
from diemcau.journal import streams
from diemcau.journal.journal import Journal
from diemcau.projections.minutes import proceedings_of
from diemcau.projections.proceedings import speeches
from diemcau.wiring.recorded import Speeches, Spoken


def speeches_of(journal: Journal, engine: Engine) -> Speeches:
    """Return what tells the speeches of a conference, in order."""

    def told(conference: ConferenceId) -> tuple[Spoken, ...]:
        proceedings = proceedings_of(journal.read(streams.formal(conference)))
        if proceedings is None:
            return ()
        facts = proceedings.facts
        people = find_all(engine, {one.person: one.digest for one in facts.delegates})
        names = {site.site: site.name for site in facts.sites}
        spoken = []
        for speech in speeches(proceedings):
            person = None if speech.speaker is None else people.get(speech.speaker)
            words = (person.office if person is not None else "", names[speech.site])
            spoken.append(
                Spoken(
                    speech=speech.request,
                    title=" · ".join(word for word in words if word),
                    begin=speech.granted_at,
                    end=speech.ended_at,
                )
            )
        return tuple(spoken)

    return told
