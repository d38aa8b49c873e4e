"""The minutes: what happened at a conference, who was there, who spoke when, what was concluded.

After form 1.9 of Nghị định 30/2020/NĐ-CP: beginning, place, attendance, chair, secretary,
proceedings, end; the secretary signs at the left and the chair at the right.
"""

from dataclasses import replace
from datetime import datetime

from diemcau.core.floor import Lane
from diemcau.documents.frame import closing, conclusion_blocks, framed, signatories
from diemcau.documents.model import (
    Align,
    Block,
    Column,
    Document,
    DocumentKind,
    Heading,
    ListItem,
    NumberedList,
    Paragraph,
    ParagraphStyle,
    Row,
    RowKind,
    Table,
)
from diemcau.documents.wording import Wording, capital, stop
from diemcau.projections.proceedings import (
    ADOPTED,
    CLOSED,
    FACTS,
    OPENED,
    AttendanceCorrection,
    Correction,
    Speech,
    SpeechCorrection,
    agenda_times,
    by_category,
    conclusion,
    general_notes,
    sources_of,
    speeches,
    written_statements,
)


def minutes(wording: Wording, number: int) -> Document:
    """Return the minutes as `number`; a draft as long as the conference is not closed."""
    document = framed(
        wording,
        DocumentKind.MINUTES,
        number=number,
        heading=wording.say("minutes.heading"),
        subject=wording.facts.title,
        blocks=(
            *_time_place(wording),
            *_people(wording),
            *_agenda(wording),
            *_floor(wording),
            *_conclusion(wording),
            *_corrections(wording),
            _end(wording),
        ),
        signed=signatories(wording),
    )
    return replace(document, endnotes=_seal(wording))


def _time_place(wording: Wording) -> tuple[Block, ...]:
    told = wording.proceedings
    opened = told.conference.stages.opened_at
    begun = wording.say("minutes.not_begun") if opened is None else f"{wording.moment(opened)}."
    others = wording.count(len(wording.facts.sites) - 1, "other_site")
    venue = wording.say("minutes.venue_text", main=wording.main_site(), others=others)
    return (
        Heading(text=wording.say("minutes.time_place")),
        Paragraph(lead=wording.say("minutes.begun"), text=begun, sources=sources_of(told, OPENED)),
        Paragraph(lead=wording.say("minutes.venue"), text=venue, sources=sources_of(told, FACTS)),
    )


def _people(wording: Wording) -> tuple[Block, ...]:
    told = wording.proceedings
    facts = sources_of(told, FACTS)
    blocks: list[Block] = [
        Heading(text=wording.say("minutes.people")),
        Paragraph(
            lead=wording.say("minutes.chair"), text=f"{capital(wording.honoured(wording.chair))}.", sources=facts
        ),
        *_deputy(wording),
    ]
    secretary = wording.on_duty("secretary")
    if secretary is not None:
        text = f"{capital(wording.honoured(secretary.person))}."
        blocks.append(Paragraph(lead=wording.say("minutes.secretary"), text=text, sources=facts))
    return (*blocks, *_attending(wording))


def _deputy(wording: Wording) -> tuple[Block, ...]:
    deputy = capital(wording.honoured(wording.facts.deputy))
    closed = wording.proceedings.conference.stages.closed_at
    return tuple(
        Paragraph(
            lead=wording.say("minutes.deputy"),
            text=wording.say(
                "minutes.deputy_from",
                deputy=deputy,
                since=wording.clock(one.since),
                until=_clock(wording, one.until or closed),
            ),
            sources=one.sources,
        )
        for one in wording.proceedings.deputy_times
    )


def _clock(wording: Wording, at: datetime | None) -> str:
    return "–" if at is None else wording.clock(at)


def _attending(wording: Wording) -> tuple[Block, ...]:
    halls = wording.attendance
    every = tuple(sorted({position for one in halls for position in one.sources}))
    guests = sum(one.guest_count for one in halls)
    text = wording.say(
        "minutes.attending_text" if guests else "minutes.attending_only",
        sites=wording.count(len(halls), "site"),
        sites_present=wording.count(sum(one.reported for one in halls), "site_present"),
        people=wording.count(sum(one.people for one in halls), "person"),
        present=wording.figure(sum(len(one.present) for one in halls)),
        delegates=wording.count(sum(len(one.invited) for one in halls), "delegate"),
        guests=wording.count(guests, "guest"),
    )
    blocks: list[Block] = [Paragraph(lead=wording.say("minutes.attending"), text=text, sources=every)]
    absent = tuple(f"{wording.site_name(one.site.site)} ({one.reason})" for one in halls if one.absent)
    silent = tuple(wording.site_name(one.site.site) for one in halls if not one.absent and not one.reported)
    if absent:
        blocks.append(Paragraph(lead=wording.say("minutes.absent"), text=f"{'; '.join(absent)}.", quoted=True))
    if silent:
        blocks.append(Paragraph(lead=wording.say("minutes.silent"), text=f"{'; '.join(silent)}.", quoted=True))
    if not absent and not silent:
        blocks.append(Paragraph(text=wording.say("minutes.nobody_absent"), sources=every))
    return (*blocks, *_categories(wording))


