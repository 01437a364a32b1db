"""/live: the race as it runs, in every state that a race can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.live.recorded import RecordedRace
from bot.questions.live import LiveAloneQuestion, LiveQuestion
from bot.requester import Requester
from bot.services import Services
from db.live.models import Flag, FlagPeriod, LiveState, LiveTruck, Restart, events_of
from db.live.rows import save_state
from db.models import SessionKind
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from tests.bot.live.laps import no_laps
from tests.bot.render.reading import body, text
from tests.checks.limits import check_message
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

BEGAN = datetime(2025, 10, 17, 20, 20, tzinfo=UTC)
"""The green flag at Talladega."""
LAP = timedelta(seconds=52)
TALLADEGA = "Love's RV Stop 225 · Talladega"


class Race:
    """Talladega 2025 as it may have run, lap by lap, in the store of a bot that is asked meanwhile."""

    def __init__(self, services: Services, stand: Stand) -> None:
        self.services, self.stand = services, stand

    async def finish(self) -> LiveState:
        season = await self.services.seasons.season(2025)
        assert season is not None
        race = season.races[22]
        recorded = RecordedRace(season, race, no_laps(), BEGAN)
        return recorded.state(recorded.laps)

    async def runs(self, lap: int, *flags: FlagPeriod, **facts: Any) -> LiveState:
        """The race on a lap, in the order in which it will finish; the clock is nine seconds on."""
        last = await self.finish()
        trucks = tuple(
            replace(each, laps=lap, gap=0.5 * place, laps_down=0, led=0, status=each.status, last_stop=None)
            if not each.out
            else replace(each, laps=min(each.laps, lap), gap=None)
            for place, each in enumerate(last.trucks)
        )
        at = BEGAN + LAP * lap
        state = replace(
            last, lap=lap, laps=85, trucks=trucks, at=at, came=at, stage=1, stage_end=20, stages=(),
            leads=last.leads[:3], flags=(FlagPeriod(Flag.GREEN, 0, BEGAN), *flags), restart=None, checkered=None,
            ended=None, fastest=None, cautions=1, caution_laps=4, fastest_point=None,
        )  # fmt: skip
        state = replace(state, **facts)
        await self.save(state)
        return state

    async def save(self, state: LiveState, heard: datetime | None = None) -> None:
        await save_state(self.services.store, state, heard or state.came, events_of(state))
        self.at(state.came + timedelta(seconds=9))

    def at(self, moment: datetime) -> None:
        self.stand.clock._start, self.stand.clock.speed = moment, 0.0


@pytest.fixture
def race(services: Services, stand: Stand) -> Race:
    return Race(services, stand)


def caution(lap: int, flag: Flag = Flag.YELLOW, reason: str | None = None) -> FlagPeriod:
    return FlagPeriod(flag, lap, BEGAN + LAP * lap, reason)


def stamped(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:R>"


async def test_under_green_the_first_lines_say_flag_and_laps(race: Race, stand: Stand) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    assert title_and_answer(result) == (TALLADEGA, "**Green flag** · lap 12 of 85 · 73 to go")
    said = words(result)
    assert "**Stage 1** 8 laps left, to lap 20" in said
    assert "**Gio Ruggiero** leads by 0.500 s, ahead of Corey Heim" in said
    assert "**Cautions** 1 (4 laps) · **Lead changes** 2" in said
    assert " 1 17 Gio Ruggiero" in said
    assert " 2 11 Corey Heim" in said
    assert f"As of lap 12, {stamped(BEGAN + LAP * 12)}. NASCAR's live timing, unofficial." in said


async def test_playoff_drivers_are_shown_wherever_they_run(race: Race, stand: Stand) -> None:
    await race.runs(12)
    said = words(await stand.ask("live"))
    behind = said[said.index("── playoff drivers") :]
    assert "Daniel Hemric" in behind
    assert "Jake Garcia" not in said.split("```")[1]


async def test_who_would_be_in_and_out_if_it_ended_now(race: Race, stand: Stand) -> None:
    await race.runs(12)
    said = words(await stand.ask("live"))
    assert "**If it ended now** Round of 8 · one race left in it" in said
    table = said[said.index("**If it ended now**") :]
    assert "Corey Heim" in table.split("── cut line")[0]
    assert "win" in table.split("── cut line")[0]
    assert "Grant Enfinger" in table.split("── cut line")[1]
    assert "Points as they run" in said


async def test_the_last_lap_says_what_the_standings_say_after_the_race(race: Race, stand: Stand) -> None:
    last = await race.finish()
    await race.save(last)
    result = await stand.ask("live")
    said = words(result)
    assert title_and_answer(result)[1] == "**Gio Ruggiero** finished first · not official yet · 90 laps run"
    assert "**If this stands** Round of 8" in said

    def figures(table: str, column: int) -> list[str]:
        return [line.split()[column] for line in table.splitlines() if line.strip()[:1].isdigit()]

    supposed = figures(said.split("```")[3], -1)
    race.at(last.at + timedelta(days=2))
    official = figures(words(await stand.ask("standings", view="playoffs")).split("```")[1], -2)
    assert supposed == official[:8]


async def test_a_caution_says_since_when_and_why(race: Race, stand: Stand) -> None:
    await race.runs(14, caution(12, reason="Turn 3"))
    answer = title_and_answer(await stand.ask("live"))[1]
    assert answer == f"**Caution** (Turn 3) since lap 12, {stamped(BEGAN + LAP * 12)} · lap 14 of 85"


async def test_a_red_flag_says_since_when_and_is_no_silence(race: Race, stand: Stand) -> None:
    state = await race.runs(14, caution(14, Flag.RED, "Rain"))
    since = BEGAN + LAP * 14
    later = since + timedelta(minutes=40)
    await race.save(state, heard=later)
    race.at(later + timedelta(seconds=30))
    answer = title_and_answer(await stand.ask("live"))[1]
    assert answer == f"**Red flag** (Rain) since <t:{int(since.timestamp())}:t>, {stamped(since)} · lap 14 of 85"


@pytest.mark.parametrize(("seconds", "silent"), [(100, False), (130, True)])
async def test_a_feed_that_falls_silent_is_said_to(race: Race, stand: Stand, seconds: int, silent: bool) -> None:
    state = await race.runs(12)
    race.at(state.at + timedelta(seconds=seconds))
    answer = title_and_answer(await stand.ask("live"))[1]
    said = f"**No news since lap 12**, {stamped(state.at)} · green flag then, 85 laps in all"
    assert (answer == said) is silent


async def test_movers_since_the_start_and_the_last_restart(race: Race, stand: Stand) -> None:
    state = await race.runs(30)
    order = tuple(truck.number for truck in state.trucks)
    turned = (order[14], *order[:14], *order[15:])
    await race.runs(30, caution(20), caution(24, Flag.GREEN), restart=Restart(24, turned))
    said = words(await stand.ask("live"))
    assert "**Since the start** L. Riggs +30 (35th to 5th)" in said
    moved = next(line for line in said.splitlines() if line.startswith("**Since the restart on lap 24**"))
    assert "−14 (1st to 15th)" in moved


async def test_who_is_out_and_who_is_laps_down(race: Race, stand: Stand) -> None:
    state = await race.runs(70)
    second = replace(state.trucks[1], laps=68, laps_down=2, gap=None, last_stop=44)
    await race.save(replace(state, trucks=(state.trucks[0], second, *state.trucks[2:])))
    said = words(await stand.ask("live"))
    assert "2 11 Corey Heim         -2 laps   44" in said or "-2 laps   44" in said
    out = next(line for line in said.splitlines() if line.startswith("**Out** "))
    assert "(lap 70)" in out
    assert out.endswith(" and 1 more")


async def test_before_the_race_there_is_a_countdown_and_no_order(stand: Stand) -> None:
    result = await stand.ask("live")
    title, answer = title_and_answer(result)
    assert (title, answer.startswith("Coverage starts about")) == (TALLADEGA, True)
    assert "Starting order: not known yet." in words(result)
    assert "**TV** FOX Sports 1 (FS1)" in words(result)


async def test_before_the_race_the_starting_order_on_record_is_there_until_the_live_timing_has_one(
    race: Race, stand: Stand
) -> None:
    race.at(BEGAN - timedelta(minutes=25))
    said = words(await stand.ask("live"))
    assert "Starting order: not known yet." not in said
    assert "St No Driver" in said
    assert " 1 17 Gio Ruggiero" in said
    assert "live timing" not in said


async def test_on_the_pace_laps_the_starting_order_is_there(race: Race, stand: Stand) -> None:
    await race.runs(0, flags=(FlagPeriod(Flag.HOT, 0, BEGAN),), leads=())
    result = await stand.ask("live")
    assert title_and_answer(result)[1].startswith("**On the pace laps**, no green flag yet · **Coverage started**")
    said = words(result)
    assert "St No Driver" in said
    assert " 1 17 Gio Ruggiero" in said
    assert "35 34 Layne Riggs" in said[said.index("── playoff drivers") :]


async def test_a_race_of_which_nothing_came_is_not_made_up(race: Race, stand: Stand) -> None:
    race.at(BEGAN + timedelta(hours=1))
    result = await stand.ask("live")
    assert "How it stands is not known here: no live timing has come." in words(result)
    assert "If it ended now" not in words(result)


async def test_practice_is_not_the_race(race: Race, stand: Stand) -> None:
    state = await race.runs(12)
    await race.save(replace(state, session=SessionKind.PRACTICE))
    race.at(BEGAN - timedelta(hours=3))
    assert "lap 12" not in words(await stand.ask("live"))


async def test_what_comes_later_is_not_known_yet(race: Race, stand: Stand) -> None:
    await race.runs(12)
    race.at(BEGAN + LAP * 5)
    assert "lap 12" not in words(await stand.ask("live"))


async def test_once_results_stand_they_are_where_it_leads(race: Race, stand: Stand) -> None:
    await race.runs(12)
    race.at(datetime(2025, 10, 18, 1, tzinfo=UTC))
    result = await stand.ask("live")
    assert title_and_answer(result) == (
        TALLADEGA,
        "Race over: **Gio Ruggiero** won, ahead of Corey Heim and Ty Majeski",
    )
    await stand.fan.click(result.response, label="Results")
    assert "**Gio Ruggiero** won from the pole" in words(result)


@pytest.mark.parametrize(
    ("moment", "title"),
    [
        ("2025-10-18T12:00-04:00", "Slim Jim 200 · Martinsville"),  # the day after: the next one
        ("2026-12-30T12:00-05:00", "No race ahead"),
    ],
)
async def test_without_a_race_that_day_the_next_one(race: Race, stand: Stand, moment: str, title: str) -> None:
    race.at(datetime.fromisoformat(moment))
    assert title_and_answer(await stand.ask("live"))[0] == title


async def test_refresh_asks_for_the_same_race_whenever_it_is_pressed(race: Race, stand: Stand) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    await race.runs(30)
    await stand.fan.click(result.response, label="Refresh")
    assert "lap 30 of 85" in title_and_answer(result)[1]
    race.at(datetime(2025, 10, 30, tzinfo=UTC))
    await stand.fan.click(result.response, label="Refresh")
    assert title_and_answer(result)[1].startswith("Race over: **Gio Ruggiero** won")


async def test_somebody_else_who_refreshes_gets_a_copy(race: Race, stand: Stand) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    before = words(result)
    await race.runs(30)
    pressed = await stand.other.click(result.response, label="Refresh")
    assert words(result) == before
    assert pressed.ephemeral


async def test_a_race_over_two_days_is_still_the_one_that_is_on(race: Race, stand: Stand) -> None:
    season = await race.services.seasons.season(2026)
    assert season is not None
    waiting = season.races[20]
    begun = waiting.begins + timedelta(hours=1)
    state = await race.runs(14, caution(14, Flag.RED, "Rain"))
    await race.save(replace(state, race=waiting.id, at=begun, came=begun))
    race.at(begun + timedelta(hours=15))
    title, answer = title_and_answer(await stand.ask("live"))
    assert waiting.track.short in title
    assert "lap 14" in answer


def target_of(stand: Stand, extras: Extras) -> Target:
    return Target(guild=stand.channel.guild.id, channel=stand.channel.id, extras=extras)


class TestAServerThatSeesRacesLater:
    """Everybody there is told how the race stood as long ago as the server wants."""

    @pytest.fixture
    async def waiting(self, race: Race, stand: Stand) -> Race:
        await save(race.services.store, target_of(stand, Extras(delay=120)), BEGAN)
        return race

    async def test_the_race_is_shown_as_it_stood(self, waiting: Race, stand: Stand) -> None:
        for lap in range(1, 13):
            await waiting.runs(lap)
        shown = await stand.ask("live")
        assert "lap 9 of 85" in title_and_answer(shown)[1]
        assert "No news" not in words(shown)
        assert "2 minutes behind the race, as this server wants it" in words(shown)
        waiting.at(BEGAN + LAP * 10 + timedelta(seconds=120))
        await stand.fan.click(shown.response, label="Refresh")
        assert "lap 10 of 85" in title_and_answer(shown)[1]

    async def test_it_is_to_the_second(self, waiting: Race, stand: Stand) -> None:
        for lap in (1, 2):
            await waiting.runs(lap)
        for early, lap in ((1, 1), (0, 2)):
            waiting.at(BEGAN + LAP * 2 + timedelta(seconds=120 - early))
            assert f"lap {lap} of 85" in title_and_answer(await stand.ask("live"))[1]

    async def test_buttons_of_an_earlier_release_show_the_same(self, waiting: Race, bot: TailgateBot) -> None:
        for lap in range(1, 13):
            await waiting.runs(lap)
        known, delay = await bot.router.known_to(waiting.stand.channel.guild.id, 1)
        known = replace(known, now=BEGAN + LAP * 12)
        view = await bot.router.view(LiveAloneQuestion(), Requester(1, known, delay=delay))
        assert "lap 9 of 85" in text(view)  # type: ignore[arg-type]

    async def test_until_the_green_flag_is_told_it_is_said_when(self, waiting: Race, stand: Stand) -> None:
        start = (await waiting.finish()).race
        season = await waiting.services.seasons.season(2025)
        assert season is not None
        begins = next(race.begins for race in season.races if race.id == start)
        waiting.at(begins + timedelta(seconds=30))
        told = int((begins + timedelta(seconds=120)).timestamp())
        assert title_and_answer(await stand.ask("live"))[1].startswith(f"**Told here from** <t:{told}:t>")

    async def test_somebody_who_wants_it_later_still_gets_it_later(self, waiting: Race, stand: Stand) -> None:
        await save(waiting.services.store, Target(user=stand.other.id, extras=Extras(delay=300)), BEGAN)
        for lap in range(1, 13):
            await waiting.runs(lap)
        shown = await stand.other.slash(stand.channel, "live")
        assert "lap 6 of 85" in title_and_answer(shown)[1]
        assert "5 minutes behind the race, as you want it" in words(shown)

    async def test_where_nothing_waits_all_see_it(self, race: Race, stand: Stand) -> None:
        await save(race.services.store, target_of(stand, Extras(results=True)), BEGAN)
        await race.runs(12)
        assert "lap 12 of 85" in title_and_answer(await stand.ask("live"))[1]


async def test_every_lap_keeps_every_limit_of_discords(race: Race, bot: TailgateBot) -> None:
    long = "Bartholomew Featherstonehaugh-Cholmondeley " * 2
    wrong = []
    for lap in (0, 1, 20, 84, 85):
        state = await race.runs(lap, caution(lap, reason="x" * 300))
        strangers = tuple(LiveTruck(f"{200 + n}", None, long, 37 + n, lap, eligible=False) for n in range(20))
        trucks = tuple(replace(each, name=long, laps_down=111, gap=None) for each in state.trucks)
        await race.save(replace(state, trucks=(*trucks, *strangers), cautions=99, caution_laps=99))
        now = state.at + timedelta(seconds=1)
        as_of = replace(await bot.router.as_of(), now=now)
        view = await bot.router.view(LiveQuestion(), Requester(1, as_of))
        wrong += [f"lap {lap}: {problem}" for problem in check_message(body(view))]  # type: ignore[arg-type]
    assert wrong == []
