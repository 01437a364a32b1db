"""What Tailgate is, how fresh it is, and what to type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from bot.questions.core import AboutQuestion, HelpQuestion, NextQuestion
from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, QuestionSelect, row
from bot.render.formatting import escape, stamp
from db.feeds.models import FeedMemory
from db.models import Season

PRIVACY = (
    "**Privacy** Tailgate keeps no messages and no member list. "
    "It reads what you say to it: commands, buttons, mentions and direct messages, and nothing else you write."
)
UNOFFICIAL = "Unofficial; not affiliated with NASCAR."
RECENT_SEASONS = 4
"""So many of the newest seasons have a line of their own in any case."""
MOST_FINDINGS, LONGEST_FINDING = 3, 200
OFFICIAL_SITE = "[nascar.com](https://www.nascar.com/nascar-craftsman-truck-series/)"


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """A topic of the help: its title, which is also its option in the select, its one-line answer, and what to type."""

    title: str
    answer: str
    lines: tuple[str, ...]


TOPICS: dict[str, HelpTopic] = {
    "standings": HelpTopic(
        "Standings",
        "`/standings` opens on what matters right now: points, the bubble or the playoffs.",
        (
            "`/standings season:2024` a different season",
            "`/standings after:Bristol` where things stood after a race",
            "`/standings view:Owners` plus stats, rookies, manufacturers; or use the menu under the table",
            "**What if** the same results under another season's rules",
        ),
    ),
    "playoffs": HelpTopic(
        "Playoffs",
        "`/playoffs` goes round by round: who advanced, how, and who was eliminated.",
        (
            "`/playoffs season:2024` a different season",
            "`/clinch` what each driver needs at the next race",
            "`/clinch honeycutt` what it takes to clinch, no matter what anyone else does",
            "**+14 -5** points above or below the cut line · **W** locked in with a win",
            "**Clinched** and **can no longer** mean no result in the races left can change it.",
        ),
    ),
    "drivers": HelpTopic(
        "Drivers",
        "`/driver` takes a full or partial name, a nickname or a truck number.",
        (
            "`/driver heim` the season, last five races, best track, career",
            "`/driver 17 season:2025` whoever drives the No. 17",
            "`/compare heim honeycutt` side by side, and who finished ahead",
        ),
    ),
    "races": HelpTopic(
        "Races",
        "`/next` tells you when coverage starts and on which network.",
        (
            "`/live` the race as it runs: flag, laps, running order, and who would be in if it ended now",
            "`/results` the latest race: winner, stages, finishing order",
            "`/results talladega` that track's latest race; add a season for another year",
            "`/schedule` every race and its winner, and what's next in your own time zone",
            "`/lineup` who's entered in the next race, who's new, and the starting order once it's set",
            "`/laps heim talladega` a driver's race lap by lap: running position, best lap, pit stops",
        ),
    ),
    "recaps": HelpTopic(
        "Recaps",
        "`/recap` sums up the latest race; the menu under it has the rest of the story.",
        (
            "`/recap talladega` that track's latest race; add a season for another year",
            "**Wins, streaks and firsts** are counted from 1995 on; where seasons are missing here, it says since when",
            "**\\*** a Rookie of the Year contender",
            "**Written by** in the small print: a person wrote that section; all others are made from the results",
        ),
    ),
    "quotes": HelpTopic(
        "Quotes",
        "`/quote heim crash` finds what a driver said; `/quote` alone picks one at random.",
        (
            "`/quote driver:heim race:charlotte` what Heim said there",
            "`/quote-add` saves one for this server (for moderators, and a role the server chooses)",
            "**Save as driver quote** does the same for a message: right-click or long-press it, then Apps",
            "`/quote-edit` edits, deletes and restores",
            "`/quote-role` `/quote-of-the-day` for whoever manages the server",
        ),
    ),
    "reminders": HelpTopic(
        "Reminders",
        "Moderators: `/reminders` tells a channel that coverage is about to start. `/remindme` tells just you, by DM.",
        (
            "**How far ahead** from 24 hours to 5 minutes, and at the start; pick as many as you like",
            "**What else** schedule changes, results, recaps, a standings message, Discord events",
            "`/reminders show:status` what's coming up, and what was sent",
            "**Remind me too** under a reminder gets you a DM before the next races",
            "Setting up a server's reminders takes the Manage Server permission.",
        ),
    ),
    "reading": HelpTopic(
        "Reading the tables",
        "The small print under each answer says how current its data is.",
        (
            "**▲2 ▼1** spots gained or lost in the last race",
            "**St, Fin** start and finish · **Led** laps led · **Stg** stage points",
            "**(i)** scores points in another series, so none here",
            "**DNF** not running at the finish · **?** not on record",
            "Buttons on someone else's answer open a copy only you can see.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Feeds:
    """What is known of NASCAR's feeds, and whether an editor asks, who is told what was not taken in."""

    memory: FeedMemory
    editor: bool = False


