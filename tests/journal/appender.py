"""A program that appends until it is killed: `python -m tests.journal.appender URL NAME [COUNT]`.

It says each position on standard output after the journal has taken the record.
"""

import sys
from itertools import count

from diemcau.core.ids import CommandId
from diemcau.journal.journal import Conflict
from diemcau.journal.record import Author
from diemcau.journal.sql import engine_for, open_journal
from tests.journal.samples import CODEC, HELD, HUE, HUNG, NINE


def append(url: str, name: str, wanted: int | None) -> None:
    """Append two records at a time to the one stream that all appenders share."""
    engine = engine_for(url)
    journal = open_journal(engine, CODEC)
    author = Author(role="clock", desk=name)
    for turn in count(1):
        written = None
        while written is None:
            try:
                written = journal.append(
                    HUE,
                    expecting=journal.version(HUE),
                    events=[HUNG, HELD],
                    command=CommandId(f"{name}-{turn}"),
                    author=author,
                    at=NINE,
                )
            except Conflict:
                continue
        sys.stdout.write("".join(f"{record.position}\n" for record in written))
        sys.stdout.flush()
        if turn == wanted:
            break
    engine.dispose()


if __name__ == "__main__":
    append(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
