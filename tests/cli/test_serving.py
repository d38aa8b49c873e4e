import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diemcau.web.tls import self_made
from tests.cli.conftest import Diemcau, Said
from tests.cli.disks import fill, small_disk, unwritable

NOBODY = 65534 if os.geteuid() == 0 else None
ON_FREE_PORTS = ("--port", 0, "--media-port", 0)


@contextmanager
def taken(kind: socket.SocketKind) -> Iterator[int]:
    """Take a port and yield its number."""
    with closing(socket.socket(socket.AF_INET, kind)) as opened:
        opened.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            opened.listen()
        yield opened.getsockname()[1]


def only_line(said: Said) -> str:
    """Return the one line in which a command says why it can't begin."""
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    return said.err.rstrip("\n")


def test_a_folder_is_made_ready_and_made_ready_again_changes_nothing(diemcau: Diemcau, tmp_path: Path) -> None:
    data = tmp_path / "hội nghị"

    first = diemcau("init", "--data", data)
    made = {file.name: file.read_bytes() for file in data.iterdir() if file.suffix == ".key"}
    second = diemcau("init", "--data", data)

    assert (first.status, second.status) == (0, 0)
    assert sorted(made) == ["pass.key", "seal.key"]
    assert {name: (data / name).read_bytes() for name in made} == made
    assert first.out == f"{data} is ready. Next: diemcau plan import FOLDER\n"


@pytest.mark.parametrize(
    ("kind", "option", "sentence"),
    [
        (socket.SOCK_STREAM, "--port", "TCP port {} on 127.0.0.1 is taken"),
        (socket.SOCK_DGRAM, "--media-port", "UDP port {} on 127.0.0.1 can't be opened"),
    ],
)
def test_a_port_that_was_asked_for_and_is_taken_is_named(
    diemcau: Diemcau, data: Path, kind: socket.SocketKind, option: str, sentence: str
) -> None:
    with taken(kind) as port:
        said = diemcau("serve", "--data", data, *ON_FREE_PORTS, option, port)

    line = only_line(said)
    assert line.startswith(sentence.format(port))
    assert "choose another" in line


@pytest.mark.parametrize("command", ["init", "serve"])
def test_a_file_in_place_of_the_data_folder_is_named(diemcau: Diemcau, tmp_path: Path, command: str) -> None:
    file = tmp_path / "a-file"
    file.touch()

    for folder in (file, file / "below"):
        line = only_line(diemcau(command, "--data", folder))
        assert line == f"{folder}: a file stands where a folder is needed; name another folder."


def test_a_certificate_that_is_missing_or_none_or_without_its_key_is_named(
    diemcau: Diemcau, data: Path, tmp_path: Path
) -> None:
    nothing, text = tmp_path / "nothing.pem", tmp_path / "text.pem"
    text.write_text("hello", encoding="utf-8")
    own = self_made(tmp_path / "own", ("localhost",), datetime.now(UTC))
    other = self_made(tmp_path / "other", ("localhost",), datetime.now(UTC))

    missing = diemcau("serve", "--data", data, *ON_FREE_PORTS, "--cert", nothing, "--key", nothing)
    unfit = diemcau("serve", "--data", data, *ON_FREE_PORTS, "--cert", text, "--key", text)
    foreign = diemcau("serve", "--data", data, *ON_FREE_PORTS, "--cert", own.chain, "--key", other.key)
    alone = diemcau("serve", "--data", data, *ON_FREE_PORTS, "--cert", own.chain)

    assert only_line(missing).startswith(f"The file {nothing} is not there")
    assert only_line(unfit).startswith(f"The certificate {text}")
    assert "don't fit together" in only_line(foreign)
    assert "give both --cert and --key" in only_line(alone)


def test_plain_http_is_never_served_to_other_machines(diemcau: Diemcau, data: Path) -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - to be refused

    said = diemcau("serve", "--data", data, *ON_FREE_PORTS, "--host", everywhere, "--behind-proxy")

    assert only_line(said).startswith("Plain HTTP is served on loopback only, not on 0.0.0.0")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--journal", "mysql://somewhere/journal"), "begin it with sqlite:/// or postgresql://"),
        (("--journal", "postgresql://nobody@127.0.0.1:1/journal"), "the database does not answer: start it"),
        (("--journal", "sqlite:////nowhere/at/all/journal.sqlite"), "there is no folder /nowhere/at/all"),
        (("--journal", "postgresql://["), "postgresql+psycopg://["),
        (("--port", "99999"), "DIEMCAU_PORT"),
        (("--media-port", "-1"), "DIEMCAU_MEDIA_PORT"),
        (("--host", "300.1.1.1"), "300.1.1.1"),
        (("--public-url", "hop.example.vn"), "begin it with https://"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    diemcau: Diemcau, data: Path, arguments: tuple[str, ...], named: str
) -> None:
    assert named in only_line(diemcau("serve", "--data", data, *ON_FREE_PORTS, *arguments))


def test_a_setting_of_the_environment_that_cannot_be_used_is_named(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("serve", "--data", data, env={"DIEMCAU_PORT": "eighty"})

    assert only_line(said).startswith("The setting port (DIEMCAU_PORT) is 'eighty'")


def test_a_password_in_the_journals_url_is_never_printed(diemcau: Diemcau, data: Path) -> None:
    for url in ("postgresql://hop:bi-mat@127.0.0.1:1/journal", "mysql://hop:bi-mat@somewhere/journal"):
        assert "bi-mat" not in only_line(diemcau("serve", "--data", data, *ON_FREE_PORTS, "--journal", url))


@pytest.mark.parametrize("command", ["serve", "init", "rebuild"])
def test_a_disk_that_takes_nothing_is_named_before_anything_begins(diemcau: Diemcau, data: Path, command: str) -> None:
    with unwritable(data):
        said = diemcau(command, "--data", data)

    line = only_line(said)
    assert str(data) in line
    assert "write" in line


@pytest.mark.parametrize("command", ["verify-journal", "conference list"])
def test_a_journal_on_a_disk_that_takes_nothing_can_be_read(diemcau: Diemcau, data: Path, command: str) -> None:
    with unwritable(data):
        said = diemcau(*command.split(), "--data", data)

    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize("command", ["serve", "init"])
def test_a_journal_that_this_user_may_only_read_is_named(diemcau: Diemcau, data: Path, command: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        data.rename(folder)
        Path(place).chmod(0o755)
        for file in (*folder.iterdir(), folder):
            file.chmod(0o555 if file.is_dir() else 0o444)
        said = diemcau(command, "--data", folder, *(ON_FREE_PORTS if command == "serve" else ()), user=NOBODY)
        folder.chmod(0o755)

    line = only_line(said)
    assert str(folder) in line
    assert "write" in line


def test_a_new_folder_where_this_user_may_not_write_is_named(diemcau: Diemcau) -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o555)
        said = diemcau("init", "--data", Path(place) / "new", user=NOBODY)

    assert only_line(said).startswith(f"{Path(place) / 'new'}: this user may not read or write it")


@pytest.mark.parametrize("command", ["serve", "init", "plan import"])
def test_a_full_disk_is_said_to_be_full(diemcau: Diemcau, plan: Path, tmp_path: Path, command: str) -> None:
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        fill(disk)
        arguments = (plan,) if command == "plan import" else ()
        said = diemcau(*command.split(), *arguments, "--data", disk / "data")

    line = only_line(said)
    assert "the disk is full" in line
    assert "make room" in line
