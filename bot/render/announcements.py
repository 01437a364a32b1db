"""What is posted of its own accord once a race is run, and what a race's scheduled event says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import discord
from discord import ui

from bot.championship.computed import ComputedSeason
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.recaps.facts import Recap
from bot.render.blocks import Accent, phase_of
from bot.render.buttons import BUTTONS, Link, QuestionButton, row
from bot.render.formatting import NETWORKS, count, day, eastern, escape, listed, race_name, weekday
from bot.render.recap import recap_card
from bot.render.reminders import SERVERS, YOURS
from bot.render.results import results
from bot.render.standings import standings
from bot.render.tables import plain
from db.models import EASTERN, RACE_LENGTH, Broadcast, BroadcastKind, Race, RaceStatus, Season

COVERED = "Tap the spoiler to see"
ITSELF = "This message updates itself"
MOST = 3990
"""Characters of a message, of Discord's 4,000."""
SLOT = 9
"""Tells the button that carries the mark from the others of its message."""
MOST_NAME, MOST_LOCATION, MOST_DESCRIPTION = 100, 100, 1000
_ROOM = 60
"""Columns of a name in a scheduled event."""
_KINDS = {BroadcastKind.TV: "TV", BroadcastKind.RADIO: "Radio", BroadcastKind.STREAM: "Stream"}
_BARE = str.maketrans({"*": "", "_": " ", "~": "-", "|": "/", "\\": "/", "<": "", ">": "", "[": "(", "]": ")", "#": ""})


@dataclass(frozen=True, slots=True)
class Sent:
    """How a message of our own accord goes out.

    ``mark`` is the outbox row's, ``personal`` says that it goes to one person, ``covered`` that the outcome is hidden
    under a spoiler cover.
    """

    mark: str
    personal: bool = False
    covered: bool = False


def results_post(season: Season, race: Race, sent: Sent, now: datetime) -> ui.LayoutView:
    """That a race's results are in: their first page.

    Args:
        season: as it stands at ``now``.
        race: one of its races, with results.
        sent: how it goes out.
        now: by the bot's clock.
    """
    view = results(season, race, ResultsQuestion(season.year, race.round), now)
    return _made_out(view, sent, _heading("Results", season, race, "who won"))


def recap_post(recap: Recap, computed: ComputedSeason, sent: Sent, now: datetime) -> ui.LayoutView:
    """A race's recap: its first screen. The arguments are those of ``results_post``."""
    race = recap.race
    view = recap_card(recap, computed, RecapQuestion(race.season, race.round), now)
    return _made_out(view, sent, _heading("Recap", computed.season, race, "how it went"))


def standings_post(computed: ComputedSeason, sent: Sent, now: datetime) -> ui.LayoutView:
    """The standings as they are, in a message that is changed whenever they do."""
    return _made_out(standings(computed, StandingsQuestion(computed.season.year), now), sent, "", ITSELF)


def _heading(what: str, season: Season, race: Race, why: str) -> str:
    """What stands above a cover, for whoever does not want to know yet."""
    name = f"{escape(race_name(race))} · {escape(race.track.short)}"
    number = f"race {race.round} of {len(season.races)}"
    return f"### {what} · {name}\n{listed([day(race.date), number])}. {COVERED} {why}."


def _made_out(view: ui.LayoutView, sent: Sent, heading: str, small: str = "") -> ui.LayoutView:
    """The message with what a post needs beside an answer: the mark, why it is there, and the cover."""
    card = view.children[0]
    assert isinstance(card, ui.Container)
    _add_button(card, Link("My reminders" if sent.personal else "Remind me", RemindMeQuestion(sent.mark)))
    _add_small(view, card, listed([small, YOURS if sent.personal else SERVERS]))
    if not sent.covered:
        return view
    card.spoiler = True
    # The winner's make would shine through as the card's colour.
    card.accent_colour = discord.Colour(int(Accent.CHECKERED))
    whole = ui.LayoutView(timeout=None)
    whole.add_item(ui.TextDisplay(heading))
    whole.add_item(card)
    return whole


def _add_button(card: ui.Container[Any], link: Link) -> None:
    """Puts a button into the card's row; where that is full in place of one that is off, else of the last."""
    button = QuestionButton.of(link, SLOT)
    assert button is not None
    for each in card.children:
        if not isinstance(each, ui.ActionRow):
            continue
        buttons = [item for item in each.children if isinstance(item, QuestionButton)]
        if buttons:
            if len(buttons) == BUTTONS:
                each.remove_item(next((item for item in buttons if item.item.disabled), buttons[-1]))
            each.add_item(button)
            return
    made = row([link])
    assert made is not None
    card.add_item(made)


