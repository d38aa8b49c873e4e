"""The attendance list: which sites took part and which delegates of each were present."""

from diemcau.documents.frame import framed
from diemcau.documents.model import (
    Align,
    Block,
    Column,
    Document,
    DocumentKind,
    Heading,
    Paragraph,
    ParagraphStyle,
    Row,
    RowKind,
    Table,
)
from diemcau.documents.wording import Wording
from diemcau.projections.proceedings import SiteAttendance


def attendance_list(wording: Wording) -> Document:
    """Return the list of sites and delegates, attached to the minutes."""
    return framed(
        wording,
        DocumentKind.ATTENDANCE,
        heading=wording.say("attendance.heading"),
        subject=wording.facts.title,
        blocks=(
            Paragraph(text=wording.say("attendance.attached"), style=ParagraphStyle.CENTRED),
            *_sites(wording),
            *_delegates(wording),
        ),
    )


def _sites(wording: Wording) -> tuple[Block, ...]:
    halls = wording.attendance
    summary = wording.say(
        "attendance.summary",
        sites=wording.count(len(halls), "site"),
        sites_present=wording.count(sum(one.reported for one in halls), "site_present"),
        people=wording.count(sum(one.people for one in halls), "person"),
    )
    titles = ("invited", "present", "guests", "people")
    return (
        Heading(text=wording.say("attendance.sites")),
        Paragraph(text=summary),
        Table(
            columns=(
                Column(title=wording.say("table.number"), share=7, align=Align.CENTER),
                Column(title=wording.say("table.site"), share=31),
                Column(title=wording.say("table.site_chair"), share=24),
                *(
                    Column(title=wording.say(f"table.{one}"), share=share, align=Align.CENTER)
                    for one, share in zip(titles, (11, 9, 9, 9), strict=True)
                ),
            ),
            rows=(*(_site(wording, number, one) for number, one in enumerate(halls, 1)), _total(wording)),
            counted_as=wording.forms("site"),
        ),
    )


def _site(wording: Wording, number: int, hall: SiteAttendance) -> Row:
    chair = wording.on_duty("chair", hall.site.site)
    name = wording.site_name(hall.site.site)
    state = _state(wording, hall)
    return Row(
        cells=(
            str(number),
            f"{name} ({state})" if state else name,
            "–" if chair is None else wording.person(chair.person),
            *(str(count) for count in _figures(hall)),
        ),
        sources=hall.sources,
    )


def _state(wording: Wording, hall: SiteAttendance) -> str:
    if hall.absent:
        away = wording.say("table.site_away")
        return f"{away}: {hall.reason}" if hall.reason else away
    return "" if hall.reported else wording.say("table.site_silent")


def _figures(hall: SiteAttendance) -> tuple[int, int, int, int]:
    return len(hall.invited), len(hall.present), hall.guest_count, hall.people


def _total(wording: Wording) -> Row:
    sums = (sum(column) for column in zip(*(_figures(one) for one in wording.attendance), strict=True))
    return Row(cells=("", wording.say("table.total"), "", *(str(one) for one in sums)), kind=RowKind.TOTAL)


def _delegates(wording: Wording) -> tuple[Block, ...]:
    halls = wording.attendance
    text = wording.say(
        "attendance.delegates_text",
        delegates=wording.count(sum(len(one.invited) for one in halls), "delegate"),
        present=wording.figure(sum(len(one.present) for one in halls)),
    )
    rows: list[Row] = []
    number = 0
    categories = {one.person: one.category for one in wording.facts.delegates}
    for hall in halls:
        rows.append(Row(cells=(wording.site_name(hall.site.site),), kind=RowKind.GROUP, sources=hall.sources))
        for person in hall.invited:
            number += 1
            state = wording.say("table.here" if person in hall.present else "table.away")
            cells = (str(number), wording.person(person), categories[person], state)
            rows.append(Row(cells=cells, sources=hall.sources))
    return (
        Heading(text=wording.say("attendance.delegates")),
        Paragraph(text=text),
        Table(
            columns=(
                Column(title=wording.say("table.number"), share=8, align=Align.CENTER),
                Column(title=wording.say("table.office"), share=52),
                Column(title=wording.say("table.category"), share=25),
                Column(title=wording.say("table.status"), share=15, align=Align.CENTER),
            ),
            rows=tuple(rows),
            counted_as=wording.forms("delegate"),
        ),
    )
