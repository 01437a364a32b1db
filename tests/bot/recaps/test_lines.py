"""Top truckers, rookies and the next race of every recap are read back and compared with the store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bot.recaps import Facts, Recap
from db.models import EASTERN, BroadcastKind, Race, Result
from db.recaps.models import SectionKind
from tests.bot.recaps.expected_facts import Ledger
from tests.bot.recaps.sample_recaps import EACH, keyed, number, said
from tests.bot.recaps.test_numbers import WHO, Check, N, O, Readings, read

SPLIT = re.compile(r"((?:[^(,]+, )*[^(,]+ and [^(,]+|[^(,]+?)( \([^)]*\))?((?:, .*)?)")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def marks(made: Recap, facts: Facts) -> Iterator[tuple[list[str], list[str], str]]:
    """Of each line of the top truckers what it says, of whom, and the rest of it."""
    section = made.section(SectionKind.TOP)
    assert section is not None
    for each in section.lines:
        labels = [label.capitalize() for label in each.label.split(", ")]
        # The names end where the truck or the first detail begins; a team may be called after its driver.
        split = SPLIT.fullmatch(each.text)
        assert split is not None, each.text
        names, truck, rest = split.groups()
        keys = re.findall(WHO, keyed(names, facts))
        if truck and "Disqualified" not in labels:
            row = Ledger(facts).rows[keys[0]]
            known = [f"No. {row.entry.number}", row.entry.team, row.entry.make]
            assert truck == f" ({' '.join(part for part in known if part)})"
        yield labels, keys, rest


@EACH
def test_everybody_named_at_the_top_did_that(facts: Facts, made: Recap) -> None:
    ledger = Ledger(facts)
    outcome = ledger.outcome
    gained = {key: row.start - row.finish for key, row in ledger.rows.items() if row.running and row.start}
    most = max(row.led for row in ledger.rows.values())
    holders: dict[str, list[str]] = {
        "Winner": [ledger.winner.driver],
        "Pole": [outcome.pole or ""],
        "Most laps led": [key for key, row in ledger.rows.items() if row.led == most],
        "Rookie of the race": [outcome.rookie_of_the_race or ""],
        "Biggest mover": [key for key in gained if gained[key] == max(gained.values())],
        "Biggest movers": [key for key in gained if gained[key] == max(gained.values())],
        "Disqualified": [key for key, row in ledger.rows.items() if row.disqualified],
    }
    finished: dict[str, list[str]] = {}
    for labels, keys, _ in marks(made, facts):
        for label in labels:
            finished.setdefault(label, []).extend(keys)
    for label, keys in finished.items():
        if label in holders:
            assert sorted(keys) == sorted(holders[label]), label
        elif label == "Fastest lap":
            assert outcome.fastest_lap.driver == keys[0] if outcome.fastest_lap else ledger.rows[keys[0]].fastest_lap
        elif label == "Second-most laps led":
            led = sorted((row.led for row in ledger.rows.values()), reverse=True)
            assert [ledger.rows[key].led for key in keys] == [led[1]]
            assert led[0] > led[1] > led[2]
            assert led[1] * 4 >= ledger.laps
            assert keys != [ledger.winner.driver]
        else:
            of_stages = re.fullmatch(r"Stage ((?:\d| and |, )+) winner", label)
            assert of_stages is not None, label
            stages = [int(each) for each in of_stages.group(1).split(" and ")]
            assert [outcome.stage_winners[stage - 1] for stage in stages] == keys * len(stages)
    assert ("Pole" in finished) == (outcome.pole is not None)
    assert {"Winner"} <= finished.keys()
    assert sum(label.startswith("Stage") for label in finished) == len(set(outcome.stage_winners))


@EACH
def test_every_detail_at_the_top_is_the_stores(facts: Facts, made: Recap) -> None:
    ledger = Ledger(facts)
    outcome = ledger.outcome
    readings: dict[str, Check] = {
        rf"started {O}": lambda row, nth: row.start == number(nth),
        r"from the pole(?: at ([\d.]+) mph)?": lambda row, mph: (
            outcome.pole == row.driver and row.start == 1 and (not mph or float(mph) == outcome.pole_mph)
        ),
        r"([\d.]+) mph": lambda row, mph: outcome.pole == row.driver and float(mph) == outcome.pole_mph,
        r"(\d+) of (\d+) laps led(?: each)?": lambda row, led, of: row.led == int(led) and ledger.laps == int(of),
        r"best lap ([\d.]+) seconds?(?: at ([\d.]+) mph)?": lambda _, time, mph: (
            outcome.fastest_lap is not None
            and (float(time), float(mph) if mph else None) == (outcome.fastest_lap.seconds, outcome.fastest_lap.mph)
        ),
        rf"(\d+) places? gained(?: from {O}| each)?": lambda row, places, nth: (
            row.start - row.finish == int(places) and (not nth or row.start == number(nth))
        ),
        rf"finished {O}(?: \(([\w ]+)\))?": lambda row, nth, how: (
            row.finish == number(nth) and row.status.casefold() == (how or "running").casefold()
        ),
        r"(disqualified)": lambda row, _: row.disqualified,
    }
    for _, keys, rest in marks(made, facts):
        rows: list[Result] = [ledger.rows[key] for key in keys]
        for detail in rest.split(", ")[1:]:
            found = [(check, match) for each, check in readings.items() if (match := re.fullmatch(each, detail))]
            assert len(found) == 1, detail
            assert all(found[0][0](row, *found[0][1].groups()) for row in rows), (detail, keys)


@EACH
def test_every_rookie_of_the_field_is_there_and_where_he_finished(facts: Facts, made: Recap) -> None:
    section, ledger = made.section(SectionKind.ROOKIES), Ledger(facts)
    assert section is not None
    away = {entry.driver: entry for entry in facts.season.absent.get(facts.race.round, ()) if entry.rookie}
    rookies = {row.driver: row for row in ledger.rookies}
    finished = [(each.label, each.text) for each in section.lines if each.label]
    assert len(finished) == len(rookies) + len(away)
    numbers = [label.removeprefix("No. ") for label, _ in finished]
    assert numbers == sorted(numbers, key=lambda each: (int(each), each))
    for label, words in finished:
        found = re.fullmatch(rf"{WHO}(\*?) \((?:{O}(?:, ([\w ]+))?|(.+))\)", keyed(words, facts))
        assert found, words
        key, star, finish, status, note = found.groups()
        entry = away[key] if key in away else rookies[key].entry
        assert label == f"No. {entry.number}"
        assert bool(star) == (key in facts.season.rookies)
        if note:
            assert away[key].note == note
        else:
            row = rookies[key]
            shown = row.status if not row.running else "disqualified" if row.disqualified else None
            assert (number(finish), status.lower() if status else None) == (
                row.finish,
                shown if not row.disqualified else "disqualified",
            )
    assert bool(section.lines[-1].label) == (not any("*" in words for _, words in finished))


ROOKIES: Readings = {
    rf"of the {N} rookies|of {N} rookies|led the {N} rookies": lambda led, *count: (
        len(led.rookies) == number(max(filter(None, count)))
    ),
    rf"(one) of(?: the)? {N} rookies": lambda led, _, count: len(led.rookies) == number(count),
    rf"{WHO} was the (?:best|better) of the {N} rookies, in {O}": lambda led, key, _, nth: (
        led.rookies[0].driver == key and led.rows[key].finish == number(nth)
    ),
    rf"(?:finished|finishing) {O}": lambda led, nth: led.rookies[0].finish == number(nth),
    rf"with {N} laps? led": lambda led, laps: led.rookies[0].led == number(laps),
    rf"after starting {O}": lambda led, nth: led.rookies[0].start == number(nth),
    rf"{WHO} led the|was {WHO}, who|{WHO}, the only": lambda led, *keys: not any(keys) or led.rookies[0].driver in keys,
    rf"{WHO} was named rookie of the race": lambda led, key: led.outcome.rookie_of_the_race == key,
    rf"[Rr]ookie of the race (?:honors|award, though,) went to {WHO}": lambda led, key: (
        led.outcome.rookie_of_the_race == key
    ),
}


@EACH
def test_the_best_rookie_is(facts: Facts, made: Recap) -> None:
    read(said(made, SectionKind.ROOKIES), facts, ROOKIES)


def hour(moment: datetime) -> str:
    local = moment.astimezone(EASTERN)
    if local.hour == 12 and not local.minute:
        return "noon ET"
    return f"{local:%I:%M}".lstrip("0").removesuffix(":00") + (" a.m. ET" if local.hour < 12 else " p.m. ET")


def next_race(led: Ledger) -> Race:
    assert led.facts.ahead is not None
    return led.facts.ahead[1]


def races_in(led: Ledger, race_number: str, of: str) -> bool:
    ahead = next_race(led)
    same = [race.round for race in led.season.races if race.phase == ahead.phase]
    return same.index(ahead.round) + 1 == number(race_number) and len(same) == number(of)


def regular_left(led: Ledger, left: str) -> bool:
    ahead = next_race(led)
    same = [race.round for race in led.season.races if race.phase == "regular season" and race.round >= ahead.round]
    return len(same) == number(left)


MONTH = r"[A-Z]\w+"


def won_there(led: Ledger, key: str, month: str | None, year: str) -> bool:
    last = led.facts.ahead_last
    assert last is not None
    then = f"{last.race.date:%Y}", f"{last.race.date:%B}" if month else None
    return (key, year, month.strip() if month else None) == (last.winner, *then)


NEXT: Readings = {
    r"[A-Z]\w+day, [A-Z]\w+\.? (\d+)(?:, (\d{4}))?": lambda led, day, year: (
        led.facts.ahead[1].date.day == int(day) and (year is None or led.facts.ahead[1].date.year == int(year))
    ),
    r"The (\d{4}) season opens|the (\d{4}) season opener": lambda led, *years: str(led.facts.ahead[1].season) in years,
    rf"{N} weeks? off": lambda led, weeks: (
        abs((led.facts.ahead[1].date - led.race.date).days - 7 * (number(weeks) + 1)) <= 3
    ),
    rf"season has {N} races? left|It is the (first) of {N} races left": lambda led, a, _, b: regular_left(led, a or b),
    rf"It is (?:the {O} of|race (\d+) of) {N} (?:races )?in the (?:<round>|Chase)": lambda led, a, b, of: races_in(
        led, a or b, of
    ),
    rf"after it {N} drivers (?:is|are) eliminated": lambda led, count: (
        number(count) == {"Round of 10": 2, "Round of 8": 4}[led.facts.ahead[1].phase]
    ),
    r"(?:listed for|listed start is) ([\d:]+ [ap]\.m\. ET|noon ET)": lambda led, said: (
        hour(led.facts.ahead[1].start) == said
    ),
    r"(?:Coverage begins|begins its coverage) at (about )?([\d:]+ [ap]\.m\. ET|noon ET)": lambda led, about, said: (
        hour(led.facts.ahead[1].coverage.coverage) == said and bool(about) == led.facts.ahead[1].coverage.approximate
    ),
    rf"{WHO} is the defending winner|The defending winner is {WHO}": lambda led, *keys: (
        led.facts.ahead_last.winner in keys and led.facts.ahead_last.defending
    ),
    rf"{WHO} won there in (\d{{4}})": lambda led, key, year: (
        led.facts.ahead_last.defending and won_there(led, key, None, year)
    ),
    rf"{WHO} won the last race there, in ([A-Z]\w+ )?(\d{{4}})": lambda led, key, month, year: (
        not led.facts.ahead_last.defending and won_there(led, key, month, year)
    ),
    rf"The last (one) there, in ([A-Z]\w+ )?(\d{{4}}), went to {WHO}": lambda led, _, month, year, key: (
        not led.facts.ahead_last.defending and won_there(led, key, month, year)
    ),
    rf"{WHO} won (?:there|the last (one) there,) in ({MONTH})\b": lambda led, key, _, month: won_there(
        led, key, month, str(led.facts.ahead[1].season)
    ),
    rf"The race there in ({MONTH}) went to {WHO}": lambda led, month, key: won_there(
        led, key, month, str(led.facts.ahead[1].season)
    ),
}


@EACH
def test_the_next_race_is_said_as_the_schedule_has_it(facts: Facts, made: Recap) -> None:
    words = said(made, SectionKind.NEXT)
    assert bool(words) == (facts.ahead is not None)
    if facts.ahead is None:
        return
    read(words, facts, NEXT)
    race = facts.ahead[1]
    assert f"{race.date:%A}, {MONTHS[race.date.month - 1]} {race.date.day}" in words
    assert ("overage" in words) == (race.coverage is not None)
    for broadcast in race.broadcasts:
        assert broadcast.kind is BroadcastKind.STREAM or broadcast.network in words
