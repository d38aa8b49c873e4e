"""The media fabric on Media over QUIC: the only file that knows the library `moq`.

A node gives every session two name spaces of its own: one that the guest writes into, and one
that it reads from, in which each name is answered by the keeper of the door. The library itself
knows no scopes: with shared name spaces, whoever announces a name last owns it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs

import moq

from diemcau.media import h264, paths
from diemcau.media.fabric import (
    Admission,
    Code,
    Encoder,
    FabricError,
    Guest,
    Knock,
    Link,
    MalformedMediaError,
    MediaFrame,
    Outlet,
    Part,
    Publication,
    RefusedError,
    Rendition,
    Renditions,
    Source,
)

_LOG = logging.getLogger(__name__)
_LATENCY = timedelta(milliseconds=150)
_HANDSHAKE = 10.0
_FRAMES_IN_AUDIO_GROUP = 8
_OPUS_PRE_SKIP = 312
_NOT_THERE = 404
_APP = 64  # where the wire begins to count the codes of applications
Offer: TypeAlias = Callable[[str], Outlet | None]
_LEGACY = moq.Container.LEGACY()
_TEXT = moq.Subscription(priority=200)
_PICTURE = moq.Subscription(priority=100, max_age_us=_LATENCY // timedelta(microseconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate in files; without one a node makes its own, which lasts 14 days."""

    cert: Path
    key: Path


class MoqSource:
    """A broadcast that somebody else publishes."""

    def __init__(self, path: str, broadcast: moq.BroadcastConsumer) -> None:
        self._path = path
        self._broadcast = broadcast
        self._containers: dict[str, moq.Container] = {}

    @property
    def path(self) -> str:
        """The name under which it is published."""
        return self._path

    async def renditions(self) -> AsyncIterator[Renditions]:
        """Yield what is offered, now and at every change."""
        with _until_gone(self._path):
            async with await self._broadcast.subscribe_catalog() as catalogs:
                async for catalog in catalogs:
                    for name, entry in (*catalog.video.items(), *catalog.audio.items()):
                        self._containers[name] = entry.container
                    yield _renditions(catalog)

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        """Yield the frames of one track from a key frame on; subscribed while iterated."""
        with _until_gone(self._path):
            name = rendition.track
            container = self._containers.get(name, _LEGACY)
            async with await self._broadcast.subscribe_media(name, container, _PICTURE) as media:
                async for frame in media:
                    if frame.payload:
                        yield _frame(frame, rendition)

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        """Yield the newest text of a track and every later one."""
        with _until_gone(self._path):
            async with await self._broadcast.subscribe_track(track, _TEXT) as groups:
                while (frame := await groups.read_frame()) is not None:
                    yield frame.payload


class MoqOutlet:
    """A broadcast of this side that several guests may read under names of the door's choice."""

    def __init__(self) -> None:
        self.broadcast = moq.BroadcastProducer()
        self._video: moq.MediaProducer | None = None
        self._audio: moq.MediaProducer | None = None
        self._texts: dict[str, moq.TrackProducer] = {}
        self._audio_frames = 0
        self._is_finished = False

    def open_video(self) -> None:
        """Offer the track `video`."""
        if self._video is None and not self._is_finished:
            self._video = self.broadcast.publish_video(moq.VideoFormat.AVC3, track=paths.VIDEO)

    def write_video(self, frame: MediaFrame) -> None:
        """Publish one frame of H.264 on the track `video`."""
        if self._video is None or self._is_finished:
            return
        with _as_media_error():
            self._video.write_frame(frame.payload, frame.at_us)

    def open_audio(self, *, sample_rate: int, channels: int) -> None:
        """Offer the track `audio`."""
        if self._audio is None and not self._is_finished:
            head = _opus_head(sample_rate=sample_rate, channels=channels)
            self._audio = self.broadcast.publish_audio(moq.AudioFormat.OPUS, head, track=paths.AUDIO)

    def write_audio(self, frame: MediaFrame) -> None:
        """Publish one frame of Opus on the track `audio`."""
        if self._audio is None or self._is_finished:
            return
        with _as_media_error():
            if self._audio_frames % _FRAMES_IN_AUDIO_GROUP == 0:
                self._audio.cut()
            self._audio.write_frame(frame.payload, frame.at_us)
        self._audio_frames += 1

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        if self._is_finished:
            return
        if track not in self._texts:
            self._texts[track] = self.broadcast.publish_track(track)
        self._texts[track].write_frame(text)

    def is_wanted(self) -> bool:
        """Whether anyone is subscribed to sound or picture."""
        return any(track.demand().is_used() for track in (self._video, self._audio) if track)

    def finish(self) -> None:
        """End it cleanly."""
        if self._is_finished:
            return
        self._is_finished = True
        for track in (self._video, self._audio, *self._texts.values()):
            if track is not None:
                with contextlib.suppress(moq.Error):
                    track.finish()
        self.broadcast.close()


