"""Lap sync: the delay of a server or a person, measured by when their screen shows a lap completed."""

from __future__ import annotations

from datetime import timedelta

from discord import ui

from bot.errors import FriendlyError
from bot.notifications.settings import ReminderSettings
from bot.questions.reminders import LapSeenQuestion, LapSyncQuestion
from bot.render.lap_sync import lap_sync, lap_synced
from bot.requester import Requester
from bot.seasons.live import states_told
from db.connection import Store
from db.live.held import LiveStates
from db.live.rows import load_lap_seen
from db.models import Race
from db.reminders.race_day import LONGEST_DELAY

WORST = timedelta(seconds=30)
"""A lap that was seen with less accuracy than this, because the feed was silent meanwhile, measures nothing."""
NO_RACE = "No race is under way, as far as it is told here; lap sync works between the green and the checkered flag."
NOT_YET = (
    "NASCAR's live timing does not have lap {} completed yet, so nothing was changed. If your screen shows it, you are "
    "not behind; choose no delay."
)
UNSURE = "The live timing skipped around lap {}, so nothing was changed. Please press at a later lap."
LONG_AGO = "Lap {} was completed more than a day ago, so nothing was changed."


class LapSync:
    """Offers laps and measures delays by them; which lap of which race stands in the button, and nothing in memory.

    Args:
        settings: saves the delay, for who may.
        store: holds how races stood.
    """

    def __init__(self, settings: ReminderSettings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._states = LiveStates(store)

    async def offer(self, question: LapSyncQuestion, requester: Requester) -> ui.LayoutView:
        """The next laps of the race under way.

        Raises:
            FriendlyError: none is under way, or the requester may not set the delay.
        """
        await self._settings.must_be_allowed(question.whose, requester)
        told = await states_told(self._states, requester.as_of)
        running = {number: held.state for number, held in told.items() if held.state.under_way}
        found = next((race for race in _races(requester) if race.id in running), None)
        view = lap_sync(found, running[found.id], question.whose) if found is not None else None
        if view is None:
            raise FriendlyError(NO_RACE)
        return view

    async def press(self, question: LapSeenQuestion, requester: Requester) -> ui.LayoutView:
        """Sets the delay to how long ago the lap was completed.

        Raises:
            FriendlyError: that is not known, or the requester may not set the delay.
        """
        await self._settings.must_be_allowed(question.whose, requester)
        lap, now = await load_lap_seen(self._store, question.race, question.lap), requester.as_of.now
        if lap is None or lap.seen > now:
            raise FriendlyError(NOT_YET.format(question.lap))
        gap = lap.seen - lap.before if lap.before is not None else WORST
        if gap >= WORST:
            raise FriendlyError(UNSURE.format(question.lap))
        seconds = round((now - lap.seen).total_seconds())
        if seconds > LONGEST_DELAY:
            raise FriendlyError(LONG_AGO.format(question.lap))
        await self._settings.set_delay(question.whose, requester, seconds)
        return lap_synced(seconds, question.lap, max(1, round(gap.total_seconds())), question.whose)


def _races(requester: Requester) -> list[Race]:
    return [race for season in reversed(requester.as_of.seasons) for race in season.races]
