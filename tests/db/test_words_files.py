"""The bundled quotes and recaps: every quote has its source, every figure is the store's, no sentence is another's."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import db
from bot.championship.formats import Format
from bot.championship.postseason import Place, Status
from bot.championship.standings import FULL_SEASON, driver_standings, what_if_formats
from db.documents.file_format import SECTIONS, Header, QuoteRow, RecapRow, Row
from db.documents.json_writer import write_document
from db.models import Race, Result
from db.recaps.models import SectionKind
from tests.rows import each_row
from tests.seasons import bundled_season, bundled_seasons

SEASONS = Path(db.__file__).parent / "seasons"
ARTICLES = Path(__file__).resolve().parents[2].parent / "shared" / "articles"
MISSING = "The articles are not at hand: they are looked for in shared/articles/ beside the checkout"
ARTICLE = {22: "charlotte-roval-2025-10-03.txt", 23: "talladega-2025-10-17.txt"}
shared = [pytest.mark.shared, pytest.mark.skipif(not ARTICLES.exists(), reason=MISSING)]

RUN = 6
"""So many words in a row, the same as somebody else's, are no longer our own."""

LONGEST = 900
"""Characters of a section that still reads on a phone."""

EDITED = {
    22: {SectionKind.NUTSHELL, SectionKind.MOVE, SectionKind.PLAYOFFS, SectionKind.QUOTES, SectionKind.PAINT},
    23: {SectionKind.NUTSHELL, SectionKind.MOVE, SectionKind.PLAYOFFS},
}
"""By round of 2025, the sections with an editor's words; the others are made from the facts alone."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@cache
def document(name: str) -> tuple[Header, dict[str, list[Any]], str]:
    """Header, validated rows by section, and the text of a bundled file."""
    text = (SEASONS / f"{name}.json").read_text(encoding="utf-8")
    held = json.loads(text)
    header = Header.model_validate({key: value for key, value in held.items() if key not in SECTIONS})
    rows: dict[str, list[Row]] = {
        section: [model.model_validate(row) for row in held.get(section, [])] for section, model in SECTIONS.items()
    }
    return header, rows, text


def quotes() -> list[QuoteRow]:
    return document("quotes")[1]["quotes"]


def recaps() -> list[RecapRow]:
    return document("recaps")[1]["recaps"]


def race(year: int, number: int) -> Race:
    found = bundled_season(year).race(number)
    assert found is not None
    return found


def result(year: int, number: int, driver: str) -> Result:
    season = bundled_season(year)
    return next(row for row in season.results[number] if season.drivers[row.entry.driver].name == driver)


def words_of(text: str) -> list[str]:
    """Its words and figures, small, without what stands between them."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    return re.findall(r"[a-z0-9]+", plain)


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def ordinal(number: int) -> str:
    """Up to ninth in words, from 10th on in figures."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


@pytest.mark.parametrize("name", ["quotes", "recaps"])
def test_a_file_is_written_as_the_writer_writes_it(name: str) -> None:
    header, rows, text = document(name)
    assert write_document(header, rows) == text


def test_every_quote_says_where_it_was_printed() -> None:
    assert [row.words for row in quotes() if not (row.source and row.link)] == []


def test_quotes_are_short_and_their_own() -> None:
    assert [row.words for row in quotes() if len(row.words) > 500] == []
    folded = Counter(" ".join(words_of(row.words)) for row in quotes())
    assert [words for words, times in folded.items() if times > 1] == []


def test_who_is_quoted_was_in_the_race_and_the_role_says_how_it_went() -> None:
    wrong = []
    for row in quotes():
        assert row.season
        assert row.round
        assert row.driver
        held = result(row.season, row.round, row.driver)
        fared = "winner" if held.finish == 1 else ordinal(held.finish)
        track = race(row.season, row.round).track.short
        team = f" {held.entry.team}" if held.entry.team else ""
        told = f"No. {held.entry.number}{team}, {fared} at {track}"
        champion = held.entry.driver == bundled_season(row.season).champion and row.round == len(
            bundled_season(row.season).races
        )
        if row.role != told + (" and champion" if champion else ""):
            wrong.append((row.role, told))
    assert wrong == []


def test_what_was_said_on_a_day_was_said_on_the_races() -> None:
    said = [row for row in quotes() if row.said_on]
    assert len(said) >= 75
    assert [row.words for row in said if row.said_on != race(row.season or 0, row.round or 0).date] == []


def test_quotes_are_spread_over_seasons_races_and_drivers() -> None:
    races = Counter((row.season, row.round) for row in quotes())
    people = Counter(row.driver for row in quotes())
    assert {season for season, _ in races} == {2023, 2024, 2025, 2026}
    assert len(races) >= 40
    assert max(races.values()) <= 4
    assert len(people) >= 20
    assert max(people.values()) <= len(quotes()) / 4


@pytest.mark.parametrize("speaker", [pytest.param(who, marks=shared) for who in ("Corey Heim", "Gio Ruggiero")])
def test_the_quotes_of_the_talladega_report_are_held_as_printed(speaker: str) -> None:
    report = (ARTICLES / ARTICLE[23]).read_text(encoding="utf-8")
    printed = [row for row in quotes() if row.driver == speaker and (row.season, row.round) == (2025, 23)]
    assert [row.source for row in printed if f"“{row.words}”" in report] == ["Slicks and Sticks"]


def test_the_two_races_carry_an_editors_words_that_fit_a_phone() -> None:
    held: dict[int, set[SectionKind]] = {}
    for row in recaps():
        assert (row.season, row.author, row.picture) == (2025, "Tailgate", None)
        held.setdefault(row.round, set()).add(row.section)
    assert held == EDITED
    assert len(recaps()) == sum(map(len, EDITED.values()))
    assert [(row.round, row.section) for row in recaps() if len(row.words) > LONGEST] == []


PRONOUN = re.compile(r"\b(he|she|his|hers?|him|himself|herself)\b", re.IGNORECASE)
"""The store knows nobody's pronoun, so our own words name people or are built without one."""