def _add_small(view: ui.LayoutView, card: ui.Container[Any], line: str) -> None:
    """Adds a line of small print as long as there is room for it and for a heading."""
    last = next((each for each in reversed(card.children) if isinstance(each, ui.TextDisplay)), None)
    line = f"\n-# {line}"
    if last is not None and view.content_length() + len(line) + 4 * _ROOM <= MOST:
        last.content += line


@dataclass(frozen=True, slots=True)
class Happening:
    """A scheduled event: what it says, in plain text, and from when to when it is."""

    name: str
    description: str
    location: str
    start: datetime
    end: datetime

    @property
    def edition(self) -> int:
        """A number, never 0, that another event has not."""
        digest = hashlib.blake2b(json.dumps(self.detail, sort_keys=True).encode(), digest_size=6).digest()
        return int.from_bytes(digest) + 1

    @property
    def detail(self) -> dict[str, Any]:
        """The event as JSON can hold it."""
        return {**asdict(self), "start": self.start.isoformat(), "end": self.end.isoformat()}

    @classmethod
    def of(cls, detail: Any) -> Self:
        """The event of a detail."""
        start, end = (datetime.fromisoformat(detail[name]) for name in ("start", "end"))
        return cls(detail["name"], detail["description"], detail["location"], start, end)


def happening(season: Season, race: Race) -> Happening | None:
    """A race's scheduled event; None where it is called off or nobody knows when it is.

    It begins with coverage where that is known; nothing of it hangs on the moment it is asked for.

    Args:
        season: the race's.
        race: one of its races.
    """
    start = race.coverage.coverage if race.coverage and race.coverage.coverage else race.start
    if start is None or race.status is RaceStatus.CANCELLED:
        return None
    usual = (race.start or start) + RACE_LENGTH
    end = race.over_at if start < race.over_at < start + timedelta(days=1) else usual
    networks = dict.fromkeys(_network(each) for each in race.broadcast(BroadcastKind.TV))
    mark = event_mark(race.season, race.round)
    about = "\n".join(filter(None, [_begins(race, start), *_aired(race), _which(season, race), _place(race)]))
    return Happening(
        (listed([_bare(race_name(race)), _bare(race.track.short)]) or f"Race {race.round}")[:MOST_NAME].strip(),
        f"{about[: MOST_DESCRIPTION - len(mark) - 1]}\n{mark}",
        (listed([*networks, _bare(race.track.name)]) or "On track")[:MOST_LOCATION].strip(),
        start,
        max(end, start + timedelta(hours=1)),
    )


def event_mark(season: int, number: int) -> str:
    """The last line of an event's description, by which the bot knows its own event of a race again."""
    return f"Tailgate keeps this event in step with the schedule ({season}, race {number})."


def _begins(race: Race, start: datetime) -> str:
    when = f"{weekday(start.astimezone(EASTERN).date())}, {{}}{eastern(start)} Eastern"
    if race.coverage is None:
        return f"The race is listed for {when.format('')}; when coverage starts is not known."
    said = f"Coverage starts {when.format('about ' if race.coverage.approximate else '')}"
    if race.green_flag is not None:
        return f"{said}; green flag {eastern(race.green_flag)} Eastern."
    if race.start is not None and race.start != start:
        return f"{said}; race listed for {eastern(race.start)} Eastern."
    return f"{said}."


def _aired(race: Race) -> list[str]:
    lines = []
    for kind, word in _KINDS.items():
        shown = []
        for each in race.broadcast(kind):
            about = "about " if each.approximate else ""
            start = f", from {about}{eastern(each.coverage)} Eastern" if each.coverage else ""
            shown.append(f"{_network(each)}{start}")
        if shown:
            lines.append(f"{word}: {' · '.join(dict.fromkeys(shown))}")
    return lines


def _which(season: Season, race: Race) -> str:
    laps, length = race.scheduled_laps, race.track.length
    miles = f"{round(laps * length)} miles" if laps and length else ""
    number = f"Race {race.round} of {len(season.races)}"
    return listed([number, _bare(phase_of(race)), count(laps, "lap") if laps else "", miles])


def _place(race: Race) -> str:
    return ", ".join(_bare(part) for part in (race.track.name, race.track.city, race.track.state) if part)


def _network(broadcast: Broadcast) -> str:
    return _bare(NETWORKS.get(broadcast.network.casefold(), broadcast.network))


def _bare(text: str) -> str:
    """Text from people without anything that Discord would read as markdown: some places show it, others do not."""
    return " ".join(plain(text).translate(_BARE).split())[:_ROOM].strip()
