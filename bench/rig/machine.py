"""The machine on which a figure is taken: how busy it is, and what one process costs.

Every figure is printed with it. Latencies of a machine that is busy for 80 % or more are not reported.
"""

import contextlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_TOO_BUSY = 0.80
_IDLE = slice(3, 5)  # idle and waiting for a disk, in /proc/stat


@dataclass(slots=True)
class Machine:
    """How busy all cores were: in the second before, and from then until asked."""

    share_before: float = 0.0
    load_before: float = 0.0
    _began: tuple[float, float] = field(default=(0.0, 0.0))

    def begin(self) -> None:
        """Look for a second at what else runs, then begin to watch."""
        first = _times()
        time.sleep(1.0)
        self._began = _times()
        self.share_before = _share(first, self._began)
        self.load_before = os.getloadavg()[0]

    def share(self) -> float:
        """Return the busy share of all cores since `begin`."""
        return _share(self._began, _times())

    def report(self) -> dict[str, object]:
        """Return what stands beside a figure."""
        return {
            "cores": os.cpu_count(),
            "busy_before": round(self.share_before, 2),
            "busy_during": round(self.share(), 2),
            "load_1_min_before": round(self.load_before, 2),
            "load_1_min_after": round(os.getloadavg()[0], 2),
        }

    def latencies(self, samples_ms: Sequence[float]) -> dict[str, object]:
        """Return the latencies, or why they are not reported."""
        if not samples_ms:
            return {"samples": 0}
        if self.share() >= _TOO_BUSY:
            return {"samples": len(samples_ms), "not_reported": f"all cores were busy for {self.share():.0%}"}
        ordered = sorted(samples_ms)
        return {
            "samples": len(ordered),
            "p50": round(at_share(ordered, 0.50), 1),
            "p95": round(at_share(ordered, 0.95), 1),
            "max": round(ordered[-1], 1),
        }


def at_share(ordered: Sequence[float], share: float) -> float:
    """Return the value below which that share of the ordered values lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def cpu_seconds(pid: int) -> float:
    """Return what a process has used so far, all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def slope_per_minute(samples: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the line that fits (seconds, value) best, per minute."""
    count = len(samples)
    if count < 2:  # noqa: PLR2004 - a line needs two points
        return 0.0
    mean_x = sum(x for x, _ in samples) / count
    mean_y = sum(y for _, y in samples) / count
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return 60 * sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread


def say(figures: dict[str, object]) -> None:
    """Print one figure as JSON."""
    print(json.dumps(figures, ensure_ascii=False, indent=1), flush=True)


def end(pid: int) -> None:
    """Kill a process that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 9)


def _times() -> tuple[float, float]:
    fields = [int(one) for one in Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]]
    return sum(fields) - sum(fields[_IDLE]), float(sum(fields))


def _share(earlier: tuple[float, float], later: tuple[float, float]) -> float:
    whole = later[1] - earlier[1]
    return (later[0] - earlier[0]) / whole if whole else 0.0
