"""Next stop: the next race, when it comes on and who carries it, who won it last, and what it is part of."""

from __future__ import annotations

from bot.recaps.context import RecapContext, who
from bot.recaps.facts import TITLES, Section
from bot.recaps.phrases import capital, clock, count, day, joined, month, ordinal, race_name, spelled, the, track_name
from db.models import EASTERN, Broadcast, BroadcastKind, Race, RaceStatus, Season
from db.recaps.models import SectionKind

DAYS_A_WEEK = 7
LONGEST_BREAK = 60
"""With more days than this between two races, weeks off are not counted: it is the break between seasons."""


def next_stop(context: RecapContext) -> Section | None:
    """The section; None where no known schedule has a next race."""
    if context.facts.ahead is None:
        return None
    season, race = context.facts.ahead
    if race.status is RaceStatus.CANCELLED:
        return None
    air = [_coverage(context, race), _networks(context, race)] if race.status is not RaceStatus.POSTPONED else []
    first = [_where(context, race), _role_in_season(context, season, race)]
    second = context.pick([*air, _last_time(context, race)], [_last_time(context, race), *air])
    return Section(SectionKind.NEXT, TITLES[SectionKind.NEXT], context.finished([first, second]))


def _where(context: RecapContext, race: Race) -> str:
    """Which race it is, where and on what day."""
    name, track, when = race_name(race), track_name(race.track, race.season), day(race.date)
    if race.season != context.race.season:
        when = f"{when}, {race.date.year}"
        return context.pick(
            f"The {race.season} season opens with {name} at {track} on {when}.",
            f"Next is the {race.season} season opener, {name} at {track} on {when}.",
        )
    if race.status is RaceStatus.POSTPONED:
        return context.pick(
            f"Next is {name} at {track}, listed for {when} and postponed.",
            f"{capital(name)} at {track} comes next; it was listed for {when} and is postponed.",
        )
    off = _off(context.race, race)
    return context.pick(
        f"{f'After {off} off, the' if off else 'The'} series goes to {track} for {name} on {when}.",
        f"Next up is {name} at {track} on {when}{f', after {off} off' if off else ''}.",
        f"{capital(when)}, brings {name} at {track}{f', after {off} off' if off else ''}.",
        f"The next race is {name} at {track} on {when}{f', after {off} off' if off else ''}.",
    )


def _off(now: Race, then: Race) -> str:
    """Weeks without a race in between: ``a week``, ``two weeks``."""
    days = (then.date - now.date).days
    weeks = round(days / DAYS_A_WEEK) - 1
    if weeks < 1 or days > LONGEST_BREAK:
        return ""
    return "a week" if weeks == 1 else count(weeks, "week")


def _role_in_season(context: RecapContext, season: Season, race: Race) -> str:
    """What part of the season the race is: how much of the regular season or of the round is left."""
    rules = context.rules
    if race.season != context.race.season or not context.postseason:
        return ""
    first = len(season.races) - rules.postseason + 1
    if race.round < first:
        left = _racing(season, race, first - 1)
        if left == 1:
            return context.pick("It is the last race of the regular season.", "The regular season ends there.")
        return context.pick(
            f"The regular season has {count(left, 'race')} left.",
            f"It is the first of {spelled(left)} races left in the regular season.",
        )
    for number, each in enumerate(rules.rounds):
        last = first + each.races - 1
        if race.round <= last:
            then = rules.rounds[number + 1].drivers if number + 1 < len(rules.rounds) else 0
            return _in_round(context, race.round - first + 1, each.races, each.name, each.drivers - then if then else 0)
        first = last + 1
    return ""


def _in_round(context: RecapContext, nth: int, races: int, name: str, fall: int) -> str:
    if races == 1:
        return context.pick("It decides the title.", "The champion is decided there.")
    name = name.removeprefix("The ")
    if nth < races:
        return context.pick(
            f"It is the {ordinal(nth)} of {spelled(races)} races in the {name}.",
            f"It is race {nth} of {races} in the {name}.",
        )
    end = f"after it {spelled(fall)} {'driver is' if fall == 1 else 'drivers are'} eliminated" if fall else ""
    return context.pick(
        f"It is the last race of the {name}{f'; {end}' if end else ''}.",
        f"The {name} ends there{f', and {end}' if end else ''}.",
    )


