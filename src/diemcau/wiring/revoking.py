"""Revoking at the server: a command given by whoever runs it, whether or not the server is running.

It goes into the journal as from the system. A server that runs finds it there within a second.
"""

from diemcau.conduct.clock import Clock
from diemcau.conduct.desk import SYSTEM, CannotWrite, new_command_id, open_desk
from diemcau.core.entry import Command
from diemcau.core.ids import ConferenceId
from diemcau.journal.journal import Journal

_TRIES = 5
"""A running server may write at the same moment; then what it wrote is read first."""


async def revoke(journal: Journal, clock: Clock, conference: ConferenceId, command: Command) -> bool:
    """Give the command; say whether anything changed. Raises a `Refusal`, or `LookupError` for no such conference."""
    id_ = new_command_id()
    for _ in range(_TRIES):
        desk = await open_desk(journal, clock, conference, {})
        before = desk.formal.entry
        try:
            await desk.ask(command, asker=SYSTEM, command_id=id_)
        except CannotWrite as refusal:
            if refusal.about.get("reason") != "somebody_else_wrote":
                raise
        else:
            return desk.formal.entry != before
    raise CannotWrite(reason="somebody_else_wrote")
