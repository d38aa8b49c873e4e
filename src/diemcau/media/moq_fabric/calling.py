"""Calling: a client's session with a node, to publish as a camera does and to read as a hall does."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import moq

from diemcau.media import paths
from diemcau.media.fabric import Code, Demand, Encoder, FabricError, Guest, Link, Publication, RefusedError, Source
from diemcau.media.moq_fabric.keeping import new_broadcast, new_origin
from diemcau.media.moq_fabric.reading import MoqSource, let_go
from diemcau.media.moq_fabric.serving import MoqGuest
from diemcau.media.moq_fabric.writing import opus_head


class MoqDemand:
    """Whether somebody is subscribed to a track."""

    def __init__(self, demand: moq.TrackDemand) -> None:
        self._demand = demand

    async def wanted(self) -> None:
        """Wait until somebody is subscribed."""
        await self._demand.used()

    def is_wanted(self) -> bool:
        """Whether somebody is subscribed."""
        return self._demand.is_used()


class MoqEncoder(MoqDemand):
    """One of the library's own encoders, or a track of what is encoded already."""

    def __init__(self, demand: moq.TrackDemand, begin: Callable[[], None], write: Callable[[bytes, int], None]) -> None:
        super().__init__(demand)
        self.begin = begin
        self.write = write


class MoqPublication:
    """A camera's side of what it publishes."""

    def __init__(self, broadcast: moq.BroadcastProducer, announce: Callable[[], None]) -> None:
        self._broadcast = broadcast
        self._announce = announce
        self._texts: dict[str, moq.TrackProducer] = {}

    def encode_video(
        self, *, width: int, height: int, fps: int, bits_per_second: int, track: str = paths.VIDEO
    ) -> Encoder:
        """Offer a track of H.264, with a key frame each second."""
        size = moq.VideoEncoderInput(format=moq.VideoPixelFormat.I420, width=width, height=height, framerate=fps)
        codec = moq.VideoEncoderOutput(
            codec=moq.VideoCodec.H264,
            track=track,
            bitrate=bits_per_second,
            gop=fps,
            kind=moq.VideoEncoderKind.SOFTWARE(),
        )
        video = self._broadcast.encode_video(size, codec)

        def write(picture: bytes, at_us: int) -> None:
            video.write(moq.VideoFrame(timestamp_us=at_us, data=picture))

        return MoqEncoder(video.demand(), video.cut, write)

    def offer_video(self) -> Encoder:
        """Offer the track `video`, of H.264 that is encoded already."""
        video = self._broadcast.publish_video(moq.VideoFormat.AVC3, track=paths.VIDEO)
        return MoqEncoder(video.demand(), video.discontinuity, video.write_frame)

    def offer_audio(self, *, sample_rate: int, channels: int) -> Encoder:
        """Offer the track `audio`, of Opus that is encoded already."""
        head = opus_head(sample_rate=sample_rate, channels=channels)
        audio = self._broadcast.publish_audio(moq.AudioFormat.OPUS, head, track=paths.AUDIO)

        def write(packet: bytes, at_us: int) -> None:
            audio.cut()
            audio.write_frame(packet, at_us)

        return MoqEncoder(audio.demand(), audio.discontinuity, write)

    def offer_text(self, track: str) -> Demand:
        """Offer a track of texts, to be written while somebody is subscribed."""
        self._texts[track] = self._broadcast.publish_track(track)
        return MoqDemand(self._texts[track].demand())

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        if track not in self._texts:
            self._texts[track] = self._broadcast.publish_track(track)
        self._texts[track].write_frame(text)

    def announce(self) -> None:
        """Tell the server, once the tracks are there."""
        self._announce()


class MoqLink:
    """A client's session with a node."""

    def __init__(self, client: moq.Client, resources: contextlib.AsyncExitStack) -> None:
        self._client = client
        self._resources = resources

    def publish(self, path: str) -> Publication:
        """Begin to publish under a name."""
        broadcast = self._client.create_broadcast(path)
        return MoqPublication(broadcast, broadcast.announce)

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
            if details is not None and details.code in tuple(Code)[1:]:
                raise RefusedError(details.code) from error

    async def close(self) -> None:
        """Leave."""
        await self._resources.aclose()
        await let_go()


def publish_here(announce: Callable[[], None]) -> tuple[Publication, Source]:
    """Return something to publish that another fabric carries and `announce` tells of, and what is read of it here."""
    broadcast = new_broadcast()
    return MoqPublication(broadcast, announce), MoqSource("", broadcast.consume())


async def connect(url: str, *, fingerprints: Sequence[str] = (), verify: bool = True) -> Link:
    """Begin one session with a node; it is never begun again by itself."""
    return await _call(url, fingerprints, verify=verify, publish=new_origin())


async def carry_up(guest: Guest, url: str, *, fingerprints: Sequence[str] = ()) -> Link:
    """Publish at another node whatever a guest publishes here; no frame passes through this program.

    Only what is asked for there is asked of the guest. Raises `FabricError` if there is no session.
    """
    if not isinstance(guest, MoqGuest):
        raise FabricError("what comes over a WebSocket can't be carried up: let it connect to the centre.")
    return await _call(url, fingerprints, verify=True, publish=guest.written)


async def _call(url: str, fingerprints: Sequence[str], *, verify: bool, publish: moq.OriginProducer) -> Link:
    client = moq.Client(
        url,
        tls_verify=verify,
        tls_fingerprints=list(fingerprints) or None,
        websocket_enabled=False,
        reconnect=False,
        publish=publish,
        subscribe=new_origin(),
    )
    resources = contextlib.AsyncExitStack()
    try:
        await resources.enter_async_context(client)
    except asyncio.CancelledError:  # else the library goes on connecting, and holds up the end of the program
        await client.__aexit__(None, None, None)
        await let_go()
        raise
    except moq.Error as error:
        raise FabricError(f"no session with the media server: {error}") from error
    return MoqLink(client, resources)
