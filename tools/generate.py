"""Write the files that are generated from the program, or check that they are current.

`python -m tools.generate` writes them, `--check` names those that differ. Generated files are
committed, so that a reader and a reviewer see them. To add one: write a module with a function
`files() -> dict[str, str]` (path from the project's folder → whole text) and name it in GENERATORS.
"""

import argparse
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

GENERATORS: tuple[str, ...] = ("tools.wire_types",)


def main() -> int:
    """Write or check every generated file and return the exit status."""
    parser = argparse.ArgumentParser(description="Write the generated files.")
    parser.add_argument("--check", action="store_true", help="only name those that are not current")
    wanted = parser.parse_args()
    files = _files()
    stale = [path for path, text in files.items() if not _is_current(path, text)]
    if wanted.check:
        for path in stale:
            print(f"{path} is not current; run: make generated")
        return 1 if stale else 0
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(files[path], encoding="utf-8")
        print(f"{path} written")
    return 0


def _files() -> dict[str, str]:
    files: dict[str, str] = {}
    for name in GENERATORS:
        made: dict[str, str] = importlib.import_module(name).files()
        files |= made
    return files


def _is_current(path: str, text: str) -> bool:
    file = ROOT / path
    return file.exists() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
