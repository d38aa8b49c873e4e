"""Which relays a site's page is told of, in which order, and for how long after they were heard."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.fabric import Admission, Code, Part, Quality, Source
from diemcau.media.relay.presence import Presence, Relays, Sites, read_presence, write_presence
from tests.media.halls import HandClock, eventually

REVIEW, ELSEWHERE = ConferenceId("review-2026"), ConferenceId("review-2027")
HUE, VINH, HANOI = SiteId("hue"), SiteId("vinh"), SiteId("ha-noi")
MARK = "5f" * 32


def relay_named(name: str, sites: Sites = None) -> Presence:
    return Presence(name=name, url=f"https://{name}.example:8443", fingerprints=(MARK,), sites=sites)


def as_it_is(_admission: Admission, source: Source) -> Source:
    return source


class BeatingRelay:
    """A relay's session whose beats the test gives."""

    def __init__(self, sites: Sites = None, connection: str = "one") -> None:
        self.admission = Admission(
            conference=REVIEW, site=None, part=Part.RELAY, may_publish=False, connection=connection, sites=sites
        )
        self.is_camera = False
        self.announcements = 1
        self.beats: asyncio.Queue[bytes] = asyncio.Queue()
        self.path = paths.relay(REVIEW, "0123456789")

    def quality(self) -> Quality | None:
        return None

    async def sources(self) -> AsyncIterator[Source]:
        yield self  # type: ignore[misc]  # of a source only texts are read

    async def texts(self, _track: str) -> AsyncIterator[bytes]:
        while True:
            yield await self.beats.get()

    async def closed(self) -> None:
        await asyncio.Event().wait()

    def close(self, code: Code) -> None:
        raise AssertionError(code)


@pytest.mark.parametrize(
    ("told", "within", "served"),
    [
        (None, None, None),
        ({HUE, VINH}, None, {HUE, VINH}),
        (None, {HUE}, {HUE}),
        ({HUE, VINH}, {VINH, HANOI}, {VINH}),
    ],
)
def test_a_relay_serves_what_it_says_within_what_its_pass_says(
    told: set[SiteId] | None, within: set[SiteId] | None, served: set[SiteId] | None
) -> None:
    beat = write_presence(1, [relay_named("hue", None if told is None else frozenset(told))])

    (read,) = read_presence(beat, within=None if within is None else frozenset(within))

    assert read == relay_named("hue", None if served is None else frozenset(served))


@pytest.mark.parametrize(
    "beat",
    [
        b"",
        b"[]",
        b'{"relays": 5}',
        b'{"relays": [7]}',
        b'{"relays": [{"name": "", "url": "https://a.example", "fingerprints": [], "sites": null}]}',
        b'{"relays": [{"name": "a", "url": "http://a.example", "fingerprints": [], "sites": null}]}',
        b'{"relays": [{"name": "a", "url": "https://a.example; script-src *", "fingerprints": [], "sites": null}]}',
        b'{"relays": [{"name": "a", "url": "https://a.example", "fingerprints": {}, "sites": null}]}',
        b'{"relays": [{"name": "a", "url": "https://a.example", "fingerprints": [], "sites": "hue"}]}',
    ],
)
def test_what_is_no_relay_is_told_to_nobody(beat: bytes) -> None:
    assert read_presence(beat, within=None) == ()


async def test_a_site_is_told_its_own_relay_first_and_of_no_other_sites_relay() -> None:
    relays, session = Relays(HandClock(), metered=as_it_is), BeatingRelay()
    following = asyncio.create_task(relays.follow(session))
    own, shared, others = (
        relay_named("own", frozenset({HUE})),
        relay_named("shared"),
        relay_named("others", frozenset({VINH})),
    )

    session.beats.put_nowait(write_presence(1, [shared, others, own]))
    await eventually(lambda: relays.of(REVIEW) != ())

    assert relays.for_site(REVIEW, HUE) == (own, shared)
    assert relays.for_site(REVIEW, VINH) == (others, shared)
    assert relays.for_site(ELSEWHERE, HUE) == ()
    following.cancel()


async def test_a_relay_that_was_not_heard_for_three_seconds_is_told_to_nobody() -> None:
    clock = HandClock()
    relays, session = Relays(clock, metered=as_it_is), BeatingRelay()
    following = asyncio.create_task(relays.follow(session))
    session.beats.put_nowait(write_presence(1, [relay_named("hue")]))
    await eventually(lambda: relays.of(REVIEW) != ())

    clock.at += 2.9
    almost = relays.of(REVIEW)
    clock.at += 0.1

    assert (almost, relays.of(REVIEW)) == ((relay_named("hue"),), ())
    assert relays.urls() == ("https://hue.example:8443",)
    following.cancel()


async def test_a_relay_whose_session_ended_is_told_to_nobody() -> None:
    relays, session = Relays(HandClock(), metered=as_it_is), BeatingRelay()
    following = asyncio.create_task(relays.follow(session))
    session.beats.put_nowait(write_presence(1, [relay_named("hue")]))
    await eventually(lambda: relays.of(REVIEW) != ())

    following.cancel()
    await asyncio.gather(following, return_exceptions=True)

    assert relays.of(REVIEW) == ()
