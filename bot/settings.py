"""Settings, from the environment and a ``.env`` file; ``.env.example`` names each of them."""

from __future__ import annotations

import re
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AwareDatetime, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, NoDecode, SettingsConfigDict

from bot.clock import Clock, SystemClock, TravelClock
from bot.editors import Editors
from db.models import EASTERN
from db.naming import nearest

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Between these years a moment can be moved to any time zone, and a season or two ahead."""


NASCARS_FEEDS = "https://cf.nascar.com"
"""Where NASCAR's public JSON is; unofficial, and not promised to anybody."""
LONGEST_CONTACT = 200
_PREFIX = "TAILGATE_"
_ALIKE, _NEARLY_THE_SAME = 60, 85
"""How similar, of 100, a misspelt name is to that of a setting: one of ours, and one that may be somebody else's."""


class SettingsError(Exception):
    """A setting is wrong; the text is one line that says which one and what to do."""


class Settings(BaseSettings):
    """What the operator can set. The last three are for tests and development, and refused anywhere else."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr | None = None
    tailgate_db: Path | None = None
    tailgate_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    tailgate_editors: Annotated[frozenset[int], NoDecode] = frozenset()
    tailgate_home: int | None = None
    tailgate_in_doubt: Literal["again", "drop"] = "again"
    tailgate_mentions: Literal["on", "off"] = "on"
    tailgate_feeds: str | None = None
    tailgate_contact: str | None = None
    tailgate_discord_api: str | None = None
    tailgate_now: AwareDatetime | None = None
    tailgate_speed: float | None = None

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
        advice = "write ids with commas between them, such as 1234, 5678"
        return [_discord_id(each, advice) for each in value.replace(",", " ").split()]

    @field_validator("tailgate_home", mode="before")
    @classmethod
    def _id(cls, value: object) -> object:
        advice = "write the id of one server, which Discord copies from the server's menu, such as 1234"
        return _discord_id(value.strip(), advice) if isinstance(value, str) else value

    @field_validator("discord_token", mode="before")
    @classmethod
    def _token(cls, value: object) -> object:
        # Never shown, not even in part.
        if isinstance(value, str) and not re.fullmatch(r"[!-~]+", value.strip()):
            raise ValueError(
                "it has a space or an odd character in it; copy the token again from your application's Bot page"
            )
        return value.strip() if isinstance(value, str) else value

    @field_validator("tailgate_db")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        if value is not None and not str(value).isprintable():
            raise ValueError(f"{str(value)!r} holds a character that no path should have; write the path of a file")
        return None if value is None else at_home(value)

    @field_validator("tailgate_feeds")
    @classmethod
    def _feeds(cls, value: str | None) -> str | None:
        if value is None or value.strip().lower() == "off":
            return value and "off"
        return parse_feeds(value.strip())

    @field_validator("tailgate_contact")
    @classmethod
    def _contact(cls, value: str | None) -> str | None:
        return value if value is None else parse_contact(value.strip())

    @field_validator("tailgate_now", mode="before")
    @classmethod
    def _moment(cls, value: object) -> object:
        return parse_moment(value) if isinstance(value, str) else value

    @field_validator("tailgate_speed", mode="before")
    @classmethod
    def _speed(cls, value: object) -> object:
        return parse_speed(value) if isinstance(value, str) else value

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
    def feeds(self) -> str | None:
        """The feeds' address, without a slash at its end; None where nothing is fetched.

        A bot of a test, which has a Discord of its own or a clock that was set, fetches from this machine alone.
        """
        if self.tailgate_feeds == "off":
            return None
        address = self.tailgate_feeds or NASCARS_FEEDS
        return address if self.tailgate_discord_api is None or is_loopback(address) else None

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
        raise SettingsError(_in_words(error.errors(include_url=False)[0])) from None


def _in_words(problem: Any) -> str:
    """What is wrong with which setting, and what to write."""
    name = str(problem["loc"][0]).upper() + ": " if problem["loc"] else ""
    if problem["type"] == "literal_error":
        return f"{name}{problem['input']!r} isn't one of {problem['ctx']['expected']}; set it to one of them"
    return name + str(problem["msg"]).removeprefix("Value error, ")


def misspelled_settings() -> list[str]:
    """One line for each variable, of the environment or the file .env, that looks like a setting and is none.

    Those are all whose names begin with TAILGATE_, and others that are nearly the name of a setting.
    """
    known = [name.upper() for name in Settings.model_fields]
    lines = []
    for source, where in ((EnvSettingsSource, "the environment"), (DotEnvSettingsSource, "the file .env")):
        for name in sorted(variable.upper() for variable in source(Settings).env_vars):
            ours = name.startswith(_PREFIX)
            near = _nearest(name, known)
            if name in known or not (near or ours):
                continue
            hint = f"did you mean {near}?" if near else "the file .env.example names them all"
            lines.append(f"{name}, in {where}, is not a setting; {hint}")
    return lines


def is_loopback(address: str) -> bool:
    """Whether an http address points at this machine."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def is_host(text: str) -> bool:
    """Whether a text may be a server's name or number: labels of letters, digits and hyphens, none of them empty."""
    try:
        ip_address(text)
    except ValueError:
        labels = text.removesuffix(".").split(".")
        return all(re.fullmatch(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?", label) for label in labels)
    return True


def parse_feeds(text: str) -> str:
    """The address below which the feeds are, without a slash at its end.

    Raises:
        ValueError: it is no https address, nor one of this machine.
    """
    advice = f"write an https address such as {NASCARS_FEEDS}, or off"
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise ValueError(f"{text!r} isn't an address; {advice}") from None
    if not whole or parts.query or parts.fragment or parts.username or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} isn't an address below which feeds can be; {advice}")
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"{text!r} is no web address; {advice}")
    if not is_host(parts.hostname or ""):
        raise ValueError(f"{text!r} names no server; {advice}")
    if parts.scheme != "https" and not is_loopback(text):
        raise ValueError(f"{text!r} would be fetched in the clear; {advice}")
    return text.rstrip("/")


