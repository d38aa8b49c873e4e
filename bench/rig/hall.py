"""One hall of a load: sends prepared frames while they are wanted, and drains what it is told to look at.

It speaks only what `docs/media-contract.md` says, with the library alone, so that it measures the server and
nothing of our own clients. It connects again for ever, at the next of its nodes, after three missed beats.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from array import array
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import moq

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import h264, paths
from diemcau.media.measure import Room
from diemcau.wiring.visiting import ServerAway, Visit
from rig.footage import Reel, opus_head, parameter_sets
from rig.watching import Arrival, Watching

_LEGACY = moq.Container.LEGACY()
_MISSED_BEATS = 3
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0
_HANDSHAKE = 5.0
_RESTS, _EAGER, _A_WAIT = 0.2, 1.0, 0.004
_OVERLAP, _LETS_GO = 1.0, 3.0
_OVERDUE = 1.5
_PATIENT_MS = 2000
_FAR_MS, _SOUND_GROUP_MS = 250, 60
_TRACK_OF = {"high": "video", "low": "video-low"}
_RUNG_OF = {track: rung for rung, track in _TRACK_OF.items()}
_KEPT_BYTES = 4_000_000
_PREPARED_US = 1_000_000

Tell = Callable[[dict[str, object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Who a hall is and what it does. `looks_at`: roles of an air.

    `drains`: picture, sound or both. `bits_per_second`: of `video`, if not the usual.
    `link`: if not empty, it asks the web server for a new ticket before every connection, as a page does.
    `latency_ms`: if not 0, it tells how well it arrives and looks at the rung that its line is given, as a page does.
    """

    conference: str
    site: str
    nodes: Sequence[str]
    looks_at: Sequence[str]
    token: str = ""
    is_camera: bool = True
    shade: int = 0
    tracks: Sequence[str] = ("video",)
    track: str = "video"
    eager: bool = False
    drains: Sequence[str] = ("video", "audio")
    bits_per_second: int = 0
    latency_ms: int = 0
    link: str = ""
    has_sound: bool = True


@dataclass(slots=True)
class Seen:
    """The frames of one track of one air that came."""

    site: str
    stamps: array[int] = field(default_factory=lambda: array("q"))
    came: array[int] = field(default_factory=lambda: array("q"))
    size: int = 0


