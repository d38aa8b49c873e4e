"""Whatever the files hold, there is a plan or there are faults, and never anything else."""

import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.plan import FaultyPlan, Plan, read_plan
from tests.plan.samples import CONFERENCE, FILES, write_plan
from tests.plan.workbooks import write_workbook_plan

KEY_LINES = [number for number, line in enumerate(CONFERENCE.splitlines()) if re.match(r"\w+ = ", line)]
VALUES = [
    "0",
    "-1",
    "1.5",
    "nan",
    "true",
    '""',
    '"x"',
    '"Ô"',
    "[]",
    "[[]]",
    "[{}]",
    "{}",
    "{a = 1}",
    "[1, 'a', 2026-01-01]",
    "2026-01-01",
    "08:00:00",
    "2026-01-01T08:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-02-31",
    "99999999999999999999999999",
    '"' + "a" * 5000 + '"',
    '"\\u0000"',
    "?",
]


def outcome(folder: Path) -> Plan | FaultyPlan:
    try:
        return read_plan(folder)
    except FaultyPlan as faulty:
        for fault in faulty.faults:
            assert fault.text("vi")
            assert fault.text("en")
        return faulty


@pytest.mark.parametrize("value", VALUES)
def test_any_value_of_any_key_is_a_plan_or_faults(tmp_path: Path, value: str) -> None:
    folder = write_plan(tmp_path)
    lines = CONFERENCE.splitlines()

    for number in KEY_LINES:
        key = lines[number].partition(" = ")[0]
        spoilt = [*lines[:number], f"{key} = {value}", *lines[number + 1 :]]
        (folder / "conference.toml").write_text("\n".join(spoilt), encoding="utf-8")
        result = outcome(folder)

        assert isinstance(result, Plan) or result.faults


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=60)
@given(place=st.floats(0, 1), length=st.integers(0, 40), content=st.binary(max_size=40))
def test_any_bytes_in_any_file_are_a_plan_or_faults(name: str, place: float, length: int, content: bytes) -> None:
    whole = FILES[name].encode()
    start = int(place * len(whole))
    with tempfile.TemporaryDirectory() as made:
        folder = write_plan(Path(made))
        (folder / name).write_bytes(whole[:start] + content + whole[start + length :])
        result = outcome(folder)

    assert isinstance(result, Plan) or result.faults


@settings(max_examples=60)
@given(place=st.floats(0, 1), content=st.binary(min_size=1, max_size=8))
def test_any_bytes_in_a_workbook_are_a_plan_or_faults(place: float, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as made:
        path = write_workbook_plan(Path(made)) / "plan.xlsx"
        whole = path.read_bytes()
        start = int(place * (len(whole) - 1))
        path.write_bytes(whole[:start] + content + whole[start + len(content) :])
        result = outcome(path.parent)

    assert isinstance(result, Plan) or result.faults


@settings(max_examples=80)
@given(place=st.floats(0, 1), content=st.binary(min_size=1, max_size=8), part=st.integers(0, 30))
def test_any_bytes_in_a_part_of_a_workbook_are_a_plan_or_faults(place: float, content: bytes, part: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        path = write_workbook_plan(Path(made)) / "plan.xlsx"
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = sorted(parts)[part % len(parts)]
        start = int(place * max(0, len(parts[name]) - 1))
        parts[name] = parts[name][:start] + content + parts[name][start + len(content) :]
        with zipfile.ZipFile(path, "w") as archive:
            for other, held in parts.items():
                archive.writestr(other, held)
        result = outcome(path.parent)

    assert isinstance(result, Plan) or result.faults
