"""/records and /track: what happened over all seasons."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.championship.all_time import KINDS
from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, driver_choices, season_choices, track_choices
from bot.interactions.history_asked import records_asked, track_asked
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.render.about import HelpEntry
from bot.render.records import RecordsFacts, kinds_of, records
from bot.render.tracks import TrackFacts, track_card
from bot.requester import Requester
from bot.seasons.all_time import read_records, read_track, track_of
from db.history.record_models import Scope

WHAT = [app_commands.Choice(name=kind.title, value=kind.key) for kind in KINDS.values()]


class History(commands.Cog):
    """Records and tracks."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(RecordsQuestion, self.answer_records)
        bot.router.register(TrackQuestion, self.answer_track)

    @app_commands.command(
        name="records",
        description="All-time records: wins, streaks, ages, margins, at any track or in any season",
        extras={"help": HelpEntry(place=11, short="all-time records")},
    )
    @app_commands.describe(
        what="Which record; the most asked ones if left out",
        track="At one track",
        driver="Where a driver stands",
        season="In one season",
    )
    @app_commands.choices(what=WHAT)
    @app_commands.autocomplete(track=track_choices, driver=driver_choices)
    @app_commands.autocomplete(season=season_choices)
    async def records(
        self,
        interaction: discord.Interaction[TailgateBot],
        what: str | None = None,
        track: UserText | None = None,
        driver: UserText | None = None,
        season: int | None = None,
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = records_asked(requester.as_of, what, track, driver, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    @app_commands.command(
        name="track",
        description="A track: past winners, who does best there, and how its races usually go",
        extras={"help": HelpEntry(place=12, short="a track and its winners", example="talladega")},
    )
    @app_commands.describe(track="The track, by any of its names", driver="How a driver did there")
    @app_commands.autocomplete(track=track_choices, driver=driver_choices)
    async def track(
        self, interaction: discord.Interaction[TailgateBot], track: UserText, driver: UserText | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = track_asked(requester.as_of, track, driver)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    async def answer_records(self, question: RecordsQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        scope, latest = Scope(question.track, question.year), as_of.latest()
        read = await read_records(self.bot.services.store, as_of, kinds_of(question), scope, question.driver)
        track = track_of(as_of, question.track) if question.track else None
        driver = as_of.known(question.driver) if question.driver else None
        raced_last = latest[1].track if latest is not None else None
        return records(RecordsFacts(read, as_of.season(), track, driver, raced_last), question, as_of.now)

    async def answer_track(self, question: TrackQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        person = as_of.known(question.driver) if question.driver else None
        read = await read_track(self.bot.services.store, as_of, track_of(as_of, question.track))
        return track_card(TrackFacts(read, as_of.season(), person), question, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(History(bot))
