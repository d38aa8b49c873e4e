from diemcau.core.ids import ConferenceId
from diemcau.journal.streams import conference_of, formal, rehearsal, tasks

REVIEW = ConferenceId("review-2026")


def test_a_conference_its_rehearsals_and_its_tasks_have_streams_of_their_own() -> None:
    named = [formal(REVIEW), rehearsal(REVIEW, 1), rehearsal(REVIEW, 2), tasks(REVIEW)]

    assert named == [
        "conference:review-2026",
        "rehearsal:review-2026:1",
        "rehearsal:review-2026:2",
        "tasks:review-2026",
    ]


def test_only_a_conference_s_own_stream_tells_the_conference() -> None:
    assert conference_of(formal(REVIEW)) == REVIEW
    assert conference_of(rehearsal(REVIEW, 1)) is None
    assert conference_of(tasks(REVIEW)) is None
