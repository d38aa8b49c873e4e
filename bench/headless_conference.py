"""How long the seed's whole conference takes without people, and how soon halls see a new speaker.

Real sockets, real media, every speech on air for its time; the load of the machine stands beside the figures.

    python bench/headless_conference.py [--sites 68] [--runs 1]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_LONGEST = 400


def _run(sites: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="diemcau-bench-") as folder:
        command = [sys.executable, "-m", "diemcau", "demo", "--headless", "--fast", "--json"]
        load = os.getloadavg()[0]
        began = time.monotonic()
        done = subprocess.run(
            [*command, "--sites", str(sites), "--out", str(Path(folder) / "out")],
            stdout=subprocess.PIPE,
            timeout=_LONGEST,
            check=False,
        )
        took = time.monotonic() - began
    outcome = json.loads(done.stdout) if done.stdout else {}
    return {
        "sites": sites,
        "exit": done.returncode,
        "seconds": round(took, 1),
        "connected": outcome.get("connected"),
        "frames_min": min((one["frames_min"] for one in outcome.get("speeches", ())), default=None),
        "grant_to_frame_ms": outcome.get("grant_to_frame_ms"),
        "machine": {
            "cores": os.cpu_count(),
            "load_1_min_before": round(load, 2),
            "load_1_min_after": round(os.getloadavg()[0], 2),
        },
    }


def main() -> None:
    """Run as often as asked and print one JSON object a run."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--sites", type=int, default=68)
    wanted.add_argument("--runs", type=int, default=1)
    given = wanted.parse_args()
    for _ in range(given.runs):
        print(json.dumps(_run(given.sites), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
