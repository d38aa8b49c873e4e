import asyncio
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from diemcau.journal.events import CODEC
from diemcau.journal.sql import engine_to_read, open_to_read
from diemcau.journal.verify import verify
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.plan.scale import scaled
from tests.e2e.footage import faults_of_decoding
from tests.e2e.programs import eventually, run, started
from tests.plan.samples import spoil, write_plan

EXAMPLES = Path(__file__).parents[2] / "examples"
SEED, SERVICE = EXAMPLES / "nganh-to-chuc-2020", EXAMPLES / "health-service-review"
SMALL = ("--width", 160, "--height", 96, "--fps", 5)
KEYS = {
    "plan",
    "sites",
    "connected",
    "reported",
    "delegates_present",
    "speeches",
    "conclusion",
    "tasks",
    "documents",
    "recording",
    "journal",
    "grant_to_frame_ms",
    "rehearsal",
    "seconds",
}
OF_A_SPEECH = {"site", "office", "requested_at", "granted_at", "on_air_at", "released_at", "frames_min"}


@dataclass(frozen=True)
class Played:
    """A conference that was played: its plan, its folder, what was printed and said."""

    plan: Plan
    folder: Path
    printed: dict[str, Any]
    err: str


def play(plan: Plan, folder: Path, *options: object) -> Played:
    """Play a conference without people, which must end well."""
    arguments = ("demo", "--headless", "--fast", "--json", "--out", folder, *SMALL, *options)
    status, out, err = asyncio.run(run(*arguments, within=110))
    assert status == 0, err
    return Played(plan=plan, folder=folder, printed=json.loads(out), err=err)


