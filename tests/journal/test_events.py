import importlib
import json
import pkgutil
import re
from itertools import chain
from typing import Any, get_args

import pytest

from diemcau import core
from diemcau.journal.codec import Encoded
from diemcau.journal.events import CODEC, EVENTS
from tests.journal.golden.examples import GOLDEN, example_of, lines


def golden() -> list[Encoded]:
    """Return the events of the golden file."""
    return [Encoded(**json.loads(line)) for line in GOLDEN.read_text("utf-8").splitlines()]


def events_of(module: str) -> tuple[type, ...]:
    """Return the event classes that a file of the core declares."""
    event: Any = getattr(importlib.import_module(module), "Event", None)
    return get_args(event) or ((event,) if event else ())


def test_every_event_of_the_core_has_one_name() -> None:
    modules = [f"diemcau.core.{one.name}" for one in pkgutil.iter_modules(core.__path__)]
    declared = set(chain.from_iterable(events_of(module) for module in modules))

    named = [kind for _, kind in EVENTS.values()]

    assert len(declared) > 50
    assert set(named) == declared
    assert len(named) == len(declared)


@pytest.mark.parametrize("name", EVENTS)
def test_a_name_is_a_topic_and_a_fact(name: str) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", name)


def test_the_golden_file_has_an_example_of_every_event() -> None:
    assert [one.name for one in golden()] == list(EVENTS)


@pytest.mark.parametrize("encoded", golden(), ids=lambda one: one.name)
def test_a_released_event_is_still_read(encoded: Encoded) -> None:
    event = CODEC.decode(encoded.name, encoded.version, encoded.body)

    assert event == example_of(EVENTS[encoded.name][1])


@pytest.mark.parametrize("line", lines(), ids=EVENTS)
def test_a_released_event_is_still_written_the_same(line: str) -> None:
    assert line in GOLDEN.read_text("utf-8").splitlines()
