"""The frame of a document: its head, number, title, signatures and recipients, by its ruleset."""

from datetime import date

from diemcau.core.ids import UnitCode
from diemcau.documents.faults import DocumentAtFault, Fault
from diemcau.documents.model import (
    Block,
    Document,
    DocumentKind,
    Header,
    HeaderLine,
    Heading,
    ListItem,
    NumberedList,
    Recipients,
    Signatory,
)
from diemcau.documents.ruleset import Paper, Rule, Ruleset
from diemcau.documents.wording import Wording, stop
from diemcau.projections.proceedings import CountedList, NumberedItem

_NUMBERED = (DocumentKind.MINUTES, DocumentKind.NOTICE)
_NAMED_UNITS = 6
"""From so many units on, an item's units are counted instead of named."""


def framed(
    wording: Wording,
    kind: DocumentKind,
    *,
    heading: str,
    subject: str,
    blocks: tuple[Block, ...],
    number: int | None = None,
    site: str = "",
    signed: tuple[Signatory | None, Signatory | None] = (None, None),
) -> Document:
    """Return a document with the head and the foot that the conference's ruleset gives to its kind."""
    left, right = signed
    return Document(
        kind=kind,
        language=wording.language,
        ruleset=wording.ruleset,
        paper=paper(wording),
        slug=wording.say(f"{kind.value}.slug", site=site),
        title=f"{heading} – {wording.facts.title}" if subject else wording.facts.title,
        issuer=wording.issuer(),
        on=issued_on(wording),
        heading=heading,
        subject=subject,
        blocks=blocks,
        header=_header(wording, kind, number),
        number=number,
        left=left,
        right=right,
        recipients=_recipients(wording) if kind in _NUMBERED else None,
    )


def issued_on(wording: Wording) -> date:
    """Return the day of issue: the day of the closing, else of the opening, else the day that was planned."""
    stages = wording.proceedings.conference.stages
    return wording.local(stages.closed_at or stages.opened_at or wording.facts.starts_at).date()


def paper(wording: Wording) -> Paper:
    """Return the paper that the letterhead names, or raise `DocumentAtFault` if the ruleset has none such."""
    named = wording.facts.letterhead.paper or Paper.A4.value
    if named in tuple(Paper) and named in wording.ruleset.page.papers:
        return Paper(named)
    sentence = wording.say("fault.paper", document=wording.facts.conference, found=named, ruleset=wording.ruleset.name)
    expected = ", ".join(wording.ruleset.page.papers)
    raise DocumentAtFault((Fault(document="", line=0, found=named, expected=expected, sentence=sentence),))


def closing(wording: Wording, text: str) -> str:
    """Return the last sentence with the mark by which the ruleset ends a text."""
    return stop(text) + wording.ruleset.body.end


def signatories(wording: Wording) -> tuple[Signatory, Signatory]:
    """Return who signs the minutes: the secretary at the left, the chair at the right."""
    rules = wording.ruleset.signature
    english = wording.language == "en"
    secretary = wording.on_duty("secretary")
    return (
        Signatory(
            capacity=rules.minutes_left_en if english else rules.minutes_left_vi,
            name=wording.name(None if secretary is None else secretary.person),
        ),
        Signatory(
            capacity=rules.minutes_right_en if english else rules.minutes_right_vi,
            name=wording.name(wording.chair),
        ),
    )


def conclusion_blocks(wording: Wording, lists: tuple[CountedList, ...], *, level: int) -> tuple[Block, ...]:
    """Return the adopted items: a heading that counts them, then the numbered list, kind by kind."""
    blocks: list[Block] = []
    for number, one in enumerate(lists, 1):
        noun, blanks = wording.noun_of(one)
        mark = _roman(number) if level == 1 else str(number)
        count = wording.count(len(one.items), noun, **blanks)
        items = tuple(ListItem(text=_item(wording, item), quoted=True, sources=item.sources) for item in one.items)
        blocks.append(Heading(text=f"{mark}. {count}", level=level, sources=one.sources))
        blocks.append(
            NumberedList(items=items, prefix="" if level == 1 else f"{mark}.", counted_as=wording.forms(noun, **blanks))
        )
    return tuple(blocks)


