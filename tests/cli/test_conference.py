import re
from pathlib import Path

import pytest

from diemcau.conduct.clock import WallClock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes
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
        (
            [SPRING, "--role", "system"],
            "Nobody has a pass as system: choose chair, deputy, secretary, operator, site or program.",
        ),
    ],
)
def test_a_pass_that_cannot_be_is_refused_in_one_line(
    diemcau: Diemcau, data: Path, arguments: list[str], sentence: str
) -> None:
    said = diemcau("conference", "pass", *arguments, "--data", data)

    assert (said.status, said.out, said.err) == (1, "", f"{sentence}\n")
    assert not (data / "pins").exists()


def test_an_unknown_role_is_refused_with_the_roles_there_are(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("conference", "pass", SPRING, "--role", "moderator", "--data", data, env={"COLUMNS": "200"})

    assert (said.status, said.out) == (2, "")
    assert "'moderator'" in said.err
    assert "'secretary'" in said.err


@pytest.mark.parametrize("command", [("conference", "list"), ("conference", "pass", SPRING), ("verify-journal",)])
def test_a_journal_that_is_not_there_is_named(diemcau: Diemcau, tmp_path: Path, command: tuple[str, ...]) -> None:
    said = diemcau(*command, "--data", tmp_path / "nowhere")

    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert str(tmp_path / "nowhere") in said.err
    assert not (tmp_path / "nowhere").exists()
