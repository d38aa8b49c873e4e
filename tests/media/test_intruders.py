"""Intruders at the media door: whatever they show and whatever they ask for, they get nothing that is not theirs."""

import asyncio
import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc.jwk import OKPKey

from diemcau.core.entry import RevokePass
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.fabric import Code, FabricError, Link
from diemcau.media.passes import Passes, new_relay_pass
from tests.core.samples import HANOI, HUE, NINE, VINH
from tests.media.doors import ISSUED, NOON, Doors, doors, tell
from tests.media.halls import AUDIO, VIDEO, drain, eventually, soon, take

pytestmark = pytest.mark.anyio

NOTHING_COMES = 0.6


async def read_nothing(link: Link, path: str) -> bool:
    """Say whether nothing at all is read under a name."""
    try:
        async with asyncio.timeout(NOTHING_COMES):
            source = await link.read(path)
            for track in (paths.BEAT, paths.AIR, paths.STATE, paths.STATES, paths.BOARD):
                async for _ in source.texts(track):
                    return False
            return await drain(source.frames(VIDEO)) + await drain(source.frames(AUDIO)) == 0
    except (TimeoutError, FabricError):
        return True


def changed(token: str, **claims: object) -> str:
    """Return a token with other claims and the old signature."""
    head, body, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    written = base64.urlsafe_b64encode(json.dumps({**read, **claims}).encode()).rstrip(b"=").decode()
    return f"{head}.{written}.{signature}"


