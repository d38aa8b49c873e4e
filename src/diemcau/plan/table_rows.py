"""Units, sites and delegates from their rows; whether they fit each other is `check`'s."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from diemcau.core.ids import PersonId, SiteId, UnitCode
from diemcau.plan.model import Delegate, Duty, Site, Unit
from diemcau.plan.tables import Row
from diemcau.plan.values import LONGEST_SHORT_NAME, telephone

Thing = TypeVar("Thing")

_LAST_IN_PROTOCOL = 99_999
_LARGEST_GRID = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Generic[Thing]):
    """A thing with the row that it was read from."""

    thing: Thing
    row: Row


def read_unit(row: Row) -> Placed[Unit]:
    """Read a row of the table Units."""
    vi, en = row.names("name_vi", "name_en")
    parent = row.code_or_none("parent")
    row.must("protocol", str, "")
    row.must("short_name", str, "")
    unit = Unit(
        code=UnitCode(row.code("code")),
        parent=None if parent is None else UnitCode(parent),
        protocol=row.whole_or_none("protocol", 0, _LAST_IN_PROTOCOL) or 0,
        short_name=row.text("short_name", LONGEST_SHORT_NAME),
        name_vi=vi,
        name_en=en,
        kind=row.text("kind"),
        grid_row=row.whole_or_none("grid_row", 1, _LARGEST_GRID),
        grid_column=row.whole_or_none("grid_column", 1, _LARGEST_GRID),
        valid_from=row.day_or_none("valid_from"),
        valid_to=row.day_or_none("valid_to"),
    )
    return Placed(thing=unit, row=row)


def read_site(row: Row) -> Placed[Site]:
    """Read a row of the table Sites."""
    parent = row.code_or_none("parent")
    site = Site(
        code=SiteId(row.code("code")),
        unit=UnitCode(row.code("unit")),
        main=row.yes_or_no("main", absent=False),
        parent=None if parent is None else SiteId(parent),
        hall_address=row.text("hall_address"),
        technician_telephone=row.read("technician_telephone", telephone, ""),
    )
    return Placed(thing=site, row=row)


def read_delegate(row: Row) -> Placed[Delegate]:
    """Read a row of the table Delegates."""
    vi, en = row.names("office_vi", "office_en")
    duty = row.choice("duty", Duty.MEMBER)
    delegate = Delegate(
        id=PersonId(row.code("id")),
        site=SiteId(row.code("site")),
        category=row.code("category"),
        office_vi=vi,
        office_en=en,
        name=row.text("name"),
        duty=duty,
        speaks=row.yes_or_no("speaks", absent=duty is Duty.CHAIR),
    )
    return Placed(thing=delegate, row=row)
