"""The settings of a server: from the environment (`DIEMCAU_…`) and from the command line.

The command line wins over the environment. What a conference is, its regulations and its
documents are not here: they stand in the plan.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX: Final = "DIEMCAU_"
_PASSWORD = re.compile(r"//[^@]*@")
_SCHEMES = ("sqlite:", "postgresql:", "postgresql+psycopg:")


class SettingsUnfit(Exception):  # noqa: N818 (a fact, as in the core)
    """A setting can't be used; the sentence names it and says how to mend it."""


class Settings(BaseSettings):
    """Everything that whoever runs a server chooses. See docs/operating/settings.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Field(default=Path("var"), description="Folder of keys, journal, recordings and documents.")
    journal: str = Field(default="", description="URL of the journal; empty: SQLite in the data folder.")
    host: str = Field(default="127.0.0.1", description="Address on which the web server listens.")
    port: int = Field(default=8080, ge=0, le=65535, description="TCP port of pages; 0: any free one.")
    media_host: str = Field(default="", description="Address of sound and picture; empty: the same as of pages.")
    media_port: int = Field(default=8443, ge=0, le=65535, description="UDP port of sound and picture.")
    names: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Host names and addresses in the self-made certificate, with commas between them."
    )
    public_url: str = Field(default="", description="What links begin with; empty: the first name, or the address.")
    cert: Path | None = Field(default=None, description="Certificate chain in PEM.")
    key: Path | None = Field(default=None, description="Its private key in PEM.")
    behind_proxy: bool = Field(default=False, description="A proxy on this machine speaks HTTPS.")
    recording: bool = Field(default=True, description="Whether picture and sound are recorded.")
    demonstration: bool = Field(default=False, description="No PINs, and a run of show that people may pause.")

    @field_validator("names", mode="before")
    @classmethod
    def _listed(cls, names: Any) -> Any:  # noqa: ANN401 (whatever the environment holds)
        return tuple(name.strip() for name in names.split(",") if name.strip()) if isinstance(names, str) else names

    @field_validator("journal")
    @classmethod
    def _known_store(cls, url: str) -> str:
        if url and not url.startswith(_SCHEMES):
            message = "begin it with sqlite:/// or postgresql://"
            raise ValueError(message)
        return url

    @field_validator("public_url")
    @classmethod
    def _whole_url(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            message = "begin it with https://"
            raise ValueError(message)
        return url.rstrip("/")

    @model_validator(mode="after")
    def _whole_certificate(self) -> "Settings":
        if (self.cert is None) != (self.key is None):
            message = "a certificate needs its key: give both --cert and --key"
            raise ValueError(message)
        if self.behind_proxy and self.cert is not None:
            message = "behind a proxy the proxy has the certificate: give --behind-proxy or --cert, not both"
            raise ValueError(message)
        return self

    @property
    def media_address(self) -> str:
        """The address on which sound and picture are served, whether or not one was given."""
        return self.media_host or self.host

    def make_data_folder(self) -> None:
        """Make the data folder, for this user only, if it is not there. Raises `OSError`."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def journal_url(self) -> str:
        """The journal's URL, whether or not one was given."""
        return self.journal or f"sqlite:///{(self.data / 'journal.sqlite').absolute()}"


def read_settings(**given: object) -> Settings:
    """Return the settings; what is given and not None wins. Raises `SettingsUnfit` with one sentence."""
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**chosen)  # type: ignore[arg-type]  # checked while it is made
    except ValidationError as fault:
        raise SettingsUnfit(_sentence(fault)) from fault


def _sentence(fault: ValidationError) -> str:
    first = fault.errors(include_url=False)[0]
    why = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"The settings don't fit together: {why}."
    name = str(first["loc"][0])
    found = _PASSWORD.sub("//…@", f"{first['input']!r}")
    return f"The setting {name} ({PREFIX}{name.upper()}) is {found:.80}: {why}."
