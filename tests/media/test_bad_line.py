import asyncio
import random
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.rehearsal_sites.bad_line import Address, BadLine, Pipe, Way

PATIENCE = 10.0


def test_a_packet_comes_out_after_the_delay() -> None:
    pipe = Pipe(Way(delay=0.025), random.Random(1))

    assert pipe.due(1200, at=5.0) == 5.025


def test_a_share_of_the_packets_is_lost() -> None:
    pipe = Pipe(Way(loss=0.05), random.Random(1))

    lost = sum(pipe.due(1200, at=float(number)) is None for number in range(10_000))

    assert 400 <= lost <= 600


def test_a_bottleneck_lets_packets_out_one_after_the_other() -> None:
    pipe = Pipe(Way(bits_per_second=8_000), random.Random(1))

    assert [pipe.due(1000, at=0.0) for _ in range(3)] == [1.0, 2.0, 3.0]


def test_what_finds_the_queue_full_is_lost() -> None:
    pipe = Pipe(Way(bits_per_second=8_000, queue_bytes=2_000), random.Random(1))

    assert [pipe.due(1000, at=0.0) for _ in range(4)] == [1.0, 2.0, None, None]


def test_a_line_that_becomes_better_lets_nothing_overtake() -> None:
    pipe = Pipe(Way(delay=1.0), random.Random(1))
    before = pipe.due(1000, at=0.0)
    pipe.way = Way()

    assert (before, pipe.due(1000, at=0.5), pipe.due(1000, at=2.0)) == (1.0, 1.0, 2.0)


@given(st.lists(st.tuples(st.integers(1, 1500), st.floats(0, 0.1)), max_size=200), st.integers(10_000, 2_000_000))
def test_never_more_comes_out_than_the_bottleneck_carries(packets: list[tuple[int, float]], rate: int) -> None:
    pipe = Pipe(Way(bits_per_second=rate, queue_bytes=5_000), random.Random(1))
    at, carried, last = 0.0, 0, 0.0

    for size, pause in packets:
        at += pause
        due = pipe.due(size, at=at)
        if due is not None:
            carried, last = carried + size, due

    assert carried * 8 <= last * rate * (1 + 1e-9) + 1e-3


class _Echo(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.second = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.heard.append(data)
        if len(self.heard) == 2:
            self.second.set()
        assert self._transport is not None
        self._transport.sendto(data.upper(), addr)


class _Caller(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, _addr: Address) -> None:
        self.answers.put_nowait(data)


@pytest.mark.anyio
async def test_each_direction_is_bad_by_itself() -> None:
    loop = asyncio.get_running_loop()
    node, echo = await loop.create_datagram_endpoint(_Echo, local_addr=("127.0.0.1", 0))
    try:
        async with BadLine(node.get_extra_info("sockname")) as line:
            client, caller = await loop.create_datagram_endpoint(_Caller, remote_addr=("127.0.0.1", line.port))
            client.sendto(b"one")
            first = await asyncio.wait_for(caller.answers.get(), PATIENCE)
            line.down = replace(line.down, loss=1.0)
            client.sendto(b"two")
            await asyncio.wait_for(echo.second.wait(), PATIENCE)
            line.down = Way()
            client.sendto(b"three")
            second = await asyncio.wait_for(caller.answers.get(), PATIENCE)
            client.close()
    finally:
        node.close()

    assert (echo.heard, first, second) == ([b"one", b"two", b"three"], b"ONE", b"THREE")
