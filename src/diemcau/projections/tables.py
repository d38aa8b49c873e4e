"""The tables of the projections. Each can be emptied and filled again from the journal."""

from datetime import UTC, datetime

from sqlalchemy import Boolean, Column, Date, DateTime, Dialect, Integer, MetaData, String, Table, Text, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the time, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData()

PROGRESS = Table(
    "projection_progress",
    METADATA,
    Column("projection", String(40), primary_key=True),
    Column("position", Integer, nullable=False),
)

ATTENDANCE = Table(
    "attendance",
    METADATA,
    Column("conference", String(200), primary_key=True),
    Column("site", String(200), primary_key=True),
    Column("protocol", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("invited", Integer, nullable=False),
    Column("present", Integer, nullable=False, default=0),
    Column("guests", Integer, nullable=False, default=0),
    Column("reported", Boolean, nullable=False, default=False),
    Column("absent", Boolean, nullable=False, default=False),
    Column("corrected", Boolean, nullable=False, default=False),
)

SPEAKING_TIME = Table(
    "speaking_time",
    METADATA,
    Column("conference", String(200), primary_key=True),
    Column("request", String(40), primary_key=True),
    Column("site", String(200), nullable=False),
    Column("topic", Text, nullable=False),
    Column("turn", Integer, nullable=False, default=0),
    Column("requested_at", Moment, nullable=False),
    Column("granted_at", Moment),
    Column("on_air_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", String(20), nullable=False),
)

TASK_TREE = Table(
    "task_tree",
    METADATA,
    Column("task", String(40), primary_key=True),
    Column("conference", String(200), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("item", String(40), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("horizon", String(20)),
    Column("text", Text, nullable=False),
    Column("unit", String(200), nullable=False, index=True),
    Column("unit_name", Text, nullable=False),
    Column("due", Date),
)
