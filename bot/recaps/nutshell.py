"""In a nutshell: who won from where and ahead of whom, which win it is, and what it means for the championship."""

from __future__ import annotations

import re

from bot.recaps.facts import TITLES, Section
from bot.recaps.history import History, history
from bot.recaps.phrases import an, at, count, joined, ordinal, plain, race_name, seconds, spelled, track_name
from bot.recaps.scene import Scene, who
from bot.recaps.stakes import stakes
from db.models import RaceStatus, Result
from db.recaps.models import SectionKind

LONG_WAIT = 12
"""From so many starts between two wins the wait is worth telling."""
GOOD_RUN = 5
"""So are so many finishes in the first five one after the other."""
RECORD = 3
"""Fewer wins in a season are not called the most of any."""
_ON_THE_ROAD = re.compile(r"crossed the line first\b", re.IGNORECASE)


def nutshell(scene: Scene) -> Section | None:
    """The first section, of two or three sentences; None where nobody is known to have won."""
    if scene.winner is None:
        said = _called_off(scene)
    else:
        past = history(scene, scene.winner.driver)
        said = [_win(scene, scene.winner), _count(scene, scene.winner.driver, past), stakes(scene, scene.winner)]
    paragraphs = scene.told([said])
    return Section(SectionKind.NUTSHELL, TITLES[SectionKind.NUTSHELL], paragraphs) if paragraphs else None


def _called_off(scene: Scene) -> list[str]:
    race = scene.race
    if race.status is not RaceStatus.CANCELLED:
        return []
    return [scene.pick(f"{race_name(race)} at {track_name(race.track)} was called off.", _not_run(scene))]


def _not_run(scene: Scene) -> str:
    return f"There was no race {at(scene.race.track)}: {race_name(scene.race)} was called off."


def _win(scene: Scene, winner: Result) -> str:
    """Who won which race where, from where on the grid, and ahead of whom."""
    he, race, there, over = who(winner.driver), race_name(scene.race), at(scene.race.track), _over(scene, winner)
    if winner.start in {1, None} and scene.outcome.pole == winner.driver:
        said = scene.pick(
            f"{he} won {race} {there} from the pole{over}",
            f"{race} {there} went to pole-sitter {he}{over}",
            f"From the pole, {he} won {race} {there}{over}",
            f"Pole-sitter {he} took the win in {race} {there}{over}",
        )
    elif winner.start is None:
        said = scene.pick(
            f"{he} won {race} {there}{over}",
            f"{race} {there} went to {he}{over}",
            f"{he} took the win in {race} {there}{over}",
        )
    else:
        spot = ordinal(winner.start)
        said = scene.pick(
            f"{he} started {spot} and won {race} {there}{over}",
            f"{race} {there} went to {he}, who started {spot}{over}",
            f"From {spot} on the grid, {he} won {race} {there}{over}",
            f"{he} won {race} {there} after starting {spot}{over}",
        )
    return f"{said}."


def _over(scene: Scene, winner: Result) -> str:
    """Ahead of whom and by how much; or who was ahead on the road."""
    road = next((row for row in scene.rows if row.disqualified and _ON_THE_ROAD.search(row.entry.note or "")), None)
    if road is not None:
        return f"; {who(road.driver)} crossed the line first and was disqualified"
    if len(scene.rows) < 2:
        return ""
    second = scene.rows[1]
    team = winner.entry.team
    one_two = team is not None and second.entry.team == team
    name = f"{'teammate ' if one_two else ''}{who(second.driver)}"
    ahead = f"{seconds(scene.outcome.margin)} ahead of" if scene.outcome.margin else "ahead of"
    if one_two and len(scene.rows) > 2 and scene.rows[2].entry.team == team:
        third = who(scene.rows[2].driver)
        return f", {ahead} {name}, with {third} third for {an(plain(team or ''))} 1-2-3"
    if scene.outcome.under_caution:
        return f", with {name} second when it ended under caution"
    return f", {ahead} {name}"


def _count(scene: Scene, key: str, past: History) -> str:
    """Which win it is, of the season and of the seasons held."""
    he, note, season = who(key), _notes(past), scene.season.year
    nth = ordinal(past.wins)
    if not past.whole:
        races = f"in the {'only race' if past.run == 1 else f'{spelled(past.run)} races'} of {season} on record"
        return scene.pick(
            f"It was {he}'s {nth} win {races}{note}.",
            f"For {he} it was the {nth} win {races}{note}.",
            f"The win was the {nth} for {he} {races}{note}.",
        )
    if past.since is None:
        return _of_one_season(scene, he, past, note)
    return _of_seasons(scene, he, past, note)


