"""Whether a document may be issued: its counts against its lists, its layout against its ruleset.

A count stated in words ("06 nhiệm vụ trọng tâm của nhiệm kỳ") must agree with the list that
follows; a total must be the sum of its column. Words that somebody is quoted with are theirs,
adopted items among them: nobody may mend those, so that a count in them is only a remark. What
a ruleset has unconfirmed is never a fault either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diemcau.documents.faults import DocumentAtFault, Fault
from diemcau.documents.model import (
    Document,
    DocumentKind,
    Line,
    NumberedList,
    Paragraph,
    RowKind,
    Table,
    lines_of,
    spoken,
)
from diemcau.documents.words import words

_IN_WORDS = {
    **{word: number for number, word in enumerate("một hai ba bốn năm sáu bảy tám chín mười".split(), 1)},  # noqa: SIM905 - a list to read
    **{word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)},  # noqa: SIM905 - a list to read
}
_COUNT = r"(?<![\w.,])(\d{{1,3}}(?:[.,]\d{{3}})+|\d+|{words})\s+{noun}(?!\w)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong with a document (it is not issued) and what is only worth saying."""

    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...]


def check(document: Document) -> Findings:
    """Return what is wrong with `document`."""
    counts = tuple(_counts(document))
    found = (*(fault for stated, fault in counts if stated), *_totals(document))
    layout = (*_number(document), *_head(document), *_end(document), *_force(document))
    faults = tuple(fault for key, fault in layout if key and document.ruleset.is_confirmed(key))
    remarks = tuple(fault for key, fault in layout if not key or not document.ruleset.is_confirmed(key))
    quoted = (fault for stated, fault in counts if not stated)
    return Findings(faults=(*found, *faults), remarks=(*quoted, *remarks))


def require_sound(document: Document) -> Findings:
    """Return the remarks on `document`, or raise `DocumentAtFault` with all that is wrong."""
    findings = check(document)
    if findings.faults:
        raise DocumentAtFault(findings.faults)
    return findings


def _counts(document: Document) -> Iterator[tuple[bool, Fault]]:
    """Yield the counts that disagree, and whether the document states them itself or quotes somebody."""
    lists = _counted(document)
    for line in lines_of(document):
        for noun, sizes in lists.items():
            for fault in _stated(document, line, noun, sizes):
                yield line.stated, fault


def _counted(document: Document) -> dict[str, set[int]]:
    """Return how long the lists are that are counted under each noun."""
    lists: dict[str, set[int]] = {}
    for block in document.blocks:
        if isinstance(block, NumberedList | Table):
            size = (
                len(block.items)
                if isinstance(block, NumberedList)
                else sum(row.kind is RowKind.BODY for row in block.rows)
            )
            for noun in block.counted_as:
                lists.setdefault(noun, set()).add(size)
    return lists


def _stated(document: Document, line: Line, noun: str, sizes: set[int]) -> Iterator[Fault]:
    pattern = _COUNT.format(words="|".join(_IN_WORDS), noun=re.escape(noun))
    for match in re.finditer(pattern, line.text, re.IGNORECASE):
        count = _read(match[1])
        if sizes != {count}:
            found = "/".join(str(one) for one in sorted(sizes))
            yield _fault(
                document,
                "disagree",
                line=line.number,
                found=found,
                expected=str(count),
                stated=match[0],
            )


def _read(count: str) -> int:
    return _IN_WORDS.get(count.lower()) or int(re.sub(r"\D", "", count) or 0)


def _totals(document: Document) -> Iterator[Fault]:
    rows = {line.text: line.number for line in lines_of(document)}
    for table in document.blocks:
        if not isinstance(table, Table):
            continue
        for total in (row for row in table.rows if row.kind is RowKind.TOTAL):
            for place, column in enumerate(table.columns):
                cells = [row.cells[place] for row in table.rows if row.kind is RowKind.BODY]
                stated = total.cells[place]
                if stated and _is_figure(stated) and sum(_read(one) for one in cells) != _read(stated):
                    yield _fault(
                        document,
                        "total",
                        line=rows[" | ".join(total.cells)],
                        found=str(sum(_read(one) for one in cells)),
                        expected=stated,
                        stated=stated,
                        column=column.title,
                    )


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"[\d.,]+", text) is not None


def _number(document: Document) -> Iterator[tuple[str, Fault]]:
    if document.header is None or document.header.number is None:
        return
    rules = document.ruleset.number
    pattern = rules.pattern_en if document.language == "en" else rules.pattern_vi
    colon = pattern.split("{", 1)[0].strip()
    found = document.header.number.text
    if not found.startswith(f"{colon} ") or re.search(r"\s{2}|\s[-/]|[-/]\s", found):
        yield "number.pattern_vi", _fault(document, "number", found=found, expected=pattern)


def _head(document: Document) -> Iterator[tuple[str, Fault]]:
    if document.header is None:
        return
    expected = document.ruleset.head.motto
    found = tuple(line.text for line in document.header.right)
    if found != expected:
        yield "head.motto", _fault(document, "header", found=" / ".join(found), expected=" / ".join(expected))


def _end(document: Document) -> Iterator[tuple[str, Fault]]:
    paragraphs = [block for block in document.blocks if isinstance(block, Paragraph)]
    if document.kind in (DocumentKind.ATTENDANCE, DocumentKind.ARTICLE) or not paragraphs:
        return
    end, last = document.ruleset.body.end, spoken(paragraphs[-1])
    if not last.endswith(end) or (end == "." and last.endswith("./.")):
        yield "body.end", _fault(document, "end", found=last[-12:], expected=end)


def _force(document: Document) -> Iterator[tuple[str, Fault]]:
    rules = document.ruleset
    if not rules.is_in_force(document.on):
        yield "", _fault(document, "not_in_force", found=rules.name, expected=str(document.on), day=document.on)
    if rules.unconfirmed:
        count = "*" if "*" in rules.unconfirmed else str(len(rules.unconfirmed))
        yield "", _fault(document, "unconfirmed", found=count, expected="0", count=count)


def _fault(document: Document, key: str, *, found: str, expected: str, line: int = 0, **blanks: object) -> Fault:
    sentence = words(document.language)[f"fault.{key}"].format(
        document=document.slug,
        line=line,
        found=found,
        expected=expected,
        ruleset=document.ruleset.name,
        **blanks,
    )
    return Fault(document=document.slug, line=line, found=found, expected=expected, sentence=sentence)
