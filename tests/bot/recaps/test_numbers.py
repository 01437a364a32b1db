"""Every number in a recap's prose is read back and compared with the store; one that no reading fits is an error."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.recaps import Facts, Recap
from db.models import CautionPeriod
from db.recaps.models import SectionKind
from tests.bot.recaps.expected_facts import Ledger
from tests.bot.recaps.sample_recaps import COUNT, EACH, NTH, keyed, number, said

Check = Callable[..., bool]
Readings = dict[str, Check]
"""What a number may stand in, and whether it is right there; the race's ledger and the groups go in."""

N, O, WHO = rf"({COUNT})", rf"({NTH})", r"<([\w-]+)>"  # noqa: E741
NUMBER = re.compile(rf"{COUNT}|{NTH}")


def read(words: str, facts: Facts, readings: Readings) -> None:
    """Holds every number of the words against the ledger; each must be read by something."""
    ledger, finished = Ledger(facts), keyed(words, facts)
    open_ = {match.start(): match.group() for match in NUMBER.finditer(finished) if match.group().lower() != "no"}
    for pattern, check in readings.items():
        for match in re.finditer(pattern, finished):
            assert check(ledger, *match.groups()), (match.group(), finished)
            for group in range(1, len(match.groups()) + 1):
                open_.pop(match.start(group), None)
            for start in [start for start in open_ if match.start() <= start < match.end()]:
                # A word such as "both races" inside a reading is checked by it as a whole.
                open_.pop(start)
    assert not open_, (open_, finished)


def is_year(led: Ledger, year: str) -> bool:
    return int(year) == led.facts.seasons[0].year


def won_in_time(led: Ledger, said: str) -> bool:
    return number(said) == led.wins(led.winner.driver)


def won_this_season(led: Ledger, said: str) -> bool:
    return number(said) == led.wins(led.winner.driver, this_season=True)


def is_record(led: Ledger, year: str) -> bool:
    key = led.winner.driver
    return is_year(led, year) and led.wins(key, this_season=True) > led.most_wins_elsewhere(key)


def seed(led: Ledger, said: str, points: str) -> bool:
    key = led.winner.driver
    opening = led.standings.phases[1]
    return led.phase.advanced[number(said) - 1] == key and opening.totals[key] == number(points)


