"""What our node costs for each bit it delivers, against Janus 1.1.2 (Debian) in the same run.

Ours is the server with its desks, and what is compared is relaying: Janus records nothing, so nor does ours
(`diemcau serve --no-recording`). Beside it stands what the same server costs while it records (`ours_recording`).
On both sides who receives only looks, and who speaks sends nothing but what the load is of: pictures, or sound.
Janus relays the same frames, by its Streaming plugin (RTP in, a frame's packets at once, as ffmpeg sends) and by
its VideoRoom (a WebRTC publisher, paced at 2.5 times the rate, as Chromium sends). On both sides every byte is read
and counted by real receivers in other processes; Janus' do ICE, DTLS and the SRTP that Chromium gets, and leave
packets encrypted, which is no matter of the server's. Cost is user and system time of the server's process alone.
Only ratios are to be trusted. Sound: ours in frames of 60 ms, Janus' in packets of 20 ms, per delivered second and
subscriber.

    pip install --group bench; apt-get install --no-install-recommends janus
    python bench/janus_ratio.py [--seconds 20] [--rounds 2]
"""

import argparse
import asyncio
import json
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, cycle
from pathlib import Path

from pylibsrtp import Policy, Session
from rig import footage
from rig.crowd import Crowd
from rig.hall import Part
from rig.house import House, free_port, open_house
from rig.janus import JanusDesk, janus_running, version
from rig.machine import Machine, cpu_seconds, say
from rig.webrtc import AS_SENDER, Identity, Peer, own_address

from diemcau.core.roles import Role

_SETTLES = 4.0
_PACKET = 1200
_PACE = 2.5
_ROOM = 1234
_VIEWERS = Path(__file__).parent / "rig" / "webrtc_viewers.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many receive what. `bits_per_second` 0: sound alone."""

    viewers: int
    bits_per_second: int

    def __str__(self) -> str:
        what = f"{self.bits_per_second / 1e6:g} Mbit/s" if self.bits_per_second else "sound"
        return f"{self.viewers} x {what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one server used while so much was delivered."""

    cpu: float
    bits: float
    heard: float
    fewest: float

    def rate(self, load: Load) -> float:
        """Return CPU-seconds per Gbit, or microseconds per second of sound and subscriber."""
        return self.cpu / (self.bits / 1e9) if load.bits_per_second else 1e6 * self.cpu / self.heard


LOADS = (
    Load(viewers=67, bits_per_second=1_500_000),
    Load(viewers=30, bits_per_second=4_000_000),
    Load(viewers=20, bits_per_second=1_500_000),
    Load(viewers=67, bits_per_second=0),
)


# ours


async def _ours(load: Load, seconds: float, *options: str) -> Cost:
    async with open_house(sites=load.viewers + 2, options=options) as house, Crowd() as crowd, house.chair() as chair:
        holder, *viewers = house.remote_sites[: load.viewers + 1]
        speaking = replace(_part(house, holder, load), looks_at=())
        await crowd.enter([speaking])
        await crowd.enter([replace(_part(house, site, load), is_camera=False) for site in viewers])
        await crowd.everyone_up(load.viewers + 1)
        await chair.open()
        await asyncio.sleep(1)
        await chair.grant(holder)
        await asyncio.sleep(_SETTLES)
        before, cpu = await _came(crowd, load), cpu_seconds(house.pid)
        await asyncio.sleep(seconds)
        cpu, after = cpu_seconds(house.pid) - cpu, await _came(crowd, load)
    return Cost(
        cpu=cpu,
        bits=8 * (after[0] - before[0]),
        heard=0.06 * (after[1] - before[1]),
        fewest=(after[2] - before[2]) / seconds,
    )


def _part(house: House, site: str, load: Load) -> Part:
    return Part(
        conference=house.conference,
        site=site,
        token=house.ticket(Role.SITE, site),
        nodes=(house.node,),
        looks_at=("holder",),
        bits_per_second=load.bits_per_second,
        tracks=("video",) if load.bits_per_second else (),
        has_sound=not load.bits_per_second,
        drains=("video",) if load.bits_per_second else ("audio",),
    )


async def _came(crowd: Crowd, load: Load) -> tuple[float, float, float]:
    """Return bytes, frames, and frames of whoever has the fewest."""
    counts = await crowd.ask({"do": "count", "since_us": 0, "until_us": 2**62}, answers=load.viewers + 1)
    rows = [row for event in counts for row in event["came"]]  # type: ignore[attr-defined]
    frames = [row["frames"] for row in rows]
    if len(frames) < load.viewers:
        raise RuntimeError(f"only {len(frames)} of {load.viewers} sites receive")
    return sum(row["bytes"] for row in rows), sum(frames), min(frames)


