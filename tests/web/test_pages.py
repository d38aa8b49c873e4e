"""The pages of a desk, its files, and the pages for whoever operates the server."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.core.samples import HUE, NINE
from tests.web.beside import Beside, some_files
from tests.web.door import Door, a_door

pytestmark = pytest.mark.anyio


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(some_files(tmp_path / "files"))


@pytest.fixture
async def door(tmp_path: Path, beside: Beside) -> AsyncIterator[Door]:
    async with a_door(tmp_path, beside=beside) as opened:
        yield opened


async def test_a_desk_knows_who_it_is(door: Door) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.SITE, HUE))

        assert (await client.get(f"{path}me")).json() == {
            "conference": "review-2026",
            "role": "site",
            "site": "hue",
            "language": "vi",
            "demonstration": True,
            "recorded": True,
            "title": "Hội nghị tổng kết công tác năm 2026",
            "main_site": "hanoi",
        }


async def test_a_hall_is_shown_the_way_for_its_camera(door: Door) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.SITE, HUE))
        first, second = [(await client.get(f"{path}media")).json() for _ in range(2)]

    ticket = door.passes.read_ticket(first["camera"].partition("?jwt=")[2], NINE)
    assert first["camera"].startswith("https://127.0.0.1:8443/camera?jwt=")
    assert first["screen"].startswith("https://127.0.0.1:8443/screen?jwt=")
    assert (ticket.pass_.site, ticket.may_publish) == (HUE, True)
    assert first["up"].startswith("up/review-2026/hue/")
    assert first["up"] != second["up"]
    assert (first["program"], first["latency_ms"], first["fingerprints"]) == ("program/review-2026", 150, ["ab" * 32])
    jwt = first["camera"].partition("?")[2]
    assert first["socket"] == {
        "camera": f"/media/review-2026?{jwt}&as=camera",
        "screen": f"/media/review-2026?{jwt}&as=screen",
    }
    assert (first["parents"], first["camera_free"]) == ([], True)


async def test_who_is_no_hall_has_no_camera(door: Door) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.OPERATOR))
        way = (await client.get(f"{path}media")).json()

    ticket = door.passes.read_ticket(way["screen"].partition("?jwt=")[2], NINE)
    assert (way["camera"], way["up"], ticket.may_publish, ticket.pass_.role) == (None, None, False, Role.OPERATOR)
    assert way["socket"]["camera"] is None


async def test_tasks_come_a_page_at_a_time(door: Door) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.SECRETARY))
        page = (await client.get(f"{path}tasks", params={"after": 100, "unit": "unit-vinh"})).json()
        wrong = [await client.get(f"{path}tasks", params={"after": after}) for after in ("-1", "x", "9" * 50)]

    assert (page["total"], page["next"]) == (804, 200)
    assert page["tasks"][0] == {
        "task": "t1",
        "number": 1,
        "kind": "task",
        "horizon": "year",
        "text": "Làm",
        "unit": "unit-vinh",
        "unit_name": "Đơn vị",
        "due": "2027-02-28",
    }
    assert [(answer.status_code, answer.json()["field"]) for answer in wrong] == [(422, "after")] * 3


async def test_a_desk_fetches_the_documents_that_are_its(door: Door) -> None:
    async with door.browser() as client:
        secretary = await door.enter(client, door.link(Role.SECRETARY))
        hue = await door.enter(client, door.link(Role.SITE, HUE))
        listed = (await client.get(f"{secretary}documents")).json()["documents"]
        of_hue = (await client.get(f"{hue}documents")).json()["documents"]
        minutes = await client.get(listed[0]["pdf"])

    assert listed[0] == {
        "document": "minutes",
        "title": "Biên bản",
        "site": None,
        "docx": f"{secretary}documents/minutes.docx",
        "pdf": f"{secretary}documents/minutes.pdf",
    }
    assert [one["document"] for one in of_hue] == ["article-hue"]
    assert minutes.headers["content-type"] == "application/pdf"
    assert minutes.headers["content-disposition"] == 'attachment; filename="minutes.pdf"'
    assert minutes.content == b"minutes.pdf" * 100


@pytest.mark.parametrize(
    "name",
    [
        "minutes.pdf",
        "secret.pdf",
        "article-vinh.pdf",
        "article-hue.docx",
        "article-hue.exe",
        "article-hue",
        "..%2fsecret.pdf",
        "..%2f..%2fpass.key",
        "%2e%2e/secret.pdf",
        "%00.pdf",
        "article-hue.pdf%00.docx",
        "ARTICLE-HUE.pdf",
        "k" * 5000 + ".pdf",
        "đ.pdf",
        ".pdf",
    ],
)
async def test_a_document_that_is_not_this_desks_is_unknown(door: Door, name: str) -> None:
    async with door.browser() as client:
        hue = await door.enter(client, door.link(Role.SITE, HUE))
        answer = await client.get(f"{hue}documents/{name}")

    assert (answer.status_code, answer.json()["code"]) in [(404, "document_unknown"), (404, "not_found")]


async def test_a_screen_on_a_wall_gets_neither_tasks_nor_recording(door: Door) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.PROGRAM))
        tasks = (await client.get(f"{path}tasks")).json()
        recording = (await client.get(f"{path}recording")).json()
        file = await client.get(f"{path}recording/file")

    assert tasks == {"total": 0, "tasks": [], "next": None}
    assert recording == {"path": None, "seconds": 0, "chapters": [], "parts": [], "finishing": None}
    assert (file.status_code, file.json()["code"]) == (404, "recording_none")


async def test_the_recording_plays_from_any_place(door: Door, beside: Beside) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.CHAIR))
        told = (await client.get(f"{path}recording")).json()
        part = await client.get(told["path"], headers={"Range": "bytes=10-19"})
        (beside.folder / "review.mp4").unlink()
        gone = await client.get(told["path"])

    stills = [f"{path}recording/stills/r1/{number}.jpg" for number in (1, 2, 3)]
    chapter = {"title": "Huế", "start": 61.5, "end": 90, "speech": "r1", "stills": stills, "chosen": None}
    length = {"seconds": 180, "chapters": [chapter]}
    whole = {"path": f"{path}recording/file", **length}
    assert told == {**whole, "parts": [{"path": f"{path}recording/file/1", **length}], "finishing": None}
    assert (part.status_code, part.content) == (206, (b"review.mp4" * 2)[10:20])
    assert gone.json()["code"] == "recording_none"


async def test_a_recording_that_a_restart_cut_in_two_is_offered_whole(door: Door, beside: Beside) -> None:
    beside.cut()
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.SECRETARY))
        told = (await client.get(f"{path}recording")).json()
        files = [(await client.get(part["path"])).content for part in told["parts"]]
        beyond = await client.get(f"{path}recording/file/3")

    assert [part["seconds"] for part in told["parts"]] == [180, 60]
    assert files == [(beside.folder / name).read_bytes() for name in ("review.mp4", "review-2.mp4")]
    assert beyond.json()["code"] == "recording_none"


async def test_players_are_given_the_chapters_as_a_track_of_text(door: Door) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.SITE, HUE))
        told = await client.get(f"{path}recording/chapters.vtt")

    assert told.headers["content-type"] == "text/vtt; charset=utf-8"
    assert told.text == "WEBVTT\n\n1\n00:01:01.500 --> 00:01:30.000\nHuế\n"


async def test_the_centre_chooses_a_still_of_a_speech_and_a_site_does_not(door: Door) -> None:
    async with door.browser() as client, door.browser() as site:
        path = await door.enter(client, door.link(Role.SECRETARY))
        hall = await door.enter(site, door.link(Role.SITE, HUE))
        answers = [
            await client.get(f"{path}recording/stills/r1/2.jpg"),
            await client.get(f"{path}recording/stills/r1/4.jpg"),
            await client.get(f"{path}recording/stills/r2/1.jpg"),
            await client.post(f"{path}recording/stills", json={"speech": "r1", "still": 2}),
            await site.post(f"{hall}recording/stills", json={"speech": "r1", "still": 3}),
            await client.post(f"{path}recording/stills", json={"speech": "r9", "still": 2}),
            await client.post(f"{path}recording/stills", json={"speech": "r1", "still": 4}),
        ]
        told = (await client.get(f"{path}recording")).json()

    assert [one.status_code for one in answers] == [200, 422, 404, 204, 403, 404, 422]
    assert answers[0].headers["content-type"] == "image/jpeg"
    assert told["chapters"][0]["chosen"] == 2


async def test_a_run_of_show_is_paused_and_resumed(door: Door, beside: Beside) -> None:
    async with door.browser() as client:
        path = await door.enter(client, door.link(Role.SITE, HUE))
        other = await door.enter(client, door.link(Role.CHAIR, house=door.other))
        answers = [
            await client.post(f"{path}script", json={"running": False}),
            await client.post(f"{path}script", json={"running": True}),
            await client.post(f"{path}script", json={"running": "yes"}),
            await client.post(f"{other}script", json={"running": True}),
        ]

    assert beside.running == [False, True]
    assert [answer.status_code for answer in answers] == [204, 204, 422, 404]


async def test_a_server_with_nothing_beside_says_so(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        path = await door.enter(client, door.link(Role.CHAIR))
        told = {name: (await client.get(f"{path}{name}")).json() for name in ("tasks", "documents", "recording")}
        answers = [
            await client.get(f"{path}media"),
            await client.get(f"{path}recording/file"),
            await client.get(f"{path}documents/minutes.pdf"),
            await client.post(f"{path}script", json={"running": True}),
        ]

    assert told == {
        "tasks": {"total": 0, "tasks": [], "next": None},
        "documents": {"documents": []},
        "recording": {"path": None, "seconds": 0, "chapters": [], "parts": [], "finishing": None},
    }
    assert [answer.json()["code"] for answer in answers] == [
        "media_none",
        "recording_none",
        "document_unknown",
        "script_none",
    ]


async def test_on_this_machine_sound_and_picture_are_sought_where_the_server_listens(door: Door) -> None:
    async with door.browser() as client:
        answer = await client.get("/enter", headers={"Host": "localhost:8080"})

    assert "connect-src 'self' https://127.0.0.1:8443;" in answer.headers["content-security-policy"]


async def test_pages_may_run_only_what_this_server_sends(door: Door) -> None:
    async with door.browser() as client:
        answers = [await client.get(path) for path in ("/enter", "/health/live", "/nowhere", "/api/docs")]

    for answer in answers:
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["connect-src"] == "'self' https://127.0.0.1:8443"
        assert policy["frame-ancestors"] == "'none'"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
        assert answer.headers["permissions-policy"].startswith("camera=(self), microphone=(self)")
        assert "server" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "", "[::1]:8080", "hoinghi.example:8443"])
async def test_a_name_of_a_host_cannot_change_what_pages_may_run(door: Door, host: str) -> None:
    async with door.browser() as client:
        answer = await client.get("/health/live", headers={"Host": host})

    policy = answer.headers.get("content-security-policy", "")
    assert policy.count("script-src") <= 1
    assert "evil" not in policy


async def test_the_server_lives_and_says_what_it_lacks(door: Door, beside: Beside) -> None:
    async with door.browser() as client:
        live, ready = await client.get("/health/live"), await client.get("/health/ready")
        beside.lacking = "the disk is full"
        lacking = await client.get("/health/ready")

    assert live.json() == {"status": "live"}
    assert ready.json() == {"status": "ready", "checked": ["journal", "media"]}
    assert (lacking.status_code, lacking.json()["detail"]) == (503, "The server lacks: journal: the disk is full")


async def test_metrics_count_without_naming_anybody(door: Door) -> None:
    async with door.desk(Role.SITE, HUE) as hue, door.browser() as client:
        path = await door.enter(client, door.link(Role.SITE, HUE))
        await hue.ask("RequestFloor", {"topic": "Cán bộ"})
        await hue.say("rubbish")
        await hue.message("answer", id=None)
        await client.get(f"{path}me")
        text = (await client.get("/metrics")).text

    lines = text.splitlines()
    assert 'diemcau_live_lines{role="site"} 1.0' in lines
    assert 'diemcau_asked_total{outcome="refused"} 1.0' in lines
    assert 'diemcau_asked_total{outcome="unreadable"} 1.0' in lines
    assert 'diemcau_http_requests_total{method="GET",route="/d/{desk}/me",status="200"} 1.0' in lines
    assert "diemcau_conferences 2.0" in lines
    assert path.split("/")[2] not in text
    assert "hue" not in text


async def test_the_interface_is_described_without_anything_from_elsewhere(door: Door) -> None:
    async with door.browser() as client:
        page, style = await client.get("/api/docs"), await client.get("/api/docs.css")
        interface = (await client.get("/api/openapi.json")).json()

    assert page.status_code == style.status_code == 200
    assert "<script" not in page.text
    assert "POST /enter" in page.text
    assert set(interface["paths"]) >= {
        "/enter", "/d/{desk}/pin", "/d/{desk}/me", "/d/{desk}/media", "/d/{desk}/tasks", "/d/{desk}/documents",
        "/d/{desk}/recording", "/d/{desk}/script", "/health/live", "/health/ready", "/metrics",
    }  # fmt: skip
    assert "application/problem+json" in interface["paths"]["/enter"]["post"]["responses"]["4XX"]["content"]
    assert json.dumps(interface).count("cdn") == 0


async def test_the_pages_files_are_kept_by_browsers_and_the_page_itself_is_not(tmp_path: Path) -> None:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<title>Điểm Cầu</title>", encoding="utf-8")
    (static / "assets" / "index-4f2a.js").write_text("export {};", encoding="utf-8")
    async with a_door(tmp_path, on=lambda premises: replace(premises, static=static)) as door, door.browser() as client:
        page, script = await client.get("/d/some-desk/"), await client.get("/static/assets/index-4f2a.js")
        gone = await client.get("/static/assets/index-0000.js")

    assert (page.text, page.headers["cache-control"]) == ("<title>Điểm Cầu</title>", "no-store")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    assert (gone.status_code, gone.headers["cache-control"]) == (404, "no-store")


async def test_a_server_whose_pages_are_not_built_says_so(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    async with (
        a_door(tmp_path, on=lambda premises: replace(premises, static=nowhere)) as door,
        door.browser() as client,
    ):
        page, script = await client.get("/enter"), await client.get("/static/assets/index.js")

    assert (page.status_code, "make setup" in page.text) == (503, True)
    assert (script.status_code, script.json()["code"]) == (404, "not_found")


async def test_the_page_is_the_same_for_every_desk_and_needs_no_cookie(door: Door) -> None:
    async with door.browser() as client:
        pages = [await client.get(path) for path in ("/", "/enter", "/d/some-desk/")]

    assert len({page.content for page in pages}) == 1
    assert {page.headers["content-type"].partition(";")[0] for page in pages} == {"text/html"}
    assert {page.headers["cache-control"] for page in pages} == {"no-store"}