class Hall:
    """One hall."""

    def __init__(self, part: Part, reels: dict[str, Reel], sound: Reel, tell: Tell) -> None:
        self._part = part
        self._reels = reels
        self._sound = sound
        self._tell = tell
        self._sent: dict[str, array[int]] = {}
        self._seen: dict[tuple[str, str], Seen] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching = Watching(part.latency_ms * 1000, 1_000_000 // sound.microseconds)
        self._pictures: dict[str, tuple[moq.BroadcastConsumer, str, asyncio.Task[None]]] = {}
        self._track = part.track
        self._beats: moq.TrackProducer | None = None
        self._told = part.track
        self._is_relieved = False
        self._visit = Visit(part.link) if part.link else None

    async def run(self) -> None:
        """Take part until cancelled."""
        turn, wait = 0, _FIRST_WAIT
        while True:
            node = self._part.nodes[turn % len(self._part.nodes)]
            began = time.monotonic()
            with contextlib.suppress(moq.Error, TimeoutError, ServerAway):
                await self._connect(node)
            self._event("lost", node=urlsplit(node).port)
            turn += 1
            wait = _FIRST_WAIT if time.monotonic() - began > _LONGEST_WAIT else wait
            if turn % len(self._part.nodes) == 0 or len(self._part.nodes) == 1:
                await asyncio.sleep(wait * random.uniform(0.5, 1.5))
                wait = min(wait * 2, _LONGEST_WAIT)

    def count(self, *, since_us: int, until_us: int) -> dict[str, object]:
        """Return what was sent and what came of a stretch of the sources' clock."""

        def inside(stamps: array[int]) -> int:
            return len({stamp for stamp in stamps if since_us <= stamp < until_us})

        return {
            "sent": {track: inside(stamps) for track, stamps in self._sent.items()},
            "came": [
                {"air": air, "track": track, "site": seen.site, "frames": inside(seen.stamps), "bytes": seen.size}
                for (air, track), seen in self._seen.items()
            ],
        }

    def stamps(self, track: str) -> list[tuple[int, int]]:
        """Return of each frame of a track, over all airs: its timestamp, and when it came (µs)."""
        return [
            pair
            for (_, name), seen in self._seen.items()
            if name == track
            for pair in zip(seen.stamps, seen.came, strict=True)
        ]

    async def _connect(self, node: str) -> None:
        door = "camera" if self._part.is_camera else "screen"
        token = self._part.token
        if self._visit is not None:
            token = parse_qs(urlsplit((await self._visit.way()).screen).query)["jwt"][0]
        client = moq.Client(
            f"{node}/{door}?jwt={token}",
            tls_verify=False,
            websocket_enabled=False,
            reconnect=False,
            publish=moq.OriginProducer(cache_capacity_bytes=_KEPT_BYTES),
            subscribe=moq.OriginProducer(cache_capacity_bytes=_KEPT_BYTES),
        )
        async with contextlib.AsyncExitStack() as stack:
            async with asyncio.timeout(_HANDSHAKE):
                await stack.enter_async_context(client)
            await self._take_part(client, node)

    async def _take_part(self, client: moq.Client, node: str) -> None:
        work: list[asyncio.Future[None]] = []
        session = client.session
        try:
            if self._part.is_camera:
                work.append(asyncio.ensure_future(self._send(client)))
            async with asyncio.timeout(_HANDSHAKE):
                program = await client.announced_broadcast(paths.program(self._conference))
            self._event("up", node=urlsplit(node).port)
            work.append(asyncio.ensure_future(self._follow_air(client, program)))
            work.append(asyncio.ensure_future(_heed(program)))
            if self._part.latency_ms:
                work.append(asyncio.ensure_future(self._tell_how(client)))
                work.append(asyncio.ensure_future(self._follow_line(client)))
            if session is not None:
                work.append(asyncio.ensure_future(session.closed()))
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            for task in (*work, *self._tasks):
                task.cancel()
            await asyncio.gather(*work, *self._tasks, return_exceptions=True)
            self._tasks.clear()

    @property
    def _conference(self) -> ConferenceId:
        return ConferenceId(self._part.conference)

    # what it sends

    async def _send(self, client: moq.Client) -> None:
        name = paths.up(self._conference, SiteId(self._part.site), paths.new_nonce())
        broadcast = client.create_broadcast(name)
        beat = broadcast.publish_track(paths.BEAT)
        beat.write_frame(_beat(0))
        videos = {track: self._offer(broadcast, track) for track in self._part.tracks}
        audio = self._offer_sound(broadcast) if self._part.has_sound else None
        broadcast.announce()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat(beat))
            for track, video in videos.items():
                tasks.create_task(self._play(track, self._reels[track], video, _write))
            if audio is not None:
                tasks.create_task(self._play(paths.AUDIO, self._sound, audio, _write_alone))

    def _offer(self, broadcast: moq.BroadcastProducer, track: str) -> moq.MediaProducer:
        reel = self._reels[track]
        width, height = (1280, 720) if track == paths.VIDEO else (640, 360)
        hint = moq.VideoHint(
            coded=moq.Dimensions(width=width, height=height),
            framerate=1e6 / reel.microseconds,
            bitrate=8_000_000 * sum(map(len, reel.frames)) // (len(reel.frames) * reel.microseconds),
        )
        return broadcast.publish_video(moq.VideoFormat.AVC3, parameter_sets(reel), hint=hint, track=track)

    def _offer_sound(self, broadcast: moq.BroadcastProducer) -> moq.MediaProducer:
        return broadcast.publish_audio(moq.AudioFormat.OPUS, opus_head(), track=paths.AUDIO)

    async def _beat(self, beat: moq.TrackProducer) -> None:
        number = 0
        while True:
            await asyncio.sleep(1.0)
            number += 1
            beat.write_frame(_beat(number))

    async def _play(
        self, track: str, reel: Reel, media: moq.MediaProducer, write: Callable[[moq.MediaProducer, bytes, int], None]
    ) -> None:
        """Send a reel from its beginning, again and again, while somebody wants it."""
        demand = media.demand()
        stamps = self._sent.setdefault(track, array("q"))
        while True:
            await demand.used()
            due = time.monotonic_ns() // 1000
            number = 0
            while demand.is_used():
                write(media, reel.frames[number % len(reel.frames)], due)
                stamps.append(due)
                number += 1
                due += reel.microseconds
                late = time.monotonic_ns() // 1000 - due
                if late > _PREPARED_US:  # held up for a second: begin again with a key frame
                    break
                await asyncio.sleep(max(0, -late) / 1e6)

    # what it receives

    async def _follow_air(self, client: moq.Client, program: moq.BroadcastConsumer) -> None:
        watched: set[int] = set()
        async with await program.subscribe_track(paths.AIR, moq.Subscription(priority=200)) as texts:
            while (text := await texts.read_frame()) is not None:
                for air in json.loads(text.payload)["airs"]:
                    if air["n"] not in watched and air["role"] in self._part.looks_at:
                        watched.add(air["n"])
                        if air.get("far") and self._part.latency_ms:
                            self._watching.latency_us = _FAR_MS * 1000
                        self._event("air", site=air["site"], latency_ms=self._watching.latency_us // 1000)
                        self._begin(self._watch(client, air))

    async def _watch(self, client: moq.Client, air: dict[str, object]) -> None:
        source = await client.announced_broadcast(str(air["broadcast"]))
        site = str(air["site"])
        if paths.VIDEO in self._part.drains:
            self._look(source, site, str(air["broadcast"]))
        if paths.AUDIO in self._part.drains and site != self._part.site:
            self._begin(self._drain(source, site, str(air["broadcast"]), paths.AUDIO))

    def _look(self, source: moq.BroadcastConsumer, site: str, name: str) -> None:
        """Look at the rung that the line is given, in place of the one before; a smaller one has no room beside it."""
        _, _, before = self._pictures.pop(name, (None, None, None))
        if before is not None:
            is_less = self._track != paths.VIDEO
            asyncio.get_running_loop().call_later(0 if is_less else _OVERLAP, before.cancel)
        if self._track:
            self._pictures[name] = (source, site, self._begin(self._drain(source, site, name, self._track)))
        else:
            self._pictures[name] = (source, site, self._begin(asyncio.sleep(0)))

    async def _tell_how(self, client: moq.Client) -> None:
        broadcast = client.create_broadcast(f"watch/{self._part.conference}/{paths.new_nonce()}")
        beat = broadcast.publish_track(paths.BEAT)
        number = 0
        beat.write_frame(json.dumps({"n": number, "late_ms": 0, "gaps": 0}).encode())
        self._beats = beat
        broadcast.announce()
        while True:
            await asyncio.sleep(1.0)
            number += 1
            told = self._watching.beat(at=time.monotonic_ns() // 1000)
            shows = _RUNG_OF.get(self._track, "sound")
            beat.write_frame(json.dumps({"n": number, **told, "by": "webtransport", "shows": shows}).encode())

    async def _follow_line(self, client: moq.Client) -> None:
        line = await client.announced_broadcast(f"line/{self._part.conference}")
        async with await line.subscribe_track("state", moq.Subscription(priority=200)) as texts:
            while (text := await texts.read_frame()) is not None:
                state = json.loads(text.payload)
                self._event("line", state=state)
                self._told = _TRACK_OF.get(state.get("down", "high"), "")
                self._is_relieved = self._is_relieved and self._told == paths.VIDEO
                self._turn_to(self._told)

    def _turn_to(self, track: str) -> None:
        if track == self._track or self._is_relieved:
            return
        self._track = track
        for name, (source, site, _) in tuple(self._pictures.items()):
            self._look(source, site, name)

    def _relieve(self) -> None:
        """Let the large picture go at once, as a page does whose sound comes through a queue that stands."""
        if self._track == paths.VIDEO and self._beats is not None:
            self._beats.write_frame(json.dumps({"n": 0, "crowded": True}).encode())
            self._turn_to("video-low")
            self._is_relieved = True
            asyncio.get_running_loop().call_later(_LETS_GO, self._heed_again)

    def _heed_again(self) -> None:
        """Heed what the server tells again: it did not find the line crowded, or has said so by now."""
        self._is_relieved = False
        self._turn_to(self._told)

    async def _drain(self, source: moq.BroadcastConsumer, site: str, name: str, track: str) -> None:
        seen = self._seen.setdefault((name, track), Seen(site))
        arrivals = self._watching.sounds if track == paths.AUDIO else self._watching.pictures
        arrival = arrivals.setdefault(name, Arrival())
        priority = 150 if track == paths.AUDIO else 100
        is_sound = track == paths.AUDIO
        budget_ms = _PATIENT_MS
        if self._part.latency_ms:  # as a page, which waits for nothing that it would not play
            budget_ms = self._watching.latency_us // 1000 + (_SOUND_GROUP_MS if is_sound else 0)
        latency = self._watching.latency_us
        asked = moq.Subscription(priority=priority, max_age_us=budget_ms * 1000)
        began = waited = time.monotonic()
        first = not is_sound
        is_shown = is_sound
        arrival.room = Room()
        async with await source.subscribe_media(track, _LEGACY, asked) as frames:
            async for frame in frames:
                now = time.monotonic()
                if first:
                    first = False
                    whole = frame.keyframe and h264.is_whole_key_frame(frame.payload)
                    self._event("first", site=site, air=name, whole=whole, at_ns=time.time_ns())
                at_us = time.monotonic_ns() // 1000
                seen.stamps.append(frame.timestamp_us)
                seen.came.append(at_us)
                # A track begins with what was sent before it was asked for: that is nobody's lateness.
                is_shown = is_shown or now - began > _OVERDUE or arrival.is_in_time(frame.timestamp_us, at_us, latency)
                if is_shown:
                    arrival.frame(frame.timestamp_us, at_us)
                behind = (at_us - frame.timestamp_us) / 1e6
                arrival.room.note(behind, size=len(frame.payload), key=frame.keyframe)
                if is_sound and arrival.is_crowded(at=at_us):
                    self._relieve()
                seen.size += len(frame.payload)
                if not self._part.eager and now - waited > _A_WAIT and now - began > _EAGER:
                    await asyncio.sleep(_RESTS)  # waking for each frame costs more than reading it
                waited = time.monotonic()

    def _begin(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(_until_gone(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _event(self, event: str, **fields: object) -> None:
        self._tell({"event": event, "viewer": self._part.site, "at_ns": time.time_ns(), **fields})


async def _until_gone(work: Coroutine[object, object, None]) -> None:
    with contextlib.suppress(moq.Error):
        await work


async def _heed(program: moq.BroadcastConsumer) -> None:
    """Return when three beats are missed; a process too busy to hear looks once more each time."""
    async with await program.subscribe_track(paths.BEAT, moq.Subscription(priority=200)) as beats:
        missed = 0
        hearing = asyncio.ensure_future(beats.read_frame())
        try:
            while missed < _MISSED_BEATS:
                await asyncio.wait((hearing,), timeout=1.0)
                await asyncio.sleep(0)
                missed = 0 if hearing.done() else missed + 1
                if hearing.done():
                    if hearing.result() is None:
                        return
                    hearing = asyncio.ensure_future(beats.read_frame())
        finally:
            hearing.cancel()


def _write(media: moq.MediaProducer, payload: bytes, at_us: int) -> None:
    media.write_frame(payload, at_us)


def _write_alone(media: moq.MediaProducer, payload: bytes, at_us: int) -> None:
    media.write_frame(payload, at_us)
    media.cut()


def _beat(number: int) -> bytes:
    return json.dumps({"n": number}).encode()