NUTSHELL: Readings = {
    rf"(?:started|Starting|came from) {O}\b": lambda led, nth: led.winner.start == number(nth),
    rf"{O}-place starter {WHO}": lambda led, nth, key: led.winner.start == number(nth) and led.winner.driver == key,
    rf"From the pole|pole-sitter {WHO}": lambda led, _: led.outcome.pole == led.winner.driver and led.winner.start == 1,
    r"(\d*\.?\d+) seconds? ahead of (?:teammate )?<([\w-]+)>": lambda led, time, key: (
        float(time) == led.outcome.margin and led.rows[key].finish == 2
    ),
    rf"{WHO}'s? (first) start since at least (\d{{4}})": lambda led, key, _, year: (
        is_year(led, year) and len(led.starts(key)) == 1
    ),
    rf"teammate {WHO}": lambda led, key: led.rows[key].entry.team == led.winner.entry.team,
    rf", ahead of (?:teammate )?{WHO}": lambda led, key: led.rows[key].finish == 2,
    rf"The race was cut short at {N} of {N} laps": lambda led, run, due: (
        led.outcome.laps == number(run) < led.race.scheduled_laps == number(due)
    ),
    rf"with (?:teammate )?{WHO} second as the race ended under caution": lambda led, key: (
        led.rows[key].finish == 2 and led.outcome.under_caution
    ),
    rf"with {WHO} third for an? (.+?) <name>": lambda led, key, team: (
        led.rows[key].finish == 3 and {led.by_place[n].entry.team for n in (1, 2, 3)} == {team}
    ),
    rf"{WHO} crossed the line (first) and was disqualified": lambda led, key, _: (
        led.rows[key].disqualified and led.rows[key].entry.note.startswith("crossed the line first")
    ),
    rf"{O} win of the season": won_this_season,
    rf"win was the {O} of the season": won_this_season,
    rf"and (?:the |an? )?{O} since (\d{{4}})": lambda led, nth, year: won_in_time(led, nth) and is_year(led, year),
    rf"(?:an?|'s?|the) {O} win since (\d{{4}})": lambda led, nth, year: won_in_time(led, nth) and is_year(led, year),
    rf"win was the {O}(?: for {WHO})? since (\d{{4}})": lambda led, nth, _, year: (
        won_in_time(led, nth) and is_year(led, year)
    ),
    rf"the {O} in all since then": won_in_time,
    rf"has won {N} races since (\d{{4}}), (both|all) of them this season": lambda led, count, year, _: (
        won_in_time(led, count) and won_this_season(led, count) and is_year(led, year)
    ),
    r"since \d{4},(?: with)? (both|all) of them this season": lambda led, _: (
        led.wins(led.winner.driver) == led.wins(led.winner.driver, this_season=True)
    ),
    r"the most in any season since (\d{4})": is_record,
    rf"{WHO}'s? (first) win in {N} starts since (\d{{4}})": lambda led, key, _, count, year: (
        key == led.winner.driver
        and won_in_time(led, "one")
        and is_year(led, year)
        and number(count) == len(led.starts(key))
    ),
    rf"win was the (first) for {WHO} in {N} starts since (\d{{4}})": lambda led, _, key, count, year: (
        key == led.winner.driver
        and won_in_time(led, "one")
        and is_year(led, year)
        and number(count) == len(led.starts(key))
    ),
    rf"{WHO} had been winless in {N} starts? since (\d{{4}})": lambda led, key, count, year: (
        key == led.winner.driver
        and is_year(led, year)
        and won_in_time(led, "one")
        and number(count) + 1 == len(led.starts(key))
    ),
    rf"ending an? {N}-race winless streak": lambda led, count: (
        number(count) + 1 == led.since_last_win(led.winner.driver)
    ),
    rf"season(?: for {WHO})? in {N} starts": lambda led, _, count: (
        number(count) == len(led.starts(led.winner.driver, this_season=True))
    ),
    r"(first) start of the season": lambda led, _: len(led.starts(led.winner.driver, this_season=True)) == 1,
    rf"the {O} in a row": lambda led, nth: number(nth) == led.in_a_row(led.winner.driver),
    rf"that makes {N} in a row": lambda led, count: number(count) == led.in_a_row(led.winner.driver),
    rf"an? {O} straight top-five finish( this season)?": lambda led, nth, season: (
        number(nth) == led.top_fives_in_a_row(led.winner.driver, this_season=season is not None)
    ),
    r"(nobody else has as many this year)": lambda led, _: (
        led.wins(led.winner.driver, this_season=True) > led.most_wins_by_others(led.winner.driver)
    ),
    rf"{WHO} (?:is )?{O} in the standings, {N} points? behind {WHO}": lambda led, key, nth, points, first: (
        number(nth) in led.place_in_points(key)
        and number(points) == led.points()[first] - led.points()[key]
        and 1 in led.place_in_points(first)
    ),
    rf"In the standings {WHO} is {O}, {N} points? behind {WHO}": lambda led, key, nth, points, first: (
        number(nth) in led.place_in_points(key) and number(points) == led.points()[first] - led.points()[key]
    ),
    rf"{WHO} (?:leads the standings by|on top by|has a lead of) {N} points?": lambda led, key, points: (
        [(key, number(points))]
        == [(who, total - led.points().most_common(2)[1][1]) for who, total in led.points().most_common(1)]
    ),
    rf"new leader of the standings in place of {WHO}|points lead from {WHO}|standings, past {WHO}": (
        lambda led, *old: (
            max(led.points(led.facts.before).values()) == led.points(led.facts.before)[max(filter(None, old))]
            and 1 in led.place_in_points(led.winner.driver)
        )
    ),
    rf"{WHO} is the {O} driver in line for the \w+ on a win": lambda led, key, nth: (
        key in led.phase.winners and len(led.phase.winners) == number(nth)
    ),
    rf"makes {WHO} the {O} race winner": lambda led, key, nth: (
        key in led.phase.winners and len(led.phase.winners) == number(nth)
    ),
    rf"(one) of {N} race winners in line": lambda led, _, count: len(led.phase.winners) == number(count),
    rf"as the {O} of {N} seeds, with {N} points": lambda led, nth, of, points: (
        seed(led, nth, points) and number(of) == len(led.phase.advanced)
    ),
    rf"starts the \w+ as the {O} seed, with {N} points": seed,
    rf"the {O} seed for the \w+, with {N} points": seed,
    rf"up from {N} points? below the cut line": lambda led, points: (
        led.before.place(led.winner.driver).to_cut == -number(points)
    ),
    rf"with {N} races? left in the <round>": lambda led, count: number(count) == led.left,
    rf"{WHO}, {O} in the race, is the (\d{{4}}) champion(?: as the best of the {N} finalists)?": (
        lambda led, key, nth, year, of: (
            led.rows[key].finish == number(nth)
            and led.standings.champion == key
            and int(year) == led.season.year
            and (of is None or number(of) == len(led.phase.entered))
        )
    ),
    rf"The (\d{{4}}) champion is {WHO}, {O} in the race, as the best of the {N}": lambda led, year, key, nth, of: (
        led.rows[key].finish == number(nth)
        and led.standings.champion == key
        and int(year) == led.season.year
        and number(of) == len(led.phase.entered)
    ),
    rf"(?:makes|With the win|\.) {WHO}(?: is)? the (\d{{4}}) champion": lambda led, key, year: (
        led.standings.champion == key and int(year) == led.season.year
    ),
    rf"{WHO} (?:does not race for|is not in the playoffs)": lambda led, key: (
        not led.winner.entry.eligible or key not in led.standings.phases[1].totals
    ),
}

