import pytest

from diemcau.core.floor import Floor, GrantFloor, ReleaseFloor, find, speeches, waiting_of, who_speaks
from diemcau.core.floor_refusals import RequestUnknown
from diemcau.core.ids import RequestId
from tests.core.samples import DALAT, HUE, SECOND, VINH, opened
from tests.core.test_floor_asking import R1, R2, asking


def test_of_a_new_floor_nothing_is_known() -> None:
    assert who_speaks(Floor()) is None
    assert waiting_of(Floor(), HUE) == ()
    assert speeches(Floor()) == ()
    with pytest.raises(RequestUnknown) as refusal:
        find(Floor(), R1)
    assert refusal.value.about == {"request": R1}


def test_the_floor_knows_who_speaks_who_waits_and_who_spoke_in_which_order() -> None:
    play = opened()
    play.give(asking(HUE), asking(VINH), GrantFloor(site=VINH))
    play.at += SECOND
    play.give(GrantFloor(site=DALAT))
    play.at += SECOND
    play.give(GrantFloor(site=HUE), ReleaseFloor(site=HUE), asking(VINH))

    assert who_speaks(play.now.floor) is None
    assert [one.site for one in speeches(play.now.floor)] == [VINH, DALAT, HUE]
    assert waiting_of(play.now.floor, VINH) == (find(play.now.floor, RequestId("r4")),)
    assert find(play.now.floor, R2).site == VINH