def _of_seasons(scene: Scene, he: str, past: History, note: str) -> str:
    """Which win it is since the first of several seasons."""
    nth, since, held = ordinal(past.wins), past.since, ordinal(past.held)
    if past.held == 1:
        return _first(scene, he, past)
    if past.run == 1:
        return scene.pick(
            f"It was {he}'s {held} win since {since}{note}.",
            f"The win was the {held} since {since} for {he}{note}.",
            f"For {he} it was the {held} win since {since}{note}.",
        )
    if past.record and past.wins >= RECORD:
        return _record(scene, he, past)
    if past.wins == past.held:
        all_of_them, also = "both" if past.wins == 2 else "all", _in_a_row(past)
        return scene.pick(
            f"It was {he}'s {nth} win since {since}, {all_of_them} of them this season{also}.",
            f"{he} has won {count(past.wins, 'race')} since {since}, {all_of_them} of them this season{also}.",
            f"The win was the {nth} for {he} since {since}, with {all_of_them} of them this season{also}.",
        )
    return scene.pick(
        f"It was {he}'s {nth} win of the season and {held} since {since}{note}.",
        f"The win was the {nth} of the season and the {held} since {since} for {he}{note}.",
        f"For {he} it was the {nth} win of the season and the {held} since {since}{note}.",
    )


def _of_one_season(scene: Scene, he: str, past: History, note: str) -> str:
    """Where no season before it is held, nothing can be said of wins before it."""
    if past.run == 1:
        return ""
    if past.season_starts == 1:
        return scene.pick(
            f"It came in {he}'s first start of the season.",
            f"The win came in the first start of the season for {he}.",
            f"For {he} it was a win in the first start of the season.",
        )
    nth = ordinal(past.wins)
    starts = f" in {count(past.season_starts, 'start')}" if past.wins == 1 else ""
    return scene.pick(
        f"It was {he}'s {nth} win of the season{starts}{note}.",
        f"The win was the {nth} of the season for {he}{starts}{note}.",
        f"For {he} it was {an(nth)} win of the season{starts}{note}.",
    )


def _in_a_row(past: History) -> str:
    return f"; that makes {spelled(past.row)} in a row" if past.row > 1 else ""


def _record(scene: Scene, he: str, past: History) -> str:
    """More wins than anybody has had in any one of the seasons held."""
    nth, held, most = ordinal(past.wins), ordinal(past.held), f"the most in any season since {past.since}"
    also = _in_a_row(past)
    if past.wins == past.held:
        return scene.pick(
            f"It was {he}'s {nth} win of the season, {most}{also}.",
            f"The win was the {nth} of the season for {he}, {most}{also}.",
            f"For {he} it was {an(nth)} win of the season, {most}{also}.",
        )
    return scene.pick(
        f"It was {he}'s {nth} win of the season, {most}, and {held} in that time{also}.",
        f"The win was the {nth} of the season for {he}, {most}, and the {held} in that time{also}.",
        f"For {he} it was {an(nth)} win of the season, {most}, and {an(held)} in that time{also}.",
    )


def _first(scene: Scene, he: str, past: History) -> str:
    """A first win as far as the seasons held go back."""
    if past.starts == 1:
        return scene.pick(
            f"It was {he}'s only start in the seasons since {past.since}.",
            f"In the seasons since {past.since} {he} had not started a race before this one.",
            f"Over the seasons since {past.since} it was the only start for {he}.",
        )
    before = count(past.starts - 1, "race")
    # Not "the first win since": that would be said of one who had won before.
    return scene.pick(
        f"It was {he}'s first win in the seasons since {past.since}, in start No. {past.starts}.",
        f"In the seasons since {past.since} {he} had started {before} without winning until now.",
        f"Over the seasons since {past.since}, {he}'s first win came in the {ordinal(past.starts)} start.",
    )


def _notes(past: History) -> str:
    """What makes the win stand out: ``, the third in a row, and nobody else has as many this year``."""
    if not past.whole:
        return ""
    notes = []
    if past.row > past.wins:
        notes.append(f"the {ordinal(past.row)} in a row")
    elif past.wins == past.season_starts > 1:
        notes.append(f"{spelled(past.wins)} for {spelled(past.wins)} this year")
    elif past.row > 1:
        notes.append(f"the {ordinal(past.row)} in a row")
    elif past.wait is not None and past.wait >= LONG_WAIT:
        notes.append(f"the first in {past.wait} starts")
    most = past.best and past.wins > 1 and past.run > past.wins
    if past.top_fives >= GOOD_RUN and past.row < past.top_fives and not most:
        # One that may have begun before what is held is told of the season alone.
        straight, when = (past.season_starts, " this season") if past.always else (past.top_fives, "")
        if straight >= GOOD_RUN and not (past.always and past.wins == straight):
            notes.append(f"{'' if notes else 'and '}{an(ordinal(straight))} straight top-five finish{when}")
    return (f", {joined(notes)}" if notes else "") + (", and nobody else has as many this year" if most else "")