def _item(wording: Wording, numbered: NumberedItem) -> str:
    """Return an item's text; one that makes tasks says for whom and by when."""
    item, about = numbered.item, []
    makes_tasks = item.kind in wording.facts.task_kinds
    units = _units(wording, item.units) if makes_tasks else ""
    if units:
        about.append(wording.say("item.units", units=units))
    if item.due is not None and makes_tasks:
        about.append(wording.say("item.due", day=wording.short_day(item.due)))
    return f"{stop(item.text)} ({'; '.join(about)})." if about else f"{stop(item.text)}."


def _units(wording: Wording, units: tuple[UnitCode, ...]) -> str:
    """Name an item's units; nothing if they are all units of remote sites, for then it is for everybody."""
    named = {one.unit: one.short_name or one.name for one in wording.facts.units}
    everybody = {one.unit for one in wording.facts.sites if not one.main}
    if not units or everybody <= set(units):
        return ""
    if len(units) > _NAMED_UNITS:
        return wording.count(len(units), "unit")
    return ", ".join(named[one] for one in units)


def _header(wording: Wording, kind: DocumentKind, number: int | None) -> Header | None:
    if kind is DocumentKind.ARTICLE:
        return None
    rules = wording.ruleset
    motto = zip(rules.head.motto, rules.head.motto_sizes, rules.head.motto_rules, strict=True)
    dated = kind is not DocumentKind.ATTENDANCE and (kind is not DocumentKind.MINUTES or rules.head.minutes_place_date)
    return Header(
        left=(*_issuer(wording, rules), *_draft(wording)),
        right=tuple(HeaderLine(text=text, size=size, bold=True, rule=Rule(rule)) for text, size, rule in motto),
        number=None if number is None else HeaderLine(text=written(wording, kind, number), size=rules.number.size),
        place_date=_place_date(wording) if dated else None,
    )


def _issuer(wording: Wording, rules: Ruleset) -> tuple[HeaderLine, ...]:
    head = wording.facts.letterhead
    superior = (HeaderLine(text=head.superior.upper(), size=rules.head.superior_size),) if head.superior else ()
    caps = wording.issuer().upper() if rules.head.motto else wording.issuer()
    issuer = HeaderLine(text=caps, size=rules.head.issuer_size, bold=True, rule=Rule(rules.head.issuer_rule))
    others = (one for one in head.lines if one not in (head.superior, wording.issuer()))
    lines = (HeaderLine(text=one, size=rules.number.size) for one in others)
    return (*superior, issuer, *lines)


def _draft(wording: Wording) -> tuple[HeaderLine, ...]:
    if wording.proceedings.conference.stages.closed_at is not None:
        return ()
    return (HeaderLine(text=wording.say("minutes.draft"), size=wording.ruleset.number.size, bold=True),)


def written(wording: Wording, kind: DocumentKind, number: int) -> str:
    """Return the number of a document as its ruleset writes it, such as `Số 01-BB/BTCTW`."""
    rules = wording.ruleset.number
    english = wording.language == "en"
    kinds = (rules.minutes_en, rules.notice_en) if english else (rules.minutes_vi, rules.notice_vi)
    pattern = rules.pattern_en if english else rules.pattern_vi
    text = pattern.format(
        number=number,
        kind=kinds[0] if kind is DocumentKind.MINUTES else kinds[1],
        symbol=wording.facts.letterhead.symbol,
    )
    return text.rstrip("-/")


def _place_date(wording: Wording) -> HeaderLine:
    day = wording.day(issued_on(wording))
    place = wording.facts.letterhead.place
    text = wording.say("time.place_date", place=place, day=day) if place else day
    return HeaderLine(text=text, size=wording.ruleset.head.place_date_size, italic=True)


def _recipients(wording: Wording) -> Recipients:
    head = wording.facts.letterhead
    named = tuple(stop(one).removeprefix("- ") for one in head.recipients) or (
        wording.say("signature.all_sites"),
        wording.say("signature.filed"),
    )
    *others, last = named
    lines = (*(f"- {one};" for one in others), f"- {last}.")
    return Recipients(title=wording.say("signature.recipients"), lines=lines)


def _roman(number: int) -> str:
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")[number - 1]
