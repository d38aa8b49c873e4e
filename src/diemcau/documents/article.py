"""A site's article: what happened at the conference, told from one site's point of view.

Central facts come from the same wording as every other document's, so that the articles of
all sites agree in every title and figure, while each names its own chair and speeches.
"""

from collections import Counter
from collections.abc import Mapping

from diemcau.core.ids import PersonId, RequestId, SiteId
from diemcau.documents.frame import conclusion_blocks, framed
from diemcau.documents.model import Block, Document, DocumentKind, Paragraph, Picture
from diemcau.documents.wording import Wording, capital, stop
from diemcau.projections.proceedings import (
    ADOPTED,
    CLOSED,
    FACTS,
    OPENED,
    SiteAttendance,
    Speech,
    conclusion,
    sources_of,
    speeches,
    written_statements,
)

_NAMED = 20
"""From more people on, those at a site are counted by category instead of named."""


def article(wording: Wording, site: SiteId, stills: Mapping[RequestId, bytes]) -> Document:
    """Return the article of `site`; `stills` are the chosen pictures of speeches."""
    told = wording.proceedings
    opened = told.conference.stages.opened_at or wording.facts.starts_at
    opening = wording.say(
        "article.opening",
        time=wording.half_day(opened),
        organiser=wording.organiser(),
        title=wording.facts.title,
    )
    return framed(
        wording,
        DocumentKind.ARTICLE,
        heading=wording.facts.title.upper(),
        subject="",
        site=site,
        blocks=(
            Paragraph(text=opening, sources=sources_of(told, FACTS, OPENED)),
            Paragraph(text=_presided(wording), sources=sources_of(told, FACTS)),
            _here(wording, site),
            *_speeches(wording, site, stills),
            *_conclusion(wording),
            *_end(wording),
        ),
    )


def _presided(wording: Wording) -> str:
    joined = sum(one.reported and not one.site.main for one in wording.attendance)
    return capital(
        wording.say(
            "article.presided",
            chair=wording.honoured(wording.chair),
            main=wording.main_site(),
            count=wording.count(joined, "site_joining"),
        )
    )


def _here(wording: Wording, site: SiteId) -> Paragraph:
    hall, person = _hall(wording, site), _chair(wording, site)
    others = _others(wording, hall, person)
    key = "article.here_absent" if not hall.reported else _told_as(hall, others)
    text = wording.say(
        key,
        site=wording.site_within(site),
        chair=wording.honoured(person),
        others=others,
        people=wording.count(hall.people, "person"),
    )
    return Paragraph(text=text, sources=hall.sources)


def _hall(wording: Wording, site: SiteId) -> SiteAttendance:
    return next(one for one in wording.attendance if one.site.site == site)


def _chair(wording: Wording, site: SiteId) -> PersonId | None:
    chair = wording.on_duty("chair", site)
    return None if chair is None else chair.person


def _told_as(hall: SiteAttendance, others: str) -> str:
    if not others:
        return "article.here_alone"
    return "article.at_main" if hall.site.main else "article.here"


def _others(wording: Wording, hall: SiteAttendance, chair: PersonId | None) -> str:
    """Name those present beside the site's chair, each office once; very many are counted by category."""
    others = _beside(hall, chair)
    if len(others) > _NAMED:
        category = {one.person: one.category for one in wording.facts.delegates}
        counts = Counter(category[one] for one in others)
        named = tuple(f"{wording.figure(count)} {name}" for name, count in counts.items())
    else:
        named = tuple(dict.fromkeys(wording.in_sentence(one) for one in others))
    guests = tuple(f"{wording.figure(one.count)} {one.category}" for one in hall.guests if one.count)
    return wording.listed((*named, *guests))


def _beside(hall: SiteAttendance, chair: PersonId | None) -> list[PersonId]:
    return [one for one in hall.present if one != chair]


def _named(wording: Wording, site: SiteId) -> set[PersonId | None]:
    """Return whom the article names by office: who presides, and those at its site unless they are only counted."""
    hall, chair = _hall(wording, site), _chair(wording, site)
    if not hall.reported:
        return {wording.chair}
    others = _beside(hall, chair)
    return {wording.chair, chair, *(others if len(others) <= _NAMED else ())}


def _speeches(wording: Wording, site: SiteId, stills: Mapping[RequestId, bytes]) -> tuple[Block, ...]:
    spoken = speeches(wording.proceedings)
    if not spoken:
        return (Paragraph(text=wording.say("article.no_speeches")),)
    halls = dict.fromkeys(wording.site_name(one.site) for one in spoken)
    text = wording.say(
        "article.speeches", count=wording.count(len(spoken), "speech"), sites=wording.listed(tuple(halls))
    )
    every = tuple(sorted({position for one in spoken for position in one.sources}))
    return (Paragraph(text=text, sources=every), *_ours(wording, site, spoken, stills))


def _ours(
    wording: Wording, site: SiteId, spoken: tuple[Speech, ...], stills: Mapping[RequestId, bytes]
) -> tuple[Block, ...]:
    said: list[Block] = []
    for one in spoken:
        if one.site == site:
            said.append(Paragraph(text=_our_speech(wording, one), quoted=True, sources=one.sources))
            said.extend(_pictured(wording, one, stills.get(one.request)))
    written = tuple(
        Paragraph(
            text=wording.say("article.ours_written", site=wording.site(site), topic=stop(one.topic)),
            quoted=True,
            sources=one.sources,
        )
        for one in written_statements(wording.proceedings)
        if one.site == site
    )
    return (*said, *written)


def _our_speech(wording: Wording, speech: Speech) -> str:
    said = wording.say(
        "article.ours" if speech.topic.strip() else "article.ours_untitled",
        site=wording.site(speech.site),
        clock=wording.clock(speech.granted_at),
        topic=stop(speech.topic),
    )
    return " ".join((said, *(f"{stop(one.text)}." for one in speech.notes)))


def _pictured(wording: Wording, speech: Speech, still: bytes | None) -> tuple[Picture, ...]:
    """Return the picture of a speech if one was chosen; whoever was erased is shown no more."""
    speaker = speech.speaker
    if still is None or (speaker is not None and wording.people.office_of(speaker) is None):
        return ()
    site = wording.site(speech.site)
    if speaker is not None and speaker in _named(wording, speech.site):
        caption = wording.say("article.still_of", site=site, office=wording.office(speaker))
    else:
        caption = wording.say("article.still", site=site)
    alternative = wording.say("article.still_alternative", caption=caption)
    return (Picture(jpeg=still, caption=caption, alternative=alternative, sources=speech.sources),)


def _conclusion(wording: Wording) -> tuple[Block, ...]:
    lists = conclusion(wording.proceedings)
    if not lists:
        return ()
    chair = wording.honoured(wording.chair)
    text = wording.say("article.conclusion", chair=chair, counts=wording.counted(lists))
    sources = sources_of(wording.proceedings, ADOPTED)
    return (Paragraph(text=text, sources=sources), *conclusion_blocks(wording, lists, level=2))


def _end(wording: Wording) -> tuple[Block, ...]:
    closed = wording.proceedings.conference.stages.closed_at
    if closed is None:
        return (Paragraph(text=wording.say("minutes.not_ended")),)
    text = wording.say("article.ending", moment=wording.moment(closed))
    return (Paragraph(text=text, sources=sources_of(wording.proceedings, CLOSED)),)
