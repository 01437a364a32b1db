"""The rundown of every race is read back: the gaps, who is above and below the line, the points, and who is out."""

from __future__ import annotations

import re

from bot.championship.phase import Phase
from bot.recaps import Facts, Recap
from db.recaps.models import SectionKind
from tests.bot.recaps.expected_facts import Ledger
from tests.bot.recaps.sample_recaps import EACH, keyed, line, number, said
from tests.bot.recaps.test_numbers import WHO, N, O, Readings, read

KIND = SectionKind.PLAYOFFS


def lead(led: Ledger, first: str, points: str, second: str) -> bool:
    totals = led.points()
    return totals[first] == max(totals.values()) and totals[first] - totals[second] == number(points)


def cut(led: Ledger, last: str, out: str, points: str) -> bool:
    phase = led.phase
    return phase.entered[phase.spots - 1 : phase.spots + 1] == (last, out) and led.gap_at_the_cut() == number(points)


def still_open(led: Ledger) -> list[int]:
    return [points for key, points in led.phase.totals.items() if key not in led.phase.winners]


def close(led: Ledger, points: str, drivers: str) -> bool:
    apart = still_open(led)
    return len(apart) == number(drivers) and max(apart) - min(apart) == number(points)


def fall(led: Ledger, out: str, of: str) -> bool:
    entered = led.phase.entered
    return len(entered) == number(of) and len(entered) - led.phase.spots == number(out)