TWICE = {"once": 1, "twice": 2}
PERIOD = r"\d+(?: to \d+)?"


def late(led: Ledger) -> list[CautionPeriod]:
    """The unplanned cautions of the last fifth of the race."""
    return [
        each
        for each in led.outcome.caution_periods
        if each.from_lap > led.laps * 0.8 and not re.match("end of stage|competition", each.reason or "")
    ]


def periods_held(led: Ledger, *said: str) -> bool:
    """Whether cautions with those laps, such as ``90 to 93``, are late ones on record."""
    held = {f"{each.from_lap} to {each.to_lap}" if each.laps > 1 else f"{each.from_lap}" for each in late(led)}
    return {period for listed in said for period in re.findall(PERIOD, listed)} <= held


def last_restart(led: Ledger, laps: str) -> bool:
    return led.laps - late(led)[-1].to_lap == number(laps)


LATE: Readings = {
    rf"(?<=on lap )({PERIOD})\b(?! and led|, from)|(?<=on laps )({PERIOD}(?:, {PERIOD}(?! to))*(?: and {PERIOD})?)": (
        lambda led, *said: periods_held(led, *filter(None, said))
    ),
    rf"(?:[Tt]here were|^|(?<=\. )|saw) ?{N} (?:late cautions|cautions(?= came late| came out in|, ))": (
        lambda led, count: number(count) == len(late(led))
    ),
    rf"in the last {N} laps, |The last {N} laps saw": lambda led, *laps: (
        number(next(filter(None, laps))) == led.laps - late(led)[0].from_lap + 1
    ),
    rf"last restart came with {N} laps? to go|restart with {N} laps? to go|left {N} laps? to run": (
        lambda led, *laps: last_restart(led, next(filter(None, laps)))
    ),
    rf"{N} laps? (?:was|were) left at the last restart": last_restart,
}