def about(
    seasons: Sequence[Season],
    question: AboutQuestion,
    now: datetime,
    *,
    version: str,
    links: Sequence[str] = (),
    faults: Sequence[str] = (),
    feeds: Feeds | None = None,
) -> ui.LayoutView:
    """Version, how fresh each season is, links and privacy; for editors, first of all what is wrong with the store.

    Args:
        seasons: as of ``now``, oldest first; at least one.
        question: the question.
        now: the requester's moment.
        version: Tailgate's own.
        links: the project's own markdown links, such as that to its source.
        faults: what is wrong with the store, for editors alone; the card is yellow then.
        feeds: what is known of NASCAR's feeds; None where nothing is fetched.
    """
    del question
    fresh = _fresh(seasons, now)
    return card(
        f"Tailgate {version}",
        "\n".join(f"**The store** {fault}" for fault in faults),
        f"The NASCAR Craftsman Truck Series in your chat. {UNOFFICIAL}",
        "\n".join(fresh),
        "\n".join(_feeds(feeds.memory, now, editor=feeds.editor)) if feeds is not None else "",
        PRIVACY,
        f"**Links** {' · '.join([*links, f'official site: {OFFICIAL_SITE}'])}",
        accent=Accent.YELLOW if faults else Accent.GREEN,
        small=[f"Seasons on record: {_years([season.year for season in seasons])}. `/help` shows the commands."],
        controls=row([Link("Help", HelpQuestion()), Link("Next race", NextQuestion())]),
    )


def _fresh(seasons: Sequence[Season], now: datetime) -> list[str]:
    """How fresh the seasons are, the newest first; of older ones those that are whole share a line."""
    alone = [s for s in seasons[:-RECENT_SEASONS] if len(s.run) < len(s.races) or s.freshness.failing_since is not None]
    alone += seasons[-RECENT_SEASONS:]
    whole = [season.year for season in seasons if season not in alone]
    lines = [f"**{season.year}** {freshness(season, now, brief=True)}" for season in reversed(alone)]
    return [*lines, *([f"**{_years(whole)}** every race"] if whole else [])]


def _years(years: Sequence[int]) -> str:
    """Years in order, those that follow each other as one span: ``1995 to 2010, 2012``."""
    spans: list[tuple[int, int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1] = (spans[-1][0], year)
        else:
            spans.append((year, year))
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)


def _feeds(feeds: FeedMemory, now: datetime, *, editor: bool) -> Iterator[str]:
    """When each thing was last fetched, since when what fails, and what was found."""
    fetched = [f"{thing} {stamp(moment, 'R')}" for thing, moment in feeds.last_fetched().items()]
    yield f"**NASCAR's feeds** {', '.join(fetched) if fetched else 'nothing fetched yet'}"
    if feeds.pause is not None and feeds.pause.until > now:
        yield f"**Paused** until {stamp(feeds.pause.until, 't')}, since their server refused too many requests"
    failed: dict[str, datetime] = {}
    for each in feeds.failures():
        if each.failing_since is not None:
            failed.setdefault(each.thing, each.failing_since)
    together: dict[datetime, list[str]] = {}
    for thing, since in failed.items():
        together.setdefault(since, []).append(thing)
    if together:
        lines = [f"{' and '.join(things)} since {stamp(since, 'f')}" for since, things in together.items()]
        yield f"**Failing** {', '.join(lines)}"
    if editor and feeds.findings:
        yield "**Left out or in doubt**"
        for finding in feeds.findings[:MOST_FINDINGS]:
            yield f"- {escape(finding.line[:LONGEST_FINDING])}"
        if len(feeds.findings) > MOST_FINDINGS:
            yield f"- and {len(feeds.findings) - MOST_FINDINGS} more, which `tailgate check` lists"


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """What a command says of itself for the help, in its ``extras``; one without is listed by its description.

    Attributes:
        place: where it stands in the list, the lowest first.
        short: what it does in a few words, so that it fits into one line on a phone; else its description.
        example: options to type for an example.
        moderators: it takes rights of a moderator that Discord does not check.
    """

    place: int = 50
    short: str = ""
    example: str = ""
    moderators: bool = False


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """A command as the help names it: its name, what it does, options to type for an example, and whose it is.

    ``moderators`` are those of a server, ``editors`` the bot's own; a command of neither is for everybody.
    """

    name: str
    description: str
    example: str = ""
    moderators: bool = False
    editors: bool = False

    @property
    def typed(self) -> str:
        return f"`/{self.name} {self.example}`" if self.example else f"`/{self.name}`"


def help_card(
    season: Season, question: HelpQuestion, now: datetime, commands: Sequence[HelpCommand] = ()
) -> ui.LayoutView:
    """The topic asked for, or the overview of all commands; an unknown topic is the overview as well."""
    topic = TOPICS.get(question.about or "")
    if topic is None:
        title, answer = "How to use Tailgate", "Start with `/standings`. Only `/driver` and `/compare` need names."
        moderators = [each.typed for each in commands if each.moderators]
        editors = [each.typed for each in commands if each.editors]
        lines: Sequence[str] = [
            *(f"{each.typed} {each.description}" for each in commands if not each.moderators and not each.editors),
            *([f"**For moderators** {' '.join(moderators)}"] if moderators else ()),
            *([f"**For editors** {' '.join(editors)}"] if editors else ()),
        ]
    else:
        title, answer, lines = topic.title, topic.answer, topic.lines
    select = QuestionSelect.of(
        "help",
        "More about…",
        [Link(t.title, HelpQuestion(key), off=t is topic) for key, t in TOPICS.items()],
    )
    return card(
        title,
        answer,
        "\n".join(lines),
        accent=Accent.GREEN,
        small=[freshness(season, now)],
        select=ui.ActionRow(select),
    )
