"""How many events a second are read back from the journal, decoded, and verified.

Writes `--events` events of every kind into a new SQLite journal, a hundred at a time, then reads the
stream as a start of the server does, follows it as a projection does, and verifies it.

    python -m bench.journal_replay [--events 20000] [--folder DIR]
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle, islice

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.events import CODEC, EVENTS
from diemcau.journal.record import Author
from diemcau.journal.sql import SqlJournal, engine_for, open_journal
from diemcau.journal.verify import verify
from tests.journal.golden.examples import example_of

_STREAM = StreamId("bench/replay")
_BATCH = 100


def measure(url: str, events: int) -> dict[str, object]:
    """Fill a journal, read it in three ways and return the figures."""
    engine = engine_for(url)
    journal = open_journal(engine, CODEC)
    _fill(journal, events)
    figures: dict[str, object] = {
        "events": journal.position(),
        "read_per_second": _rate(events, lambda: sum(1 for _ in journal.read(_STREAM))),
        "follow_per_second": _rate(events, lambda: _follow(journal)),
        "verify_per_second": _rate(events, lambda: verify(journal).records),
        "machine": {"cores": os.cpu_count(), "load_1_min": round(os.getloadavg()[0], 2)},
    }
    engine.dispose()
    return figures


def _fill(journal: SqlJournal, events: int) -> None:
    kinds = cycle([example_of(kind) for _, kind in EVENTS.values()])
    for begun in range(0, events, _BATCH):
        journal.append(
            _STREAM,
            expecting=begun,
            events=list(islice(kinds, min(_BATCH, events - begun))),
            command=CommandId(f"fill-{begun}"),
            author=Author(role="secretary"),
            at=datetime.now(UTC),
        )


def _follow(journal: SqlJournal) -> int:
    position = 0
    while records := journal.follow(after=position):
        position = records[-1].position
    return position


def _rate(events: int, read: Callable[[], int]) -> int:
    begun = time.perf_counter()
    found = read()
    if found != events:
        raise SystemExit(f"{found} events were read, {events} were written")
    return round(events / (time.perf_counter() - begun))


def main() -> None:
    """Measure one journal and print one JSON object."""
    parser = argparse.ArgumentParser(description="Measure how fast the journal is read back.")
    parser.add_argument("--events", type=int, default=20_000, help="at most 500000")
    parser.add_argument("--folder", default=".", help="where the file is made and removed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix=".journal-bench-") as folder:
        figures = measure(f"sqlite:///{folder}/journal.sqlite", min(asked.events, 500_000))
        print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
