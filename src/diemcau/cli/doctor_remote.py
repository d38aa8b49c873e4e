"""`diemcau doctor --remote LINK`: the network part of the technical check, from a shell in a hall."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.status import Status
from rich.table import Table

from diemcau.cli.saying import ERR, OUT
from diemcau.core.checks import Carrier, Finding, Fitness, Measures, Mend, Part, findings
from diemcau.media.fabric import FabricError, Link
from diemcau.media.line_probe import LineFound, measure_line
from diemcau.media.moq_fabric import connect
from diemcau.media.socket_fabric import connect_socket
from diemcau.wiring.visiting import MediaWay, Visit

_PARTS = (Part.UPLINK, Part.DOWNLINK, Part.LINE, Part.CARRIER, Part.CLOCK)
_UDP_WITHIN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    carrier: Carrier
    line: LineFound


def look_at_line(link: str, authority: Path | None, *, english: bool) -> None:
    """Measure the line to a server by a link; status 1 if something is to be mended."""
    language = 1 if english else 0
    with ERR.status(_STAGES["enter"][language]) as status:
        found = asyncio.run(_measure(Visit(link, authority=authority), lambda stage: _say(status, stage, language)))
    told = [one for one in findings(_measures(found)) if one.part in _PARTS]
    OUT.print(_table(found, told, language))
    if any(one.fitness is not Fitness.FIT for one in told):
        raise typer.Exit(1)


async def _measure(visit: Visit, told: Callable[[str], None]) -> _Found:
    way = await visit.way()
    link, carrier = await _connect(way, visit)
    try:
        return _Found(carrier=carrier, line=await measure_line(link, way.conference, told))
    finally:
        await link.close()


async def _connect(way: MediaWay, visit: Visit) -> tuple[Link, Carrier]:
    """Come in over UDP; where that is blocked, over HTTPS."""
    try:
        async with asyncio.timeout(_UDP_WITHIN):
            return await connect(way.screen, fingerprints=way.fingerprints), Carrier.UDP
    except (FabricError, TimeoutError):
        return await connect_socket(way.socket_screen, trusted=visit.trusted), Carrier.FALLBACK


def _say(status: Status, stage: str, language: int) -> None:
    if stage in _STAGES:
        status.update(_STAGES[stage][language])


def _measures(found: _Found) -> Measures:
    """Return what was found as the technical check has it; camera and sound are not looked at from a shell."""
    line = found.line
    return Measures(
        width=0,
        height=0,
        fps=0,
        microphone_db=None,
        heard=None,
        echo_loss_db=None,
        echo_delay_ms=None,
        up_kbps=line.up_kbps,
        down_kbps=line.down_kbps,
        late_ms=line.late_ms,
        loss_permille=line.loss_permille,
        rtt_ms=line.rtt_ms,
        carrier=found.carrier,
        clock_ms=line.clock_ms,
        browser="",
        encodes=None,
    )


def _table(found: _Found, told: list[Finding], language: int) -> Table:
    table = Table("", *(one[language] for one in _HEADS))
    measured = _measured(found)
    for one in told:
        mend = "" if one.mend is None else _MENDING[one.mend][language]
        table.add_row("✓" if one.mend is None else "✗", _NAMES[one.part][language], measured[one.part], mend)
    return table


def _measured(found: _Found) -> dict[Part, str]:
    line = found.line
    loss = None if line.loss_permille is None else line.loss_permille / 10
    return {
        Part.UPLINK: f"{line.up_kbps / 1000:.1f} Mbit/s",
        Part.DOWNLINK: f"{line.down_kbps / 1000:.1f} Mbit/s",
        Part.LINE: f"{_known(line.rtt_ms)} ms, {_known(loss)} %",
        Part.CARRIER: "UDP" if found.carrier is Carrier.UDP else "HTTPS",
        Part.CLOCK: f"{_known(line.clock_ms)} ms",
    }


def _known(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


_HEADS = (("Phần", "What"), ("Đo được", "Found"), ("Cách sửa", "How to mend it"))
_STAGES = {
    "enter": ("Đang vào máy chủ", "Entering"),
    "waiting": ("Đang chờ tới lượt đo", "Waiting for its turn"),
    "up": ("Đang đo chiều lên, 10 giây", "Measuring the way up, 10 seconds"),
    "down": ("Đang đo chiều xuống, 10 giây", "Measuring the way down, 10 seconds"),
}
_NAMES = {
    Part.UPLINK: ("Đường lên", "Way up"),
    Part.DOWNLINK: ("Đường xuống", "Way down"),
    Part.LINE: ("Khứ hồi, mất gói", "Round trip, loss"),
    Part.CARRIER: ("Đường đi", "Transport"),
    Part.CLOCK: ("Đồng hồ", "Clock"),
}
_OTHER_LINE = ("chuyển sang đường dự phòng trước giờ khai mạc", "change to the fallback line before the opening")
_OTHERS_OFF = (
    "tắt máy khác đang dùng chung đường; cắm dây mạng thay cho Wi-Fi",
    "stop others on the line; use a cable",
)
_AGAIN = ("kiểm tra lại", "check again")
_MENDING = {
    Mend.UPLINK_UNMEASURED: _AGAIN,
    Mend.UPLINK_THIN: _OTHERS_OFF,
    Mend.UPLINK_SOUND_ONLY: _OTHER_LINE,
    Mend.DOWNLINK_UNMEASURED: _AGAIN,
    Mend.DOWNLINK_THIN: _OTHERS_OFF,
    Mend.DOWNLINK_SOUND_ONLY: _OTHER_LINE,
    Mend.LOSSY: ("cắm dây mạng thay cho Wi-Fi, đổi cổng mạng", "use a cable, not Wi-Fi; try another port"),
    Mend.VERY_LOSSY: _OTHER_LINE,
    Mend.FAR: ("không dùng đường vệ tinh hay 3G nếu có đường khác", "use no satellite or 3G if there is another line"),
    Mend.LATE: _OTHERS_OFF,
    Mend.FALLBACK: (
        "mạng chặn UDP: nhờ quản trị mạng mở UDP ra máy chủ trung tâm",
        "the network blocks UDP: ask for UDP to the centre's server",
    ),
    Mend.CLOCK_WRONG: ("bật đặt giờ tự động", "turn on automatic time"),
}
