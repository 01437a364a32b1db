"""In a nutshell: who won from where and ahead of whom, which win it is, and what it means for the championship."""

from __future__ import annotations

import re

from bot.championship.distance import cut_short
from bot.recaps.career_win import RECORD, career_win, in_a_row
from bot.recaps.context import RecapContext, who
from bot.recaps.facts import TITLES, Section
from bot.recaps.phrases import an, at, count, joined, ordinal, plain, race_name, seconds, spelled, track_name
from bot.recaps.win_meaning import win_meaning
from bot.recaps.winner_history import WinnerHistory, winner_history
from db.models import RaceStatus, Result
from db.recaps.models import SectionKind

LONG_WAIT = 12
"""A wait of this many starts between two wins is worth mentioning."""
GOOD_RUN = 5
"""As many straight top-five finishes as this are worth mentioning."""
_CROSSED_FIRST = re.compile(r"crossed the line first\b", re.IGNORECASE)


def nutshell(context: RecapContext) -> Section | None:
    """The section, of two or three sentences; None where the winner is not known, unless the race was called off."""
    if context.winner is None:
        said = _called_off(context)
    else:
        past = winner_history(context, context.winner.driver)
        said = [
            _win(context, context.winner),
            _cut_short(context),
            _count(context, context.winner.driver, past),
            win_meaning(context, context.winner),
        ]
    paragraphs = context.finished([said])
    return Section(SectionKind.NUTSHELL, TITLES[SectionKind.NUTSHELL], paragraphs) if paragraphs else None


def _called_off(context: RecapContext) -> list[str]:
    race = context.race
    if race.status is not RaceStatus.CANCELLED:
        return []
    return [
        context.pick(f"{race_name(race)} at {track_name(race.track, race.season)} was called off.", _not_run(context))
    ]


def _not_run(context: RecapContext) -> str:
    return f"There was no race {at(context.race.track)}: {race_name(context.race)} was called off."


def _win(context: RecapContext, winner: Result) -> str:
    """Who won which race where, from which starting position, and ahead of whom."""
    driver, race, there, over = (
        who(winner.driver),
        race_name(context.race),
        at(context.race.track),
        _ahead_of(context, winner),
    )
    if winner.start in {1, None} and context.outcome.pole == winner.driver:
        said = context.pick(
            f"{driver} won {race} {there} from the pole{over}",
            f"{race} {there} went to pole-sitter {driver}{over}",
            f"From the pole, {driver} won {race} {there}{over}",
            f"Pole-sitter {driver} took the win in {race} {there}{over}",
        )
    elif winner.start is None:
        said = context.pick(
            f"{driver} won {race} {there}{over}",
            f"{race} {there} went to {driver}{over}",
            f"{driver} took the win in {race} {there}{over}",
        )
    elif winner.start == 1:
        # Where the field was set without qualifying, the first to start is not on a pole.
        said = context.pick(
            f"{driver} started first and won {race} {there}{over}",
            f"Starting first, {driver} won {race} {there}{over}",
        )
    else:
        spot = ordinal(winner.start)
        said = context.pick(
            f"{driver} started {spot} and won {race} {there}{over}",
            f"{race} {there} went to {spot}-place starter {driver}{over}",
            f"Starting {spot}, {driver} won {race} {there}{over}",
            f"{driver} came from {spot} to win {race} {there}{over}",
        )
    return f"{said}."


def _ahead_of(context: RecapContext, winner: Result) -> str:
    """Ahead of whom and by how much; or who crossed the line first and was disqualified."""
    road = next((row for row in context.rows if row.disqualified and _CROSSED_FIRST.search(row.entry.note or "")), None)
    if road is not None:
        return f"; {who(road.driver)} crossed the line first and was disqualified"
    if len(context.rows) < 2:
        return ""
    second = context.rows[1]
    team = winner.entry.team
    one_two = team is not None and second.entry.team == team
    name = f"{'teammate ' if one_two else ''}{who(second.driver)}"
    ahead = f"{seconds(context.outcome.margin)} ahead of" if context.outcome.margin else "ahead of"
    if one_two and len(context.rows) > 2 and context.rows[2].entry.team == team:
        third = who(context.rows[2].driver)
        return f", {ahead} {name}, with {third} third for {an(plain(team or ''))} 1-2-3"
    if context.outcome.under_caution:
        return f", with {name} second as the race ended under caution"
    return f", {ahead} {name}"


def _cut_short(context: RecapContext) -> str:
    """That the race was called before its distance, and at which lap."""
    short = cut_short(context.race, context.rows)
    if short is None:
        return ""
    run, due = short
    return f"The race was cut short at {run} of {due} laps."


def _count(context: RecapContext, key: str, past: WinnerHistory) -> str:
    """Which win it is, of the season and of the seasons on record."""
    driver, note, season = who(key), _notes(context, past), context.season.year
    nth = ordinal(past.wins)
    if not past.whole:
        races = f"in the {'only race' if past.run == 1 else f'{spelled(past.run)} races'} of {season} on record"
        return context.pick(
            f"It was {driver}'s {nth} win {races}{note}.",
            f"For {driver} it was the {nth} win {races}{note}.",
            f"The win was the {nth} for {driver} {races}{note}.",
        )
    if past.since is None:
        return _of_one_season(context, driver, past, note)
    return career_win(context, driver, past, note) if past.career else _of_seasons(context, driver, past, note)


