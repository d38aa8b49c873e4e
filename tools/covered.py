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
    """Print one line a package, and the places that were not reached where all is promised."""
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
        places = [*_ranges(seen["missing_lines"]), *_branches(seen["missing_branches"])]
        if places:
            print(f"      {file}: {', '.join(places)}")


def _ranges(lines: list[int]) -> list[str]:
    """Return line numbers with those that follow each other drawn together."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][-1] + 1:
            ranges[-1].append(line)
        else:
            ranges.append([line])
    return [f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in ranges]


def _branches(pairs: list[tuple[int, int]]) -> list[str]:
    return [f"{start}→{'end' if to < 0 else to}" for start, to in pairs]


if __name__ == "__main__":
    sys.exit(main())
