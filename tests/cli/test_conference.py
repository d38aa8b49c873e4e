import re
from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.cli.conference import state_of
from diemcau.conduct.clock import WallClock
from diemcau.core.entry import Entry
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.journal.events import CODEC
from diemcau.journal.sql import engine_to_read, open_to_read
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes, new_pass
from diemcau.web.pins import Pins
from tests.cli.conftest import Diemcau

SPRING = ConferenceId("spring-review")


def test_the_list_names_each_conference_with_its_stage(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("conference", "list", "--data", data)

    assert (said.status, said.err) == (0, "")
    assert said.out.split() == ["spring-review", "convened", "3", "Spring", "review"]


def test_an_empty_journal_says_how_to_convene(diemcau: Diemcau, tmp_path: Path) -> None:
    assert diemcau("init", "--data", tmp_path / "new").status == 0

    said = diemcau("conference", "list", "--data", tmp_path / "new")

    assert (said.status, said.out) == (0, "")
    assert said.err == "The journal has no conference yet: diemcau plan import FOLDER\n"


@pytest.mark.parametrize(
    ("role", "site", "pins"),
    [
        (Role.CHAIR, None, 1),
        (Role.DEPUTY, None, 1),
        (Role.SECRETARY, None, 1),
        (Role.OPERATOR, None, 1),
        (Role.SITE, "coast", 0),
        (Role.PROGRAM, None, 0),
    ],
)
def test_a_pass_is_a_link_that_the_server_lets_in_with_its_pin(
    diemcau: Diemcau, data: Path, role: Role, site: str | None, pins: int
) -> None:
    options = () if site is None else ("--site", site)

    said = diemcau(
        "conference", "pass", SPRING, "--role", role.value, *options, "--data", data, "--url", "https://hop.example.vn/"
    )

    link, *rest = said.out.splitlines()
    assert (said.status, said.err) == (0, "")
    assert link.startswith("https://hop.example.vn/enter#")
    found = Passes(load_key(data)).read(link.partition("#")[2], WallClock().now())
    assert (found.conference, found.role, found.site) == (SPRING, role, None if site is None else SiteId(site))
    printed = [line.removeprefix("PIN: ") for line in rest if line.startswith("PIN: ")]
    assert [Pins(data / "pins").is_right(found, pin) for pin in printed] == [True] * pins
    assert any("█" in line for line in rest)


def test_without_a_qr_code_only_link_and_pin_are_printed(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("conference", "pass", SPRING, "--no-qr", "--data", data)

    assert re.fullmatch(r"http://127\.0\.0\.1:8080/enter#\S+\nPIN: \d{6}\n", said.out)


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({"DIEMCAU_PUBLIC_URL": "https://hop.example.vn"}, "https://hop.example.vn/enter#"),
        ({"DIEMCAU_NAMES": "hop.lan", "DIEMCAU_PORT": "8443"}, "https://hop.lan:8443/enter#"),
        ({"DIEMCAU_HOST": "192.0.2.7"}, "https://192.0.2.7:8080/enter#"),
        ({"DIEMCAU_HOST": "::1"}, "http://[::1]:8080/enter#"),
    ],
)
def test_a_link_begins_as_the_server_would_serve_it(
    diemcau: Diemcau, data: Path, settings: dict[str, str], begins: str
) -> None:
    said = diemcau("conference", "pass", SPRING, "--no-qr", "--data", data, env=settings)

    assert said.out.startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no conference nowhere: see diemcau conference list."),
        (
            [SPRING, "--role", "site", "--site", "nowhere"],
            "spring-review has no site nowhere: take a code of the plan's sites.",
        ),
        ([SPRING, "--role", "site"], "A site's pass names its site, and no other pass does: --role site --site CODE."),
        (
            [SPRING, "--role", "chair", "--site", "coast"],
            "A site's pass names its site, and no other pass does: --role site --site CODE.",
        ),
    ],
)
def test_a_pass_that_cannot_be_is_refused_in_one_line(
    diemcau: Diemcau, data: Path, arguments: list[str], sentence: str
) -> None:
    said = diemcau("conference", "pass", *arguments, "--data", data)

    assert (said.status, said.out, said.err) == (1, "", f"{sentence}\n")
    assert not (data / "pins").exists()


@pytest.mark.parametrize("role", ["moderator", "system"])
def test_an_unknown_role_is_refused_with_the_roles_there_are(diemcau: Diemcau, data: Path, role: str) -> None:
    said = diemcau("conference", "pass", SPRING, "--role", role, "--data", data, env={"COLUMNS": "200"})

    assert (said.status, said.out) == (2, "")
    assert f"'{role}'" in said.err
    assert "'secretary'" in said.err
    assert "'relay'" in said.err
    assert said.err.count("system") == (1 if role == "system" else 0)


