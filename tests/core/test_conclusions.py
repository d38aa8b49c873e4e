from datetime import date

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import stages
from diemcau.core.conclusions import (
    AdoptConclusion,
    AmendItem,
    Command,
    ConclusionAdopted,
    ConclusionItem,
    ConclusionReadOut,
    CountsDeclared,
    DeclareCounts,
    DraftItem,
    ItemAmended,
    ItemDrafted,
    ItemStruck,
    ReadOutConclusion,
    StrikeItem,
    counted,
    disagreements,
)
from diemcau.core.convening import ExpectedCount, Horizon, ItemKind
from diemcau.core.ids import ItemId, UnitCode
from tests.core.machines import Played, quick
from tests.core.samples import NINE, UNITS, Play, closed, convened, opened

I1, I2 = ItemId("i1"), ItemId("i2")
LESSON, TASK, BREAKTHROUGH, GROUP = ItemKind
TERM, YEAR = Horizon
SEED = (
    *[(LESSON, None)] * 5,
    *[(TASK, TERM)] * 6,
    *[(BREAKTHROUGH, TERM)] * 3,
    *[(TASK, YEAR)] * 3,
    *[(GROUP, None)] * 5,
)


def draft(kind: ItemKind = LESSON, horizon: Horizon | None = None, **changes: object) -> DraftItem:
    return DraftItem(kind=kind, horizon=horizon, **({"text": "Mẫu"} | changes))  # type: ignore[arg-type] # as needed


def count(kind: ItemKind, horizon: Horizon | None, number: int) -> ExpectedCount:
    return ExpectedCount(kind=kind, horizon=horizon, count=number)


def drafted() -> Play:
    """Return an open conference with a lesson and a task of the term drafted."""
    play = opened()
    play.give(draft(), draft(TASK, TERM))
    return play


def adopted() -> Play:
    play = drafted()
    play.give(ReadOutConclusion(), AdoptConclusion())
    return play


def test_an_item_is_drafted_with_the_units_that_it_names_and_a_day() -> None:
    play = opened()

    happened = play.give(draft(TASK, YEAR, text=" Nhiệm vụ mẫu ", units=UNITS, due=date(2026, 12, 31)))

    item = ConclusionItem(item=I1, kind=TASK, horizon=YEAR, text="Nhiệm vụ mẫu", units=UNITS, due=date(2026, 12, 31))
    assert happened == (ItemDrafted(item=item),)
    assert play.now.conclusion.items == (item,)


def test_the_conclusion_of_the_seed_is_counted() -> None:
    play = opened()
    declared = (
        count(LESSON, None, 5),
        count(TASK, TERM, 6),
        count(BREAKTHROUGH, None, 3),
        count(TASK, YEAR, 3),
        count(GROUP, None, 5),
    )
    play.give(DeclareCounts(counts=declared), *(draft(kind, horizon) for kind, horizon in SEED))

    play.give(ReadOutConclusion(), AdoptConclusion())

    assert counted(play.now.conclusion.items) == {
        "lesson": 5,
        "term_task": 6,
        "breakthrough": 3,
        "year_task": 3,
        "solution_group": 5,
    }


def test_the_secretary_drafts_before_the_opening_and_nobody_after_the_closing() -> None:
    play = convened()

    assert play.give(draft(), AmendItem(item=I1, text="Khác"), DeclareCounts(counts=()))
    assert play.refused(ReadOutConclusion())[0] == "stages.wrong_stage"
    assert play.refused(AdoptConclusion())[0] == "stages.wrong_stage"
    assert closed().refused(draft())[0] == "stages.wrong_stage"


@pytest.mark.parametrize(("kind", "horizon"), [(TASK, None), (LESSON, TERM), (LESSON, YEAR), (GROUP, TERM)], ids=str)
def test_a_task_has_a_horizon_and_a_lesson_or_a_group_of_solutions_has_none(
    kind: ItemKind, horizon: Horizon | None
) -> None:
    assert opened().refused(draft(kind, horizon)) == ("conclusions.horizon_wrong", {"kind": kind})