@pytest.fixture(scope="module", params=["the seed with twelve sites", "the health service"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("played") / "out"
    if request.param == "the health service":
        yield play(read_plan(SERVICE), folder, "--plan", SERVICE)
    else:
        yield play(scaled(read_plan(SEED), sites=12), folder, "--sites", 12)


pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_the_one_object_that_is_printed_says_what_the_plan_expects(played: Played) -> None:
    printed, expected = played.printed, played.plan.expected

    assert set(printed) == KEYS
    assert (printed["plan"], printed["sites"]) == (played.plan.id, len(played.plan.sites))
    assert (printed["connected"], printed["reported"]) == (printed["sites"], printed["sites"])
    assert (printed["delegates_present"], printed["tasks"]) == (expected.delegates_present, expected.tasks)
    assert {name: printed["conclusion"][name] for name in expected.counts} == expected.counts
    assert set(printed["conclusion"]) == {"lesson", "term_task", "breakthrough", "year_task", "solution_group"}
    assert 0 < printed["grant_to_frame_ms"]["p50"] <= printed["grant_to_frame_ms"]["p95"]
    assert (printed["rehearsal"]["width"], printed["rehearsal"]["fps"]) == (160, 5)
    assert 0 < printed["seconds"] < 110


def test_each_speech_was_on_air_for_two_seconds_and_reached_every_hall(played: Played) -> None:
    speeches = played.printed["speeches"]

    assert [speech["site"] for speech in speeches] == [grant.site for grant in played.plan.speeches]
    assert [set(speech) for speech in speeches] == [OF_A_SPEECH] * played.plan.expected.speeches
    for speech in speeches:
        asked, granted, on_air, released = (
            datetime.fromisoformat(speech[name]) for name in ("requested_at", "granted_at", "on_air_at", "released_at")
        )
        assert asked <= granted <= on_air < released
        assert (released - on_air).total_seconds() >= 2
        assert speech["office"]
        assert speech["frames_min"] >= 5


def test_every_document_stands_in_the_folder_and_can_be_read(played: Played) -> None:
    paths = [played.folder / name for name in played.printed["documents"]]

    assert sorted(path.suffix for path in paths) == [".docx"] * 4 + [".pdf"] * 4
    for path in paths:
        assert path.is_relative_to(played.folder)
        if path.suffix == ".docx":
            assert any(paragraph.text for paragraph in Document(str(path)).paragraphs)
        else:
            assert len(PdfReader(path).pages) >= 1


def test_the_minutes_print_the_seal_of_the_journal(played: Played) -> None:
    minutes = [played.folder / name for name in played.printed["documents"] if "minutes" in name or "bien-ban" in name]
    text = "".join(page.extract_text() for path in minutes if path.suffix == ".pdf" for page in PdfReader(path).pages)

    assert played.printed["journal"]["seal"][:8] in re.sub(r"\s", "", text)


def test_the_recording_plays_with_a_chapter_for_each_speech(played: Played) -> None:
    path = played.folder / played.printed["recording"]["path"]

    asked = ("ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", str(path))
    found = json.loads(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)

    assert {stream["codec_type"]: stream["codec_name"] for stream in found["streams"]} == {
        "video": "h264",
        "audio": "aac",
    }
    assert len(found["chapters"]) == played.printed["recording"]["chapters"] == len(played.plan.speeches)
    assert abs(float(found["format"]["duration"]) - played.printed["recording"]["seconds"]) < 0.5
    assert all(float(chapter["end_time"]) - float(chapter["start_time"]) >= 2 for chapter in found["chapters"])
    assert faults_of_decoding(path) == []


def test_the_journal_that_is_left_is_whole_and_sealed(played: Played) -> None:
    engine = engine_to_read(f"sqlite:///{played.folder / 'journal.sqlite'}")
    journal = open_to_read(engine, CODEC)

    report = verify(journal)
    seals = journal.seals()
    position = journal.position()
    engine.dispose()

    assert (report.is_whole, report.seals, len(seals)) == (True, 1, 1)
    assert played.printed["journal"] == {"position": position, "seal": seals[0].hash}


def test_a_folder_with_an_earlier_run_is_refused_and_left_alone(played: Played) -> None:
    before = {path: path.stat().st_mtime_ns for path in played.folder.rglob("*")}

    status, out, err = asyncio.run(run("demo", "--headless", "--out", played.folder))

    assert (status, out) == (1, "")
    assert err == f"{played.folder} holds an earlier run: name an empty folder with --out, or remove it."
    assert {path: path.stat().st_mtime_ns for path in played.folder.rglob("*")} == before


async def test_what_the_plan_expects_and_did_not_happen_is_named(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan")  # its run of show adopts no conclusion

    arguments = ("demo", "--headless", "--fast", "--json", "--plan", plan, "--out", tmp_path / "out", *SMALL)
    status, out, err = await run(*arguments)

    assert status == 1
    assert json.loads(out)["conclusion"]["lesson"] == 0
    assert err.splitlines()[-4:] == [
        "• tasks: 0 instead of 2",
        "• lesson: 0 instead of 1",
        "• year_task: 0 instead of 1",
        "3 of the plan's expectations did not come true.",
    ]


async def test_a_step_that_the_rules_refuse_is_named_and_ends_the_run(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan")
    spoil(
        plan,
        "conference.toml",
        "[documents]",
        "[regulations]\nquorum_to_open = true\nquorum_sites_percent = 100\n\n[documents]",
    )

    arguments = ("demo", "--headless", "--fast", "--json", "--plan", plan, "--out", tmp_path / "out", *SMALL)
    status, out, err = await run(*arguments)

    assert (status, out) == (1, "")
    assert err.splitlines()[-1] == "Step 1 of the run of show (Open) was refused: OpenConference: rollcall.no_quorum."
    assert "Traceback" not in err


@pytest.mark.parametrize("option", ["--sites", "--plan", "--out", "--port"])
async def test_an_option_that_cannot_be_is_refused_before_anything_begins(tmp_path: Path, option: str) -> None:
    file = tmp_path / "a-file"
    file.touch()
    value = {"--sites": "1", "--plan": file, "--out": file, "--port": "99999"}[option]

    status, out, err = await run("demo", "--headless", option, value)

    assert status != 0
    assert out == ""
    assert "Traceback" not in err


async def test_an_interrupted_run_ends_in_order_and_finishes_its_recording(tmp_path: Path) -> None:
    plan, out = write_plan(tmp_path / "plan"), tmp_path / "out"

    async with started("demo", "--headless", "--plan", plan, "--out", out, *SMALL) as program:
        await eventually(lambda: any(out.glob("recordings/*/segments/1.m4s")))
        program.tell(signal.SIGINT)
        status = await program.ended(within=40)

    assert status == 130
    assert "Traceback" not in "\n".join(program.err)
    assert [path.name for path in out.glob("recordings/*/*.mkv")] == ["recording-1.mkv"]
    assert (await run("verify-journal", "--data", out))[0] == 0
