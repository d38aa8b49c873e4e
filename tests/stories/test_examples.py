"""The examples run from the roll call to their tasks."""

import pytest

from diemcau.conduct.run_of_show import Speak
from diemcau.core import conclusions, floor, rollcall
from diemcau.core.stages import Stage
from diemcau.core.tasks import TaskAssigned
from diemcau.journal import streams
from diemcau.journal.seal import SealKey
from tests.conduct.desks import a_key
from tests.stories.playing import HEALTH, SEED, begin, example

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def key() -> SealKey:
    return a_key()


async def test_the_seeds_conference_runs_from_the_roll_call_to_its_tasks(key: SealKey) -> None:
    story = await begin(example(SEED))

    await story.play()
    await story.run_errands(key)

    now = story.desk.current
    assert now.stages.stage is Stage.CLOSED
    assert len(rollcall.who_reported(now.roll)) == len(now.facts.sites) == 68
    assert rollcall.delegates_present(now.roll) == story.plan.expected.delegates_present == 684
    assert [one.site for one in floor.speeches(now.floor)] == [
        "nghe-an",
        "thua-thien-hue",
        "ha-noi",
        "lao-cai",
        "thanh-pho-ho-chi-minh",
        "dien-bien",
        "binh-thuan",
    ]
    assert conclusions.counted(now.conclusion.items) == {
        "lesson": 5,
        "term_task": 6,
        "breakthrough": 3,
        "year_task": 3,
        "solution_group": 5,
    }
    tasks = [one.event for one in story.journal.read(streams.tasks(story.plan.id))]
    assert len(tasks) == len({one.task for one in tasks if isinstance(one, TaskAssigned)}) == 12 * 67 == 804


@pytest.mark.parametrize("name", [SEED, HEALTH])
async def test_an_example_comes_to_what_its_plan_expects(name: str, key: SealKey) -> None:
    story = await begin(example(name))

    await story.play()
    await story.run_errands(key)

    now, expected = story.desk.current, story.plan.expected
    assert now.stages.stage is Stage.CLOSED
    assert now.conclusion.adopted_at is not None
    assert len(now.facts.sites) == expected.sites
    assert len(floor.speeches(now.floor)) == expected.speeches
    assert rollcall.delegates_present(now.roll) == expected.delegates_present
    assert conclusions.counted(now.conclusion.items) == {
        "lesson": 0,
        "term_task": 0,
        "breakthrough": 0,
        "year_task": 0,
        "solution_group": 0,
        **expected.counts,
    }
    assert story.journal.version(streams.tasks(story.plan.id)) == expected.tasks


@pytest.mark.parametrize("name", [SEED, HEALTH])
async def test_each_speech_of_an_example_lasts_as_long_as_its_plan_says(name: str) -> None:
    story = await begin(example(name))

    await story.play()

    spoken = [act.length for act in story.acts if isinstance(act, Speak)]
    held = [
        one.ended_at - one.granted_at
        for one in floor.speeches(story.desk.current.floor)
        if one.ended_at and one.granted_at
    ]
    assert held == spoken == [one.speaks_for_fast for one in story.plan.speeches]


async def test_who_was_registered_and_never_called_writes_a_statement() -> None:
    story = await begin(example(SEED))

    await story.play()

    written = [one.site for one in story.desk.current.floor.requests if one.written]
    assert written == ["ca-mau"]
