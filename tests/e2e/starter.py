"""Starts `diemcau` again and again without loading it anew: `python -m tests.e2e.starter`.

Each line of standard input is a JSON list: the file for what the program says, then its arguments.
What is started is the command line itself, in a fork. Answers: `started PID`, later `ended PID`.
"""

import json
import os
import sys
import threading

from diemcau.cli import app

FAULT = 70


def start(said: str, arguments: list[str]) -> int:
    """Start the program in a fork and return its number."""
    pid = os.fork()
    if pid:
        return pid
    status = FAULT
    try:
        output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        app(arguments)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    finally:
        os._exit(status)


def main() -> None:
    """Start what is asked for until nothing more is asked."""
    assert threading.active_count() == 1, "a fork would copy one thread only"
    for line in sys.stdin:
        said, *arguments = json.loads(line)
        pid = start(said, arguments)
        sys.stdout.write(f"started {pid}\n")
        sys.stdout.flush()
        os.waitpid(pid, 0)
        sys.stdout.write(f"ended {pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
