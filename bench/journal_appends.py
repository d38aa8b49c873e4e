"""How many commands a second the journal takes, each one synced to the disk before the next.

One writer, one stream, one record an append, as a desk writes. Without `--url` a SQLite file in
`--folder` (it must be on the disk that is to be measured: a folder in memory syncs nothing).
It stops by itself after `--seconds`.

    python -m bench.journal_appends [--folder DIR] [--url postgresql://…] [--seconds 5]
"""

import argparse
import json
import os
import secrets
import tempfile
import time
from datetime import UTC, datetime

from diemcau.core.floor import FloorRequested
from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.events import CODEC
from diemcau.journal.record import Author
from diemcau.journal.sql import engine_for, open_journal
from tests.journal.golden.examples import example_of


def measure(url: str, seconds: float) -> dict[str, object]:
    """Append for so long and return the figures."""
    engine = engine_for(url)
    journal = open_journal(engine, CODEC)
    stream = StreamId(f"bench/{secrets.token_hex(8)}")
    event = example_of(FloorRequested)
    author = Author(role="site", site="bench")
    took: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        at = time.perf_counter()
        journal.append(
            stream,
            expecting=len(took),
            events=[event],
            command=CommandId(f"{stream}-{len(took)}"),
            author=author,
            at=datetime.now(UTC),
        )
        took.append(time.perf_counter() - at)
    elapsed = time.perf_counter() - begun
    engine.dispose()
    took.sort()
    return {
        "database": engine.dialect.name,
        "appends": len(took),
        "appends_per_second": round(len(took) / elapsed),
        "append_ms": {"p50": _at(took, 0.5), "p95": _at(took, 0.95), "max": _at(took, 1)},
        "machine": {"cores": os.cpu_count(), "load_1_min": round(os.getloadavg()[0], 2)},
    }


def _at(took: list[float], share: float) -> float:
    return round(took[min(int(len(took) * share), len(took) - 1)] * 1000, 2)


def main() -> None:
    """Measure one database and print one JSON object."""
    parser = argparse.ArgumentParser(description="Measure the journal's appends a second.")
    parser.add_argument("--folder", default=".", help="where a SQLite file is made and removed")
    parser.add_argument("--url", help="another database, such as postgresql://user@host/name")
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix=".journal-bench-") as folder:
        url = asked.url or f"sqlite:///{folder}/journal.sqlite"
        print(json.dumps(measure(url, min(asked.seconds, 60)), indent=2))


if __name__ == "__main__":
    main()