class MoqGuest:
    """One session at a node."""

    def __init__(self, admission: Admission, session: moq.Session, own: moq.OriginConsumer, *, camera: bool) -> None:
        self._admission = admission
        self._session = session
        self._own = own
        self._is_camera = camera

    @property
    def admission(self) -> Admission:
        """Who it is."""
        return self._admission

    @property
    def is_camera(self) -> bool:
        """Whether it came to publish."""
        return self._is_camera

    async def sources(self) -> AsyncIterator[Source]:
        """Yield what it publishes under its own name, as it begins."""
        with _until_gone(f"the session {self._admission.connection}"):
            async with self._own.announced("up") as announcements:
                async for announcement in announcements:
                    if announcement.active and self._may_publish(announcement.prefix):
                        path = announcement.prefix
                        yield MoqSource(path, await self._own.request_broadcast(path))

    async def closed(self) -> None:
        """Wait until the session is over."""
        with contextlib.suppress(moq.Error):
            await self._session.closed()

    def close(self, code: Code) -> None:
        """End the session."""
        self._session.cancel(code + _APP if code else 0)

    def _may_publish(self, path: str) -> bool:
        name, who = paths.read_up(path), self._admission
        is_own = name is not None and (name.conference, name.site) == (who.conference, who.site)
        return self._is_camera and is_own


class MoqKnock:
    """Somebody who wants to come in."""

    def __init__(self, request: moq.Request) -> None:
        self._request = request
        self._token = parse_qs(request.query or "").get("jwt", [""])[0]
        self._is_camera = request.path.rstrip("/").endswith("/camera")

    @property
    def token(self) -> str:
        """What is shown as a pass; may be empty or anything."""
        return self._token

    @property
    def is_camera(self) -> bool:
        """Whether it wants to publish."""
        return self._is_camera

    async def accept(self, admission: Admission, offer: Offer) -> Guest | None:
        """Let it in, with two name spaces of its own: one to write into, one to read from."""
        own, offered = moq.OriginProducer(), moq.OriginProducer()
        self._request.set_consume(own)
        self._request.set_publish(offered)
        prefixes = [paths.program(admission.conference)]
        if admission.part is Part.OPERATOR:
            prefixes.append(paths.previews(admission.conference))
        answering = [asyncio.create_task(_answer(offered.dynamic(prefix), offer)) for prefix in prefixes]
        try:
            async with asyncio.timeout(_HANDSHAKE):
                session = await self._request.accept()
        except (moq.Error, TimeoutError):
            _cancel(answering)
            return None
        watching = asyncio.create_task(_cancel_when_closed(session, answering))
        answering.append(watching)
        return MoqGuest(admission, session, own.consume(), camera=self._is_camera)

    async def refuse(self, code: Code) -> None:
        """Send it away."""
        with contextlib.suppress(moq.Error, TimeoutError):
            async with asyncio.timeout(_HANDSHAKE):
                await self._request.reject(code)


