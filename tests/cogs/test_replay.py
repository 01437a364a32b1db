"""/replay: a race played again, for the one who asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.replay import ReplayQuestion
from bot.render.replay import TOO_MANY
from bot.replay.desk import ReplayDesk
from bot.replay.player import LONGEST, MOST
from bot.requester import Requester
from bot.seasons.laps import races_with_laps
from db.connection import Store
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from tests.bot.render.reading import body, buttons, options, text
from tests.checks.limits import check_message
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

LATER = datetime.fromisoformat("2026-02-01T12:00-05:00")
TALLADEGA = ReplayQuestion(2025, 23)
END = 99_999
"""Later than any race ends."""
OVER = "**Checkered flag** · **Gio Ruggiero** won, ahead of Corey Heim and Ty Majeski · 90 laps"


class Playing:
    """A server in which races are played, and the clock of seconds by which they are."""

    def __init__(self, stand: Stand, desk: ReplayDesk) -> None:
        self.stand, self.desk = stand, desk
        self.now = 0.0
        desk.player.seconds = lambda: self.now

    async def ask(self, race: str | None = "talladega 2025") -> Any:
        stand = self.stand
        result = await stand.fan.slash(stand.channel, "replay", **({"race": race} if race is not None else {}))
        assert result.response is not None
        assert result.ephemeral
        return result

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        with self.stand.env.time_context():
            await self.desk.player.tick()

    async def press(self, result: Any, label: str) -> None:
        await self.stand.fan.click(result.response, label=label)


@pytest.fixture
def played(stand: Stand, simcord_bot: TailgateBot) -> Playing:
    stand.clock._start = LATER
    stand.clock.speed = 0.0
    return Playing(stand, desk_of(simcord_bot))


def desk_of(bot: TailgateBot) -> ReplayDesk:
    cog: Any = bot.get_cog("Replay")
    desk: ReplayDesk = cog.desk
    return desk


async def test_a_race_is_played_from_its_green_flag(played: Playing) -> None:
    result = await played.ask()
    title, answer = title_and_answer(result)
    assert title == "Replay: Love's RV Stop 225 · Talladega 2025"
    assert answer == "**Green flag** · lap 0 of 85 · 85 to go"
    assert "Playing, 30× as fast as it was run" in words(result)
    assert len(played.desk.player.playing) == 1
    await played.passes(3)
    assert "lap 0 of 85" in title_and_answer(result)[1]
    await played.passes(1)
    assert "lap 2 of 85" in title_and_answer(result)[1]
    assert "**If it ended now** Round of 8" in words(result)


async def test_paused_it_stands_still_and_goes_on_from_there(played: Playing) -> None:
    result = await played.ask()
    await played.passes(20)
    shown = title_and_answer(result)[1]
    await played.press(result, "⏸ Pause")
    assert "Paused, 30× as fast" in words(result)
    assert played.desk.player.playing == frozenset()
    await played.passes(60)
    assert title_and_answer(result)[1] == shown
    await played.press(result, "▶ Play")
    assert title_and_answer(result)[1] == shown
    await played.passes(4)
    assert title_and_answer(result)[1] != shown


async def test_faster_and_slower_change_how_far_it_gets(played: Playing) -> None:
    result = await played.ask()
    await played.press(result, "Faster")
    await played.press(result, "Faster")
    assert "Playing, 120× as fast as it was run" in words(result)
    assert len(played.desk.player.playing) == 1
    await played.passes(4)
    assert "lap 6 of 85" in title_and_answer(result)[1]
    await played.press(result, "Slower")
    assert "Playing, 60× as fast as it was run" in words(result)


async def test_steps_of_ten_laps_end_at_the_start_and_the_finish(played: Playing) -> None:
    result = await played.ask()
    await played.press(result, "⏸ Pause")
    for lap in (10, 20):
        await played.press(result, "10 ⏩")
        assert f"lap {lap} of 85" in words(result)
    await played.press(result, "⏪ 10")
    await played.press(result, "⏪ 10")
    assert "lap 0 of 85" in words(result)
    await played.press(result, "10 ⏩")
    for _ in range(8):
        await played.press(result, "10 ⏩")
    assert title_and_answer(result)[1] == OVER
    await played.press(result, "⏪ 10")
    assert "lap 80 of 85" in words(result)


async def test_it_jumps_to_stages_and_cautions_and_says_why(bot: TailgateBot, later: Requester) -> None:
    view = await bot.router.view(TALLADEGA, later)
    assert isinstance(view, ui.LayoutView)
    labels = list(options(view))
    assert labels[0] == "Green flag"
    assert labels[-1] == "Finish · lap 90"
    assert "End of stage 1 · lap 20" in labels
    assert any(label.startswith("Caution · lap ") for label in labels)


async def test_the_end_is_the_official_result_and_leads_on(played: Playing) -> None:
    result = await played.ask()
    await played.passes(600)
    assert title_and_answer(result)[1] == OVER
    assert "The end · run on Oct 17, 2025" in words(result)
    await played.passes(4)
    assert played.desk.player.playing == frozenset()
    await played.press(result, "▶ Again")
    assert "lap 0 of 85" in title_and_answer(result)[1]
    await played.passes(600)
    await played.press(result, "Results")
    assert "**Gio Ruggiero** won from the pole" in words(result)
    await played.passes(4)
    assert "**Gio Ruggiero** won from the pole" in words(result)


async def test_after_a_restart_the_buttons_work(played: Playing) -> None:
    result = await played.ask()
    await played.passes(20)
    for message in played.desk.player.playing:
        played.desk.player.stop(message)
    shown = title_and_answer(result)[1]
    await played.passes(60)
    assert title_and_answer(result)[1] == shown
    await played.press(result, "⏸ Pause")
    assert "Paused" in words(result)
    await played.press(result, "▶ Play")
    await played.passes(4)
    assert title_and_answer(result)[1] != shown


async def test_as_many_play_as_may_and_the_next_one_is_told(played: Playing) -> None:
    async def never(question: ReplayQuestion) -> bool:
        del question
        return True

    for number in range(MOST):
        assert played.desk.player.start(number, TALLADEGA, never)
    result = await played.ask()
    assert TOO_MANY in words(result)
    assert len(played.desk.player.playing) == MOST


async def test_after_a_quarter_of_an_hour_it_is_paused(played: Playing) -> None:
    result = await played.ask()
    await played.press(result, "Slower")
    await played.press(result, "Slower")
    await played.press(result, "Slower")
    assert "Playing, 5×" in words(result)
    await played.passes(LONGEST)
    assert "Paused, 5×" in words(result)
    assert played.desk.player.playing == frozenset()


async def test_a_message_that_is_gone_ends_it_quietly(played: Playing, caplog: pytest.LogCaptureFixture) -> None:
    async def gone(question: ReplayQuestion) -> bool:
        raise FriendlyError(f"no {question.year}")

    assert played.desk.player.start(1, TALLADEGA, gone)
    await played.passes(4)
    assert played.desk.player.playing == frozenset()
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_without_a_race_the_last_one_with_laps(played: Playing) -> None:
    assert title_and_answer(await played.ask(None))[0].endswith("Phoenix 2025")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("2026.1", "can't be replayed: it isn't over yet"),
        ("bristol 2026", "can't be replayed: it isn't over yet"),
        ("nowhere", "No race called “nowhere”"),
    ],
)
async def test_what_cannot_be_played_says_why(played: Playing, typed: str, line: str) -> None:
    assert line in await played.stand.refused("replay", race=typed)


async def test_a_race_without_laps_says_of_which_they_are(bot: TailgateBot, later: Requester, store: Store) -> None:
    with pytest.raises(FriendlyError, match=r"lap by lap it isn't on record here, as 70 races from 2023 to 2025 are"):
        await bot.router.view(ReplayQuestion(2023, 17), later)
    async with store.write() as connection:
        await connection.execute("DELETE FROM timed_races")
    with pytest.raises(FriendlyError, match="lap by lap no race is on record here"):
        await bot.router.view(TALLADEGA, later)


@pytest.mark.parametrize("moment", ["2025-10-17T15:00-04:00", "2025-10-17T17:30-04:00"])
async def test_a_race_that_is_not_told_of_yet_is_not_played(played: Playing, moment: str) -> None:
    played.stand.clock._start = datetime.fromisoformat(moment)
    line = await played.stand.refused("replay", race="talladega 2025")
    assert line == "Love's RV Stop 225 (2025, Talladega) can't be replayed: it isn't over yet."
    # The one of the year before is told of.
    assert title_and_answer(await played.ask("talladega"))[0].endswith("Talladega 2024")


async def test_where_results_come_later_the_race_does_too(played: Playing, bot: TailgateBot, store: Store) -> None:
    as_of = await bot.router.as_of()
    race = next(s for s in as_of.whole if s.year == 2025).races[22]
    extras = Extras(results=True, delay=3600)
    stand = played.stand
    await save(store, Target(guild=stand.channel.guild.id, channel=stand.channel.id, extras=extras), LATER)
    stand.clock._start = race.over_at + timedelta(minutes=59)
    line = await stand.refused("replay", race="talladega 2025")
    assert "races are told here later than they run, and how this one went is not told yet" in line
    stand.clock._start = race.over_at + timedelta(minutes=61)
    assert "lap 0 of 85" in words(await played.ask())


async def test_what_is_typed_narrows_down_the_races_with_laps(played: Playing) -> None:
    fan, channel = played.stand.fan, played.stand.channel
    newest = await fan.autocomplete(channel, "replay", "race", "")
    assert len(newest) == 25
    assert "Phoenix" in str(newest[0])
    bristol = [str(each) for each in await fan.autocomplete(channel, "replay", "race", "bri")]
    assert [each for each in bristol if "2025" in each]
    assert [each for each in bristol if "2023" in each]
    assert await fan.autocomplete(channel, "replay", "race", "talladega 2026") == []


@pytest.fixture
async def later(bot: TailgateBot, played: Playing) -> Requester:
    del played  # it sets the clock
    return Requester(1, await bot.router.as_of())


async def test_every_race_with_laps_plays_within_discords_limits(bot: TailgateBot, later: Requester) -> None:
    held, wrong = await races_with_laps(bot.services.store, later.as_of), []
    for race in held:
        for second, playing in ((0, 1), (2400, 0), (END, 0)):
            question = ReplayQuestion(race.season, race.round, second, playing=playing)
            view = await bot.router.view(question, later)
            assert isinstance(view, ui.LayoutView)
            wrong += [f"{race.season}.{race.round} at {second}: {each}" for each in check_message(body(view))]
            if len(set(options(view).values())) != len(options(view)):
                wrong.append(f"{race.season}.{race.round}: two moments are one")
            shown = view
        winner = later.as_of.season(race.season).results[race.round][0].driver
        name = later.as_of.known(winner).name
        if f"**{name}** won" not in text(shown):
            wrong.append(f"{race.season}.{race.round}: the winner is not {name}")
        assert "Results" in buttons(shown)
    assert wrong == []
    assert len(held) == 70
