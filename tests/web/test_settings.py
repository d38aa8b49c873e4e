"""The settings of a server, and what is said when one can't be used."""

import re
from pathlib import Path

import pytest

from diemcau.settings import PREFIX, Settings, SettingsUnfit, read_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating" / "settings.md"


def test_without_a_word_a_server_is_for_this_machine_only() -> None:
    settings = read_settings()

    assert (settings.host, settings.port, settings.media_port, settings.demonstration) == (
        "127.0.0.1",
        8080,
        8443,
        False,
    )
    assert settings.journal_url == f"sqlite:///{Path('var/journal.sqlite').absolute()}"
    assert settings.media_address == "127.0.0.1"
    assert settings.recording


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMCAU_PORT", "9000")
    monkeypatch.setenv("DIEMCAU_MEDIA_PORT", "9001")
    monkeypatch.setenv("DIEMCAU_NAMES", "hoinghi.example, 10.0.0.5,")

    settings = read_settings(port=9100, media_port=None)

    assert (settings.port, settings.media_port) == (9100, 9001)
    assert settings.names == ("hoinghi.example", "10.0.0.5")


LARGE = "The setting port (DIEMCAU_PORT) is 70000: Input should be less than or equal to 65535."
STORE = "The setting journal (DIEMCAU_JOURNAL) is 'mysql://x': begin it with sqlite:/// or postgresql://."
HALF = "The settings don't fit together: a certificate needs its key: give both --cert and --key."
TWICE = (
    "The settings don't fit together: behind a proxy the proxy has the certificate: "
    "give --behind-proxy or --cert, not both."
)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"port": 70_000}, LARGE),
        ({"journal": "mysql://x"}, STORE),
        ({"public_url": "x"}, "The setting public_url (DIEMCAU_PUBLIC_URL) is 'x': begin it with https://."),
        ({"cert": "a.pem"}, HALF),
        ({"cert": "a.pem", "key": "b.pem", "behind_proxy": True}, TWICE),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_sentence(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsUnfit) as unfit:
        read_settings(**given)

    assert str(unfit.value) == sentence


def test_what_a_journals_address_hides_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMCAU_JOURNAL", "mysql://diemcau:very-secret@db/journal")

    with pytest.raises(SettingsUnfit) as unfit:
        read_settings()

    assert "very-secret" not in str(unfit.value)


def test_the_page_of_settings_names_each_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.+?)`)? ?\| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert rows == [
        (f"{PREFIX}{name.upper()}", _shown(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]


def _shown(default: object) -> str:
    return "" if default in (None, (), "") else str(default).lower() if isinstance(default, bool) else str(default)