def entry_of(data: Path) -> Entry:
    journal = open_to_read(engine_to_read(f"sqlite:///{data / 'journal.sqlite'}"), CODEC)
    return state_of(journal, SPRING).entry


def test_a_pass_is_revoked_by_its_link_or_its_number(diemcau: Diemcau, data: Path) -> None:
    links = [diemcau("conference", "pass", SPRING, "--no-qr", "--data", data).out.split()[0] for _ in range(2)]
    numbers = [Passes(load_key(data)).read(link.partition("#")[2], WallClock().now()).number for link in links]

    by_link = diemcau("conference", "revoke", SPRING, "--pass", links[0], "--data", data)
    by_number = diemcau("conference", "revoke", SPRING, "--pass", numbers[1], "--data", data)
    again = diemcau("conference", "revoke", SPRING, "--pass", numbers[0], "--data", data)

    assert (by_link.status, by_link.out, by_link.err) == (0, "Revoked.\n", "")
    assert by_number.out == "Revoked.\n"
    assert again.out == "It was revoked before.\n"
    assert list(entry_of(data).numbers) == numbers


def test_a_relays_pass_is_revoked_by_its_token(diemcau: Diemcau, data: Path) -> None:
    token = diemcau("conference", "pass", SPRING, "--role", "relay", "--data", data).out.strip()

    said = diemcau("conference", "revoke", SPRING, "--pass", token, "--data", data)

    assert said.out == "Revoked.\n"
    assert entry_of(data).numbers == (Passes(load_key(data)).read_relay(token, WallClock().now()).number,)


def test_all_links_of_a_site_are_revoked(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("conference", "revoke", SPRING, "--role", "site", "--site", "coast", "--data", data)

    assert (said.status, said.out) == (0, "Revoked.\n")
    assert [(one.role, one.site) for one in entry_of(data).links] == [(Role.SITE, "coast")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "--role", "chair"], "There is no conference nowhere: see diemcau conference list."),
        ([SPRING], "Say what to revoke: one pass by --pass LINK, or all links of a role by --role ROLE."),
        (
            [SPRING, "--role", "chair", "--pass", "x"],
            "Say what to revoke: one pass by --pass LINK, or all links of a role by --role ROLE.",
        ),
        ([SPRING, "--role", "site"], "A site's pass names its site, and no other pass does: --role site --site CODE."),
        (
            [SPRING, "--pass", "https://hop.example.vn/enter#a.b.c"],
            "This is no pass of this server: give the link as it was printed, or the number in it.",
        ),
        (
            [SPRING, "--pass", "no number"],
            "entry.number_impossible: A pass has a number of 1 to 64 letters, digits, hyphens and underscores.",
        ),
    ],
)
def test_what_cannot_be_revoked_is_told_in_one_line_and_nothing_is_written(
    diemcau: Diemcau, data: Path, arguments: list[str], sentence: str
) -> None:
    said = diemcau("conference", "revoke", *arguments, "--data", data)

    assert (said.status, said.out, said.err) == (1, "", f"{sentence}\n")
    assert entry_of(data) == Entry()


@pytest.mark.parametrize(
    ("conference", "ends", "sentence"),
    [
        (SPRING, timedelta(days=-1), "This pass has ended already: it lets nobody in."),
        (
            ConferenceId("autumn"),
            timedelta(days=1),
            "This pass is for the conference autumn: diemcau conference revoke autumn.",
        ),
    ],
)
def test_a_pass_that_is_over_or_anothers_is_not_revoked(
    diemcau: Diemcau, data: Path, conference: ConferenceId, ends: timedelta, sentence: str
) -> None:
    now = WallClock().now()
    pass_ = new_pass(conference=conference, role=Role.CHAIR, site=None, until=now + ends, at=now)

    said = diemcau("conference", "revoke", SPRING, "--pass", Passes(load_key(data)).issue(pass_), "--data", data)

    assert (said.status, said.err) == (1, f"{sentence}\n")
    assert entry_of(data) == Entry()


@pytest.mark.parametrize("command", [("conference", "list"), ("conference", "pass", SPRING), ("verify-journal",)])
def test_a_journal_that_is_not_there_is_named(diemcau: Diemcau, tmp_path: Path, command: tuple[str, ...]) -> None:
    said = diemcau(*command, "--data", tmp_path / "nowhere")

    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert str(tmp_path / "nowhere") in said.err
    assert not (tmp_path / "nowhere").exists()
