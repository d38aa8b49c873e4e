"""What the databases say, in the journal's words: error codes, and the rules they must keep.

Plain tables of codes and statements; nothing here opens or asks a database.
"""

import sqlite3
from typing import Final

from diemcau.journal.journal import Reason

_SQLITE_REASONS: Final = {
    5: Reason.LOCKED,
    6: Reason.LOCKED,
    8: Reason.READ_ONLY,
    10: Reason.BROKEN,
    11: Reason.BROKEN,
    13: Reason.FULL,
    14: Reason.READ_ONLY,
    26: Reason.BROKEN,
    4874: Reason.FULL,  # no room even for the index of the write-ahead log
}
"""By primary or extended result code, https://www.sqlite.org/rescode.html."""

_UNREAD: Final = 11
"""Python's driver gives no code where a text is not UTF-8: the file is damaged."""

_POSTGRES_REASONS: Final = {
    "25006": Reason.READ_ONLY,
    "42501": Reason.READ_ONLY,
    "53100": Reason.FULL,
    "55P03": Reason.LOCKED,
    "57014": Reason.LOCKED,
    "58030": Reason.BROKEN,
    "XX001": Reason.BROKEN,
    "XX002": Reason.BROKEN,
}
"""By SQLSTATE, PostgreSQL's documentation, appendix A."""

_POSTGRES_AWAY: Final = ("08", "53", "57P")
"""Classes of SQLSTATE that mean: no connection, no room for one more, or shutting down."""

APPEND_ONLY: Final = {
    "sqlite": (
        """CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        """CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
        """CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()""",
    ),
}
"""By dialect: what makes the database itself refuse to change a table's rows."""


def reason_of(fault: object) -> Reason | None:
    """Say why a driver's error keeps the journal from its work; `None` if it is our own bug."""
    if isinstance(fault, sqlite3.Error):
        unread = _UNREAD if isinstance(fault, sqlite3.OperationalError) else 0
        code: int = getattr(fault, "sqlite_errorcode", unread)
        return _SQLITE_REASONS.get(code, _SQLITE_REASONS.get(code & 0xFF))
    state = getattr(fault, "sqlstate", None)
    if state is None:
        return Reason.UNREACHABLE if type(fault).__name__ == "OperationalError" else None
    if state in _POSTGRES_REASONS:
        return _POSTGRES_REASONS[state]
    return Reason.UNREACHABLE if state.startswith(_POSTGRES_AWAY) else None
