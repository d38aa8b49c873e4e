"""The technical check: what a site measured, and whether it is fit for the conference."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.core.checks import (
    Carrier,
    CheckReported,
    Finding,
    Fitness,
    Measures,
    Mend,
    Part,
    ReportCheck,
    check_of,
    findings,
    fitness_of,
    reported_again,
)
from diemcau.core.ids import SiteId
from tests.core.samples import HUE, NINE, VINH, convened, opened, sealed

GOOD = Measures(
    width=1280,
    height=720,
    fps=25,
    microphone_db=-20,
    heard=True,
    echo_loss_db=34,
    echo_delay_ms=42,
    up_kbps=6_200,
    down_kbps=21_000,
    late_ms=3,
    loss_permille=1,
    rtt_ms=18,
    carrier=Carrier.UDP,
    clock_ms=-40,
    browser="Chromium 156",
    encodes=True,
)
some = st.one_of(st.none(), st.integers(0, 5_000))
measures = st.builds(
    Measures,
    width=st.integers(0, 4_000),
    height=st.integers(0, 4_000),
    fps=st.integers(0, 60),
    microphone_db=st.one_of(st.none(), st.integers(-120, 0)),
    heard=st.one_of(st.none(), st.booleans()),
    echo_loss_db=st.one_of(st.none(), st.integers(-20, 90)),
    echo_delay_ms=some,
    up_kbps=st.one_of(st.none(), st.integers(0, 9_000)),
    down_kbps=st.one_of(st.none(), st.integers(0, 9_000)),
    late_ms=some,
    loss_permille=st.one_of(st.none(), st.integers(0, 1_000)),
    rtt_ms=some,
    carrier=st.sampled_from(Carrier),
    clock_ms=st.one_of(st.none(), st.integers(-9_000, 9_000)),
    browser=st.just("Firefox 153"),
    encodes=st.one_of(st.none(), st.booleans()),
)


def test_a_hall_where_all_is_well_is_fit() -> None:
    assert fitness_of(GOOD) is Fitness.FIT
    assert findings(GOOD) == tuple(Finding(part=part, fitness=Fitness.FIT, mend=None) for part in Part)


@pytest.mark.parametrize(
    ("found", "part", "fitness", "mend"),
    [
        ({"width": 0, "height": 0}, Part.CAMERA, Fitness.UNFIT, Mend.NO_CAMERA),
        ({"width": 640, "height": 360}, Part.CAMERA, Fitness.TO_MEND, Mend.SMALL_PICTURE),
        ({"fps": 10}, Part.CAMERA, Fitness.TO_MEND, Mend.SLOW_PICTURE),
        ({"microphone_db": None}, Part.MICROPHONE, Fitness.UNFIT, Mend.NO_MICROPHONE),
        ({"microphone_db": -70}, Part.MICROPHONE, Fitness.UNFIT, Mend.NO_MICROPHONE),
        ({"microphone_db": -45}, Part.MICROPHONE, Fitness.TO_MEND, Mend.TOO_QUIET),
        ({"microphone_db": -2}, Part.MICROPHONE, Fitness.TO_MEND, Mend.TOO_LOUD),
        ({"heard": None}, Part.LOUDSPEAKER, Fitness.TO_MEND, Mend.NOT_TRIED),
        ({"heard": False}, Part.LOUDSPEAKER, Fitness.UNFIT, Mend.NOT_HEARD),
        ({"echo_loss_db": 6}, Part.ECHO, Fitness.TO_MEND, Mend.ECHO),
        ({"up_kbps": None}, Part.UPLINK, Fitness.TO_MEND, Mend.UPLINK_UNMEASURED),
        ({"up_kbps": 1_200}, Part.UPLINK, Fitness.TO_MEND, Mend.UPLINK_THIN),
        ({"up_kbps": 100}, Part.UPLINK, Fitness.UNFIT, Mend.UPLINK_SOUND_ONLY),
        ({"down_kbps": None}, Part.DOWNLINK, Fitness.TO_MEND, Mend.DOWNLINK_UNMEASURED),
        ({"down_kbps": 1_200}, Part.DOWNLINK, Fitness.TO_MEND, Mend.DOWNLINK_THIN),
        ({"down_kbps": 100}, Part.DOWNLINK, Fitness.UNFIT, Mend.DOWNLINK_SOUND_ONLY),
        ({"loss_permille": 40}, Part.LINE, Fitness.TO_MEND, Mend.LOSSY),
        ({"loss_permille": 200}, Part.LINE, Fitness.UNFIT, Mend.VERY_LOSSY),
        ({"rtt_ms": 600}, Part.LINE, Fitness.TO_MEND, Mend.FAR),
        ({"late_ms": 900}, Part.LINE, Fitness.TO_MEND, Mend.LATE),
        ({"carrier": Carrier.FALLBACK}, Part.CARRIER, Fitness.TO_MEND, Mend.FALLBACK),
        ({"clock_ms": 90_000}, Part.CLOCK, Fitness.TO_MEND, Mend.CLOCK_WRONG),
        ({"encodes": False}, Part.BROWSER, Fitness.UNFIT, Mend.CANNOT_SEND),
    ],
)
def test_what_is_wrong_is_told_of_its_part_alone(
    found: dict[str, object], part: Part, fitness: Fitness, mend: Mend
) -> None:
    checked = replace(GOOD, **found)  # type: ignore[arg-type]  # measures by name

    assert [one for one in findings(checked) if one.fitness is not Fitness.FIT] == [
        Finding(part=part, fitness=fitness, mend=mend)
    ]
    assert fitness_of(checked) is fitness


def test_a_hall_where_nothing_comes_back_has_no_echo() -> None:
    assert fitness_of(replace(GOOD, echo_loss_db=None, echo_delay_ms=None)) is Fitness.FIT


def test_a_line_that_could_not_be_measured_is_not_blamed() -> None:
    unknown = replace(GOOD, loss_permille=None, rtt_ms=None, late_ms=None, clock_ms=None, encodes=None)

    assert fitness_of(unknown) is Fitness.FIT


@given(measures)
def test_a_site_is_as_fit_as_its_worst_part_and_what_is_unfit_says_what_to_mend(checked: Measures) -> None:
    found = findings(checked)

    assert [one.part for one in found] == list(Part)
    assert all((one.mend is None) == (one.fitness is Fitness.FIT) for one in found)
    assert (fitness_of(checked) is Fitness.FIT) == all(one.mend is None for one in found)
    assert (fitness_of(checked) is Fitness.UNFIT) == any(one.fitness is Fitness.UNFIT for one in found)


def test_what_a_site_reports_last_is_what_counts() -> None:
    play, quiet = convened(), replace(GOOD, microphone_db=-45)

    play.give(ReportCheck(site=HUE, measures=quiet), ReportCheck(site=VINH, measures=GOOD))
    assert play.give(ReportCheck(site=HUE, measures=GOOD)) == (CheckReported(site=HUE, measures=GOOD, at=NINE),)

    assert [one.site for one in play.now.checks.checks] == [HUE, VINH]
    found = check_of(play.now.checks, HUE)
    assert found is not None
    assert found.measures == GOOD
    assert [one.site for one in reported_again(play.now.checks)] == [HUE, VINH]


def test_a_site_checks_itself_until_the_conference_is_over() -> None:
    assert opened().give(ReportCheck(site=HUE, measures=GOOD))
    assert sealed().refused(ReportCheck(site=HUE, measures=GOOD))[0] == "stages.wrong_stage"
    assert convened().refused(ReportCheck(site=SiteId("nowhere"), measures=GOOD))[0] == "sites.unknown"


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GOOD, width=-1),
        replace(GOOD, up_kbps=10**12),
        replace(GOOD, rtt_ms=-5),
        replace(GOOD, clock_ms=10**12),
        replace(GOOD, microphone_db=-(10**12)),
        replace(GOOD, browser="b" * 101),
    ],
)
def test_a_measure_that_cannot_be_is_not_taken(wrong: Measures) -> None:
    assert convened().refused(ReportCheck(site=HUE, measures=wrong)) == ("checks.measure_impossible", {})
