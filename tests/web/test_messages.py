"""The messages of a line: what pages send is read exactly or not at all."""

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.core import conclusions, floor, rollcall
from diemcau.core.conference import COMMANDS, Command
from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.ids import PersonId, SiteId, UnitCode
from diemcau.core.roles import MAY, Asker, Role
from diemcau.web.encode import encode, text_of
from diemcau.web.live.fitting import LONGEST_LIST, LONGEST_TEXT
from diemcau.web.live.messages import ASKABLE, Ask, Beat, Unreadable, read, write_unreadable
from diemcau.web.wording import Language
from tests.conduct.desks import CHAIR, SECRETARY, site
from tests.core.commands import EVERY
from tests.core.samples import HUE


def ask(name: str, body: object, asker: Asker = SECRETARY) -> Command:
    message = read(json.dumps({"kind": "ask", "id": "a", "name": name, "body": body}), asker)
    assert isinstance(message, Ask)
    return message.command


def unfit(name: str, body: object, asker: Asker = SECRETARY) -> tuple[str, str, str]:
    """Return the field that is unfit, what was found there, and how to mend it."""
    with pytest.raises(Unreadable) as unreadable:
        ask(name, body, asker)
    fault = unreadable.value.fault
    return fault.field, fault.found, fault.mend_in(Language.EN)


def test_a_page_may_send_every_command_that_a_person_may_give_and_no_other() -> None:
    for_people = {command.__name__ for command in COMMANDS if MAY.get(command, frozenset()) - {Role.SYSTEM}}

    assert set(ASKABLE) == for_people
    assert not {"NoteLineUp", "NoteLineLost", "NoteChairGone", "NoteChairBack", "ReachDeadline"} & set(ASKABLE)


@given(EVERY)
def test_every_command_comes_over_the_line_as_it_is(command: Command) -> None:
    name = type(command).__name__
    if name not in ASKABLE:
        return

    assert ask(name, json.loads(text_of(command))) == command


@pytest.mark.parametrize("name", sorted(ASKABLE))
def test_every_command_names_the_first_field_that_it_lacks(name: str) -> None:
    needed = [one.name for one in dataclasses.fields(ASKABLE[name]) if one.default is dataclasses.MISSING]

    if needed:
        assert unfit(name, {})[0] == needed[0]
    else:
        assert type(ask(name, {})) is ASKABLE[name]


def test_a_halls_desk_speaks_for_its_own_site() -> None:
    assert ask("RequestFloor", {"topic": "Cán bộ"}, site(HUE)) == floor.RequestFloor(site=HUE, topic="Cán bộ")
    assert ask("RequestFloor", {"topic": "Cán bộ", "site": "vinh"}, site(HUE)) == floor.RequestFloor(
        site=SiteId("vinh"), topic="Cán bộ"
    )  # the core refuses it


def test_lists_records_and_days_are_read_whole() -> None:
    report = ask(
        "ReportAttendance",
        {"site": "hue", "present": ["hue-1", "hue-2"], "guests": [{"category": "khách mời", "count": 3}]},
    )
    item = ask(
        "DraftItem",
        {"kind": "task", "horizon": "year", "text": "Làm", "units": ["u-1"], "due": "2027-02-28"},
    )

    assert report == rollcall.ReportAttendance(
        site=HUE,
        present=(PersonId("hue-1"), PersonId("hue-2")),
        guests=(rollcall.Headcount(category="khách mời", count=3),),
    )
    assert item == conclusions.DraftItem(
        kind=ItemKind.TASK, horizon=Horizon.YEAR, text="Làm", units=(UnitCode("u-1"),), due=date(2027, 2, 28)
    )


def test_words_are_composed_so_that_the_same_word_is_the_same() -> None:
    decomposed = "Hue\u0302\u0301"

    assert ask("TakeNote", {"text": decomposed}) == ask("TakeNote", {"text": "Huế"})


