"""`diemcau conference`: which conferences there are, and the links that open their desks."""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import segno
import typer

from diemcau.cli.options import Data, JournalUrl
from diemcau.cli.saying import ERR, OUT, fail, plainly
from diemcau.conduct.clock import WallClock
from diemcau.core.conference import Conference, replay
from diemcau.core.entry import RevokeLinks, RevokePass
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.journal import Journal
from diemcau.journal.sql import engine_for, engine_to_read, open_journal, open_to_read
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Pass, Passes, PassFault, PassRefused, RelayPass, new_pass, new_relay_pass
from diemcau.settings import Settings, read_settings
from diemcau.web.app import PINS
from diemcau.web.pins import NEED_PIN, Pins
from diemcau.wiring.door import base_of
from diemcau.wiring.revoking import revoke


class PassRole(StrEnum):
    """For whom a pass is printed: a role of the conference, or a relay."""

    CHAIR = Role.CHAIR.value
    DEPUTY = Role.DEPUTY.value
    SECRETARY = Role.SECRETARY.value
    OPERATOR = Role.OPERATOR.value
    SITE = Role.SITE.value
    PROGRAM = Role.PROGRAM.value
    RELAY = Role.RELAY.value


app = typer.Typer(help="List conferences, and print the links of their desks.", no_args_is_help=True)


@app.command("list")
@plainly
def list_conferences(*, data: Data = None, journal: JournalUrl = None) -> None:
    """List the conferences of the journal with their stage."""
    kept = _journal(read_settings(data=data, journal=journal))
    found = [name for name in (streams.conference_of(stream) for stream in kept.streams()) if name is not None]
    if not found:
        ERR.print("The journal has no conference yet: diemcau plan import FOLDER", markup=False)
    for name in found:
        state = state_of(kept, name)
        OUT.print(f"{name}\t{state.stages.stage}\t{len(state.facts.sites)}\t{state.facts.title}", highlight=False)


@app.command("pass")
@plainly
def print_pass(
    conference: Annotated[str, typer.Argument(help="The conference's id.")],
    *,
    asked: Annotated[
        PassRole, typer.Option("--role", help="For whose desk; relay: for a province's node.")
    ] = PassRole.CHAIR,
    site: Annotated[str | None, typer.Option(help="The site's code, for role site.")] = None,
    sites: Annotated[
        str | None, typer.Option(help="The codes of the sites that a relay serves, with commas between; else any.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days it is good.")] = 7,
    base: Annotated[str, typer.Option("--url", help="What links begin with, such as https://hop.example.vn.")] = "",
    qr: Annotated[bool, typer.Option("--qr/--no-qr", help="Print a QR code too.")] = True,
    data: Data = None,
    journal: JournalUrl = None,
) -> None:
    """Print the link of a desk, its QR code, and the PIN that chair, secretary and operator give once a device."""
    settings = read_settings(data=data, journal=journal)
    kept = _journal(settings)
    name = ConferenceId(conference)
    if not kept.version(streams.formal(name)):
        fail(f"There is no conference {conference}: see diemcau conference list.")
    state, now = state_of(kept, name), WallClock().now()
    until = now + timedelta(days=days)
    if asked is PassRole.RELAY:
        _print_relay_pass(settings, state, _sites_of(sites, state), until=until, now=now)
        return
    if sites is not None:
        fail("Only a relay serves several sites: --role relay --sites CODE,CODE; for a hall --role site --site CODE.")
    role = Role(asked)
    _need_site(role, site, state)
    pass_ = new_pass(conference=name, role=role, site=None if site is None else SiteId(site), until=until, at=now)
    begins = (base or base_of(settings, port=settings.port)).rstrip("/")
    link = f"{begins}/enter#{Passes(load_key(settings.data)).issue(pass_)}"
    OUT.print(link, markup=False, highlight=False)
    if role in NEED_PIN:
        OUT.print(f"PIN: {Pins(settings.data / PINS).issue(pass_)}", markup=False, highlight=False)
    if qr:
        segno.make(link, error="l").terminal(compact=True)


