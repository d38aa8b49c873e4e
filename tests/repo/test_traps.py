"""Whatever the table of traps of sound and picture says is handled and tested is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`([\w./-]+)(?:::(test_\w+))?`")
FOLDERS = ("", "src/diemcau/media", "tests/media")


def traps() -> list[str]:
    """Return the rows of the table."""
    page = (ROOT / "docs/media-contract.md").read_text(encoding="utf-8")
    table = page.partition("## Traps")[2].partition("\n## ")[0]
    return [line for line in table.splitlines() if re.match(r"\| \d", line)]


def place_of(name: str) -> Path | None:
    """Return where something that a row names stands."""
    return next((place for folder in FOLDERS if (place := ROOT / folder / name).exists()), None)


def test_the_table_has_a_row_for_each_trap() -> None:
    numbers = [int(row.split("|")[1]) for row in traps()]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 17


@pytest.mark.parametrize("row", traps())
def test_what_a_row_names_is_there(row: str) -> None:
    for name, test in NAMED.findall(row):
        if "/" not in name and not name.endswith((".py", ".ts", ".md")):
            continue
        place = place_of(name)
        assert place is not None, name
        assert not test or f"def {test}(" in place.read_text(encoding="utf-8"), test