# Janus


def _janus(load: Load, seconds: float, *, plugin: str) -> tuple[Cost, str]:
    with janus_running(free_port(socket.SOCK_STREAM)) as (pid, url):
        desk = JanusDesk(url)
        begin = _feed_streaming if plugin == "streaming" else _feed_room
        with begin(desk, load) as feed, _viewers(url, plugin, feed, load) as ask:
            _until_up(ask, load)
            time.sleep(_SETTLES)
            before, cpu = ask(), cpu_seconds(pid)
            time.sleep(seconds)
            cpu, after = cpu_seconds(pid) - cpu, ask()
        desk.close()
    cost = Cost(
        cpu=cpu,
        bits=8 * (after["bytes"] - before["bytes"]),
        heard=0.02 * (after["packets"] - before["packets"]),
        fewest=(after["fewest"] - before["fewest"]) / seconds,
    )
    return cost, str(after["srtp"])


def _until_up(ask: Callable[[], dict[str, int]], load: Load) -> None:
    deadline = time.monotonic() + 30
    while ask()["up"] < load.viewers:
        if time.monotonic() > deadline:
            raise RuntimeError(f"not all of {load.viewers} receivers came up: {ask()}")
        time.sleep(0.5)


@contextmanager
def _viewers(url: str, plugin: str, feed: int, load: Load) -> Iterator[Callable[[], dict[str, int]]]:
    number = feed if plugin == "streaming" else _ROOM
    command = [sys.executable, str(_VIEWERS), url, plugin, str(number), str(load.viewers), str(feed)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask() -> dict[str, int]:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no way to ask")
        process.stdin.write("count\n")
        process.stdin.flush()
        answer: dict[str, int] = json.loads(process.stdout.readline())
        return answer

    try:
        yield ask
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(timeout=10)


@contextmanager
def _feed_streaming(desk: JanusDesk, load: Load) -> Iterator[int]:
    """Send plain RTP to a mountpoint."""
    port = free_port(socket.SOCK_DGRAM)
    is_video = bool(load.bits_per_second)
    codec = {"pt": 96, "codec": "h264", "fmtp": "profile-level-id=42e01f;packetization-mode=1"}
    media = {"type": "video", "mid": "v", "port": port, **codec} if is_video else {}
    media = media or {"type": "audio", "mid": "a", "port": port, "pt": 111, "codec": "opus"}
    desk.say(desk.attach("streaming"), {"request": "create", "type": "rtp", "id": 1, "name": "bench", "media": [media]})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", port))
        with _sending(load, out.send):
            yield 1


@contextmanager
def _feed_room(desk: JanusDesk, load: Load) -> Iterator[int]:
    """Publish into a VideoRoom as a browser does."""
    desk.say(desk.attach("videoroom"), {"request": "create", "room": _ROOM, "publishers": 2, "videocodec": "h264"})
    handle = desk.attach("videoroom")
    joined = desk.say(handle, {"request": "join", "ptype": "publisher", "room": _ROOM})
    feed = int(joined["plugindata"]["data"]["id"])  # type: ignore[index]
    peer = Peer(Identity(AS_SENDER), own_address())
    offer = {"type": "offer", "sdp": peer.offer(_MEDIA[bool(load.bits_per_second)])}
    answer = desk.say(handle, {"request": "publish"}, offer)
    peer.heed(answer["jsep"]["sdp"])  # type: ignore[index]
    deadline = time.monotonic() + 10
    while not peer.is_up and time.monotonic() < deadline:
        peer.check()
        time.sleep(0.05)
        peer.read()
        peer.again()
    if not peer.is_up:
        raise RuntimeError("the publisher did not come up in the VideoRoom")
    policy = Policy(
        key=peer.keys(), ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80
    )
    session = Session(policy=policy)

    def send(packet: bytes) -> None:
        peer.send(session.protect(packet))

    def rest() -> None:
        peer.read()
        peer.check()

    with _sending(load, send, rest=rest, pace=_PACE * load.bits_per_second):
        yield feed


_MEDIA = {
    True: "m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\na=rtpmap:96 H264/90000\na=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n"
    "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\na=ssrc:7777 cname:bench\n",
    False: "m=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:0\na=rtpmap:111 opus/48000/2\na=ssrc:7777 cname:bench\n",
}


@contextmanager
def _sending(
    load: Load, send: Callable[[bytes], object], *, rest: Callable[[], None] | None = None, pace: float = 0.0
) -> Iterator[None]:
    """Send the frames of the load as RTP until left; `pace`: bits a second within a frame, 0 for all at once."""
    stop = threading.Event()
    if load.bits_per_second:
        reel = footage.film(replace(footage.HIGH, bits_per_second=load.bits_per_second))
    else:
        reel = footage.speak(frame_ms=20)
    packets = _video(reel) if load.bits_per_second else _sound(reel)
    how = {"every": reel.microseconds / 1e6, "pace": pace, "send": send, "rest": rest}
    work = threading.Thread(target=_send, args=(stop, packets), kwargs=how, daemon=True)
    work.start()
    try:
        yield
    finally:
        stop.set()
        work.join()


def _video(reel: footage.Reel) -> Iterator[list[bytes]]:
    """Yield the packets of each picture, for ever."""
    sequence = count(random.randrange(1000))
    for number, frame in enumerate(cycle(reel.frames)):
        stamp = (number * reel.microseconds * 90_000 // 1_000_000) & 0xFFFFFFFF
        parts = [frame[begin : begin + _PACKET] for begin in range(0, len(frame), _PACKET)]
        kinds = [96] * (len(parts) - 1) + [96 | 0x80]
        yield [_rtp(kind, next(sequence), stamp) + part for kind, part in zip(kinds, parts, strict=True)]


def _sound(reel: footage.Reel) -> Iterator[list[bytes]]:
    """Yield the packet of each frame of sound, for ever."""
    for number, frame in enumerate(cycle(reel.frames)):
        yield [_rtp(111, number, number * reel.microseconds * 48_000 // 1_000_000) + frame]


def _rtp(kind: int, sequence: int, stamp: int) -> bytes:
    return struct.pack(">BBHII", 0x80, kind, sequence & 0xFFFF, stamp & 0xFFFFFFFF, 7777)


def _send(
    stop: threading.Event,
    frames: Iterator[list[bytes]],
    *,
    every: float,
    pace: float,
    send: Callable[[bytes], object],
    rest: Callable[[], None] | None,
) -> None:
    due = time.monotonic()
    for number, packets in enumerate(frames):
        if stop.is_set():
            return
        for packet in packets:
            send(packet)
            if pace:
                time.sleep(8 * len(packet) / pace)
        if rest is not None and number % 10 == 0:
            rest()
        due += every
        time.sleep(max(0.0, due - time.monotonic()))


# both


def _measure(load: Load, *, seconds: float, rounds: int) -> dict[str, object]:
    machine = Machine()
    machine.begin()
    costs: dict[str, list[Cost]] = {"ours": [], "ours_recording": [], "streaming": [], "videoroom": []}
    srtp = ""
    for _ in range(rounds):
        for name, options in (("ours", ("--no-recording",)), ("ours_recording", ())):
            cost = asyncio.run(asyncio.wait_for(_ours(load, seconds, *options), seconds + 180))
            costs[name].append(cost)
        for plugin in ("streaming", "videoroom"):
            cost, srtp = _janus(load, seconds, plugin=plugin)
            costs[plugin].append(cost)
    rates = {name: sum(cost.rate(load) for cost in taken) / rounds for name, taken in costs.items()}
    unit = "cpu_seconds_per_gbit" if load.bits_per_second else "cpu_us_per_second_heard"
    return {
        "figure": "janus_ratio",
        "load": str(load),
        unit: {name: round(rate, 2) for name, rate in rates.items()},
        "rounds": {name: [round(cost.rate(load), 2) for cost in taken] for name, taken in costs.items()},
        "ratio": _ratio(rates, "ours"),
        "ratio_recording": _ratio(rates, "ours_recording"),
        "delivered_gbit": {name: [round(cost.bits / 1e9, 3) for cost in taken] for name, taken in costs.items()},
        "fewest_a_second": {name: [round(cost.fewest, 1) for cost in taken] for name, taken in costs.items()},
        "srtp": srtp,
        "janus": version(),
        "machine": machine.report(),
    }


def _ratio(rates: dict[str, float], ours: str) -> dict[str, float]:
    return {name: round(rates[ours] / rates[name], 2) for name in ("streaming", "videoroom")}


def main() -> None:
    """Measure each load and print one JSON object a load."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--load", type=int, choices=range(len(LOADS)), help="only this one")
    asked = parser.parse_args()
    for load in LOADS if asked.load is None else (LOADS[asked.load],):
        say(_measure(load, seconds=asked.seconds, rounds=asked.rounds))


if __name__ == "__main__":
    main()