def parse_contact(text: str) -> str:
    """Where an operator is reached: an address of the web or an e-mail address, fit for a header.

    Raises:
        ValueError: it is neither.
    """
    page = re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/?&=%#+-]*)?", text)
    mail = re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text)
    if not (page or mail) or len(text) > LONGEST_CONTACT:
        raise ValueError(
            f"{text!r} is no address at which you can be reached; write a page such as https://example.com/bot, or an "
            "e-mail address"
        )
    return text


def _nearest(name: str, known: list[str]) -> str | None:
    """The setting that a misspelt variable may be."""
    # What all have in common makes none of them alike.
    rest = {setting.removeprefix(_PREFIX): setting for setting in known if setting.startswith(_PREFIX)}
    of_ours = nearest(name.removeprefix(_PREFIX), rest, 1, _ALIKE) if name.startswith(_PREFIX) else []
    near = [rest[each] for each in of_ours] or nearest(name, known, 1, _NEARLY_THE_SAME)
    return near[0] if near else None


def _discord_id(text: str, advice: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,18}", text) or int(text) >= 2**63:
        raise ValueError(f"{text!r} isn't a Discord id; {advice}")
    return int(text)


def parse_speed(text: str) -> float:
    """How many times faster than the machine's a clock runs.

    Raises:
        ValueError: the text is no such number.
    """
    speed = float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,9})?", text) else -1.0
    if not 0 <= speed <= 100_000:
        raise ValueError(f"{text!r} isn't a speed from 0 to 100000; 1 is real time, 60 runs a minute in a second")
    return speed


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
        raise ValueError(
            f"{text!r} isn't a date and time; write it as 2025-10-17T14:55-04:00, or without an offset if it is Eastern"
        ) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{text!r} is too far off; the years {FIRST_YEAR} to {LAST_YEAR} will do")
    return moment if moment.tzinfo else moment.replace(tzinfo=EASTERN)
