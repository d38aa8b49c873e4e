"""Say how much of each package the tests reached, and whether that is what the project promises.

The packages that decide and remember are promised whole, branches too. `--strict` makes a broken
promise a failure; `make check` decides whether it asks for that.
"""

import argparse
import io
import json
import sys
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "src" / "diemcau"

# Percent of lines and branches that tests must reach.
PROMISED = {"core": 100.0, "journal": 100.0, "projections": 100.0, "conduct": 100.0}


def main() -> int:
    """Print one line a package, and the places not reached where all is promised."""
    parser = argparse.ArgumentParser(description="Say what the tests reached.")
    parser.add_argument("--strict", action="store_true", help="fail when a promise is broken")
    wanted = parser.parse_args()
    measured = Coverage(data_file=str(ROOT / "var" / "coverage" / "data"))
    measured.load()
    broken = [name for name in _packages() if not _is_kept(measured, name)]
    if broken:
        print("promised whole and not reached whole:", *broken)
    return 1 if broken and wanted.strict else 0


def _packages() -> list[str]:
    return sorted(folder.name for folder in PACKAGES.iterdir() if any(folder.glob("*.py")))


def _is_kept(measured: Coverage, package: str) -> bool:
    """Print what was reached of one package and tell whether its promise is kept."""
    try:
        percent = measured.report(include=[f"src/diemcau/{package}/*"], file=io.StringIO(), skip_covered=False)
    except NoDataError:
        percent = 0.0
    promised = PROMISED.get(package, 0.0)
    print(f"  {package:<12} {percent:6.2f} %" + (f"  of {promised:.0f} %" if promised else ""))
    if percent < promised:
        _print_what_is_missing(measured, package)
    return percent >= promised


def _print_what_is_missing(measured: Coverage, package: str) -> None:
    report = ROOT / "var" / "coverage" / "report.json"
    measured.json_report(include=[f"src/diemcau/{package}/*"], outfile=str(report))
    for file, seen in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        lines = ", ".join(map(str, seen["missing_lines"]))
        branches = ", ".join(f"{start}→{end}" for start, end in seen["missing_branches"])
        if lines or branches:
            print(f"      {file}: lines {lines or 'all'}; branches {branches or 'all'}")


if __name__ == "__main__":
    sys.exit(main())
