"""Recordings as a player sees them."""

import subprocess
from pathlib import Path


def faults_of_decoding(path: Path) -> list[str]:
    """Decode a recording to its end; return what the decoders complain of."""
    asked = ("ffmpeg", "-v", "error", "-i", str(path), "-f", "null", "-")
    said = subprocess.run(asked, capture_output=True, check=True, text=True).stderr.splitlines()
    # Pictures within one millisecond are the null muxer's complaint, not a decoder's.
    return [line for line in said if "[null @" not in line and "Last message repeated" not in line]