class MoqNode:
    """A server on one UDP port."""

    def __init__(self, host: str, port: int, certificate: Certificate | None = None) -> None:
        self._host = host
        self._asked_port = port
        self._certificate = certificate
        self._resources = contextlib.AsyncExitStack()
        self._server: moq.Server | None = None
        self._fingerprints: tuple[str, ...] = ()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listening().local_addr.rpartition(":")[2])

    async def listen(self) -> None:
        """Begin. Raises `FabricError` if the port is taken or the certificate can't be read."""
        nowhere = moq.OriginProducer()
        files = self._certificate
        server = moq.Server(
            f"{_in_brackets(self._host)}:{self._asked_port}",
            tls_cert=[str(files.cert)] if files else [],
            tls_key=[str(files.key)] if files else [],
            tls_generate=[] if files else ["localhost", self._host],
            publish=nowhere,
            subscribe=nowhere,
        )
        try:
            await self._resources.enter_async_context(server)
        except moq.Error as error:
            raise FabricError(self._sentence(error)) from error
        self._server = server
        self._fingerprints = tuple(server.cert_fingerprints())  # busy once it accepts

    async def knocks(self) -> AsyncIterator[Knock]:
        """Yield everyone who wants to come in."""
        with _until_gone("the door"):
            async for request in self._listening():
                yield MoqKnock(request)

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, in lower-case hex."""
        return self._fingerprints

    def new_outlet(self) -> Outlet:
        """Make something to offer; nobody reads it before it is offered."""
        return MoqOutlet()

    async def close(self) -> None:
        """Close the port. Sessions are closed by their guests."""
        self._server = None
        await self._resources.aclose()

    def _listening(self) -> moq.Server:
        if self._server is None:
            raise FabricError("The media server does not listen yet: call listen() first.")
        return self._server

    def _sentence(self, error: moq.Error) -> str:
        if "certificate" in str(error) or "key" in str(error):
            return f"The certificate for media can't be read ({error}): name a PEM file that exists."
        return (
            f"UDP port {self._asked_port} on {self._host} can't be opened ({error}): "
            "choose another port, or stop the program that uses it."
        )


class MoqEncoder:
    """One of the library's own encoders (openh264, libopus)."""

    def __init__(self, demand: moq.TrackDemand, begin: Callable[[], None], write: Callable[[bytes, int], None]) -> None:
        self._demand = demand
        self.begin = begin
        self.write = write

    async def wanted(self) -> None:
        """Wait until somebody is subscribed."""
        await self._demand.used()

    def is_wanted(self) -> bool:
        """Whether somebody is subscribed."""
        return self._demand.is_used()


class MoqPublication:
    """A camera's side of what it publishes."""

    def __init__(self, broadcast: moq.BroadcastProducer) -> None:
        self._broadcast = broadcast
        self._texts: dict[str, moq.TrackProducer] = {}

    def encode_video(self, *, width: int, height: int, fps: int, bits_per_second: int) -> Encoder:
        """Offer the track `video`."""
        size = moq.VideoEncoderInput(format=moq.VideoPixelFormat.I420, width=width, height=height, framerate=fps)
        codec = moq.VideoEncoderOutput(
            codec=moq.VideoCodec.H264,
            track=paths.VIDEO,
            bitrate=bits_per_second,
            gop=fps,
            kind=moq.VideoEncoderKind.SOFTWARE(),
        )
        video = self._broadcast.encode_video(size, codec)

        def write(picture: bytes, at_us: int) -> None:
            video.write(moq.VideoFrame(timestamp_us=at_us, data=picture))

        return MoqEncoder(video.demand(), video.cut, write)

    def encode_audio(self, *, bits_per_second: int, frame_ms: int) -> Encoder:
        """Offer the track `audio`."""
        layout = moq.AudioEncoderInput(format=moq.AudioSampleFormat.S16, sample_rate=48_000, channels=1)
        codec = moq.AudioEncoderOutput(
            codec=moq.AudioCodec.opus(), bitrate=bits_per_second, frame_duration_us=frame_ms * 1000
        )
        audio = self._broadcast.encode_audio(paths.AUDIO, layout, codec)

        def write(samples: bytes, at_us: int) -> None:
            audio.write(moq.AudioFrame(timestamp_us=at_us, data=samples))

        return MoqEncoder(audio.demand(), audio.reset_epoch, write)

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        if track not in self._texts:
            self._texts[track] = self._broadcast.publish_track(track)
        self._texts[track].write_frame(text)

    def announce(self) -> None:
        """Tell the server, once the tracks are there."""
        self._broadcast.announce()