RUNDOWN: Readings = {
    rf"{WHO} leads the standings by {N} points? over {WHO}": lead,
    rf"{WHO} (?:still leads the standings|stays on top of the standings|on top|remains the points leader), "
    rf"{N} points? ahead of {WHO}": lead,
    rf"After (one) race {WHO} leads": lambda led, _, key: led.race.round == 1 and 1 in led.place_in_points(key),
    rf"The (first) standings of the season have {WHO}": lambda led, *_: led.race.round == 1,
    rf"to {WHO}, who is {N} points? ahead of {WHO}": lead,
    rf"{WHO} took the points lead from {WHO} and leads {WHO} by {N} points?": lambda led, a, _, b, n: lead(
        led, a, n, b
    ),
    rf"{WHO} took the points lead from {WHO} and is {N} points? ahead": lambda led, a, b, n: lead(led, a, n, b),
    rf"from {WHO} to {WHO}, who is {N} points? ahead\.": lambda led, b, a, n: lead(led, a, n, b),
    rf"holds? {N} of the {N} spots": lambda led, won, of: (
        len(led.phase.winners) == number(won) and led.phase.spots == number(of)
    ),
    rf"{N} of the {N} spots in the \w+ (?:is|are) held": lambda led, won, of: (
        len(led.phase.winners) == number(won) and led.phase.spots == number(of)
    ),
    rf"[Tt]he top {N} on points make": lambda led, of: led.phase.spots == number(of),
    rf"[Ww]ith {N} races? left": lambda led, left: led.left == number(left),
    rf"{N} races? (?:is|are) left in the regular season": lambda led, left: led.left == number(left),
    rf"season has {N} races? left": lambda led, left: led.left == number(left),
    rf"{WHO} holds the last spot in the (?:\w+|<round>), {N} points? ahead of {WHO}": lambda led, a, n, b: cut(
        led, a, b, n
    ),
    rf"between {WHO} and {WHO}, {N} points? apart": cut,
    rf"{WHO} is in and {WHO} out as it stands, though the (two) are tied": lambda led, a, b, _: cut(led, a, b, "0"),
    rf"{WHO} is the (first) one out, {N} points? behind {WHO}": lambda led, b, _, n, a: cut(led, a, b, n),
    rf"{N} points? separates? (?:the other|all) {N} drivers": close,
    rf"other {N} drivers are within {N} points? of (one) another": lambda led, drivers, points, _: close(
        led, points, drivers
    ),
    rf"{N} of the {N} will be eliminated after {N} more races?": lambda led, out, of, left: (
        fall(led, out, of) and led.left == number(left)
    ),
    rf"<round> has {N} races? left and will eliminate {N} of the {N}": lambda led, left, out, of: (
        fall(led, out, of) and led.left == number(left)
    ),
    rf"<round>, {N} of the {N} drivers are to be eliminated": fall,
    rf"{WHO} is the (first) driver locked|{WHO} took the (first) spot in the <round>": lambda led, a, _, b, __: (
        led.phase.winners == {a or b} and not (led.stretch_before.winners if led.stretch_before else ())
    ),
    rf"the only driver locked|{WHO} remains alone in being locked": lambda led, *_: len(led.phase.winners) == 1,
    rf"{N} drivers are locked into": lambda led, count: len(led.phase.winners) == number(count),
    rf"The field of {N} for": lambda led, of: len(led.phase.advanced) == number(of),
    rf"with {WHO} seeded (first)": lambda led, key, _: led.phase.advanced[0] == key,
    rf"{WHO} is the (first) of the {N} seeds": lambda led, key, _, of: (
        led.phase.advanced[0] == key and len(led.phase.advanced) == number(of)
    ),
    rf"and {N} drivers go into the \w+, {WHO} as the (first) seed": lambda led, of, key, _: (
        led.phase.advanced[0] == key and len(led.phase.advanced) == number(of)
    ),
    rf"{WHO} got the last spot by {N} points? over {WHO}": lambda led, a, n, b: in_by(led.phase, a, b, n),
    rf"{WHO} missed out by {N} points?, behind {WHO}": lambda led, b, n, a: in_by(led.phase, a, b, n),
    rf"{WHO} \(([+-]\d+)\)": lambda led, key, points: led.before.place(key).to_cut == int(points),
    rf"{WHO} and {WHO} were tied at {N} points": lambda led, a, b, points: (
        led.phase.totals[a] == led.phase.totals[b] == number(points)
    ),
    rf"the better finish in the round(?: put {WHO} ahead)?, {O} against {O}": lambda led, _, mine, his: (
        [best_in(led, led.phase.tie.ahead), best_in(led, led.phase.tie.behind)] == [number(mine), number(his)]
    ),
    rf"{WHO} won the (\d{{4}}) title(?: by finishing {O})?": lambda led, key, year, nth: (
        led.standings.champion == key
        and int(year) == led.season.year
        and (nth is None or led.rows[key].finish == number(nth))
    ),
    rf"{WHO} took the (\d{{4}}) title as the best of the {N} finalists": lambda led, key, year, of: (
        led.standings.champion == key and int(year) == led.season.year and len(led.phase.entered) == number(of)
    ),
    rf"to the (\d{{4}}) title, finishing {O}": lambda led, year, nth: (
        int(year) == led.season.year and led.rows[led.standings.champion].finish == number(nth)
    ),
}


def in_by(phase: Phase, last: str, out: str, points: str) -> bool:
    missed = [key for key in phase.entered if key not in phase.advanced]
    return phase.totals[last] - phase.totals[out] == number(points) and missed[0] == out and last in phase.advanced


def best_in(led: Ledger, key: str) -> int:
    rounds = range(led.phase.first, led.race.round + 1)
    return min(row.finish for number in rounds for row in led.season.results[number] if row.driver == key)


@EACH
def test_the_rundown_says_what_the_championship_says(facts: Facts, made: Recap) -> None:
    read(said(made, KIND), facts, RUNDOWN)


def parts(words: str, facts: Facts) -> dict[str, str]:
    """``Majeski -5 (was -2), Riggs`` as what stands behind each driver's key."""
    found = {
        match.group(1): match.group(2).strip()
        for match in re.finditer(r"<([\w-]+)>([^<,]*)(?:, |$)", keyed(words, facts, surnames=True))
    }
    assert len(found) == (words.count(", ") + 1 if words else 0)
    return found


