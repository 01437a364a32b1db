"""What people are told while the store's file is damaged or gone; what is whole is answered."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import simcord

from bot.app import tell_faults
from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import store_line
from bot.render.recap import UNREADABLE
from bot.services import Services
from db.errors import FileFault, StoreError
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.editing import editors_bot, open_newsroom
from tests.cogs.looking import texts, title_and_answer, words
from tests.cogs.quoting import filled_in, labels, moderator
from tests.db.spoiling import damage

DAMAGED = store_line(StoreError("", FileFault.DAMAGED))
GONE = store_line(StoreError("", FileFault.GONE))


@pytest.fixture(autouse=True)
def _told(services: Services) -> None:
    tell_faults(services.store)


async def met(stand: Stand, person: Any, command: str, **options: Any) -> str:
    """The line that a person alone sees where a command met a fault of the store."""
    result = await person.slash(stand.channel, command, **options)
    assert result.ephemeral
    simcord.assert_error(stand.env, StoreError)
    return str(result.response.content)


async def test_a_fan_is_told_of_damage_in_one_line_and_the_log_once(
    stand: Stand, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    damage(services.store.path, "quotes")
    for person in (stand.fan, stand.other, stand.fan):
        assert await met(stand, person, "quote", about="win") == DAMAGED
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.ERROR, None)
    assert record.getMessage().endswith("stop Tailgate, put back a backup, start it again")


@pytest.mark.parametrize("table", ["results", "seasons", "facts", "drivers", "races"])
async def test_seasons_that_were_loaded_are_answered_from(stand: Stand, services: Services, table: str) -> None:
    before = words(await stand.ask("standings"))
    damage(services.store.path, table)
    await moderator(stand).slash(stand.channel, "remindme")
    for _ in range(2):
        assert words(await stand.ask("standings")) == before
        assert "Heim" in words(await stand.ask("compare", first="heim", second="majeski"))


@pytest.mark.parametrize("table", ["quotes", "quotes_by_race"])
async def test_a_recap_without_its_words_says_so(stand: Stand, services: Services, table: str) -> None:
    damage(services.store.path, table)
    shown = await stand.ask("recap", race="charlotte")
    assert UNREADABLE in texts(shown)[-1]
    assert title_and_answer(shown)[0].startswith("Recap")


async def test_a_recap_with_its_words_says_nothing_of_them(stand: Stand) -> None:
    assert UNREADABLE not in words(await stand.ask("recap", race="charlotte"))


@pytest.mark.parametrize("whole", [True, False])
async def test_a_driver_without_quotes_that_can_be_read_has_no_button_for_them(
    stand: Stand, services: Services, whole: bool
) -> None:
    if not whole:
        damage(services.store.path, "quotes_text_data")
    shown = await stand.ask("driver", name="heim")
    assert "Heim" in title_and_answer(shown)[0]
    assert any("quote" in label.lower() for label in labels(shown)) is whole
    assert bool(services.store.faults.known) is not whole


async def test_whoever_saves_into_a_removed_store_is_told_and_reading_goes_on(
    stand: Stand, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    before = words(await stand.ask("standings"))
    services.store.path.unlink()
    mod = moderator(stand)
    for _ in range(2):
        done = await filled_in(mod, stand.channel)
        assert title_and_answer(done) == ("Not saved", f"**{GONE}** Copy what you typed before you go:")
    assert words(await stand.ask("standings")) == before
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.ERROR, None)
    assert "nothing is saved anymore" in record.getMessage()


class TestAtHome:
    @pytest.fixture
    def simcord_bot(self, services: Services, sent: SentBodies) -> TailgateBot:
        del sent  # it only has to listen first
        return editors_bot(services)

    async def test_about_names_what_is_wrong_to_editors_at_home_alone(
        self, simcord_bot: TailgateBot, simcord_env: Any, clock: TravelClock, services: Services
    ) -> None:
        room = await open_newsroom(simcord_bot, simcord_env, clock)
        assert "The store" not in words(await room.mo.slash(room.channel, "about"))
        damage(services.store.path, "quotes")
        await room.fay.slash(room.channel, "quote", about="win")
        simcord.assert_error(simcord_env, StoreError)
        shown = await room.mo.slash(room.channel, "about")
        line = "**The store** Its file is damaged. Stop Tailgate, put back a backup, start it again."
        assert title_and_answer(shown)[1] == line
        assert str(services.store.path) not in words(shown)
        for person, channel in ((room.fay, room.channel), (room.mo_abroad, room.abroad)):
            assert "The store" not in words(await person.slash(channel, "about"))
