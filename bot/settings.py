"""Settings, from the environment and a ``.env`` file; ``.env.example`` names each of them."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.clock import Clock, SystemClock, TravelClock
from bot.editors import Editors
from db.models import EASTERN

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Between these years a moment can be moved to any time zone, and a season or two ahead."""


class SettingsError(Exception):
    """A setting is wrong; the text is one line that says which one and what to do."""


class Settings(BaseSettings):
    """What the operator can set. The last three are for tests and development, and refused anywhere else."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr | None = None
    tailgate_db: Path | None = None
    tailgate_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    tailgate_editors: Annotated[frozenset[int], NoDecode] = frozenset()
    tailgate_home: int | None = Field(default=None, gt=0)
    tailgate_in_doubt: Literal["again", "drop"] = "again"
    tailgate_mentions: Literal["on", "off"] = "on"
    tailgate_discord_api: str | None = None
    tailgate_now: AwareDatetime | None = None
    tailgate_speed: float | None = Field(default=None, ge=0, le=100_000)

    @field_validator("tailgate_log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("tailgate_in_doubt", "tailgate_mentions", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("tailgate_editors", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = value.replace(",", " ").split()
        for each in ids:
            if not each.isascii() or not each.isdigit():
                raise ValueError(f"{each!r} isn't a Discord id; write ids with commas between them, such as 1234, 5678")
        return [int(each) for each in ids]

    @field_validator("tailgate_db")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        return None if value is None else at_home(value)

    @field_validator("tailgate_now", mode="before")
    @classmethod
    def _moment(cls, value: object) -> object:
        return parse_moment(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _development_only(self) -> Self:
        if self.tailgate_discord_api is not None and not is_loopback(self.tailgate_discord_api):
            raise ValueError("TAILGATE_DISCORD_API is for tests and takes a loopback address only; unset it")
        if self.tailgate_discord_api is None:
            for name in ("tailgate_now", "tailgate_speed"):
                if getattr(self, name) is not None:
                    raise ValueError(
                        f"{name.upper()} is for tests and is honored only with TAILGATE_DISCORD_API on a loopback "
                        "address; unset it (`tailgate try --at … --speed …` travels in time for you)"
                    )
        return self

    @property
    def database(self) -> Path:
        """The store's file: as set, or else in the user's data folder."""
        return self.tailgate_db or user_data_path("tailgate", appauthor=False) / "tailgate.db"

    @property
    def editors(self) -> Editors:
        """Who may edit, and where."""
        return Editors(self.tailgate_editors, self.tailgate_home)

    def clock(self) -> Clock:
        """The machine's time, unless a test sets another."""
        if self.tailgate_now is None and self.tailgate_speed is None:
            return SystemClock()
        return TravelClock(
            self.tailgate_now or SystemClock().now(), 1.0 if self.tailgate_speed is None else self.tailgate_speed
        )


def load_settings() -> Settings:
    """Reads the settings.

    Raises:
        SettingsError: one of them is wrong.
    """
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError("the file .env is not UTF-8 text; save it as UTF-8") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]).upper() + ": " if first["loc"] else ""
        if first["type"] == "literal_error":
            choices = first["ctx"]["expected"]
            raise SettingsError(f"{name}{first['input']!r} isn't one of {choices}; set it to one of them") from None
        raise SettingsError(name + str(first["msg"]).removeprefix("Value error, ")) from None


def is_loopback(address: str) -> bool:
    """Whether an http address points at this machine."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def at_home(path: Path) -> Path:
    """The path with a leading ``~`` replaced by the home folder, which a shell does only at the start of a word.

    Raises:
        ValueError: there is no such home folder.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{path} begins with a home folder that is not known; write the path out") from None


def parse_moment(text: str) -> datetime:
    """An ISO moment; without an offset it is Eastern, as NASCAR's times are.

    Raises:
        ValueError: the text is no moment, or one too far off to compute with.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} isn't a date and time; write it as 2025-10-17T14:55-04:00") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{text!r} is too far off; the years {FIRST_YEAR} to {LAST_YEAR} will do")
    return moment if moment.tzinfo else moment.replace(tzinfo=EASTERN)