class MoqLink:
    """A client's session with a node."""

    def __init__(self, client: moq.Client, resources: contextlib.AsyncExitStack) -> None:
        self._client = client
        self._resources = resources

    def publish(self, path: str) -> Publication:
        """Begin to publish under a name."""
        return MoqPublication(self._client.create_broadcast(path))

    async def read(self, path: str) -> Source:
        """Return what is published under a name. Raises `FabricError` if nothing is."""
        try:
            return MoqSource(path, await self._client.announced_broadcast(path))
        except moq.Error as error:
            raise FabricError(f"nothing is published under {path}") from error

    async def closed(self) -> None:
        """Wait for the end. Raises `RefusedError` if the server gave a code."""
        session = self._client.session
        if session is None:
            return
        try:
            await session.closed()
        except moq.Error as error:
            details = moq.protocol_error(error)
            if moq.is_auth(error):
                raise RefusedError(Code.UNKNOWN_PASS) from error
            if details is not None and details.code >= _APP:
                raise RefusedError(details.code - _APP) from error

    async def close(self) -> None:
        """Leave."""
        await self._resources.aclose()


async def connect(url: str, *, fingerprints: Sequence[str] = (), verify: bool = True) -> Link:
    """Begin one session with a node; it is never begun again by itself."""
    client = moq.Client(
        url,
        tls_verify=verify,
        tls_fingerprints=list(fingerprints) or None,
        websocket_enabled=False,
        reconnect=False,
        publish=moq.OriginProducer(),
        subscribe=moq.OriginProducer(),
    )
    resources = contextlib.AsyncExitStack()
    try:
        await resources.enter_async_context(client)
    except moq.Error as error:
        raise FabricError(f"no session with the media server: {error}") from error
    return MoqLink(client, resources)


@contextlib.contextmanager
def _until_gone(name: str) -> Iterator[None]:
    try:
        yield
    except moq.Error as error:
        _LOG.debug("%s ended: %s", name, error)


@contextlib.contextmanager
def _as_media_error() -> Iterator[None]:
    try:
        yield
    except moq.Error as error:
        raise MalformedMediaError(f"not the media that was announced: {error}") from error


async def _answer(route: moq.OriginDynamic, offer: Offer) -> None:
    try:
        with _until_gone("a route"):
            async for request in route:
                outlet = offer(request.path)
                if isinstance(outlet, MoqOutlet):
                    request.accept(outlet.broadcast)
                else:
                    request.reject(_NOT_THERE)
    finally:
        route.cancel()


async def _cancel_when_closed(session: moq.Session, tasks: Sequence[asyncio.Task[None]]) -> None:
    with contextlib.suppress(moq.Error):
        await session.closed()
    _cancel(tasks)


def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


def _renditions(catalog: moq.Catalog) -> Renditions:
    videos = (
        Rendition(
            track=name,
            codec=entry.codec,
            description=entry.description,
            width=entry.coded.width if entry.coded else None,
            height=entry.coded.height if entry.coded else None,
        )
        for name, entry in sorted(catalog.video.items())
        if entry.codec.startswith("avc")
    )
    sounds = (
        Rendition(
            track=name,
            codec=entry.codec,
            description=entry.description,
            sample_rate=entry.sample_rate,
            channels=entry.channel_count,
        )
        for name, entry in sorted(catalog.audio.items())
        if entry.codec == "opus"
    )
    return Renditions(video=next(videos, None), audio=next(sounds, None))


def _frame(frame: moq.MediaFrame, rendition: Rendition) -> MediaFrame:
    payload = frame.payload
    if rendition.description and rendition.codec.startswith("avc"):
        payload = h264.from_sized(payload, rendition.description, key=frame.keyframe)
    return MediaFrame(payload=payload, at_us=frame.timestamp_us, key=frame.keyframe)


def _opus_head(*, sample_rate: int, channels: int) -> bytes:
    """Return the identification header of RFC 7845, section 5.1."""
    rate = sample_rate.to_bytes(4, "little")
    skip = _OPUS_PRE_SKIP.to_bytes(2, "little")
    return b"OpusHead" + bytes((1, channels)) + skip + rate + bytes(3)


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
