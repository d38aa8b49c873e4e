"""What the catalogue of commands, events and refusals stands on: one line each, one code each."""

import importlib
import pkgutil
import re
from collections import Counter
from dataclasses import fields, is_dataclass

import pytest

import diemcau.core
from diemcau.core.conference import COMMANDS, EVENTS, STAGES_OF
from diemcau.core.refusals import Refusal

MODULES = [importlib.import_module(f"diemcau.core.{one.name}") for one in pkgutil.iter_modules(diemcau.core.__path__)]
REFUSALS = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind is not Refusal
    },
    key=lambda kind: kind.code,
)


@pytest.mark.parametrize("kind", [*COMMANDS, *EVENTS, *REFUSALS], ids=lambda kind: kind.__name__)
def test_each_has_one_line_that_says_what_it_is(kind: type) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{10,}\.", kind.__dict__.get("__doc__") or "")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_topic_says_what_it_is(module: object) -> None:
    assert module.__doc__


def test_each_refusal_has_a_code_of_its_own_under_its_topic() -> None:
    codes = Counter(kind.code for kind in REFUSALS)

    assert [code for code, times in codes.items() if times > 1] == []
    for kind in REFUSALS:
        topic = kind.__module__.removeprefix("diemcau.core.").removesuffix("_refusals")
        fact = r"[a-z]+(_[a-z]+)*"
        # What every topic may refuse for has no topic.
        assert re.fullmatch(fact if topic == "refusals" else rf"{topic}\.{fact}", kind.code)


def test_no_two_commands_or_events_have_one_name() -> None:
    names = Counter(kind.__name__ for kind in (*COMMANDS, *EVENTS))

    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("kind", [*COMMANDS, *EVENTS], ids=lambda kind: kind.__name__)
def test_each_is_frozen_and_asks_for_its_fields_by_name(kind: type) -> None:
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined] # every dataclass has them
    assert all(field.kw_only for field in fields(kind))
    assert "__slots__" in vars(kind)


def test_every_command_has_stages_in_which_it_is_possible() -> None:
    assert set(STAGES_OF) == set(COMMANDS)
    assert all(STAGES_OF.values())
