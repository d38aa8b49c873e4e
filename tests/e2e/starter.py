"""Starts `diemcau` again and again without loading it anew: `python -m tests.e2e.starter`.

Each line of standard input is a JSON object: `arguments`, the files `out` and `err` for what the
program says, and if need be `env`, and the number of another `user`. What is started is the
command line itself, in a fork. Answers: `started PID`, and later `ended PID STATUS`.
"""

import contextlib
import io
import json
import os
import sys
import threading
from typing import Any

from diemcau.cli import app

FAULT = 70


def start(wanted: dict[str, Any]) -> int:
    """Start the program in a fork and return its number."""
    pid = os.fork()
    if pid:
        return pid
    status = FAULT
    try:
        _become(wanted)
        app(wanted["arguments"])
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - the top of a program of its own
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _load_what_loads_late() -> None:
    """Load what the command line loads when it runs: another user may not read this folder."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        app(["init", "--help"])


def _become(wanted: dict[str, Any]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in ((1, wanted["out"]), (2, wanted["err"])):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600), number)
    os.environ.update(wanted.get("env", {}))
    if "user" in wanted:
        os.setgroups([])
        os.setgid(wanted["user"])
        os.setuid(wanted["user"])


def main() -> None:
    """Start what is asked for until nothing more is asked."""
    if threading.active_count() != 1:
        message = "a fork copies one thread only"
        raise RuntimeError(message)
    _load_what_loads_late()
    for line in sys.stdin:
        pid = start(json.loads(line))
        sys.stdout.write(f"started {pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"ended {pid} {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