@pytest.mark.parametrize(
    ("name", "body", "field", "found", "mend"),
    [
        ("GrantFloor", {}, "site", "", "send this field too."),
        ("GrantFloor", {"site": 42}, "site", "42", "send a text."),
        ("GrantFloor", {"site": None}, "site", "None", "send a text."),
        ("GrantFloor", {"site": "hue", "minutes": 7}, "minutes", "7", "leave it out; the fields are: site, allotted."),
        ("GrantFloor", {"site": "hue", "allotted": "7"}, "allotted", "7", "send a number of seconds."),
        ("GrantFloor", {"site": "hue", "allotted": True}, "allotted", "True", "send a number of seconds."),
        ("GrantFloor", {"site": "hue", "allotted": 1e300}, "allotted", "1e+300", "send a number of seconds."),
        ("GrantFloor", "hue", "body", "hue", "send a JSON object."),
        ("OpenConference", {"force": 1}, "force", "1", "leave it out; the fields are: –."),
        ("MoveRequest", {"request": "r1", "position": 1.5}, "position", "1.5",
         "send a whole number of at most 1000000."),
        ("MoveRequest", {"request": "r1", "position": True}, "position", "True",
         "send a whole number of at most 1000000."),
        ("MoveRequest", {"request": "r1", "position": 10**40}, "position", "1" + "0" * 40,
         "send a whole number of at most 1000000."),
        ("RequestFloor", {"site": "hue", "topic": "t", "lane": "fast"}, "lane", "fast",
         "choose one of: speech, response."),
        ("TakeNote", {"text": "a\x00b"}, "text", "a·b", "leave out control characters and broken ones."),
        ("TakeNote", {"text": "a\ud800b"}, "text", "a·b", "leave out control characters and broken ones."),
        ("TakeNote", {"text": "k" * (LONGEST_TEXT + 1)}, "text", "k" * 60 + "…", "send at most 20000 characters."),
        ("ReportAttendance", {"site": "hue", "present": "hue-1"}, "present", "hue-1", "send a list."),
        ("ReportAttendance", {"site": "hue", "present": ["hue-1", 2]}, "present.1", "2", "send a text."),
        ("ReportAttendance", {"site": "hue", "present": ["x"] * (LONGEST_LIST + 1)}, "present", "5001",
         "send at most 5000 entries."),
        ("ReportAttendance", {"site": "hue", "present": [], "guests": [{"category": "a"}]}, "guests.0.count", "",
         "send this field too."),
        ("ReportAttendance", {"site": "hue", "present": [], "guests": [7]}, "guests.0", "7", "send a JSON object."),
        ("DraftItem", {"kind": "task", "horizon": None, "text": "t", "due": "2027-02-30"}, "due", "2027-02-30",
         "send a day that exists, as 2021-03-12."),
        ("DraftItem", {"kind": "task", "horizon": None, "text": "t", "due": "20270228"}, "due", "20270228",
         "send a day that exists, as 2021-03-12."),
        ("DraftItem", {"kind": "task", "text": "t"}, "horizon", "", "send this field too."),
        ("CorrectSpeech", {"request": "r1", "granted_at": "0001-01-01T00:00:00+07:00"}, "granted_at",
         "0001-01-01T00:00:00+07:00", "send a time with its offset, as 2021-03-12T08:00:00+07:00."),
    ],
)  # fmt: skip
def test_what_is_unfit_is_named_with_what_was_found_and_how_to_mend_it(
    name: str, body: object, field: str, found: str, mend: str
) -> None:
    assert unfit(name, body) == (field, found, mend)


def test_how_to_mend_it_is_told_in_the_language_of_the_page() -> None:
    with pytest.raises(Unreadable) as unreadable:
        ask("GrantFloor", {})

    told = [json.loads(write_unreadable(unreadable.value, language)) for language in Language]

    assert [one["problem"]["mend"] for one in told] == ["hãy gửi kèm trường này.", "send this field too."]
    assert {one["id"] for one in told} == {"a"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.sampled_from(list(ASKABLE)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


@given(
    message=st.one_of(
        ANYTHING,
        st.fixed_dictionaries({"kind": st.sampled_from(["ask", "beat"]), "id": ANYTHING, "name": ANYTHING}),
        st.fixed_dictionaries(
            {
                "kind": st.just("ask"),
                "id": st.just("a"),
                "name": st.sampled_from(sorted(ASKABLE)),
                "body": st.dictionaries(
                    st.sampled_from(["site", "topic", "text", "present", "guests", "due", "position", "units"]),
                    ANYTHING,
                ),
            }
        ),
    )
)
def test_anything_at_all_is_read_or_told_to_be_unfit(message: object) -> None:
    for asker in (CHAIR, site(HUE)):
        try:
            read(json.dumps(message), asker)
        except Unreadable as unreadable:
            told = [json.loads(write_unreadable(unreadable, language).encode()) for language in Language]
            assert {one["kind"] for one in told} == {"answer"}


@given(st.text() | st.binary())
def test_any_text_at_all_is_read_or_told_to_be_unfit(said: str | bytes) -> None:
    with pytest.raises(Unreadable):
        read(said, CHAIR)


def test_a_beat_is_a_beat() -> None:
    assert read('{"kind": "beat"}', CHAIR) == Beat()


def test_values_are_written_as_the_protocol_says() -> None:
    value = {
        "at": datetime(2021, 3, 12, 1, tzinfo=UTC),
        "day": date(2021, 3, 12),
        "length": timedelta(minutes=7),
        "short": timedelta(milliseconds=1500),
        "lane": floor.Lane.SPEECH,
        "words": ("một", "hai"),
        "set": frozenset({"b", "a"}),
        "none": None,
    }

    assert encode(value) == {
        "at": "2021-03-12T01:00:00+00:00",
        "day": "2021-03-12",
        "length": 420,
        "short": 1.5,
        "lane": "speech",
        "words": ["một", "hai"],
        "set": ["a", "b"],
        "none": None,
    }


def test_what_the_wire_does_not_know_is_a_fault() -> None:
    with pytest.raises(TypeError, match="no form for object"):
        encode(object())