def _racing(season: Season, first: Race, last: int) -> int:
    """How many races up to round ``last`` are run from ``first`` on and are not called off."""
    return sum(
        race.round <= last and race.day_run >= first.day_run and race.status is not RaceStatus.CANCELLED
        for race in season.races
    )


def _coverage(context: RecapContext, race: Race) -> str:
    """When coverage starts and when the race is listed for; the listed start is never called coverage."""
    coverage, start = race.coverage, race.green_flag or race.start
    listed = ""
    if start is not None:
        same = start.astimezone(EASTERN).date() == race.date
        listed = clock(start) if same else f"{clock(start)} on {day(start.astimezone(EASTERN).date())}"
    if coverage is not None and coverage.coverage is not None:
        about = "about " if coverage.approximate else ""
        when, network = f"{about}{clock(coverage.coverage)}", the(coverage.network)
        begins = context.pick(
            f"Coverage begins at {when} on {network}", f"{capital(network)} begins its coverage at {when}"
        )
        if not listed or start == coverage.coverage:
            return f"{begins}."
        flag = "the green flag is due at" if race.green_flag else "the race is listed for"
        return f"{begins}; {flag} {listed}."
    if not listed:
        return ""
    if race.green_flag:
        return context.pick(f"The green flag is due at {listed}.", f"The green flag is set for {listed}.")
    return context.pick(f"The race is listed for {listed}.", f"The listed start is {listed}.")


def _networks(context: RecapContext, race: Race) -> str:
    """Who carries it on television, on radio and as a stream."""
    tv, radio, stream = (
        _names(race.broadcast(kind)) for kind in (BroadcastKind.TV, BroadcastKind.RADIO, BroadcastKind.STREAM)
    )
    if race.coverage is not None and tv == the(race.coverage.network):
        tv = ""  # the start of coverage has named it
    if tv and radio:
        both = context.pick(
            f"It is on {tv}, with radio from {radio}.",
            f"{capital(tv)} {_have(race, BroadcastKind.TV)} the television broadcast; the radio call is on {radio}.",
            f"Watch it on {tv} or listen on {radio}.",
        )
    elif tv or radio:
        what = "television" if tv else "radio"
        both = context.pick(
            f"{'Watch it' if tv else 'Listen'} on {tv or radio}.", f"The {what} broadcast is on {tv or radio}."
        )
    else:
        both = ""
    return " ".join(filter(None, (both, f"It streams on {stream}." if stream else "")))


def _have(race: Race, kind: BroadcastKind) -> str:
    return "has" if len({the(each.network) for each in race.broadcast(kind)}) == 1 else "have"


def _names(broadcasts: tuple[Broadcast, ...]) -> str:
    return joined(dict.fromkeys(the(each.network) for each in broadcasts))


def _last_time(context: RecapContext, race: Race) -> str:
    """Who won there last; see ``LastTime`` for who counts as the defending winner."""
    last = context.facts.ahead_last
    if last is None:
        return ""
    driver, year = who(last.winner), last.race.season
    if last.defending:
        return context.pick(
            f"{driver} is the defending winner.",
            f"The defending winner is {driver}.",
            f"{driver} won there in {year}.",
        )
    if year == race.season:
        when = month(last.race.date)
        return context.pick(
            f"{driver} won there in {when}.",
            f"The race there in {when} went to {driver}.",
            f"{driver} won the last one there, in {when}.",
        )
    when = f"{month(last.race.date)} {year}" if year == race.season - 1 else f"{year}"
    return context.pick(
        f"{driver} won the last race there, in {when}.",
        f"The last one there, in {when}, went to {driver}.",
    )
