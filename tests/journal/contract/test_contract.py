"""What every journal keeps to: in memory, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.chain import BEGINNING, Stored, hash_of
from diemcau.journal.journal import AlreadyAppended, Conflict, Journal
from diemcau.journal.record import Author, Seal
from tests.journal.samples import CHAIR, HELD, HUE, HUNG, NINE, VINH, MoonRose, new_command, write

HANOI = timezone(timedelta(hours=7))
SEAL = Seal(
    stream=HUE,
    version=2,
    hash="ab" * 32,
    at=NINE,
    key_id="k1",
    public_key="cHVibGlj",
    signature="c2lnbmVk",
)


def test_a_new_journal_is_empty(journal: Journal) -> None:
    assert journal.position() == 0
    assert journal.streams() == []
    assert journal.version(HUE) == 0
    assert list(journal.read(HUE)) == []
    assert journal.follow() == []
    assert list(journal.read_as_stored()) == []
    assert journal.seals() == ()


def test_what_was_written_is_read_back(journal: Journal) -> None:
    written = write(journal, HUNG, HELD, MoonRose())

    assert list(journal.read(HUE)) == list(written)
    assert [one.event for one in written] == [HUNG, HELD, MoonRose()]
    assert [one.name for one in written] == ["lantern.hung", "festival.held", "moon.rose"]
    assert [(one.position, one.version) for one in written] == [(1, 1), (2, 2), (3, 3)]
    assert {(one.at, one.author, one.event_version) for one in written} == {(NINE, CHAIR, 1)}


def test_an_author_may_have_no_site_and_no_desk(journal: Journal) -> None:
    clock = Author(role="clock")

    write(journal, HUNG, author=clock)

    assert [one.author for one in journal.read(HUE)] == [clock]


def test_a_time_of_another_zone_is_the_same_instant(journal: Journal) -> None:
    write(journal, HUNG, at=NINE.astimezone(HANOI))

    assert [one.at for one in journal.read(HUE)] == [NINE]


def test_each_record_is_linked_to_the_one_before_it(journal: Journal) -> None:
    first, second = write(journal, HUNG, HELD)
    (other,) = write(journal, HUNG, stream=VINH)
    (third,) = write(journal, MoonRose())

    assert [first.previous, other.previous] == [BEGINNING, BEGINNING]
    assert [second.previous, third.previous] == [first.hash, second.hash]
    assert all(hash_of(stored) == stored.hash for stored in journal.read_as_stored())


def test_a_stream_is_read_after_a_version(journal: Journal) -> None:
    write(journal, HUNG, HELD, MoonRose())

    assert [one.version for one in journal.read(HUE, after=1)] == [2, 3]
    assert list(journal.read(HUE, after=3)) == []


def test_all_streams_are_followed_in_the_order_of_writing(journal: Journal) -> None:
    write(journal, HUNG)
    write(journal, HELD, stream=VINH)
    write(journal, MoonRose())

    assert [(one.position, one.stream) for one in journal.follow()] == [
        (1, HUE),
        (2, VINH),
        (3, HUE),
    ]
    assert [one.position for one in journal.follow(after=1, limit=1)] == [2]
    assert journal.follow(after=3) == []
    assert journal.position() == 3
    assert journal.streams() == [HUE, VINH]


def test_a_long_stream_is_read_whole(journal: Journal) -> None:
    write(journal, *[HUNG] * 2500)

    assert [one.version for one in journal.read(HUE)] == list(range(1, 2501))


def test_the_second_of_two_writers_is_told(journal: Journal) -> None:
    write(journal, HUNG, expecting=0)

    with pytest.raises(Conflict) as told:
        write(journal, HELD, expecting=0)

    assert (told.value.stream, told.value.expecting, told.value.found) == (HUE, 0, 1)
    assert str(told.value) == "stream conference/hue is at version 1, the writer expected 0"
    assert journal.position() == 1


def test_a_writer_that_expects_too_much_is_told(journal: Journal) -> None:
    with pytest.raises(Conflict):
        write(journal, HUNG, expecting=1)

    assert journal.position() == 0


def test_a_command_given_twice_is_written_once(journal: Journal) -> None:
    command = new_command()
    written = write(journal, HUNG, HELD, command=command)
    write(journal, MoonRose())

    with pytest.raises(AlreadyAppended) as told:
        write(journal, HUNG, HELD, command=command, expecting=0)

    assert told.value.records == written
    assert journal.answer_to(command) == written
    assert journal.position() == 3


def test_a_command_that_nobody_gave_has_no_answer(journal: Journal) -> None:
    write(journal, HUNG)

    assert journal.answer_to(CommandId("nobody's")) == ()


def test_nothing_is_no_event(journal: Journal) -> None:
    with pytest.raises(ValueError, match="at least one event"):
        write(journal)


def test_an_event_without_a_name_is_not_written(journal: Journal) -> None:
    with pytest.raises(TypeError, match="Author has no name"):
        write(journal, HUNG, CHAIR)

    assert journal.position() == 0


def test_half_of_a_character_is_not_written(journal: Journal) -> None:
    with pytest.raises(ValueError, match="half of a character"):
        write(journal, HUNG, replace(HELD, title="\ud83d"))
    with pytest.raises(ValueError, match="surrogates not allowed"):
        write(journal, HUNG, author=Author(role="\ud83d"))

    assert journal.position() == 0


def test_a_time_without_a_zone_is_not_written(journal: Journal) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        write(journal, HUNG, at=NINE.replace(tzinfo=None))

    assert journal.position() == 0


def test_any_text_comes_back_as_it_was(journal: Journal) -> None:
    title = 'Điểm cầu "Huế"\x00\n\u2028 \\ e\u0302 \U0001f3ee'

    write(journal, replace(HELD, title=title))

    assert [one.event for one in journal.read(HUE)] == [replace(HELD, title=title)]


def test_records_stand_in_the_store_by_stream_and_version(journal: Journal) -> None:
    write(journal, HUNG, stream=VINH)
    write(journal, HELD)
    write(journal, MoonRose(), stream=VINH)

    stored = list(journal.read_as_stored())

    assert [(one.stream, one.version, one.position) for one in stored] == [
        (HUE, 1, 2),
        (VINH, 1, 1),
        (VINH, 2, 3),
    ]
    assert stored[1] == Stored(
        position=1,
        stream="conference/vinh",
        version=1,
        command=stored[1].command,
        at="2026-11-23T09:00:00.000000+00:00",
        author='{"desk":"d-1","role":"chair","site":"hue"}',
        name="lantern.hung",
        event_version=1,
        body='{"at":"2026-11-23T09:00:00.000000+00:00","lantern":{"colour":"red","lit":true},"site":"hue"}',
        previous=BEGINNING,
        hash=stored[1].hash,
    )


def test_a_seal_is_kept_once(journal: Journal) -> None:
    later = replace(SEAL, version=3, at=NINE + timedelta(hours=1))
    other = replace(SEAL, stream=VINH)

    for seal in (later, SEAL, other, SEAL):
        journal.keep_seal(seal)

    assert journal.seals(HUE) == (SEAL, later)
    assert journal.seals() == (SEAL, later, other)
    assert journal.seals(StreamId("conference/nowhere")) == ()


def test_of_writers_at_the_same_moment_one_wins_each_version(journal: Journal) -> None:
    def insist(writer: int) -> int:
        won = 0
        while won < 10:
            try:
                write(journal, HUNG, HELD, author=Author(role="site", desk=str(writer)))
            except Conflict:
                continue
            won += 1
        return won

    with ThreadPoolExecutor(4) as writers:
        assert list(writers.map(insist, range(4))) == [10] * 4

    records = journal.follow()
    assert [one.position for one in records] == list(range(1, 81))
    assert [one.version for one in records] == list(range(1, 81))
    assert sorted(one.author.desk or "" for one in records) == sorted("0123" * 20)


def test_of_one_command_at_the_same_moment_one_is_written(journal: Journal) -> None:
    command = new_command()

    def give(_: int) -> str:
        try:
            return write(journal, HUNG, expecting=0, command=command)[0].hash
        except AlreadyAppended as known:
            return known.records[0].hash

    with ThreadPoolExecutor(4) as writers:
        answers = set(writers.map(give, range(8)))

    assert answers == {journal.follow()[0].hash}
    assert journal.position() == 1