def _categories(wording: Wording) -> tuple[Block, ...]:
    counts = by_category(wording.proceedings)
    if not counts:
        return ()
    total = wording.figure(sum(one.count for one in counts))
    rows = tuple(
        Row(cells=(str(number), one.category, wording.figure(one.count))) for number, one in enumerate(counts, 1)
    )
    return (
        Paragraph(text=wording.say("minutes.categories")),
        Table(
            columns=(
                Column(title=wording.say("table.number"), share=10, align=Align.CENTER),
                Column(title=wording.say("table.category"), share=65),
                Column(title=wording.say("table.present"), share=25, align=Align.CENTER),
            ),
            rows=(*rows, Row(cells=("", wording.say("table.total"), total), kind=RowKind.TOTAL)),
        ),
    )


def _agenda(wording: Wording) -> tuple[Block, ...]:
    times = agenda_times(wording.proceedings)
    rows = tuple(
        Row(
            cells=(
                str(number),
                one.planned.title,
                wording.stamp(None if one.times is None else one.times.started_at),
                wording.stamp(None if one.times is None else one.times.finished_at),
            ),
            sources=one.sources,
        )
        for number, one in enumerate(times, 1)
    )
    columns = (
        Column(title=wording.say("table.number"), share=8, align=Align.CENTER),
        Column(title=wording.say("table.item"), share=64),
        Column(title=wording.say("table.begun"), share=14, align=Align.CENTER),
        Column(title=wording.say("table.finished"), share=14, align=Align.CENTER),
    )
    return (
        Heading(text=wording.say("minutes.agenda")),
        Paragraph(text=wording.say("minutes.agenda_text")),
        Table(columns=columns, rows=rows),
        *_breaks(wording),
    )


def _breaks(wording: Wording) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for one in wording.proceedings.breaks:
        until = one.until or wording.proceedings.conference.stages.closed_at
        text = (
            wording.say("minutes.break_open", since=wording.clock(one.since), reason=stop(one.reason))
            if until is None
            else wording.say(
                "minutes.break_text",
                since=wording.clock(one.since),
                until=wording.clock(until),
                reason=stop(one.reason),
            )
        )
        blocks.append(Paragraph(lead=wording.say("minutes.break"), text=text, quoted=True, sources=one.sources))
    return tuple(blocks)


def _floor(wording: Wording) -> tuple[Block, ...]:
    spoken = speeches(wording.proceedings)
    responses = speeches(wording.proceedings, Lane.RESPONSE)
    blocks: list[Block] = [Heading(text=wording.say("minutes.speeches"))]
    if spoken:
        count = wording.count(len(spoken), "speech")
        blocks.append(Paragraph(text=wording.say("minutes.speeches_text", count=count)))
        blocks.extend(_spoken(wording, spoken, wording.forms("speech")))
    else:
        blocks.append(Paragraph(text=wording.say("minutes.no_speeches")))
    if responses:
        count = wording.count(len(responses), "response")
        blocks.append(Paragraph(text=wording.say("minutes.responses_text", count=count)))
        blocks.extend(_spoken(wording, responses, wording.forms("response")))
    return (*blocks, *_written(wording), *_notes(wording))


def _spoken(wording: Wording, spoken: tuple[Speech, ...], nouns: tuple[str, ...]) -> tuple[Block, ...]:
    rows = tuple(
        Row(
            cells=(
                str(one.number),
                _who(wording, one),
                wording.stamp(one.requested_at),
                wording.stamp(one.granted_at),
                wording.stamp(one.on_air_at),
                wording.stamp(one.ended_at),
                wording.length(one.duration),
            ),
            sources=one.sources,
        )
        for one in spoken
    )
    titles = ("requested", "granted", "on_air", "ended", "duration")
    columns = (
        Column(title=wording.say("table.number"), share=7, align=Align.CENTER),
        Column(title=wording.say("table.speaker"), share=38),
        *(Column(title=wording.say(f"table.{one}"), share=11, align=Align.CENTER) for one in titles),
    )
    gists = tuple(ListItem(text=_gist(wording, one), quoted=True, sources=one.sources) for one in spoken)
    return (
        Table(columns=columns, rows=rows, counted_as=nouns),
        Paragraph(text=wording.say("minutes.gist")),
        NumberedList(items=gists, counted_as=nouns),
    )


def _who(wording: Wording, speech: Speech) -> str:
    who = f"{wording.site_name(speech.site)}: {wording.speaker(speech)}"
    return f"{who} {wording.say('table.turn', turn=speech.turn)}" if speech.turn > 1 else who


