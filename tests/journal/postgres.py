"""A PostgreSQL server of the tests' own: Debian's program, a new folder, a private socket."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALL = "PostgreSQL is absent; install it by: apt-get install -y postgresql"


def find_programs() -> Path:
    """Return the folder with `initdb` and `pg_ctl`, or fail with the line that installs them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError(INSTALL)
    return Path(on_path).parent


@contextmanager
def server() -> Iterator[str]:
    """Run a server for the length of the block; yield the URL of its database `postgres`."""
    programs = find_programs()
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="dc-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    cluster = folder / "cluster"

    def run(*arguments: str) -> None:
        subprocess.run(arguments, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    run(
        f"{programs}/initdb", "-D", str(cluster), "-U", "tests", "-A", "trust",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    listening = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=40"
    control = (f"{programs}/pg_ctl", "-D", str(cluster), "-w", "-s")
    run(*control, "-l", str(folder / "log"), "-o", listening, "start")
    try:
        yield f"postgresql://tests@/postgres?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def who_runs_it() -> str:
    """Name the user that the server runs as: never root."""
    return "postgres" if os.geteuid() == 0 else getpass.getuser()


def _major(program: Path) -> float:
    return float(program.parent.parent.name)
