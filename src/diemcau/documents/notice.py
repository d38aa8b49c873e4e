"""The notice of conclusions: what the chair concluded, for everybody who is to carry it out.

After form 1.4 of Nghị định 30/2020/NĐ-CP: an opening paragraph with the day, the chair and who
attended at the main site, then the conclusions.
"""

from diemcau.core.ids import PersonId
from diemcau.documents.faults import DocumentAtFault, Fault
from diemcau.documents.frame import closing, conclusion_blocks, framed
from diemcau.documents.model import Document, DocumentKind, Paragraph, Signatory
from diemcau.documents.wording import Wording, capital
from diemcau.projections.proceedings import ADOPTED, FACTS, OPENED, conclusion, sources_of, speeches


def notice(wording: Wording, number: int) -> Document:
    """Return the notice as `number`, or raise `DocumentAtFault` if no conclusion was adopted."""
    told = wording.proceedings
    lists = conclusion(told)
    if not lists:
        sentence = wording.say("notice.nothing")
        raise DocumentAtFault(
            (Fault(document=wording.say("notice.slug"), line=0, found="0", expected="1", sentence=sentence),)
        )
    ending = closing(wording, wording.say("notice.ending", issuer=wording.issuer()))
    return framed(
        wording,
        DocumentKind.NOTICE,
        number=number,
        heading=wording.say("notice.heading"),
        subject=wording.say("notice.subject", chair=wording.honoured(wording.chair), title=wording.facts.title),
        blocks=(
            Paragraph(text=_opening(wording), sources=sources_of(told, FACTS, OPENED)),
            Paragraph(text=_concluded(wording), sources=sources_of(told, ADOPTED)),
            *conclusion_blocks(wording, lists, level=1),
            Paragraph(text=ending),
        ),
        signed=(None, _signatory(wording)),
    )


def _opening(wording: Wording) -> str:
    halls = wording.attendance
    main = next(one for one in halls if one.site.main)
    others = tuple(person for person in main.present if person != wording.chair)
    opened = wording.proceedings.conference.stages.opened_at or wording.facts.starts_at
    key = "notice.opening" if others else "notice.opening_alone"
    return wording.say(
        key,
        time=wording.half_day(opened),
        main=wording.main_site(),
        chair=wording.honoured(wording.chair),
        title=wording.facts.title,
        people=wording.count(sum(one.people for one in halls), "person"),
        sites=wording.count(sum(one.reported for one in halls), "site_joining"),
        present=_offices(wording, others),
    )


def _offices(wording: Wording, people: tuple[PersonId, ...]) -> str:
    return "; ".join(wording.in_sentence(one) for one in people)


def _concluded(wording: Wording) -> str:
    lists, spoken = conclusion(wording.proceedings), speeches(wording.proceedings)
    key = "notice.conclusion" if spoken else "notice.conclusion_no_speech"
    return capital(
        wording.say(
            key,
            speeches=wording.count(len(spoken), "speech"),
            chair=wording.honoured(wording.chair),
            counts=wording.counted(lists),
        )
    )


def _signatory(wording: Wording) -> Signatory | None:
    """Return the chair in the last of the offices that are named: that in which a notice is signed."""
    if wording.chair is None:
        return None
    *_, capacity = wording.office(wording.chair).split(", ")
    return Signatory(capacity=capacity.upper(), name=wording.name(wording.chair))