@pytest.mark.parametrize("horizon", [None, *Horizon])
def test_a_breakthrough_has_a_horizon_or_none(horizon: Horizon | None) -> None:
    assert opened().give(draft(BREAKTHROUGH, horizon))


def test_an_item_names_units_that_are_known_each_once() -> None:
    stranger = UnitCode("unit-nowhere")

    expected = ("conclusions.unit_unknown", {"units": stranger})
    assert opened().refused(draft(TASK, TERM, units=(*UNITS, stranger))) == expected
    twice = (UNITS[0], UNITS[0])
    assert opened().refused(draft(TASK, TERM, units=twice)) == ("conclusions.unit_unknown", {"units": UNITS[0]})


@pytest.mark.parametrize("text", ["", " \n", "k" * 4_001])
def test_an_item_has_a_text_of_at_most_4000_characters(text: str) -> None:
    assert opened().refused(draft(text=text)) == ("conclusions.item_empty", {})
    assert drafted().refused(AmendItem(item=I1, text=text)) == ("conclusions.item_empty", {})
    assert opened().give(draft(text="k" * 4_000))


def test_items_are_amended_and_struck_out_and_their_ids_are_not_used_again() -> None:
    play = drafted()

    assert play.give(AmendItem(item=I1, text=" Khác ")) == (ItemAmended(item=I1, text="Khác"),)
    assert play.give(StrikeItem(item=I2, reason=" Trùng ")) == (ItemStruck(item=I2, reason="Trùng"),)
    play.give(draft(GROUP))

    assert [(one.item, one.text) for one in play.now.conclusion.items] == [("i1", "Khác"), ("i3", "Mẫu")]


def test_an_item_that_there_is_not_is_neither_amended_nor_struck_out() -> None:
    play = drafted()

    for command in (AmendItem(item=ItemId("i9"), text="Khác"), StrikeItem(item=ItemId("i9"), reason="Trùng")):
        assert play.refused(command) == ("conclusions.item_unknown", {"item": "i9"})
    assert play.refused(StrikeItem(item=I1, reason=""))[0] == "reason_missing"


def test_declared_counts_are_possible_and_each_is_declared_once() -> None:
    play = opened()

    for counts in (
        (count(LESSON, None, -1),),
        (count(LESSON, None, 1_001),),
        (count(LESSON, None, 1), count(LESSON, None, 1)),
    ):
        assert play.refused(DeclareCounts(counts=counts)) == ("conclusions.counts_wrong", {})
    assert play.refused(DeclareCounts(counts=(count(GROUP, YEAR, 1),))) == (
        "conclusions.horizon_wrong",
        {"kind": "solution_group"},
    )
    declared = (count(LESSON, None, 1), count(TASK, TERM, 0), count(TASK, YEAR, 0))
    assert play.give(DeclareCounts(counts=declared)) == (CountsDeclared(counts=declared),)


def test_a_thousand_items_may_be_declared() -> None:
    assert opened().give(DeclareCounts(counts=(count(LESSON, None, 1_000),)))


def test_items_that_are_not_as_many_as_declared_are_not_read_out() -> None:
    play = drafted()
    play.give(DeclareCounts(counts=(count(LESSON, None, 2), count(TASK, TERM, 1), count(TASK, YEAR, 3))))

    wrong = ("conclusions.counts_disagree", {"lesson": "1/2", "year_task": "0/3"})
    assert play.refused(ReadOutConclusion()) == wrong
    assert play.refused(AdoptConclusion()) == wrong


def test_a_count_without_a_horizon_counts_items_of_every_horizon() -> None:
    play = opened()
    play.give(draft(TASK, TERM), draft(TASK, YEAR), draft(BREAKTHROUGH, TERM), draft(BREAKTHROUGH))

    play.give(DeclareCounts(counts=(count(TASK, None, 2), count(BREAKTHROUGH, None, 2), count(TASK, YEAR, 1))))

    assert disagreements(play.now.conclusion) == ()


