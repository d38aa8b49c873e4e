"""The workbook to fill in: three tables with frozen headers, lists to choose from, examples.

A sheet of instructions in Vietnamese and English explains every column. The columns come from
`columns`, so the workbook always has what the reader asks for.
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from diemcau.plan.columns import TABLES, Column, TableForm

INSTRUCTIONS_SHEET = "Instructions"
_LAST_ROW = 5000
_BOLD = Font(bold=True)
_MUST_FILL = PatternFill("solid", fgColor="F6D9B8")
_MAY_FILL = PatternFill("solid", fgColor="E4E9EE")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_AUTHOR = "Điểm Cầu"

_GENERAL = (
    (
        "Điền ba trang Units (đơn vị), Sites (điểm cầu), Delegates (đại biểu). Mỗi dòng một mục.",
        "Fill in the three sheets Units, Sites and Delegates, one row for each.",
    ),
    (
        "Lưu tệp với tên plan.xlsx cạnh conference.toml, rồi chạy: diemcau plan check THƯ-MỤC.",
        "Save it as plan.xlsx beside conference.toml, then run: diemcau plan check FOLDER.",
    ),
    (
        "Cột nền cam phải điền; cột nền xám có thể để trống. Dòng mẫu có thể sửa hoặc xoá.",
        "Orange columns must be filled in, grey ones may stay empty. Change or remove the examples.",
    ),
    (
        "Mã chỉ gồm a–z, 0–9 và gạch nối. Tên có thể là bất kỳ chữ gì. Không dùng công thức, macro.",
        "Codes have a–z, 0–9 and hyphens. Names may be in any script. No formulas, no macros.",
    ),
)


def write_template(path: Path) -> None:
    """Write the workbook to `path`; raises `OSError` where that cannot be."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for form in TABLES:
        _write_table(book.create_sheet(form.sheet), form)
    _write_instructions(book.create_sheet(INSTRUCTIONS_SHEET))
    book.save(path)


def _write_table(sheet: Worksheet, form: TableForm) -> None:
    for index, column in enumerate(form.columns, start=1):
        letter = get_column_letter(index)
        header = sheet.cell(row=1, column=index, value=column.name)
        header.font = _BOLD
        header.fill = _MUST_FILL if column.required else _MAY_FILL
        header.comment = Comment(f"{column.about_vi}\n{column.about_en}", _AUTHOR)
        sheet.cell(row=2, column=index, value=column.example or None).number_format = "@"
        sheet.column_dimensions[letter].width = max(14, len(column.name) + 4)
        sheet.column_dimensions[letter].number_format = "@"
        if column.choices:
            sheet.add_data_validation(_list_of(column, letter))
    sheet.freeze_panes = "A2"


def _list_of(column: Column, letter: str) -> DataValidation:
    rule = DataValidation(
        type="list",
        formula1=f'"{",".join(column.choices)}"',
        allow_blank=not column.required,
        showErrorMessage=True,
        errorTitle=column.name,
        error=", ".join(column.choices),
    )
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    return rule


def _write_instructions(sheet: Worksheet) -> None:
    sheet.append(["", "", "Hướng dẫn (tiếng Việt)", "Instructions (English)"])
    for vietnamese, english in _GENERAL:
        sheet.append(["", "", vietnamese, english])
    for form in TABLES:
        sheet.append([])
        sheet.append([form.sheet])
        sheet.cell(row=sheet.max_row, column=1).font = _BOLD
        for column in form.columns:
            needed = "*" if column.required else ""
            choices = f" ({', '.join(column.choices)})" if column.choices else ""
            sheet.append([column.name, needed, column.about_vi + choices, column.about_en + choices])
    for cell in sheet[1]:
        cell.font = _BOLD
    for letter, width in (("A", 22), ("B", 3), ("C", 70), ("D", 70)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
    sheet.freeze_panes = "A2"
