"""Install the Debian packages that the tests need: as root, by `sudo -n`, or say the line to paste.

It runs on the system's own Python, before there is an environment. The program itself needs none
of these packages.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LIST = Path(__file__).with_name("debian-packages.txt")


def main() -> int:
    """Install what is missing and return the exit status."""
    if shutil.which("dpkg-query") is None:
        print("This is not Debian or Ubuntu: tests expect the programs of", LIST.name, "on the PATH.")
        return 0
    missing = [names for names in _wanted() if not any(map(_is_installed, names))]
    if not missing:
        return 0
    become = _become_root()
    if become is None:
        chosen = " ".join(_available(names) for names in missing)
        print(
            "Tests need Debian packages that only root may install. Paste this line, then run make again:",
            file=sys.stderr,
        )
        print(
            f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {chosen}",
            file=sys.stderr,
        )
        return 1
    return _install(missing, become)


def _wanted() -> list[list[str]]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [line.split()[0].split("|") for line in lines if line and not line.startswith("#")]


def _is_installed(package: str) -> bool:
    asked = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout == "installed"


def _become_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _install(missing: list[list[str]], become: list[str]) -> int:
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    updated = subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, check=False)
    chosen = [_available(names) for names in missing]
    print("Debian packages:", *chosen, flush=True)
    installed = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *chosen],
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if installed.returncode or updated.returncode:
        print("apt-get could not install what tests need; what it said stands above.", file=sys.stderr)
    return installed.returncode


def _available(names: list[str]) -> str:
    """Return the first of `names` that the distribution has."""
    for name in names:
        if subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0:
            return name
    return names[0]


if __name__ == "__main__":
    sys.exit(main())
