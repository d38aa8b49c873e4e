"""Lock every dependency with its exact version and the hashes of all its files.

Two files come of it: `requirements/run.txt` (what the program and its pages need) and
`requirements/check.txt` (the same and what tests need). Each holds on Python 3.11 and newer and
on every machine; pip installs them. Versions that are locked stay unless `--upgrade` is given.
"""

import argparse
import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
GROUPS = {"check.txt": ("build", "dev"), "run.txt": ("build",)}
MARK = "# locked for: "


def main() -> int:
    """Write both lock files."""
    parser = argparse.ArgumentParser(description="Lock the dependencies anew.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest of each")
    options = ["--upgrade"] if parser.parse_args().upgrade else []
    uv = _install_uv()
    FOLDER.mkdir(exist_ok=True)
    _compile(uv, "check.txt", options)
    _compile(uv, "run.txt", [*options, "--constraints", str(FOLDER / "check.txt")])
    return 0


def what_is_asked(lock: str) -> str:
    """Return a hash of the requirements in `pyproject.toml` that the lock file `lock` answers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [project["project"]["requires-python"], *project["project"]["dependencies"]]
    for group in GROUPS[lock]:
        asked += project["dependency-groups"][group]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def _install_uv() -> Path:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (wheel,) = (ROOT / "tools" / "bootstrap").glob("pip-*.whl")
    target = ROOT / "var" / "uv"
    wanted = project["dependency-groups"]["lock"]
    pip = [sys.executable, f"{wheel}/pip", "install", "--quiet", "--upgrade"]
    subprocess.run([*pip, "--target", str(target), *wanted], check=True)
    return target / "bin" / "uv"


def _compile(uv: Path, lock: str, options: list[str]) -> None:
    groups = [part for group in GROUPS[lock] for part in ("--group", group)]
    output = FOLDER / lock
    command = [str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--fork-strategy", "fewest", "--generate-hashes", "--no-emit-index-url"]
    command += [
        "--no-header",
        "--no-annotate",
        *groups,
        *options,
        "pyproject.toml",
        "-o",
        str(output),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    locked = output.read_text(encoding="utf-8").removeprefix(_head(lock))
    output.write_text(_head(lock) + locked, encoding="utf-8")
    packages = sum(line[:1].isalnum() for line in locked.splitlines())
    print(f"{output.relative_to(ROOT)}: {packages} packages")


def _head(lock: str) -> str:
    return f"# Written by `make lock`; not by hand.\n{MARK}{what_is_asked(lock)}\n"


if __name__ == "__main__":
    sys.exit(main())
