"""What Tailgate is, how fresh it is, and what to type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, QuestionSelect, row
from bot.render.questions import AboutQuestion, HelpQuestion, NextQuestion
from db.nouns import Season

PRIVACY = (
    "**Privacy** Tailgate keeps no messages and no list of members. "
    "It sees the commands and buttons meant for it, and nothing else you write."
)
UNOFFICIAL = "Unofficial; not affiliated with NASCAR."
OFFICIAL_SITE = "[nascar.com](https://www.nascar.com/nascar-craftsman-truck-series/)"


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """A topic of the help: what its select calls it, its one-line answer, and what to type."""

    title: str
    answer: str
    lines: tuple[str, ...]


TOPICS: dict[str, HelpTopic] = {
    "standings": HelpTopic(
        "Standings",
        "`/standings` alone opens on what matters that day: points, the bubble or the playoffs.",
        (
            "`/standings season:2024` another season",
            "`/standings after:Bristol` as it stood after a race",
            "`/standings view:Owners` and stats, rookies, manufacturers, or the select under the table",
            "**What if** the same results, counted by another season's rules",
        ),
    ),
    "playoffs": HelpTopic(
        "Playoffs",
        "`/playoffs` is every round: who advanced and how, who fell.",
        (
            "`/playoffs season:2024` another season",
            "`/clinch` what each driver needs at the next race",
            "`/clinch honeycutt` what it takes to be sure, whatever the others do",
            "**+14 -5** points above or below the cut line · **W** locked in by a win",
            "**Certain** and **cannot** are said only where no result of the races left can change it.",
        ),
    ),
    "drivers": HelpTopic(
        "Drivers",
        "`/driver` takes a name, part of one, a nickname or a truck number.",
        (
            "`/driver heim` the season, last five races, best track, career",
            "`/driver 17 season:2025` whoever drives the No. 17",
            "`/compare heim honeycutt` side by side, and who finished ahead",
        ),
    ),
    "races": HelpTopic(
        "Races",
        "`/next` says when coverage starts and on which network.",
        (
            "`/results` the latest race: winner, stages, finishing order",
            "`/results talladega` that track's latest race; add a season for another year",
            "`/schedule` every race with its winner, and what comes next in your own time",
        ),
    ),
    "recaps": HelpTopic(
        "Recaps",
        "`/recap` tells the latest race in short; the list under it has the rest of the story.",
        (
            "`/recap talladega` that track's latest race; add a season for another year",
            "**Wins, streaks and firsts** are counted over the seasons held, and it says which those are",
            "**\\*** a rookie who runs for rookie of the year",
            "**Words** in the small print: a person wrote that section; all others are made from the results",
        ),
    ),
    "quotes": HelpTopic(
        "Quotes",
        "`/quote heim crash` finds what a driver said; `/quote` alone shows any.",
        (
            "`/quote driver:heim race:talladega` what he said there",
            "`/quote-add` saves one for this server: moderators, and a role they choose",
            "**Save as driver quote** does the same for a message: hold it or right-click it, then Apps",
            "`/quote-edit` mends, deletes and brings back",
            "`/quote-role` `/quote-of-the-day` for who manages the server",
        ),
    ),
    "reminders": HelpTopic(
        "Reminders",
        "`/reminders` sets when a channel is told that coverage is about to start; `/remindme` tells you alone.",
        (
            "**How long before** any of 24 hours to 5 minutes, and at the start; several if you like",
            "**What else** schedule changes, results, recaps, a standings message, Discord events",
            "`/reminders show:status` what comes, and what became of what was due",
            "**Remind me too** under a reminder does so before the next races, in a direct message",
            "Setting a server's takes the permission Manage Server.",
        ),
    ),
    "reading": HelpTopic(
        "Reading the tables",
        "The small print under each answer says how far its data runs.",
        (
            "**▲2 ▼1** places gained or lost with the last race",
            "**St, Fin** start and finish · **Led** laps led · **Stg** stage points",
            "**(i)** scores points in another series, so none here",
            "**DNF** not running at the finish · **?** not on record",
            "Buttons on somebody else's answer open a copy for you alone.",
        ),
    ),
}


def about(
    seasons: Sequence[Season], question: AboutQuestion, now: datetime, *, version: str, links: Sequence[str] = ()
) -> ui.LayoutView:
    """Version, how fresh each season is, links and privacy.

    Args:
        seasons: as they stand at ``now``, oldest first; at least one.
        question: the question.
        now: the asker's moment.
        version: Tailgate's own.
        links: markdown links of the project's own, such as its source.
    """
    del question
    fresh = [f"**{season.year}** {freshness(season, now, brief=True)}" for season in reversed(seasons)]
    return card(
        f"Tailgate {version}",
        f"The NASCAR Craftsman Truck Series in your chat. {UNOFFICIAL}",
        "\n".join(fresh),
        PRIVACY,
        f"**Links** {' · '.join([*links, f'official site: {OFFICIAL_SITE}'])}",
        accent=Accent.GREEN,
        small=[f"Seasons held: {', '.join(str(season.year) for season in seasons)}. `/help` says what to type."],
        controls=row([Link("What to type", HelpQuestion()), Link("Next race", NextQuestion())]),
    )


def help_card(season: Season, question: HelpQuestion, now: datetime) -> ui.LayoutView:
    """The topic asked for, or the overview; an unknown topic is the overview as well."""
    topic = TOPICS.get(question.about or "")
    if topic is None:
        title, answer = "What to type", "`/standings` alone is a good start: only `/driver` and `/compare` want names."
        lines: Sequence[str] = (
            "`/standings` who leads, who is in and who is out",
            "`/playoffs` round by round, and who would be in now",
            "`/clinch honeycutt` what it takes at the next race",
            "`/next` when coverage starts, and where",
            "`/results` the latest race",
            "`/recap` its story in short",
            "`/quote heim crash` what a driver said",
            "`/driver heim` a driver's season",
            "`/compare heim honeycutt` two drivers side by side",
            "`/schedule` every race of the season",
            "`/remindme` told before coverage starts; `/reminders` for a channel",
            "`/about` how fresh all this is",
        )
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