def _gist(wording: Wording, speech: Speech) -> str:
    said = wording.say(
        "minutes.speech_item" if speech.topic.strip() else "minutes.speech_item_untitled",
        site=wording.site(speech.site),
        speaker=wording.speaker(speech),
        topic=stop(speech.topic),
    )
    notes = (f"{stop(one.text)}." for one in speech.notes)
    return " ".join((said, *notes, *_revoked(wording, speech)))


def _revoked(wording: Wording, speech: Speech) -> tuple[str, ...]:
    match speech.revoked:
        case None:
            return ()
        case "time" | "line":
            return (wording.say(f"minutes.revoked_{speech.revoked}"),)
        case reason:
            return (wording.say("minutes.revoked", reason=stop(reason)),)


def _written(wording: Wording) -> tuple[Block, ...]:
    written = written_statements(wording.proceedings)
    if not written:
        return ()
    items = tuple(
        ListItem(
            text=wording.say(
                "minutes.written_item",
                site=wording.site(one.site),
                speaker=wording.person(one.speaker),
                topic=stop(one.topic),
                clock=wording.clock(one.requested_at),
            ),
            quoted=True,
            sources=one.sources,
        )
        for one in written
    )
    count = wording.count(len(written), "written")
    return (
        Paragraph(text=wording.say("minutes.written_text", count=count)),
        NumberedList(items=items, counted_as=wording.forms("written")),
    )


def _notes(wording: Wording) -> tuple[Block, ...]:
    notes = general_notes(wording.proceedings)
    if not notes:
        return ()
    items = tuple(
        ListItem(text=f"{stop(one.text)}.", quoted=True, sources=sources_of(wording.proceedings, f"note:{one.note}"))
        for one in notes
    )
    return (Paragraph(text=wording.say("minutes.notes")), NumberedList(items=items))


def _conclusion(wording: Wording) -> tuple[Block, ...]:
    lists, adopted_at = conclusion(wording.proceedings), wording.proceedings.adopted_at
    heading = Heading(text=wording.say("minutes.conclusion"))
    if adopted_at is None:
        return (heading, Paragraph(text=wording.say("minutes.no_conclusion")))
    text = wording.say("minutes.conclusion_text", clock=wording.clock(adopted_at), counts=wording.counted(lists))
    return (
        heading,
        Paragraph(text=text, sources=sources_of(wording.proceedings, ADOPTED)),
        *conclusion_blocks(wording, lists, level=2),
    )


def _corrections(wording: Wording) -> tuple[Block, ...]:
    corrections = wording.proceedings.corrections
    if not corrections:
        return ()
    items = tuple(
        ListItem(text=_correction(wording, one), quoted=True, sources=(one.amendment.source,)) for one in corrections
    )
    count = wording.count(len(corrections), "correction")
    return (
        Heading(text=wording.say("minutes.corrections")),
        Paragraph(text=wording.say("minutes.corrections_text", count=count)),
        NumberedList(items=items, counted_as=wording.forms("correction")),
    )


def _correction(wording: Wording, correction: Correction) -> str:
    amendment = correction.amendment
    by = wording.say(
        "minutes.correction_by",
        reason=stop(amendment.reason),
        author=wording.person(amendment.author),
        moment=wording.moment(amendment.at),
    )
    after = (wording.say("minutes.correction_after_seal"),) if amendment.after_seal else ()
    return " ".join((_corrected(wording, correction), by, *after))


def _corrected(wording: Wording, correction: Correction) -> str:
    if isinstance(correction, AttendanceCorrection):
        before, after = wording.figure(correction.before), wording.figure(correction.after)
        site = wording.site(correction.site)
        return wording.say("minutes.correction_attendance", site=site, before=before, after=after)
    if isinstance(correction, SpeechCorrection):
        before = " – ".join(wording.stamp(one) for one in correction.before)
        after = " – ".join(wording.stamp(one) for one in correction.after)
        site = wording.site(correction.site)
        return wording.say("minutes.correction_speech", site=site, before=before, after=after)
    return wording.say("minutes.correction_note", before=stop(correction.before), after=stop(correction.after))


def _end(wording: Wording) -> Paragraph:
    closed = wording.proceedings.conference.stages.closed_at
    if closed is None:
        return Paragraph(text=closing(wording, wording.say("minutes.not_ended")))
    text = closing(wording, wording.say("minutes.ended", moment=wording.moment(closed)))
    return Paragraph(text=text, sources=sources_of(wording.proceedings, CLOSED))


def _seal(wording: Wording) -> tuple[Paragraph, ...]:
    seal = wording.proceedings.seal
    if seal is None:
        return ()
    text = wording.say(
        "minutes.seal_text",
        version=seal.version,
        hash=seal.hash,
        signed_by=seal.key_id,
        moment=wording.moment(seal.at),
    )
    return (Paragraph(lead=wording.say("minutes.seal"), text=text, style=ParagraphStyle.NOTE, quoted=True),)
