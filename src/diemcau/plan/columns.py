"""The columns of the three tables of a plan: the one place that knows their names and meaning.

Reading, the XLSX template and the page of the format all follow it.
"""

from dataclasses import dataclass

from diemcau.plan.model import Duty
from diemcau.plan.values import LONGEST_SHORT_NAME

YES_OR_NO = ("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, whether a table must have it, what it means, what may stand in it."""

    name: str
    required: bool
    about_vi: str
    about_en: str
    example: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """The form of a table: its sheet in XLSX, its file in CSV, and its columns."""

    sheet: str
    file: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> frozenset[str]:
        """The names of the columns that a table must have."""
        return frozenset(column.name for column in self.columns if column.required)


def _must(name: str, vi: str, en: str, example: str, choices: tuple[str, ...] = ()) -> Column:
    return Column(name=name, required=True, about_vi=vi, about_en=en, example=example, choices=choices)


def _may(name: str, vi: str, en: str, example: str, choices: tuple[str, ...] = ()) -> Column:
    return Column(name=name, required=False, about_vi=vi, about_en=en, example=example, choices=choices)


UNITS = TableForm(
    sheet="Units",
    file="units.csv",
    columns=(
        _must("code", "Mã: a–z, 0–9, gạch nối", "Code: a–z, 0–9, hyphens", "ban-mau"),
        _may("parent", "Mã đơn vị cấp trên; trống: cấp cao nhất", "Parent's code; empty: top", ""),
        _must(
            "protocol",
            "Thứ tự lễ tân, 0–99999; xếp các đơn vị cùng cấp trên",
            "Order of protocol, 0–99999, among units of one parent",
            "0",
        ),
        _must(
            "short_name",
            f"Tên ngắn trên màn hình, nhiều nhất {LONGEST_SHORT_NAME} ký tự",
            f"Short name for screens, at most {LONGEST_SHORT_NAME} characters",
            "Ban mẫu",
        ),
        _may("name_vi", "Tên tiếng Việt; trống: như name_en", "Vietnamese name", "Ban mẫu"),
        _may("name_en", "Tên tiếng Anh; trống: như name_vi", "English name", "Sample Board"),
        _may("kind", "Loại đơn vị, tự đặt (province, hospital…)", "Kind, your own word", "central"),
        _may("grid_row", "Hàng trên lưới màn hình, 1–99", "Row in the grid, 1–99", ""),
        _may("grid_column", "Cột trên lưới màn hình, 1–99", "Column in the grid, 1–99", ""),
        _may("valid_from", "Ngày đầu tồn tại, yyyy-mm-dd", "First day, yyyy-mm-dd", ""),
        _may("valid_to", "Ngày cuối tồn tại, yyyy-mm-dd", "Last day, yyyy-mm-dd", ""),
    ),
)

SITES = TableForm(
    sheet="Sites",
    file="sites.csv",
    columns=(
        _must("code", "Mã điểm cầu", "The site's code", "ban-mau"),
        _must("unit", "Mã đơn vị của điểm cầu", "Code of the site's unit", "ban-mau"),
        _must(
            "main",
            "Điểm cầu trung tâm? Đúng một dòng yes",
            "Main site? Exactly one row says yes",
            "yes",
            YES_OR_NO,
        ),
        _may(
            "parent",
            "Điểm cầu chuyển tiếp tín hiệu; trống: nối thẳng trung tâm",
            "Site whose relay serves it; empty: straight to the centre",
            "",
        ),
        _may("hall_address", "Địa chỉ hội trường", "Address of the hall", "Hội trường A"),
        _may(
            "technician_telephone",
            "Điện thoại người trực kỹ thuật",
            "The technician's telephone",
            "máy lẻ 1000",
        ),
    ),
)

DELEGATES = TableForm(
    sheet="Delegates",
    file="delegates.csv",
    columns=(
        _must("id", "Mã đại biểu", "The delegate's id", "ban-mau-01"),
        _must("site", "Mã điểm cầu", "Code of the site", "ban-mau"),
        _must(
            "category",
            "Mã thành phần, trong [[categories]]",
            "Code of a [[categories]]",
            "lanh-dao",
        ),
        _may("office_vi", "Chức vụ tiếng Việt; trống: như office_en", "Office, Vietnamese", "Trưởng ban"),
        _may("office_en", "Chức vụ tiếng Anh; trống: như office_vi", "Office, English", "Head"),
        _may("name", "Họ tên; có thể để trống", "Name; may be empty", ""),
        _must(
            "duty",
            "Nhiệm vụ tại điểm cầu; trống: member. Mỗi điểm cầu đúng một chair",
            "Duty at the site; empty: member. Each site has exactly one chair",
            "chair",
            tuple(duty.value for duty in Duty),
        ),
        _may(
            "speaks",
            "Được phát biểu? Trống: no (chair: yes)",
            "May speak? Empty: no (chair: yes)",
            "yes",
            YES_OR_NO,
        ),
    ),
)

TABLES = (UNITS, SITES, DELEGATES)
