"""`diemcau person erase`: forget who a person is, and leave the journal as it is."""

from typing import Annotated

import typer

from diemcau.cli.options import Data, JournalUrl
from diemcau.cli.saying import OUT, fail, plainly
from diemcau.conduct.clock import WallClock
from diemcau.core.ids import PersonId
from diemcau.directory.models import open_directory
from diemcau.directory.people import PersonUnknown, erase
from diemcau.journal.events import CODEC
from diemcau.journal.sql import engine_for, engine_to_read, open_journal
from diemcau.settings import read_settings
from diemcau.wiring.erasing import throw_away

AUTHOR = "command line"

app = typer.Typer(help="Erase who a person is.", no_args_is_help=True)


@app.callback()
def _person() -> None:
    """Erase who a person is."""


@app.command("erase")
@plainly
def erase_person(
    person: Annotated[str, typer.Argument(help="The person's id: CONFERENCE.DELEGATE, as spring-review.coast-01.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; kept in the directory's log of changes.")],
    data: Data = None,
    journal: JournalUrl = None,
) -> None:
    """Erase a delegate's name, office and telephone for good; chain, totals and seals stay valid."""
    settings = read_settings(data=data, journal=journal)
    engine_to_read(settings.journal_url).dispose()  # there must be a journal: none is made here
    engine = engine_for(settings.journal_url)
    open_directory(engine)
    try:
        erase(engine, PersonId(person), reason=reason, author=AUTHOR, at=WallClock().now())
        throw_away(PersonId(person), journal=open_journal(engine, CODEC), data=settings.data)
    except PersonUnknown:
        fail(f"The directory knows no person {person}: write CONFERENCE.DELEGATE, with the id of delegates.csv.")
    finally:
        engine.dispose()
    OUT.print(
        f"{person} is erased, and so are the documents that were made (they are made again when asked for) "
        "and the choice of stills of this person's speeches. "
        "Restart the server, so that its desks forget too. Plans, exports and backups are yours to clean: "
        "see docs/operating/erasing.md.",
        markup=False,
        highlight=False,
    )