@app.command("revoke")
@plainly
def revoke_passes(
    conference: Annotated[str, typer.Argument(help="The conference's id.")],
    *,
    pass_: Annotated[
        str | None, typer.Option("--pass", help="One pass: its link, its token, or the number in it.")
    ] = None,
    role: Annotated[
        PassRole | None, typer.Option(help="All links that were given out for this role until now.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="The site's code, for role site.")] = None,
    data: Data = None,
    journal: JournalUrl = None,
) -> None:
    """Let nobody in any more by a pass, or by any link of a role; a running server cuts them off within a second."""
    settings = read_settings(data=data, journal=journal)
    name = ConferenceId(conference)
    if not _journal(settings).version(streams.formal(name)):
        fail(f"There is no conference {conference}: see diemcau conference list.")
    if (pass_ is None) == (role is None):
        fail("Say what to revoke: one pass by --pass LINK, or all links of a role by --role ROLE.")
    if role is None:
        command: RevokePass | RevokeLinks = RevokePass(number=_number_of(pass_ or "", name, settings))
    else:
        _need_site(Role(role), site, state_of(_journal(settings), name))
        command = RevokeLinks(role=Role(role), site=None if site is None else SiteId(site))
    engine = engine_for(settings.journal_url)
    try:
        changed = asyncio.run(revoke(open_journal(engine, CODEC), WallClock(), name, command))
    finally:
        engine.dispose()
    OUT.print("Revoked." if changed else "It was revoked before.", markup=False, highlight=False)


def _number_of(given: str, conference: ConferenceId, settings: Settings) -> str:
    """Return the number of a pass of which the link, the token or the number itself is given."""
    token = given.rpartition("#")[2]
    if token.count(".") != 2:  # noqa: PLR2004 (a token has three parts)
        return token
    try:
        found = _read(Passes(load_key(settings.data)), token)
    except PassRefused as refused:
        if refused.code is PassFault.EXPIRED:
            fail("This pass has ended already: it lets nobody in.")
        fail("This is no pass of this server: give the link as it was printed, or the number in it.")
    if found.conference != conference:
        fail(f"This pass is for the conference {found.conference}: diemcau conference revoke {found.conference}.")
    return found.number


def _read(passes: Passes, token: str) -> Pass | RelayPass:
    now = WallClock().now()
    try:
        return passes.read(token, now)
    except PassRefused as refused:
        if refused.code is not PassFault.WRONG_KIND:
            raise
        return passes.read_relay(token, now)


def _print_relay_pass(
    settings: Settings, state: Conference, sites: frozenset[SiteId] | None, *, until: datetime, now: datetime
) -> None:
    pass_ = new_relay_pass(conference=state.facts.conference, until=until, at=now, sites=sites)
    OUT.print(Passes(load_key(settings.data)).issue_relay(pass_), markup=False, highlight=False)


def _sites_of(sites: str | None, state: Conference) -> frozenset[SiteId] | None:
    if sites is None:
        return None
    codes = frozenset(SiteId(code.strip()) for code in sites.split(",") if code.strip())
    unknown = sorted(code for code in codes if not state.facts.has_site(code))
    if unknown or not codes:
        fail(f"{state.facts.conference} has no site {', '.join(unknown) or sites}: take codes of the plan's sites.")
    return codes


def _need_site(role: Role, site: str | None, state: Conference) -> None:
    if (role is Role.SITE) != (site is not None):
        fail("A site's pass names its site, and no other pass does: --role site --site CODE.")
    if site is not None and not state.facts.has_site(SiteId(site)):
        fail(f"{state.facts.conference} has no site {site}: take a code of the plan's sites.")


def state_of(journal: Journal, conference: ConferenceId) -> Conference:
    """Return a conference as the journal has it."""
    return replay(tuple(record.event for record in journal.read(streams.formal(conference))))  # type: ignore[misc]  # the core's


def _journal(settings: Settings) -> Journal:
    return open_to_read(engine_to_read(settings.journal_url), CODEC)
