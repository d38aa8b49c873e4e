"""Sample pages of a handout whose file nobody has given yet, so that a rehearsal has something to turn.

Drawn by Typst in the shape of a screen; every page says that it is a sample.
"""

import json

import typst

from diemcau.documents.render_pdf import fonts_of_documents

_PAGES = """
#let given = json(bytes(sys.inputs.handout))
#set page(width: 320mm, height: 180mm, margin: (x: 22mm, top: 18mm, bottom: 14mm))
#set block(spacing: 5mm)
#set text(font: "Liberation Serif", size: 22pt, lang: given.language, fill: rgb("#10171b"))
#set document(title: given.title)
#for number in range(1, given.pages + 1) {
  block(text(size: 30pt, weight: "bold", given.title))
  block(below: 8mm, text(fill: rgb("#46525a"), given.sample))
  line(length: 100%, stroke: 0.5pt + rgb("#b9c2c7"))
  for row in range(1, 6) {
    grid(columns: (1fr, auto), text[#given.row #number.#row], strong[#(((number * 37 + row * 11) * 7) + 60)])
    line(length: 100%, stroke: 0.5pt + rgb("#b9c2c7"))
  }
  place(bottom + right, text(size: 18pt)[#given.page #number/#given.pages])
  if number < given.pages { pagebreak() }
}
"""
_WORDS = {
    "vi": {"sample": "Trang mẫu: chưa có tệp", "row": "Chỉ tiêu", "page": "Trang"},
    "en": {"sample": "Sample page: no file was given yet", "row": "Figure", "page": "Page"},
}


def sample_handout(title: str, pages: int, language: str) -> bytes:
    """Return a PDF of so many sample pages under this title, in `vi` or `en`."""
    given = {"title": title, "pages": pages, "language": language, **_WORDS[language]}
    drawn = typst.compile(
        _PAGES.encode(),
        format="pdf",
        font_paths=fonts_of_documents(),
        sys_inputs={"handout": json.dumps(given, ensure_ascii=False)},
        timestamp=0,
    )
    if not isinstance(drawn, bytes):
        raise TypeError(f"Typst gave {type(drawn).__name__}, not one PDF")
    return drawn
