"""A disk of a few megabytes, for tests that fill it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AS_ROOT = () if os.geteuid() == 0 else ("sudo", "-n")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of so many megabytes at `folder` until the end of the block; needs root or `sudo -n`."""
    folder.mkdir()
    options = f"size={megabytes}m,uid={os.geteuid()},mode=755"
    subprocess.run([*AS_ROOT, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*AS_ROOT, "umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room on the disk of `folder`; return the file to remove for room."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as opened:
        size = 1 << 20
        while size:
            try:
                opened.write(bytes(size))
            except OSError:
                size //= 2
    return filler


@contextmanager
def unwritable(folder: Path) -> Iterator[Path]:
    """Let nobody write below `folder` until the end of the block, root neither."""
    subprocess.run([*AS_ROOT, "mount", "--bind", str(folder), str(folder)], check=True)
    try:
        subprocess.run([*AS_ROOT, "mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run([*AS_ROOT, "umount", "--lazy", str(folder)], check=True)
