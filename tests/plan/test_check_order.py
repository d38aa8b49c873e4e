"""A run of show that could not be played is told before the day."""

from pathlib import Path

import pytest

from diemcau.plan import FaultCode
from tests.plan.samples import CONFERENCE, faults_of, write_plan

C = FaultCode
BEFORE = CONFERENCE.partition("[[run_of_show]]")[0].partition("[expected]")
HEAD = BEFORE[0] + "[[categories]]" + BEFORE[2].partition("[[categories]]")[2]
ROLL = ["open_roll_call", "report_attendance", "close_roll_call"]


def told(folder: Path, steps: list[str], regulations: str = "") -> list[tuple[FaultCode, str, str, int]]:
    """Return the faults of a plan with these steps: `word`, or `word site`; lines count from its first step."""
    text = HEAD.replace("[tasks]", f"[regulations]\n{regulations}\n[tasks]")
    head = text.count("\n")
    for step in steps:
        word, _, site = step.partition(" ")
        named = {"begin_item": "item", "note": "text"}.get(word, "site")
        text += f'[[run_of_show]]\nstep = "{word}"\n' + (f'{named} = "{site}"\n' if site else "\n")
        text += 'topic = "Wells"\n' if word == "request" else "\n"
    write_plan(folder)
    (folder / "conference.toml").write_text(text, encoding="utf-8")
    return [(one.code, one.found, one.wanted, ((one.row or 0) - head - 1) // 4) for one in faults_of(folder)]


def test_a_whole_run_can_be_played(tmp_path: Path) -> None:
    steps = [
        *ROLL,
        "open",
        "begin_item opening",
        "adjourn",
        "note Tea.",
        "resume",
        "begin_item discussion",
        "request hills",
        "grant hills",
        "request hills",
        "grant hills",
        "draft",
        "read_out",
        "adopt",
        "close",
    ]

    assert told(tmp_path, steps) == []


@pytest.mark.parametrize("step", ["begin_item opening", "request hills", "adjourn", "note Tea."])
def test_nothing_is_done_before_the_opening(tmp_path: Path, step: str) -> None:
    word = step.partition(" ")[0]

    assert told(tmp_path, [step, "open"]) == [(C.STEP_TOO_EARLY, word, "open", 0)]


def test_nobody_reports_unless_the_roll_call_is_open(tmp_path: Path) -> None:
    steps = ["open", "report_attendance", *ROLL, "report_attendance"]

    assert told(tmp_path, steps) == [
        (C.STEP_TOO_EARLY, "report_attendance", "open_roll_call", 1),
        (C.STEP_TOO_EARLY, "report_attendance", "open_roll_call", 5),
    ]


def test_nobody_speaks_during_a_break(tmp_path: Path) -> None:
    steps = ["open", "adjourn", "request hills", "resume", "grant hills"]

    assert told(tmp_path, steps) == [(C.STEP_TOO_EARLY, "request", "resume", 2)]


def test_a_break_ends_only_once(tmp_path: Path) -> None:
    steps = ["open", "adjourn", "resume", "resume", "adjourn", "adjourn"]

    assert told(tmp_path, steps) == [
        (C.STEP_TOO_EARLY, "resume", "adjourn", 3),
        (C.STEP_TOO_LATE, "adjourn", "", 5),
    ]


def test_a_conclusion_is_drafted_then_read_out_then_adopted(tmp_path: Path) -> None:
    steps = ["open", "adopt", "read_out", "draft", "draft"]

    assert told(tmp_path, steps) == [
        (C.STEP_TOO_EARLY, "adopt", "read_out", 1),
        (C.STEP_TOO_EARLY, "read_out", "draft", 2),
        (C.STEP_TOO_LATE, "draft", "", 4),
    ]


def test_nothing_follows_the_closing(tmp_path: Path) -> None:
    assert told(tmp_path, ["open", "close", "note Tea."]) == [(C.STEP_TOO_LATE, "note", "", 2)]


def test_a_site_does_not_ask_twice_while_it_waits(tmp_path: Path) -> None:
    steps = ["open", "request hills", "request hills"]

    assert told(tmp_path, steps) == [(C.STEP_TOO_EARLY, "hills", "grant hills", 2)]


def test_a_speech_is_asked_for_or_has_a_topic_of_its_own(tmp_path: Path) -> None:
    assert told(tmp_path, ["open", "grant hills"]) == [(C.STEP_TOO_EARLY, "hills", "request hills", 1)]


def test_the_order_of_registration_is_kept_where_it_is_the_rule(tmp_path: Path) -> None:
    steps = ["open", "request hills", "request coast", "grant coast", "grant hills"]

    assert told(tmp_path / "strict", steps, 'order = "as_registered"') == [
        (C.STEP_TOO_EARLY, "coast", "grant hills", 3),
    ]
    assert told(tmp_path / "free", steps, 'order = "as_the_chair_calls"') == []


def test_nobody_speaks_more_often_on_one_item_than_the_rules_allow(tmp_path: Path) -> None:
    twice = ["request hills", "grant hills", "request hills", "grant hills"]
    apart = ["request hills", "grant hills", "begin_item opening", "request hills", "grant hills"]

    assert told(tmp_path / "one", ["open", *twice], "max_turns = 1") == [(C.TOO_MANY_TURNS, "hills", "1", 4)]
    assert told(tmp_path / "two", ["open", *apart], "max_turns = 1") == []


def test_the_order_is_judged_only_when_every_step_is_known(tmp_path: Path) -> None:
    assert [code for code, *_ in told(tmp_path, ["dance", "grant hills"])] == [C.UNKNOWN_CHOICE]
