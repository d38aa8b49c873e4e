"""The page of the format: its example is a plan, and it leaves nothing out."""

import re
from dataclasses import fields
from enum import StrEnum
from pathlib import Path

import pytest

from diemcau.core.convening import AgendaKind, Horizon, ItemKind
from diemcau.core.regulations import AtEnd, Conduct, DeputyTakes, Order, Regulations
from diemcau.plan import FaultCode, read_plan
from diemcau.plan.columns import TABLES, TableForm
from diemcau.plan.keys import KEYS, REGULATIONS, ROOT
from diemcau.plan.model import Duty, Language, Paper
from diemcau.plan.rulesets import Ruleset
from diemcau.plan.steps import StepKind

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "plan-format.md").read_text(encoding="utf-8")


def section_of(heading: str) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}.*?$(.*?)(?=^#+ |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(heading)
    return found[1]


def named_in(text: str) -> set[str]:
    return {name.strip('"') for name in re.findall(r"`([^`]+)`", text)}


def test_the_example_of_the_page_is_a_plan_without_a_fault(tmp_path: Path) -> None:
    files = re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")

    plan = read_plan(tmp_path)

    assert [name for name, _ in files] == ["conference.toml", "units.csv", "sites.csv", "delegates.csv"]
    assert plan.expected.tasks == 2


HEADINGS = {
    ROOT: "At the top",
    "documents": "`[documents]`",
    "regulations": "`[regulations]`",
    "categories": "`[[categories]]`",
    "agenda": "`[[agenda]]`",
    "handouts": "`[[handouts]]`",
    "conclusion": "`[[conclusion]]`",
    "tasks": "`[tasks]`",
    "expected": "`[expected]`",
    "run_of_show": "`[[run_of_show]]`",
}


@pytest.mark.parametrize("section", sorted(KEYS))
def test_the_page_names_every_key_of_a_section(section: str) -> None:
    keys = set(KEYS[section]) - set(KEYS)

    assert keys - named_in(section_of(HEADINGS[section])) == set()


def test_every_section_has_a_heading() -> None:
    assert set(HEADINGS) == set(KEYS)
    assert set(KEYS[ROOT]) & set(KEYS) == set(KEYS) - {ROOT}


def test_every_regulation_can_be_written_in_a_plan() -> None:
    assert len(KEYS[REGULATIONS]) == len(fields(Regulations))


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.sheet)
def test_the_page_names_every_column_and_which_must_be_there(form: TableForm) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (must)? ?\|", section_of(form.sheet), re.MULTILINE)

    assert [(name, bool(must)) for name, must in rows] == [(one.name, one.required) for one in form.columns]


@pytest.mark.parametrize(
    "choices",
    [AgendaKind, Horizon, ItemKind, AtEnd, Conduct, DeputyTakes, Order, Duty, Language, Paper, Ruleset, StepKind],
)
def test_the_page_names_every_word_that_may_stand_in_a_plan(choices: type[StrEnum]) -> None:
    assert {choice.value for choice in choices} - named_in(PAGE) == set()


def test_the_page_tells_of_every_fault() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section_of("Faults"), re.MULTILINE)

    assert rows == [code.value for code in FaultCode]


def test_the_defaults_of_the_page_are_those_of_the_regulations() -> None:
    usual = Regulations()
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|", section_of("`[regulations]`"), re.MULTILINE))

    assert rows == {
        "first_turn_minutes": str(usual.first_turn.seconds // 60),
        "second_turn_minutes": str(usual.second_turn.seconds // 60),
        "response_minutes": str(usual.response_turn.seconds // 60),
        "max_turns": str(usual.max_turns),
        "order": f'`"{usual.order}"`',
        "needs_acceptance": str(usual.needs_acceptance).lower(),
        "warning_seconds": f"`{[int(one.total_seconds()) for one in usual.warnings]}`",
        "at_end": f'`"{usual.at_end}"`',
        "quorum_sites_percent": f"{usual.quorum_sites}",
        "quorum_delegates_percent": f"{usual.quorum_delegates}",
        "quorum_to_open": str(usual.quorum_to_open).lower(),
        "chair_lease_seconds": str(int(usual.chair_lease.total_seconds())),
        "deputy_takes": f'`"{usual.deputy_takes}"`',
        "conduct": f'`"{usual.conduct}"`',
        "line_grace_seconds": str(int(usual.line_grace.total_seconds())),
        "cut_in_seconds": str(int(usual.cut_in_after.total_seconds())),
    }
