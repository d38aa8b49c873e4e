"""From what stands in a cell to a value: codes, days, telephones, whole numbers, yes and no.

Each function takes text that is not empty and gives the value, or raises `Unfit`.
"""

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Unfit

LONGEST_CODE = 48
LONGEST_SHORT_NAME = 12
LONGEST_TEXT = 300

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_AS_SPOKEN = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_WHOLE = re.compile(r"-?\d{1,9}")
_TELEPHONE = re.compile(r"\+?[\d\s().-]*(?:,?\s*(?:máy lẻ|số lẻ|ext\.?|x)\s*[\d\s-]+)?", re.IGNORECASE)
_FEWEST_DIGITS = 3
_MOST_DIGITS = 15
_YES = frozenset({"yes", "y", "true", "1", "x", "có"})
_NO = frozenset({"no", "n", "false", "0", "không"})
_DAY_FORM = "2021-03-12 | 12/3/2021"

Choice = TypeVar("Choice", bound=StrEnum)


def slug(text: str) -> str:
    """Read a code: lower-case ASCII letters and digits in groups joined by hyphens."""
    if len(text) > LONGEST_CODE or not _SLUG.fullmatch(text):
        raise Unfit(FaultCode.BAD_SLUG, "north-hall, ward-12")
    return text


def text_up_to(text: str, longest: int) -> str:
    """Read text of at most `longest` characters."""
    if len(text) > longest:
        raise Unfit(FaultCode.TOO_LONG, str(longest))
    return text


def whole(text: str, lowest: int, highest: int) -> int:
    """Read a whole number from `lowest` to `highest`."""
    if not (_WHOLE.fullmatch(text) and text.isascii()):
        raise Unfit(FaultCode.OUT_OF_RANGE, f"{lowest}–{highest}")
    return within(int(text), lowest, highest)


def within(number: int, lowest: int, highest: int) -> int:
    """Return `number` if it is from `lowest` to `highest`."""
    if not lowest <= number <= highest:
        raise Unfit(FaultCode.OUT_OF_RANGE, f"{lowest}–{highest}")
    return number


def yes_or_no(text: str) -> bool:
    """Read yes or no, in English or Vietnamese."""
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unfit(FaultCode.UNKNOWN_CHOICE, "yes, no, có, không")


def day(text: str) -> date:
    """Read a day: 2021-03-12, or as it is written in Vietnam, 12/3/2021."""
    if found := _DAY.fullmatch(text):
        year, month, number = (int(part) for part in found.groups())
    elif found := _DAY_AS_SPOKEN.fullmatch(text):
        number, month, year = (int(part) for part in found.groups())
    else:
        raise Unfit(FaultCode.IMPOSSIBLE_DATE, _DAY_FORM)
    try:
        return date(year, month, number)
    except ValueError:
        raise Unfit(FaultCode.IMPOSSIBLE_DATE, _DAY_FORM) from None


def telephone(text: str) -> str:
    """Read a telephone number, or an extension such as `máy lẻ 1011`."""
    digits = sum(letter.isdigit() for letter in text)
    if not (_TELEPHONE.fullmatch(text) and _FEWEST_DIGITS <= digits <= _MOST_DIGITS):
        raise Unfit(FaultCode.BAD_TELEPHONE)
    return text


def choice(text: str, choices: type[Choice]) -> Choice:
    """Read one of a set of words."""
    try:
        return choices(text.casefold())
    except ValueError:
        wanted = ", ".join(one.value for one in choices)
        raise Unfit(FaultCode.UNKNOWN_CHOICE, wanted) from None
