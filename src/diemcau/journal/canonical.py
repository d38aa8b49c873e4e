"""The one way in which the journal writes a value as text, so that a hash always agrees.

JSON with sorted keys, no spaces, no floats, text as it is; instants in UTC with microseconds.
"""

import json
from datetime import UTC, datetime


def canonical(value: object) -> str:
    """Return `value` as JSON that is the same for equal values."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def text_of(at: datetime) -> str:
    """Return an aware instant as text that sorts in order of time."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone; the journal takes aware times only")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
