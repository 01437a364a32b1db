"""The messages that results bring: results, recap and standings, as they are posted unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.laps.report import RaceReport
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.recaps.facts import Recap
from bot.render.blocks import Accent
from bot.render.buttons import BUTTONS, Link, QuestionButton, row
from bot.render.formatting import day, escape, listed, race_name
from bot.render.recap import recap_card
from bot.render.reminders import SERVERS, YOURS
from bot.render.results import results
from bot.render.standings import standings
from db.models import Race, Season

COVERED = "Tap the spoiler to see"
ITSELF = "This message updates itself"
MOST = 3990
"""Characters used of the 4,000 that Discord allows in a message."""
SLOT = 9
"""The slot of the button that carries the mark, which tells it from the other buttons of the message."""
_ROOM = 240
"""Characters kept free for a heading."""


@dataclass(frozen=True, slots=True)
class PostOptions:
    """What a posted message has besides the answer itself.

    ``mark`` is the outbox row's; ``personal`` says that it goes to one person, ``covered`` that the outcome is hidden
    under a spoiler cover; ``corrected`` is a line that says what was corrected since it was posted.
    """

    mark: str
    personal: bool = False
    covered: bool = False
    corrected: str = ""


def results_post(
    season: Season, race: Race, options: PostOptions, now: datetime, report: RaceReport | None = None
) -> ui.LayoutView:
    """The results of a race: their first page.

    Args:
        season: as it is known at ``now``.
        race: one of its races, with results.
        options: what the message has besides.
        now: by the bot's clock.
        report: what the race's laps tell; None where they are not held. It is left out where there is no room for it.
    """
    question = ResultsQuestion(season.year, race.round)
    view = results(season, race, question, now, report=report)
    if report is not None and view.content_length() + _ROOM > MOST:
        view = results(season, race, question, now)
    return _as_post(view, options, _heading("Results", season, race, "who won"))


def recap_post(recap: Recap, computed: ComputedSeason, options: PostOptions, now: datetime) -> ui.LayoutView:
    """A race's recap: its first screen. The arguments are those of ``results_post``."""
    race = recap.race
    view = recap_card(recap, computed, RecapQuestion(race.season, race.round), now)
    return _as_post(view, options, _heading("Recap", computed.season, race, "how it went"))


def standings_post(computed: ComputedSeason, options: PostOptions, now: datetime) -> ui.LayoutView:
    """The standings as they are, in a message that is changed whenever they do."""
    return _as_post(standings(computed, StandingsQuestion(computed.season.year), now), options, "", ITSELF)


def _heading(what: str, season: Season, race: Race, why: str) -> str:
    """The line above a cover, for fans who do not want to know yet."""
    name = f"{escape(race_name(race))} · {escape(race.track.short)}"
    number = f"race {race.round} of {len(season.races)}"
    return f"### {what} · {name}\n{listed([day(race.date), number])}. {COVERED} {why}."


def _as_post(view: ui.LayoutView, options: PostOptions, heading: str, small: str = "") -> ui.LayoutView:
    """The answer made into a post: with the mark, the reason why it is there, and the cover."""
    card = view.children[0]
    assert isinstance(card, ui.Container)
    _add_correction(view, card, options.corrected)
    add_button(card, Link("My reminders" if options.personal else "Remind me", RemindMeQuestion(options.mark)))
    _add_small(view, card, listed([small, YOURS if options.personal else SERVERS]))
    if not options.covered:
        return view
    card.spoiler = True
    # The winner's make would shine through as the card's colour.
    card.accent_colour = discord.Colour(int(Accent.CHECKERED))
    whole = ui.LayoutView(timeout=None)
    whole.add_item(ui.TextDisplay(heading))
    whole.add_item(card)
    return whole


def _add_correction(view: ui.LayoutView, card: ui.Container[Any], line: str) -> None:
    """Says under the title what was corrected: with a cover, under it as well."""
    title = next((each for each in card.children if isinstance(each, ui.TextDisplay)), None)
    if line and title is not None and view.content_length() + len(line) + _ROOM <= MOST:
        title.content += f"\n{line}"


def add_button(card: ui.Container[Any], link: Link) -> None:
    """Adds a button to the card's row; a full row loses a disabled button for it, or else its last one."""
    button = QuestionButton.of(link, SLOT)
    assert button is not None
    for each in card.children:
        if not isinstance(each, ui.ActionRow):
            continue
        buttons = [item for item in each.children if isinstance(item, QuestionButton)]
        if buttons:
            if len(buttons) == BUTTONS:
                each.remove_item(next((item for item in buttons if item.disabled), buttons[-1]))
            each.add_item(button)
            return
    made = row([link])
    assert made is not None
    card.add_item(made)


def _add_small(view: ui.LayoutView, card: ui.Container[Any], line: str) -> None:
    """Adds a line of small print if there is room for it and for a heading."""
    last = next((each for each in reversed(card.children) if isinstance(each, ui.TextDisplay)), None)
    line = f"\n-# {line}"
    if last is not None and view.content_length() + len(line) + _ROOM <= MOST:
        last.content += line
