"""What a start says of the feeds, and who never fetches."""

from __future__ import annotations

import pytest

from bot.kept_current import keeper_of, with_feeds
from bot.services import Services
from bot.settings import Settings


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (
            "https://feeds.example",
            "kept current from https://feeds.example (unofficial; TAILGATE_FEEDS=off stops that)",
        ),
        ("off", "NASCAR's feeds are off: nothing is fetched"),
    ],
)
async def test_a_start_says_in_one_line_whether_the_data_stay_current(
    services: Services, monkeypatch: pytest.MonkeyPatch, address: str, line: str
) -> None:
    monkeypatch.setenv("TAILGATE_FEEDS", address)
    monkeypatch.delenv("TAILGATE_DISCORD_API", raising=False)
    said: list[str] = []
    made = await with_feeds(services, Settings(), said.append)
    assert len(said) == 1
    assert line in said[0]
    assert (made.feeds is None) == (address == "off")


async def test_the_bot_asks_in_its_operators_name_and_compares_the_standings(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAILGATE_FEEDS", "http://127.0.0.1:1")
    monkeypatch.setenv("TAILGATE_CONTACT", "me@example.com")
    made = keeper_of(await with_feeds(services, Settings(), lambda _: None), Settings())
    assert made is not None
    assert "run by me@example.com" in made._client._agent
    assert made._check is not None
    await made.close()
    monkeypatch.setenv("TAILGATE_FEEDS", "off")
    assert keeper_of(services, Settings()) is None