def _of_seasons(context: RecapContext, driver: str, past: WinnerHistory, note: str) -> str:
    """Which win it is since the first of several seasons."""
    nth, since, wins_since = ordinal(past.wins), past.since, ordinal(past.wins_since)
    if past.wins_since == 1:
        return _first(context, driver, past)
    if past.run == 1:
        return context.pick(
            f"It was {driver}'s {wins_since} win since {since}{note}.",
            f"The win was the {wins_since} since {since} for {driver}{note}.",
            f"For {driver} it was the {wins_since} win since {since}{note}.",
        )
    if past.record and past.wins >= RECORD:
        return _record(context, driver, past)
    if past.wins == past.wins_since:
        all_of_them, also = "both" if past.wins == 2 else "all", in_a_row(past)
        return context.pick(
            f"It was {driver}'s {nth} win since {since}, {all_of_them} of them this season{also}.",
            f"{driver} has won {count(past.wins, 'race')} since {since}, {all_of_them} of them this season{also}.",
            f"The win was the {nth} for {driver} since {since}, with {all_of_them} of them this season{also}.",
        )
    return context.pick(
        f"It was {driver}'s {nth} win of the season and {wins_since} since {since}{note}.",
        f"The win was the {nth} of the season and the {wins_since} since {since} for {driver}{note}.",
        f"For {driver} it was the {nth} win of the season and the {wins_since} since {since}{note}.",
    )


def _of_one_season(context: RecapContext, driver: str, past: WinnerHistory, note: str) -> str:
    """Where no earlier season is on record: nothing can be said about wins before this one."""
    if past.run == 1:
        return ""
    if past.season_starts == 1:
        return context.pick(
            f"It was {driver}'s first start of the season.",
            f"The win came in {driver}'s first start of the season.",
            f"{driver} won in a first start of the season.",
        )
    nth = ordinal(past.wins)
    starts = f" in {count(past.season_starts, 'start')}" if past.wins == 1 else ""
    return context.pick(
        f"It was {driver}'s {nth} win of the season{starts}{note}.",
        f"The win was the {nth} of the season for {driver}{starts}{note}.",
        f"For {driver} it was the {nth} win of the season{starts}{note}.",
    )


def _record(context: RecapContext, driver: str, past: WinnerHistory) -> str:
    """More wins than anyone had in any season on record."""
    nth, wins_since, most = ordinal(past.wins), ordinal(past.wins_since), f"the most in any season since {past.since}"
    also = in_a_row(past)
    if past.wins == past.wins_since:
        return context.pick(
            f"It was {driver}'s {nth} win of the season, {most}{also}.",
            f"The win was the {nth} of the season for {driver}, {most}{also}.",
            f"For {driver} it was the {nth} win of the season, {most}{also}.",
        )
    return context.pick(
        f"It was {driver}'s {nth} win of the season, {most}, and the {wins_since} in all since then{also}.",
        f"The win was the {nth} of the season for {driver}, {most}, and the {wins_since} in all since then{also}.",
        f"For {driver} it was the {nth} win of the season, {most}, and the {wins_since} in all since then{also}.",
    )


def _first(context: RecapContext, driver: str, past: WinnerHistory) -> str:
    """A first win as far as the seasons on record go back."""
    if past.starts == 1:
        return context.pick(
            f"It was {driver}'s first start since at least {past.since}.",
            f"The win came in {driver}'s first start since at least {past.since}.",
        )
    starts = f"{spelled(past.starts)} starts since {past.since}"
    # Not "the first win since": that would imply a win before.
    return context.pick(
        f"It was {driver}'s first win in {starts}.",
        f"The win was the first for {driver} in {starts}.",
        f"{driver} had been winless in {count(past.starts - 1, 'start')} since {past.since}.",
    )


def _notes(context: RecapContext, past: WinnerHistory) -> str:
    """What makes the win stand out: ``, the third in a row, and nobody else has as many this year``.

    How often the winner won at the track is said where all wins there are on record.
    """
    if not past.whole:
        return ""
    notes = []
    if past.straight_wins > past.wins:
        notes.append(f"the {ordinal(past.straight_wins)} in a row")
    elif past.wins == past.season_starts > 1:
        notes.append(f"{spelled(past.wins)} for {spelled(past.wins)} this year")
    elif past.straight_wins > 1:
        notes.append(f"the {ordinal(past.straight_wins)} in a row")
    if past.career and 1 < past.wins_here < past.wins_since:
        notes.append(f"the {ordinal(past.wins_here)} {at(context.race.track)}")
    most = past.best and past.wins > 1 and past.run > past.wins
    if past.top_fives >= GOOD_RUN and past.straight_wins < past.top_fives and not most:
        # A run that may have begun before the first season on record is counted within this season alone.
        straight, when = (past.season_starts, " this season") if past.all_top_fives else (past.top_fives, "")
        if straight >= GOOD_RUN and not (past.all_top_fives and past.wins == straight):
            notes.append(f"{'' if notes else 'and '}{an(ordinal(straight))} straight top-five finish{when}")
    wait = past.wait or 0
    ending = f", ending {an(f'{wait - 1}-race')} winless streak" if wait >= LONG_WAIT else ""
    said = (f", {joined(notes)}" if notes else "") + ending
    return said + (", and nobody else has as many this year" if most else "")