def unsigned(token: str) -> str:
    """Return a token that says it needs no signature."""
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def signed_with_the_public_key(door: Doors) -> str:
    """Return a ticket signed as if the public key, which every relay has, were a shared secret."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    signed = f"{head}.{hall(door).split('.')[1]}"
    mac = hmac.digest(door.passes.public_key().encode(), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def hall(door: Doors) -> str:
    return door.ticket(door.pass_as(Role.SITE, HUE))


async def after_it_ended(door: Doors) -> str:
    ticket = hall(door)
    await door.house.clock.wind_to(NINE + timedelta(minutes=2))
    return ticket


async def after_it_was_revoked(door: Doors) -> str:
    pass_ = door.pass_as(Role.SITE, HUE)
    await door.give(RevokePass(number=pass_.number))
    return door.ticket(pass_)


FORGERIES: dict[str, Callable[[Doors], str]] = {
    "nothing": lambda _: "",
    "rubbish": lambda _: "rubbish",
    "a ticket without a signature": lambda door: unsigned(hall(door)),
    "a ticket with the role raised": lambda door: changed(hall(door), role="operator"),
    "a ticket for another site": lambda door: changed(hall(door), site=VINH),
    "a ticket that lasts longer": lambda door: changed(hall(door), exp=4_000_000_000, ends=4_000_000_000),
    "a ticket of another server": lambda door: Passes(OKPKey.generate_key("Ed25519")).ticket(
        door.pass_as(Role.SITE, HUE), NINE
    ),
    "a ticket signed with the public key": signed_with_the_public_key,
    "a desk's pass in place of a ticket": lambda door: door.passes.issue(door.pass_as(Role.SITE, HUE)),
    "a device's token in place of a ticket": lambda door: door.passes.device(door.pass_as(Role.OPERATOR)),
    "a relay's pass in place of a ticket": lambda door: door.passes.issue_relay(
        new_relay_pass(conference=door.conference, until=NOON, at=ISSUED)
    ),
    "a ticket as the system": lambda door: door.ticket(door.pass_as(Role.SYSTEM)),
    "a ticket as a relay": lambda door: door.ticket(door.pass_as(Role.RELAY)),
    "a ticket as a hall without a site": lambda door: door.ticket(door.pass_as(Role.SITE)),
    "a ticket as an operator of one site": lambda door: door.ticket(door.pass_as(Role.OPERATOR, HUE)),
}


@pytest.mark.parametrize("shown", FORGERIES)
async def test_no_forgery_opens_the_media_door(shown: str) -> None:
    async with doors() as door:
        token = FORGERIES[shown](door)

        assert [await door.code_of(token, where) for where in ("screen", "camera")] == [Code.UNKNOWN_PASS] * 2


async def test_a_ticket_that_has_ended_opens_nothing() -> None:
    async with doors() as door:
        assert await door.code_of(await after_it_ended(door)) == Code.UNKNOWN_PASS


async def test_a_ticket_whose_pass_was_revoked_opens_nothing() -> None:
    async with doors() as door:
        assert await door.code_of(await after_it_was_revoked(door), "camera") == Code.UNKNOWN_PASS


async def test_a_ticket_of_a_conference_that_is_not_here_opens_nothing() -> None:
    async with doors() as door:
        elsewhere = replace(door.pass_as(Role.SITE, HUE), conference=door.conference + "-b")  # type: ignore[arg-type]

        assert await door.code_of(door.ticket(elsewhere)) == Code.NOT_ALLOWED


async def test_a_ticket_is_of_no_use_in_another_conference() -> None:
    async with doors() as door:
        await door.camera(HUE)
        await door.show(HUE)
        stranger = await door.knock(door.ticket(door.pass_as(Role.SITE, HUE, house=door.other)))

        assert await read_nothing(stranger, paths.program(door.conference))
        assert await read_nothing(stranger, paths.air(door.conference, 1))
        assert await read_nothing(stranger, paths.line(door.conference))


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CHAIR, Role.PROGRAM])
async def test_only_a_hall_connects_a_camera(role: Role) -> None:
    async with doors() as door:
        assert await door.code_of(door.ticket(door.pass_as(role)), "camera") == Code.NOT_ALLOWED


@pytest.mark.parametrize("shown", ["", "rubbish", "ticket", "desk"])
async def test_nothing_but_a_relays_pass_opens_the_relays_door(shown: str) -> None:
    async with doors() as door:
        hues = door.pass_as(Role.SITE, HUE)
        token = {"ticket": door.ticket(hues), "desk": door.passes.issue(hues)}.get(shown, shown)

        assert await door.code_of(token, "relay") in (Code.UNKNOWN_PASS, Code.NOT_ALLOWED)


async def test_a_site_that_publishes_under_anothers_name_is_not_shown_for_it() -> None:
    async with doors() as door:
        camera = await door.camera(HUE)
        await door.show(HUE)
        await eventually(lambda: camera.pictures > 3)
        rogue = await door.come(Role.SITE, VINH, door="camera")
        forged = [
            rogue.publish(path)
            for path in (
                camera.path,
                paths.up(door.conference, HUE, paths.new_nonce()),
                paths.program(door.conference),
                paths.air(door.conference, 1),
                paths.line(door.conference),
                paths.wall(door.conference),
                paths.talk(door.conference, HUE),
            )
        ]
        for one in forged:
            tell(one)
            one.write_text(paths.AIR, b'{"airs": []}')
            one.write_text(paths.STATE, b'{"down": "sound"}')
            one.announce()

        watching = await door.come(Role.PROGRAM)
        air = json.loads(await soon(anext((await watching.read(paths.program(door.conference))).texts(paths.AIR))))
        line = json.loads(await soon(anext((await watching.read(paths.line(door.conference))).texts(paths.STATE))))
        (entry,) = air["airs"]
        frames = await take((await watching.read(entry["broadcast"])).frames(VIDEO), 3)

        assert entry["site"] == HUE
        assert frames[0].key
        assert line["down"] == "high"
        assert {site for site, _ in door.heard} == {HUE}


@pytest.mark.parametrize(
    ("role", "site", "forbidden"),
    [
        (Role.SITE, VINH, "up"),
        (Role.SITE, VINH, "wall"),
        (Role.SITE, VINH, "preview"),
        (Role.SITE, VINH, "talk"),
        (Role.PROGRAM, None, "wall"),
        (Role.PROGRAM, None, "preview"),
        (Role.PROGRAM, None, "talk"),
        (Role.CHAIR, None, "talk"),
        (Role.OPERATOR, None, "up"),
    ],
)
async def test_nobody_reads_what_is_not_theirs(role: Role, site: str | None, forbidden: str) -> None:
    async with doors() as door:
        camera = await door.camera(HUE)
        operator = await door.come(Role.OPERATOR)
        voice = operator.publish(paths.talking(door.conference, HUE, paths.new_nonce()))
        voice.offer_audio(sample_rate=48_000, channels=1)
        voice.announce()
        spy = await door.come(role, site)  # type: ignore[arg-type]
        names = {
            "up": [camera.path],
            "wall": [paths.wall(door.conference)],
            "preview": [paths.preview(door.conference, HUE)],
            "talk": [paths.talk(door.conference, HUE), paths.talk(door.conference, VINH)],
        }

        assert all([await read_nothing(spy, path) for path in names[forbidden]])


async def test_who_is_there_is_not_told_by_any_announcement() -> None:
    async with doors() as door:
        await door.camera(HUE)
        await door.show(HUE)
        spy = await door.come(Role.SITE, VINH, door="camera")

        told = await announced_to(spy)

        conference = door.conference
        own = {paths.line(conference), paths.check(conference), paths.talk(conference, VINH)}
        assert paths.program(conference) in told
        assert told <= {paths.program(conference), *own}


async def announced_to(link: Link) -> set[str]:
    """Return every name that a session is told of."""
    client = link._client  # type: ignore[attr-defined]  # noqa: SLF001 (what an intruder would do)
    told: set[str] = set()
    try:
        async with asyncio.timeout(NOTHING_COMES):
            async for announcement in client.announced():
                told.add(announcement.prefix)
    except TimeoutError:
        pass
    return told


async def test_what_a_site_sends_is_read_only_while_it_is_on_air() -> None:
    async with doors() as door:
        camera = await door.camera(HUE)
        await door.camera(HANOI)
        await door.show()

        await eventually(lambda: (paths.VIDEO not in camera.asked()) and (paths.AUDIO not in camera.asked()))
        assert camera.pictures == 0
