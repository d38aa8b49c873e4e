import pytest

from tests.cli.conftest import Diemcau

COMMANDS = {
    "init": ["--data", "--journal"],
    "demo": ["--plan", "--out", "--sites", "--headless", "--fast", "--json", "--width", "--height", "--fps"],
    "serve": [
        "--data",
        "--host",
        "--port",
        "--media-port",
        "--cert",
        "--key",
        "--behind-proxy",
        "--name",
        "--no-recording",
    ],
    "plan": ["check", "template", "import"],
    "plan check": ["--english"],
    "plan template": ["--force"],
    "plan import": ["--data", "--journal"],
    "conference": ["list", "pass"],
    "conference list": ["--data"],
    "conference pass": ["--role", "--site", "--days", "--url", "--qr"],
    "person": ["erase"],
    "person erase": ["--reason", "--data", "--journal"],
    "export": ["--out", "--site"],
    "verify-journal": ["--seal"],
    "rebuild": ["--data"],
    "doctor": ["--port", "--media-port"],
}
WIDE = {"COLUMNS": "200", "TERM": "dumb"}


@pytest.mark.parametrize(("command", "named"), COMMANDS.items())
def test_every_command_explains_itself(diemcau: Diemcau, command: str, named: list[str]) -> None:
    said = diemcau(*command.split(), "--help", env=WIDE)

    assert (said.status, said.err) == (0, "")
    assert [name for name in named if name not in said.out] == []


def test_the_first_page_of_help_names_every_command(diemcau: Diemcau) -> None:
    said = diemcau("--help", env=WIDE)

    assert said.status == 0
    assert [command for command in COMMANDS if f" {command.split()[0]} " not in said.out] == []


def test_without_a_command_the_help_is_shown(diemcau: Diemcau) -> None:
    said = diemcau(env=WIDE)

    assert said.status == 2
    assert "verify-journal" in said.out + said.err


def test_the_version_is_one_line(diemcau: Diemcau) -> None:
    said = diemcau("--version")

    assert (said.status, said.err) == (0, "")
    assert said.out.count("\n") == 1