MOVE: Readings = {
    **LATE,
    rf"{WHO} took the lead from {WHO} with {N} laps to go but was (?:disqualified|scored last)": (
        lambda led, he, him, laps: (
            (led.outcome.leads[-2].driver, led.outcome.leads[-1].driver) == (him, he)
            and led.outcome.leads[-1].laps == number(laps)
        )
    ),
    rf"{WHO} did not lead any of the {N} laps": lambda led, key, of: led.led(key) == 0 and led.laps == number(of),
    r"average (?:speed was|of) (\d+\.?\d*) mph": lambda led, mph: float(mph) == led.outcome.average_mph,
    rf"changed hands (once|twice)(?: among {N} drivers)?": lambda led, said, among: (
        led.outcome.lead_changes in (None, TWICE[said]) and (among is None or number(among) == led.leaders)
    ),
    rf"came out (once|twice)(?: for {N} laps?)?": lambda led, said, laps: (
        led.outcome.cautions == TWICE[said] and (laps is None or led.outcome.caution_laps == number(laps))
    ),
    rf"Overtime took the race {N} laps? past the scheduled {N}": lambda led, more, due: (
        led.outcome.laps - led.race.scheduled_laps == number(more) and led.race.scheduled_laps == number(due)
    ),
    rf"overtime(?: to settle it)?(?: and ended|,) {N} laps? past the scheduled {N}": lambda led, more, due: (
        led.outcome.laps - led.race.scheduled_laps == number(more) and led.race.scheduled_laps == number(due)
    ),
    r"(?:by|was|and|ahead by|margin of victory was) (\d*\.?\d+) seconds?": lambda led, time: (
        float(time) == led.outcome.margin
    ),
    rf"At the line {WHO} was (\d*\.?\d+) seconds? ahead": lambda led, key, time: (
        float(time) == led.outcome.margin and key == led.winner.driver
    ),
    rf"{N} laps? short of the scheduled {N}": lambda led, short, due: (
        led.race.scheduled_laps - led.outcome.laps == number(short) and led.race.scheduled_laps == number(due)
    ),
    rf"after {N} of the scheduled {N} laps": lambda led, run, due: (
        led.outcome.laps == number(run) and led.race.scheduled_laps == number(due)
    ),
    rf"(?:changed hands|There (?:was|were)) {N} (?:times?|lead changes?)(?: among {N} drivers)?": (
        lambda led, changes, among: (
            number(changes) in {led.outcome.lead_changes, len(led.outcome.leads) - 1}
            and (among is None or number(among) == led.leaders)
        )
    ),
    rf"(?:There (?:was|were)|came out) {N} (?:times?|cautions?)(?: for {N} laps?)?": lambda led, count, laps: (
        led.outcome.cautions == number(count) and (laps is None or led.outcome.caution_laps == number(laps))
    ),
    rf"{WHO} led {N} of the {N} laps": lambda led, key, mine, of: (
        led.led(key) == number(mine) and led.laps == number(of)
    ),
    rf"laps; {WHO} led the most, {N}": lambda led, key, most: (
        led.led(key) == number(most) == max(row.led for row in led.rows.values())
    ),
    rf"{WHO} led a race-high {N} laps?; {WHO} led {N}": lambda led, key, most, he, mine: (
        led.led(key) == number(most) == max(row.led for row in led.rows.values()) and led.led(he) == number(mine)
    ),
    rf"laps and {WHO} {N}\.": lambda led, he, mine: led.led(he) == number(mine) and he == led.winner.driver,
    rf"than {WHO}, who was out front for {N} of the {N} laps": lambda led, key, mine, of: (
        led.led(key) == number(mine) == max(row.led for row in led.rows.values()) and led.laps == number(of)
    ),
    rf"{WHO} led a race-high {N} of the {N} laps": lambda led, key, mine, of: (
        led.led(key) == number(mine) == max(row.led for row in led.rows.values()) and led.laps == number(of)
    ),
    rf"(more than anyone else|Nobody led more laps than|every (?:one)|all {COUNT} laps)": lambda led, _: (
        led.winner.led == max(row.led for row in led.rows.values())
    ),
    rf"{WHO} led every (one) of the {N} laps": lambda led, key, _, of: led.led(key) == led.laps == number(of),
    rf"{WHO} took the lead from {WHO} on lap {N} and led the last {N} laps": lambda led, he, him, lap, last: (
        led.outcome.leads[-1].driver == he
        and led.outcome.leads[-2].driver == him
        and led.outcome.leads[-1].from_lap == number(lap)
        and led.laps - number(lap) + 1 == number(last)
    ),
    rf"on lap {N}, from {WHO} to {WHO}, with {N} laps to go": lambda led, lap, him, he, last: (
        (led.outcome.leads[-2].driver, led.outcome.leads[-1].driver) == (him, he)
        and led.outcome.leads[-1].from_lap == number(lap)
        and led.laps - number(lap) + 1 == number(last)
    ),
    rf"With {N} laps to go {WHO} took the lead from {WHO} for good": lambda led, last, he, him: (
        (led.outcome.leads[-2].driver, led.outcome.leads[-1].driver) == (him, he)
        and led.laps - led.outcome.leads[-1].from_lap + 1 == number(last)
    ),
}


@EACH
def test_the_nutshell_says_what_the_store_says(facts: Facts, made: Recap) -> None:
    read(said(made, SectionKind.NUTSHELL), facts, NUTSHELL)


@EACH
def test_the_winning_move_says_what_the_store_says(facts: Facts, made: Recap) -> None:
    read(said(made, SectionKind.MOVE), facts, MOVE)