def own_words(held: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text of a bundled file that is ours, with where it stands: all but a quote's words and links."""
    if isinstance(held, dict | list):
        for name, part in held.items() if isinstance(held, dict) else enumerate(held):
            # What a sponsor is called is not ours either.
            if not (path.startswith("quotes.quotes.") and name == "words") and name != "sponsor":
                yield from own_words(part, f"{path}.{name}")
    elif isinstance(held, str):
        yield path, re.sub(r"https?://\S+", "", held)


@pytest.mark.parametrize("file", sorted(SEASONS.glob("*.json")), ids=lambda file: file.stem)
def test_no_words_of_ours_say_he_or_she(file: Path) -> None:
    texts = list(own_words(json.loads(file.read_text(encoding="utf-8")), file.stem))
    assert texts
    assert [(path, text) for path, text in texts if PRONOUN.search(text)] == []


def test_recaps_were_written_on_the_evening_of_the_race() -> None:
    for row in recaps():
        written = race(2025, row.round)
        assert written.start is not None
        assert written.over_at <= row.edited
        assert row.edited.astimezone(ZoneInfo("America/New_York")).date() == written.date


@pytest.mark.parametrize("row", recaps(), ids=lambda row: f"{row.round}-{row.section}")
def test_a_section_has_no_empty_or_doubled_words(row: RecapRow) -> None:
    assert [one for one, other in pairwise(words_of(row.words)) if one == other] == []
    assert "  " not in row.words
    assert all(part and part[-1] in ".!?" for part in row.words.split("\n\n"))


CAUSES = {
    "fuel": "out of fuel",
    "electrical": "electrical",
    "engine": "engine",
    "transmission": "transmission",
    "suspension": "suspension",
    "brakes": "brakes",
    "driveshaft": "driveshaft",
    "overheat": "overheating",
}
"""Words for why a truck stopped, and the status of a result that says so."""


@pytest.mark.parametrize("row", recaps(), ids=lambda row: f"{row.round}-{row.section}")
def test_a_cause_that_an_editor_gives_is_the_one_on_record(row: RecapRow) -> None:
    season = bundled_season(2025)
    for word, status in CAUSES.items():
        if word in row.words:
            out = [held for held in season.results[row.round] if held.status == status]
            assert any(
                words_of(season.drivers[held.driver].name)[-1] in words_of(row.words.replace("’s", "")) for held in out
            )


@pytest.mark.parametrize("row", recaps(), ids=lambda row: f"{row.round}-{row.section}")
def test_every_driver_of_a_section_is_named_in_full_first(row: RecapRow) -> None:
    season = bundled_season(2025)
    field = {season.drivers[held.entry.driver].name for held in season.results[row.round]}
    told = words_of(row.words.replace("’s", ""))
    late = []
    for name in field:
        first, *rest = words_of(name)
        surname = rest[-1]
        alone = [i for i, word in enumerate(told) if word == surname]
        shares = sum(words_of(other)[-1] == surname for other in field) > 1
        if alone and not shares and told[alone[0] - len(rest)] != first:
            late.append(name)
    assert late == []


@pytest.mark.parametrize("number", [pytest.param(number, marks=shared) for number in ARTICLE])
def test_no_recap_shares_a_run_of_words_with_a_report(number: int) -> None:
    report = runs_of((ARTICLES / ARTICLE[number]).read_text(encoding="utf-8"))
    ours: set[tuple[str, ...]] = set().union(*(runs_of(row.words) for row in recaps()))
    assert [" ".join(run) for run in sorted(report & ours)] == []


def told(number: int) -> str:
    """All an editor says of a race, on one line."""
    return " ".join(" ".join(row.words.split()) for row in recaps() if row.round == number)


def places(number: int, which: str | None = None) -> dict[str, Place]:
    season = bundled_season(2025).through(number)
    how: Format | None = what_if_formats(2025)[which] if which else None
    return {season.drivers[place.who].name: place for place in driver_standings(season, how).standings.places}


def wins(driver: str, through: int) -> int:
    season = bundled_season(2025)
    rows = (row for number in range(1, through + 1) for row in season.results[number])
    return sum(row.finish == 1 and season.drivers[row.entry.driver].name == driver for row in rows)


def assert_tells(text: str, *facts: str) -> None:
    assert [fact for fact in facts if fact not in text] == []


def test_charlotte_tells_the_race_as_the_store_has_it() -> None:
    crews, heim, ruggiero = (result(2025, 22, who) for who in ("Brent Crews", "Corey Heim", "Gio Ruggiero"))
    outcome = race(2025, 22).outcome
    assert outcome is not None
    assert outcome.fastest_lap is not None
    fastest = outcome.fastest_lap
    assert (wins("Corey Heim", 22), heim.finish, crews.finish, ruggiero.finish) == (10, 1, 2, 3)
    assert {row.entry.team for row in (heim, crews, ruggiero)} == {"TRICON Garage"}
    assert (outcome.pole, outcome.rookie_of_the_race, fastest.driver) == ("corey-heim", "brent-crews", "brent-crews")
    assert outcome.stage_winners == ("kaden-honeycutt", "kaden-honeycutt")
    assert_tells(
        told(22),
        "was the tenth",
        f"{crews.led} of its {outcome.laps} laps",
        f"{fastest.seconds} seconds around ({fastest.mph} mph)",
        f"who won by {outcome.margin} seconds",
        "the rookie of the race",
        "Honeycutt won both stages",
        "One, two, three for TRICON Garage",
        f"The No. {crews.entry.number} came in, the No. {heim.entry.number} did not",
        "Toni Breidinger came to a stop on the course",
        "Crews was seventh",
        "in turn 1 with Layne Riggs and Grant Enfinger",
        "third shot at the title",
    )


def test_charlotte_tells_the_championship_as_it_stood() -> None:
    held = places(22)
    leader, *seven = sorted(held.values(), key=lambda place: place.position)[:8]
    assert (leader.who, leader.status, len(seven)) == ("corey-heim", Status.LOCKED, 7)
    assert seven[0].points - seven[-1].points == 5
    ranked = [place.who for place in seven]
    assert ranked[2:4] == ["rajah-caruth", "layne-riggs"]
    assert seven[2].points - seven[3].points == 1
    full = sorted((place.points for place in places(22, FULL_SEASON).values()), reverse=True)
    assert_tells(
        told(22),
        "five points cover all of them",
        f"Tyler Ankrum and Daniel Hemric on {held['Tyler Ankrum'].points:,}",
        f"Grant Enfinger and Kaden Honeycutt on {held['Kaden Honeycutt'].points:,}",
        "Rajah Caruth holds the last place above the cut, one point ahead of Layne Riggs",
        f"{full[0] - full[1]} points ahead over the whole season",
        "this one sends four",
    )
    assert held["Tyler Ankrum"].points == held["Daniel Hemric"].points == seven[0].points
    assert held["Kaden Honeycutt"].points == held["Grant Enfinger"].points == seven[-1].points


def test_charlotte_says_who_finished_where() -> None:
    finishes = re.findall(r"(\w+) \((second|fourth|fifth|sixth|seventh|\d+th|\d+st)\)", told(22))
    season = bundled_season(2025)
    held = {season.drivers[row.entry.driver].name.split()[-1]: ordinal(row.finish) for row in season.results[22]}
    assert len(finishes) == 11
    assert [(who, where) for who, where in finishes if held[who] != where] == []
    gray = result(2025, 22, "Tanner Gray")
    assert (gray.start, gray.finish, gray.status, gray.entry.sponsor) == (14, 31, "transmission", "Factory Canopies")
    assert_tells(told(22), f"Gray started {ordinal(14)}", "the transmission", f"left in {ordinal(31)} place")
    assert_tells(told(22), "came in 14th", "fought back to seventh", "and was 21st")
    rhodes = result(2025, 22, "Ben Rhodes")
    assert (rhodes.laps, rhodes.status) == (2, "crash")
    assert_tells(told(22), "a crash before the third lap was done")


def test_talladega_tells_the_race_as_the_store_has_it() -> None:
    ruggiero = result(2025, 23, "Gio Ruggiero")
    starts = [
        row
        for season in bundled_seasons()
        for number, rows in season.results.items()
        for row in rows
        if row.entry.driver == ruggiero.entry.driver and (season.year, number) <= (2025, 23)
    ]
    outcome = race(2025, 23).outcome
    assert outcome is not None
    assert [row.finish for row in starts].count(1) == 1
    assert (outcome.pole, ruggiero.start, ruggiero.finish) == ("gio-ruggiero", 1, 1)
    assert (outcome.stage_winners[1], ruggiero.stages[0].finish) == ("gio-ruggiero", 9)
    assert ruggiero.led == max(row.led for row in bundled_season(2025).results[23])
    assert_tells(
        told(23),
        f"in a {ordinal(len(starts))} start",
        f"led {ruggiero.led} of the {outcome.laps} laps",
        f"{outcome.margin} seconds ahead of Corey Heim",
        "Ruggiero was ninth when the first stage ended, won the second",
        "the rookie turned the pole into a first Truck Series win",
    )


def test_talladega_tells_the_championship_as_it_stood() -> None:
    held = places(23)
    assert held["Corey Heim"].status is Status.LOCKED
    out = result(2025, 23, "Grant Enfinger")
    assert (out.laps, out.status) == (3, "crash")
    last = [row for row in bundled_season(2024).results[20] if row.finish == 1]
    assert [row.entry.driver for row in last] == [out.entry.driver]
    riggs = result(2025, 23, "Layne Riggs")
    assert (riggs.start, riggs.finish, result(2025, 23, "Ty Majeski").finish) == (35, 5, 3)
    cuts = {name: place.to_cut for name, place in held.items()}
    below = ("Ty Majeski", "Layne Riggs", "Daniel Hemric", "Grant Enfinger")
    above = ("Rajah Caruth", "Tyler Ankrum", "Kaden Honeycutt")
    assert [cuts[name] for name in below] == [-5, -6, -32, -40]
    assert [cuts[name] for name in above] == [14, 8, 5]
    assert places(22)["Daniel Hemric"].to_cut == 2
    assert_tells(
        told(23),
        "was out on lap 4",
        f"spun the No. {out.entry.number}",
        "Enfinger is 40 points below the cut",
        "still finished third, and is five short",
        "came from 35th to fifth and is six short",
        "to 32 points below it, and is ahead of Enfinger alone",
        "Rajah Caruth by 14, Tyler Ankrum by eight, Kaden Honeycutt by five",
    )


def with_outcome() -> list[tuple[int, int]]:
    return [(season.year, race.round) for season in bundled_seasons() for race in season.races if race.outcome]


def test_lap_leaders_are_held_of_some_races() -> None:
    held = {(year, number) for year, number in with_outcome() if leads(year, number)}
    assert {(2023, 6), (2024, 13)} <= held


def leads(year: int, number: int) -> list[tuple[str, int, int]]:
    outcome = race(year, number).outcome
    assert outcome is not None
    return [(lead.driver, lead.from_lap, lead.to_lap) for lead in outcome.leads]


@each_row(with_outcome, lambda row: {"year": row[0], "number": row[1]})
def test_lap_leaders_are_those_of_the_results(year: int, number: int) -> None:
    outcome = race(year, number).outcome
    assert outcome is not None
    held = leads(year, number)
    if not held:
        assert "leads" not in dict(race(year, number).sources)
        return
    laps = Counter[str]()
    for driver, first, last in held:
        laps[driver] += last - first + 1
    assert laps == {row.entry.driver: row.led for row in bundled_season(year).results[number] if row.led}
    assert [first for _, first, _ in held] == [1, *(last + 1 for _, _, last in held[:-1])]
    assert held[-1][2] == outcome.laps
    assert all(one != other for (one, *_), (other, *_) in pairwise(held))
    assert dict(race(year, number).sources)["leads"]