@EACH
def test_above_and_below_the_line(facts: Facts, made: Recap) -> None:
    ledger = Ledger(facts)
    phase, places = ledger.phase, {place.who: place for place in ledger.standings.places}
    finished = {side: parts(line(made, KIND, f"{side} the line"), facts) for side in ("Above", "Below")}
    inside = set(phase.entered[: phase.spots])
    assert set(finished["Above"]) <= inside
    assert not set(finished["Below"]) & inside
    for key, points in [*finished["Above"].items(), *finished["Below"].items()]:
        found = re.fullmatch(r"([+-]?\d+)(?: \(was ([+-]?\d+)\))?", points)
        assert found, (key, points)
        assert int(found.group(1)) == places[key].to_cut
        was = ledger.before.place(key)
        known = was is not None and was.to_cut is not None and ledger.line_before
        assert (found.group(2) is not None) == known
        if was is not None and known:
            assert int(found.group(2)) == was.to_cut
    locked = parts(line(made, KIND, "Locked in") or line(made, KIND, "In by a win"), facts)
    assert set(locked) <= set(phase.winners)
    if finished["Above"] and finished["Below"]:
        assert set(locked) | set(finished["Above"]) == inside


@EACH
def test_who_is_out_and_by_how_much(facts: Facts, made: Recap) -> None:
    ledger = Ledger(facts)
    phase = ledger.phase
    out = parts(line(made, KIND, "Eliminated"), facts)
    ends = phase.over and len(ledger.standings.phases) > 2 and phase.name.startswith("Round")
    assert set(out) == (set(phase.eliminated) if ends else set())
    last_in = phase.totals[phase.entered[phase.spots - 1]]
    for key, short in out.items():
        assert not short or int(short) == phase.totals[key] - last_in
    for key, over in parts(line(made, KIND, "In on points"), facts).items():
        assert not over or int(over) == phase.totals[key] - phase.totals[phase.entered[phase.spots]]
    for key, points in parts(re.sub(r"(?<=\d),(?=\d)", "", line(made, KIND, "Points at the reset")), facts).items():
        assert number(points) == ledger.standings.phases[1].totals[key]


@EACH
def test_the_points_are_the_sums_of_what_was_scored(facts: Facts, made: Recap) -> None:
    section = made.section(KIND)
    assert section is not None
    ledger = Ledger(facts)
    totals, before = ledger.points(), ledger.points(facts.before)
    for each in section.lines:
        found = re.fullmatch(
            r"<([\w-]+)>, ([\d,]+) points?(?:, ([\d,]+) back)?(?:, (up|down) (\d+))?", keyed(each.text, facts)
        )
        if not each.label.isdecimal() or ledger.standings.champion is not None:
            continue
        assert found, each.text
        key, points, back, way, places = found.groups()
        assert number(points) == totals[key]
        assert int(each.label) in ledger.place_in_points(key)
        assert (number(back) if back else 0) == max(totals.values()) - totals[key]
        if way:
            # Drivers who were level before may have stood on either side.
            was = range(
                sum(p > before[key] for p in before.values()) + 1, sum(p >= before[key] for p in before.values()) + 1
            )
            assert int(each.label) + (int(places) if way == "up" else -int(places)) in was


@EACH
def test_the_finalists_are_in_the_order_of_the_championship(facts: Facts, made: Recap) -> None:
    ledger = Ledger(facts)
    if ledger.standings.champion is None:
        return
    section = made.section(KIND)
    assert section is not None
    finished = [keyed(each.text, facts) for each in section.lines]
    for place, (words, key) in enumerate(zip(finished, ledger.phase.entered, strict=True), 1):
        assert section.lines[place - 1].label == str(place)
        finish = ledger.rows[key].finish
        found = re.fullmatch(rf"<{key}>, (?:won|{O} in) the race", words)
        assert found
        assert (number(found.group(1)) if found.group(1) else 1) == finish
