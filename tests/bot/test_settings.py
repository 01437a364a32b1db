"""Settings: each is in .env.example, and those for tests are honoured on this machine alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.settings import NASCARS_FEEDS, Settings, SettingsError, is_loopback, load_settings, parse_moment

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_names_every_setting_with_one_line_each() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    named = [match[1] for line in lines if (match := re.match(r"(\w+)=", line))]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)
    for number, line in enumerate(lines):
        if re.match(r"\w+=", line):
            assert lines[number - 1].startswith("# ")
            assert number < 2 or not lines[number - 2].startswith("# ")


def test_the_example_as_it_stands_is_a_valid_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"))
    settings = load_settings()
    assert settings.discord_token is None
    assert isinstance(settings.clock(), SystemClock)


@pytest.mark.parametrize("name", ["TAILGATE_NOW", "TAILGATE_SPEED"])
def test_a_travelling_clock_is_refused_without_a_loopback_api(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, {"TAILGATE_NOW": "2025-10-16T17:00-04:00", "TAILGATE_SPEED": "60"}[name])
    with pytest.raises(SettingsError, match=f"{name} is for tests"):
        load_settings()


@pytest.mark.parametrize("api", ["https://discord.com/api/v10", "http://127.0.0.1.example.com/api", "nonsense"])
def test_another_api_must_be_this_machine(monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    monkeypatch.setenv("TAILGATE_DISCORD_API", api)
    with pytest.raises(SettingsError, match="loopback"):
        load_settings()


def test_with_a_loopback_api_the_clock_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:8080/api/v10")
    monkeypatch.setenv("TAILGATE_NOW", "2025-10-16T17:00")
    monkeypatch.setenv("TAILGATE_SPEED", "0")
    assert load_settings().clock().now() == datetime(2025, 10, 16, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TAILGATE_NOW", "tomorrow"),
        ("TAILGATE_SPEED", "fast"),
        ("TAILGATE_SPEED", "-1"),
        ("TAILGATE_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:1/api/v10")
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("http://127.0.0.1:1/api", True),
        ("http://localhost/api", True),
        ("http://[::1]:80/api", True),
        ("http://10.0.0.1/api", False),
        ("ftp://127.0.0.1/", False),
        ("127.0.0.1", False),
    ],
)
def test_what_counts_as_this_machine(address: str, *, loopback: bool) -> None:
    assert is_loopback(address) is loopback


def test_a_moment_without_offset_is_eastern() -> None:
    assert parse_moment("2025-10-17T16:00").astimezone(UTC) == datetime(2025, 10, 17, 20, tzinfo=UTC)
    assert parse_moment("2025-11-07T16:00").astimezone(UTC) == datetime(2025, 11, 7, 21, tzinfo=UTC)
    with pytest.raises(ValueError, match="isn't a date and time"):
        parse_moment("soon")


@pytest.mark.parametrize("text", ["9999-12-31T23:00-05:00", "0001-01-01T00:00+05:00", "2201-01-01"])
def test_a_moment_too_far_off_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="too far off"):
        parse_moment(text)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TAILGATE_DB", "~/foo.db")
    assert load_settings().database == tmp_path / "foo.db"


def test_a_file_that_is_not_utf8_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("DISCORD_TOKEN=für".encode("latin-1"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings()


def test_a_choice_that_is_none_names_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAILGATE_IN_DOUBT", "maybe")
    with pytest.raises(SettingsError, match="TAILGATE_IN_DOUBT: 'maybe' isn't one of 'again' or 'drop'"):
        load_settings()


def test_what_is_done_in_doubt_is_set_in_any_case_of_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().tailgate_in_doubt == "again"
    monkeypatch.setenv("TAILGATE_IN_DOUBT", "DROP")
    assert load_settings().tailgate_in_doubt == "drop"


FEEDS = {
    "by default": ({}, NASCARS_FEEDS),
    "off": ({"TAILGATE_FEEDS": "OFF"}, None),
    "another address": ({"TAILGATE_FEEDS": "https://mirror.example/nascar/"}, "https://mirror.example/nascar"),
    "this machine": ({"TAILGATE_FEEDS": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
    "a bot of a test": ({"TAILGATE_DISCORD_API": "http://127.0.0.1:1/api"}, None),
    "a bot of a test, and an address elsewhere": (
        {"TAILGATE_DISCORD_API": "http://127.0.0.1:1/api", "TAILGATE_FEEDS": "https://cf.nascar.com"},
        None,
    ),
    "a clock that was set, and this machine": (
        {
            "TAILGATE_DISCORD_API": "http://127.0.0.1:1/api",
            "TAILGATE_NOW": "2025-10-16T17:00",
            "TAILGATE_FEEDS": "http://localhost:8080",
        },
        "http://localhost:8080",
    ),
}


@pytest.mark.parametrize("name", FEEDS)
def test_where_the_feeds_are(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    values, address = FEEDS[name]
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)
    assert load_settings().feeds == address


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("ftp://127.0.0.1/feeds", "is no web address"),
        ("http://example.com", "would be fetched in the clear"),
        ("nascar", "isn't an address below which feeds can be"),
    ],
)
def test_where_the_feeds_cannot_be(monkeypatch: pytest.MonkeyPatch, given: str, why: str) -> None:
    monkeypatch.setenv("TAILGATE_FEEDS", given)
    with pytest.raises(SettingsError, match=why):
        load_settings()


@pytest.mark.parametrize(
    "given", ["https://example.com/tailgate?a=1", "http://example.com", "me+nascar@mail.example.com"]
)
def test_where_the_operator_is_reached(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert load_settings().tailgate_contact is None
    monkeypatch.setenv("TAILGATE_CONTACT", f" {given} ")
    assert load_settings().tailgate_contact == given
