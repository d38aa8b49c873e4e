import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import agenda, floor, stages
from diemcau.core.ids import NoteId, RequestId
from diemcau.core.notes import CorrectNote, Note, NoteCorrected, NoteTaken, TakeNote
from tests.core.machines import Played, quick
from tests.core.samples import CHAIR_PERSON, HUE, NINE, REPORTS, STRANGER, Play, closed, convened, opened, sealed

N1 = NoteId("n1")


def correct(note: str = "n1", **changes: object) -> CorrectNote:
    given = {"text": "Đúng", "reason": "Ghi nhầm", "author": CHAIR_PERSON} | changes
    return CorrectNote(note=NoteId(note), **given)  # type: ignore[arg-type] # as tests need it


def noted() -> Play:
    play = opened()
    play.give(TakeNote(text="Sai"))
    return play


def test_a_note_is_taken_of_a_speech_under_an_item() -> None:
    play = opened()
    play.give(agenda.StartItem(item=REPORTS), floor.GrantFloor(site=HUE))

    happened = play.give(TakeNote(text=" Đề nghị bổ sung ", speech=RequestId("r1")))

    taken = {"note": N1, "text": "Đề nghị bổ sung", "speech": RequestId("r1"), "item": REPORTS, "at": NINE}
    assert happened == (NoteTaken(**taken),)  # type: ignore[arg-type] # one of each
    assert play.now.notes.notes == (Note(**taken),)  # type: ignore[arg-type] # one of each


def test_a_note_of_a_speech_that_there_is_not_is_refused() -> None:
    assert opened().refused(TakeNote(text="Ý", speech=RequestId("r9"))) == ("floor.request_unknown", {"request": "r9"})


@pytest.mark.parametrize("text", ["", " \t\n", "g" * 20_001])
def test_a_note_has_a_text_of_at_most_20000_characters(text: str) -> None:
    assert opened().refused(TakeNote(text=text)) == ("notes.empty", {})
    assert noted().refused(correct(text=text)) == ("notes.empty", {})
    assert opened().give(TakeNote(text="g" * 20_000))


def test_a_note_is_corrected_with_reason_and_author_even_after_the_seal() -> None:
    play = noted()
    play.give(TakeNote(text="Khác"), stages.CloseConference(), stages.SealConference())

    happened = play.give(correct(text=" Đúng "))

    assert happened == (NoteCorrected(note=N1, text="Đúng", reason="Ghi nhầm", author=CHAIR_PERSON, at=NINE),)
    assert [one.text for one in play.now.notes.notes] == ["Đúng", "Khác"]


def test_a_correction_without_note_reason_or_known_author_is_refused() -> None:
    play = noted()

    assert play.refused(correct("n2")) == ("notes.unknown", {"note": "n2"})
    assert play.refused(correct(author=STRANGER)) == ("author_unknown", {"person": STRANGER})
    assert play.refused(correct(reason=" "))[0] == "reason_missing"


def test_notes_are_taken_from_the_opening_until_the_seal() -> None:
    assert closed().give(TakeNote(text="Bổ sung"))
    assert convened().refused(TakeNote(text="Ý"))[0] == "stages.wrong_stage"
    assert sealed().refused(TakeNote(text="Ý"))[0] == "stages.wrong_stage"


class NotesMachine(Played):
    @initialize()
    def opens(self) -> None:
        self.play.give(stages.OpenConference())
        self.texts: list[str] = []

    @rule(text=st.sampled_from(["", "một", "hai"]))
    def is_taken(self, text: str) -> None:
        if self.give(TakeNote(text=text)) is not None:
            self.texts.append(text)

    @rule(number=st.integers(1, 4), text=st.sampled_from(["", "ba"]))
    def is_corrected(self, number: int, text: str) -> None:
        if self.give(correct(f"n{number}", text=text)) is not None:
            self.texts[number - 1] = text

    @invariant()
    def the_notes_stand_in_the_order_in_which_they_were_taken(self) -> None:
        assert [one.text for one in self.play.now.notes.notes] == self.texts
        assert [one.note for one in self.play.now.notes.notes] == [f"n{place + 1}" for place in range(len(self.texts))]


TestNotes = quick(NotesMachine)
