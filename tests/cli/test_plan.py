from pathlib import Path

import pytest

from tests.cli.conftest import Diemcau
from tests.plan.samples import spoil


def test_a_sound_plan_is_said_to_be_sound(diemcau: Diemcau, plan: Path) -> None:
    said = diemcau("plan", "check", plan)

    assert (said.status, said.err) == (0, "")
    assert said.out == "spring-review: 3 sites, 5 delegates, 2 items of agenda. No fault found.\n"


@pytest.mark.parametrize(("options", "ending"), [((), "lỗi; chưa nhập gì."), (("--english",), "nothing was taken in.")])
def test_all_faults_of_a_plan_are_printed_at_once(
    diemcau: Diemcau, plan: Path, options: tuple[str, ...], ending: str
) -> None:
    spoil(plan, "sites.csv", "coast,coast,no", "coast,coast,yes")
    spoil(plan, "units.csv", "hills,head-office,1", "hills,nobody,1")
    spoil(plan, "delegates.csv", "coast-01,coast", "coast-01,nowhere")

    said = diemcau("plan", "check", plan, *options)

    *faults, last = said.err.splitlines()
    assert (said.status, said.out) == (1, "")
    assert last.endswith(ending)
    assert {file for file in ("sites.csv", "units.csv", "delegates.csv") if f"• {file}" in said.err} == {
        "sites.csv",
        "units.csv",
        "delegates.csv",
    }
    assert all(fault.startswith("• ") for fault in faults)


@pytest.mark.parametrize("command", ["check", "import"])
def test_a_folder_that_is_missing_or_none_is_named(diemcau: Diemcau, tmp_path: Path, command: str) -> None:
    file = tmp_path / "a-file"
    file.write_text("no folder", encoding="utf-8")

    for wrong in (tmp_path / "nowhere", file):
        said = diemcau("plan", command, wrong, *(("--data", tmp_path / "data") if command == "import" else ()))
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith(f"• {wrong}: ")
    assert not (tmp_path / "data").exists()


def test_a_template_is_written_once_and_not_over_a_file(diemcau: Diemcau, tmp_path: Path) -> None:
    file = tmp_path / "mẫu kế hoạch.xlsx"

    first = diemcau("plan", "template", file)
    written = file.read_bytes()
    second = diemcau("plan", "template", file)
    kept = file.read_bytes()
    forced = diemcau("plan", "template", file, "--force")

    assert (first.status, second.status, forced.status) == (0, 1, 0)
    assert second.err == f"{file} is there already: name another file, or give --force to write over it.\n"
    assert written == kept


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("plan.csv", "must end with .xlsx, the format that is written."),
        ("nowhere/plan.xlsx", "there is no such file or folder; check the name, or make it first."),
    ],
)
def test_a_template_that_cannot_be_written_is_refused_in_one_line(
    diemcau: Diemcau, tmp_path: Path, name: str, sentence: str
) -> None:
    said = diemcau("plan", "template", tmp_path / name)

    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert sentence in said.err


def test_a_plan_with_faults_changes_nothing(diemcau: Diemcau, plan: Path, data: Path) -> None:
    spoil(plan, "conference.toml", 'id = "spring-review"', 'id = "autumn-review"')
    spoil(plan, "sites.csv", "coast,coast,no", "coast,nowhere,no")
    before = diemcau("conference", "list", "--data", data).out

    said = diemcau("plan", "import", plan, "--data", data)

    assert (said.status, said.out) == (1, "")
    assert diemcau("conference", "list", "--data", data).out == before
    assert before.count("\n") == 1


def test_a_plan_is_taken_in_once(diemcau: Diemcau, plan: Path, data: Path) -> None:
    said = diemcau("plan", "import", plan, "--data", data)

    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "The conference spring-review was convened before and stands in the journal; "
        "give the plan another id in conference.toml to convene a new one.\n"
    )


def test_a_unit_that_another_plan_knows_at_another_time_is_refused_in_one_sentence(
    diemcau: Diemcau, plan: Path, data: Path
) -> None:
    spoil(plan, "conference.toml", 'id = "spring-review"', 'id = "autumn-review"')
    spoil(plan, "units.csv", ",1,1,2020-01-01,", ",1,1,2021-01-01,")

    said = diemcau("plan", "import", plan, "--data", data)

    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert said.err == (
        "autumn-review is not taken in. units.csv, coast: The unit exists already in a part of that time; "
        "write the same valid_from as in the plan that was taken in before, or give the unit another code.\n"
    )
    assert "autumn-review" not in diemcau("conference", "list", "--data", data).out