def test_a_conclusion_without_items_is_neither_read_out_nor_adopted() -> None:
    for command in (ReadOutConclusion(), AdoptConclusion()):
        assert opened().refused(command) == ("conclusions.nothing_to_adopt", {})


def test_a_conclusion_is_read_out_and_adopted() -> None:
    play = drafted()

    assert play.refused(AdoptConclusion()) == ("conclusions.not_read_out", {})
    assert play.give(ReadOutConclusion()) == (ConclusionReadOut(at=NINE),)
    items = play.now.conclusion.items
    assert play.give(AdoptConclusion()) == (ConclusionAdopted(items=items, at=NINE),)
    assert play.now.conclusion.adopted_at == NINE


CHANGES = (
    AmendItem(item=I1, text="Khác"),
    StrikeItem(item=I1, reason="Trùng"),
    draft(GROUP),
    DeclareCounts(counts=()),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_what_was_changed_after_reading_is_read_out_again(change: Command) -> None:
    play = drafted()

    play.give(ReadOutConclusion(), change)

    assert play.refused(AdoptConclusion()) == ("conclusions.not_read_out", {})


@pytest.mark.parametrize(
    "change", [*CHANGES, ReadOutConclusion(), AdoptConclusion()], ids=lambda change: type(change).__name__
)
def test_an_adopted_conclusion_is_changed_by_nothing(change: Command) -> None:
    assert adopted().refused(change) == ("conclusions.adopted_already", {})


class ConclusionMachine(Played):
    @initialize()
    def opens(self) -> None:
        self.play.give(stages.OpenConference())

    @rule(kind=st.sampled_from(ItemKind), horizon=st.sampled_from([None, TERM, YEAR]))
    def is_drafted(self, kind: ItemKind, horizon: Horizon | None) -> None:
        self.give(draft(kind, horizon))

    @rule(number=st.integers(1, 5), text=st.sampled_from(["", "Khác"]))
    def is_amended(self, number: int, text: str) -> None:
        self.give(AmendItem(item=ItemId(f"i{number}"), text=text))

    @rule(number=st.integers(1, 5))
    def is_struck(self, number: int) -> None:
        self.give(StrikeItem(item=ItemId(f"i{number}"), reason="Trùng"))

    @rule(kinds=st.lists(st.tuples(st.sampled_from(ItemKind), st.sampled_from([None, TERM])), max_size=2))
    def is_declared(self, kinds: list[tuple[ItemKind, Horizon | None]]) -> None:
        self.give(DeclareCounts(counts=tuple(count(kind, horizon, 1) for kind, horizon in kinds)))

    @rule()
    def is_read_out(self) -> None:
        self.give(ReadOutConclusion())

    @rule()
    def is_adopted(self) -> None:
        self.give(AdoptConclusion())

    @invariant()
    def counts_agree_at_adoption_and_nothing_changes_after_it(self) -> None:
        conclusion_events = [one for one in self.play.events if type(one).__module__.endswith(".conclusions")]
        for place, event in enumerate(conclusion_events):
            if isinstance(event, ConclusionAdopted):
                assert place == len(conclusion_events) - 1
                assert isinstance(conclusion_events[place - 1], ConclusionReadOut)
                declared = [one for one in conclusion_events if isinstance(one, CountsDeclared)]
                for one in declared[-1].counts if declared else ():
                    kinds = [item for item in event.items if item.kind is one.kind]
                    assert one.count == len([item for item in kinds if one.horizon in (None, item.horizon)])

    @invariant()
    def every_item_has_an_id_of_its_own(self) -> None:
        drafted_ids = [one.item.item for one in self.play.events if isinstance(one, ItemDrafted)]
        assert drafted_ids == [f"i{number + 1}" for number in range(len(drafted_ids))]


TestConclusion = quick(ConclusionMachine, examples=40)
