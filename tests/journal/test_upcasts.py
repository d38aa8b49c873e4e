"""Events that an older version of the program wrote."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from diemcau.core.checks import CheckReported
from diemcau.core.stages import ConferenceConvened
from diemcau.journal.codec import Encoded
from diemcau.journal.events import CODEC
from tests.journal.golden.examples import example_of

OLDER = Path(__file__).parent / "golden" / "older.jsonl"


def older(name: str, version: int) -> Encoded:
    """Return an event as it was written then."""
    kept = (Encoded(**json.loads(line)) for line in OLDER.read_text("utf-8").splitlines())
    return next(one for one in kept if (one.name, one.version) == (name, version))


def test_regulations_that_did_not_say_when_the_main_site_is_cut_in_cut_it_in_after_two_seconds() -> None:
    convened = older("conference.convened", 1)
    assert "cut_in_after" not in convened.body

    event = CODEC.decode(convened.name, convened.version, convened.body)

    today = example_of(ConferenceConvened)
    rules = replace(today.facts.regulations, cut_in_after=timedelta(seconds=2))
    assert event == ConferenceConvened(facts=replace(today.facts, regulations=rules))


def test_of_a_check_that_did_not_ask_whether_the_browser_can_send_a_picture_it_is_not_known() -> None:
    reported = older("checks.reported", 1)
    assert "encodes" not in reported.body

    event = CODEC.decode(reported.name, reported.version, reported.body)

    today = example_of(CheckReported)
    assert event == replace(today, measures=replace(today.measures, encodes=None))
