"""A bad line on purpose: a UDP relay that delays, loses and narrows, each direction by itself.

It stands between a client and a node on one machine, where the kernel can't do the same. It knows
nothing of what it carries, and it is no part of a server.

    python -m diemcau.media.rehearsal_sites.bad_line --to 8443 --listen 9443 --delay-ms 25 --up-loss 0.02
"""

import argparse
import asyncio
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeAlias

Address: TypeAlias = tuple[str, int]
_BITS = 8
_BUFFER: Final = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one direction is: seconds on the way, share lost, and a bottleneck with a queue if it has one."""

    delay: float = 0.0
    loss: float = 0.0
    bits_per_second: float | None = None
    queue_bytes: int = 64_000


class Pipe:
    """One direction of one client's line. Nothing here reads a clock: the time comes in with each packet."""

    def __init__(self, way: Way, chance: random.Random) -> None:
        self.way = way
        self._chance = chance
        self._free_at = 0.0
        self._latest = 0.0

    def due(self, size: int, *, at: float) -> float | None:
        """Return when a packet of so many bytes comes out, or None if it is lost."""
        way = self.way
        if self._chance.random() < way.loss:
            return None
        leaves = at
        if way.bits_per_second is not None:
            begins = max(at, self._free_at)
            if (begins - at) * way.bits_per_second / _BITS + size > way.queue_bytes:
                return None
            leaves = self._free_at = begins + size * _BITS / way.bits_per_second
        self._latest = max(self._latest, leaves + way.delay)  # a line that becomes better lets nothing overtake
        return self._latest


class BadLine:
    """The relay. Use as an asynchronous context manager; `up` and `down` may be changed while it runs."""

    def __init__(
        self, to: Address, *, up: Way | None = None, down: Way | None = None, listen: Address = ("127.0.0.1", 0)
    ) -> None:
        self._to = to
        self._listen = listen
        self._up = up or Way()
        self._down = down or Way()
        self._clients: dict[Address, _Client] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def port(self) -> int:
        """The UDP port that clients connect to."""
        if self._transport is None:
            raise RuntimeError("the bad line does not listen yet: use it as a context manager")
        return int(self._transport.get_extra_info("sockname")[1])

    @property
    def up(self) -> Way:
        """From clients to the node."""
        return self._up

    @up.setter
    def up(self, way: Way) -> None:
        self._up = way
        for client in self._clients.values():
            client.up.way = way

    @property
    def down(self) -> Way:
        """From the node to clients."""
        return self._down

    @down.setter
    def down(self, way: Way) -> None:
        self._down = way
        for client in self._clients.values():
            client.down.way = way

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Side(self._take), local_addr=self._listen)
        _widen(self._transport)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            client.close()
        if self._transport is not None:
            self._transport.close()

    def _take(self, packet: bytes, sender: Address) -> None:
        client = self._clients.get(sender)
        if client is None:
            client = self._clients[sender] = _Client(self._to, self._up, self._down, self._answer(sender))
        client.send_up(packet)

    def _answer(self, client: Address) -> Callable[[bytes], None]:
        def send(packet: bytes) -> None:
            if self._transport is not None and not self._transport.is_closing():
                self._transport.sendto(packet, client)

        return send


class _Side(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._take(data, addr)


class _Client:
    """One client's line: a socket of its own towards the node."""

    def __init__(self, to: Address, up: Way, down: Way, answer: Callable[[bytes], None]) -> None:
        self.up = Pipe(up, random.Random(1))  # noqa: S311 - chance in a load is not about secrecy
        self.down = Pipe(down, random.Random(2))  # noqa: S311 - chance in a load is not about secrecy
        self._answer = answer
        self._early: list[bytes] = []
        self._transport: asyncio.DatagramTransport | None = None
        self._opening = asyncio.create_task(self._open(to))

    def send_up(self, packet: bytes) -> None:
        _later(self.up, packet, self._send)

    def close(self) -> None:
        self._opening.cancel()
        if self._transport is not None:
            self._transport.close()

    async def _open(self, to: Address) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Side(self._receive), remote_addr=to)
        _widen(self._transport)
        for packet in self._early:
            self._send(packet)
        self._early.clear()

    def _receive(self, packet: bytes, _sender: Address) -> None:
        _later(self.down, packet, self._answer)

    def _send(self, packet: bytes) -> None:
        if self._transport is None:
            self._early.append(packet)
        elif not self._transport.is_closing():
            self._transport.sendto(packet)


def _later(pipe: Pipe, packet: bytes, send: Callable[[bytes], None]) -> None:
    loop = asyncio.get_running_loop()
    due = pipe.due(len(packet), at=loop.time())
    if due is not None:
        loop.call_at(due, send, packet)


def _widen(transport: asyncio.DatagramTransport) -> None:
    found = transport.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=int, required=True, help="UDP port of the node on this machine")
    parser.add_argument("--listen", type=int, default=0)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="one way, in each direction")
    parser.add_argument("--minutes", type=float, default=60.0, help="then it ends by itself")
    for side in ("up", "down"):
        parser.add_argument(f"--{side}-loss", type=float, default=0.0)
        parser.add_argument(f"--{side}-bits", type=float, default=None, help="bits a second of the bottleneck")
    return parser.parse_args()


async def _main(asked: argparse.Namespace) -> None:
    delay = asked.delay_ms / 1000
    up = Way(delay=delay, loss=asked.up_loss, bits_per_second=asked.up_bits)
    down = Way(delay=delay, loss=asked.down_loss, bits_per_second=asked.down_bits)
    async with BadLine(("127.0.0.1", asked.to), up=up, down=down, listen=("127.0.0.1", asked.listen)) as line:
        print(f"UDP port {line.port}", flush=True)  # noqa: T201 - it speaks to a terminal
        await asyncio.sleep(asked.minutes * 60)


if __name__ == "__main__":
    asyncio.run(_main(_asked()))
