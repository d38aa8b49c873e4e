"""The styles of a .docx: named, so that whoever edits the document changes one style, not each paragraph."""

from dataclasses import dataclass

from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle as DocxStyle

from diemcau.documents.model import Document

FONT = "Times New Roman"
_HEADINGS = (1, 2, 3)
_CAPTION_SIZE = 12
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the paragraphs of a style look; sizes in points, the first line in millimetres."""

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT
    before: float = 0
    after: float = 0
    first_line: float = 0
    keep: bool = False


def set_styles(file: Docx, document: Document) -> None:
    """Give `file` the styles that `document`'s ruleset asks for."""
    _normal(file, document)
    for look in _looks(document):
        _style(file, look)
    for name in ("Body Text", "Grounds", "Heading 1", "Heading 2", "Heading 3"):
        style = file.styles[name]
        if isinstance(style, DocxStyle):
            _line_height(style, document)


def _looks(document: Document) -> tuple[Look, ...]:
    body, title, signature = document.ruleset.body, document.ruleset.title, document.ruleset.signature
    centre, justified = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
    return (
        *(
            Look(
                name=name,
                size=body.size,
                italic=name == "Grounds",
                align=justified,
                before=body.before,
                first_line=body.first_line,
            )
            for name in ("Body Text", "Grounds")
        ),
        *(
            Look(
                name=f"Heading {level}",
                size=body.size,
                bold=level < len(_HEADINGS),
                before=body.before + 3,
                first_line=body.first_line,
                keep=True,
            )
            for level in _HEADINGS
        ),
        Look(name="Header Block", size=document.ruleset.number.size, align=centre),
        Look(name="Rule", size=2, align=centre, after=2),
        Look(name="Title", size=title.kind_size, bold=True, align=centre, before=18, after=3, keep=True),
        Look(name="Subtitle", size=title.subject_size, bold=True, align=centre, keep=True),
        Look(name="Attached", size=body.size, italic=True, align=centre, before=2, after=6),
        Look(name="Picture", size=body.size, align=centre, before=body.before, after=3, keep=True),
        Look(name="Caption", size=_CAPTION_SIZE, italic=True, align=centre, after=body.before),
        Look(name="Table Text", size=body.table_size, before=2, after=2),
        Look(name="Signature", size=signature.size, bold=True, align=centre, keep=True),
        Look(name="Recipients Title", size=signature.recipients_title_size, bold=True, italic=True, keep=True),
        Look(name="Recipients", size=signature.recipients_size),
        Look(name="Endnote", size=10, before=6),
        Look(name="Header", size=document.ruleset.page.number_size, align=centre),
    )


def _normal(file: Docx, document: Document) -> None:
    style = file.styles["Normal"]
    if not isinstance(style, DocxStyle):
        raise TypeError("the template's Normal is no paragraph style")
    style.font.name = FONT
    style.font.size = Pt(document.ruleset.body.size)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.widow_control = True
    _fonts(style)
    language = OxmlElement("w:lang")
    for attribute in ("w:val", "w:eastAsia"):
        language.set(qn(attribute), LANGUAGES[document.language])
    style.element.get_or_add_rPr().append(language)


def _style(file: Docx, look: Look) -> None:
    known = {one.name for one in file.styles}
    style = file.styles[look.name] if look.name in known else file.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(style, DocxStyle):
        raise TypeError(f"the template's {look.name} is no paragraph style")
    style.base_style = file.styles["Normal"]
    for part in ("w:pPr", "w:rPr"):
        left_over = style.element.find(qn(part))
        if left_over is not None:
            style.element.remove(left_over)
    style.quick_style = True
    font, paragraph = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic = FONT, Pt(look.size), look.bold, look.italic
    font.color.rgb = RGBColor(0, 0, 0)
    _fonts(style)
    paragraph.alignment = look.align
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.first_line_indent = Mm(look.first_line)
    paragraph.keep_with_next = look.keep
    if look.name.startswith("Heading "):
        _outline(style, int(look.name.removeprefix("Heading ")))


def _outline(style: DocxStyle, level: int) -> None:
    """Give a heading its level in the outline, by which readers find their way through a document."""
    outline = OxmlElement("w:outlineLvl")
    outline.set(qn("w:val"), str(level - 1))
    style.element.get_or_add_pPr().append(outline)


def _fonts(style: DocxStyle) -> None:
    """Name the font for every script, and no theme's font beside it."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in tuple(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)


def _line_height(style: DocxStyle, document: Document) -> None:
    body, paragraph = document.ruleset.body, style.paragraph_format
    if body.exact:
        paragraph.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.line_spacing = Pt(body.exact)
    else:
        paragraph.line_spacing = body.spacing
