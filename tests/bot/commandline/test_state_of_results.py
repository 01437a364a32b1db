"""Results that come in parts, too early, out of order or from a race cut short, imported as an operator does it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.notifications.results_planner import plan_outcomes
from bot.notifications.schedule_changes import compare_schedule
from bot.notifications.schedule_planner import plan_reminders
from bot.questions.core import DriverQuestion, ResultsQuestion, ScheduleQuestion
from bot.render.drivers import DriverFacts, driver
from bot.render.next_race import NextFacts, headline, upcoming
from bot.render.not_held import PARTIAL
from bot.render.results import UNOFFICIAL, results
from bot.render.schedule import schedule
from bot.seasons.as_of import AsOf, AsOfKeeper
from bot.seasons.records import season_record
from db.connection import Store
from db.models import Race, Season
from db.recaps.models import SectionKind
from db.reminders.models import NotificationKind
from db.snapshots import read_whole
from tests.bot.render.reading import lines, small, tables, text
from tests.stores import run_quietly

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases"
MISSING = "The small documents are not at hand: they are looked for in shared/cases/ beside the checkout"
shared = [pytest.mark.shared, pytest.mark.skipif(not CASES.exists(), reason=MISSING)]
KANSAS = "Kansas Speedway"
START = datetime(2027, 6, 12, 22, tzinfo=UTC)
"""Of the first race: 6 p.m. Eastern."""
MORNING = datetime(2027, 6, 12, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def document(**sections: Any) -> dict[str, Any]:
    return {"format": "tailgate/1", "season": 2027, **sections}


def a_race(number: int, start: datetime = START, **facts: Any) -> dict[str, Any]:
    moment = start.isoformat().replace("+00:00", "Z")
    named = {"round": number, "name": f"Alpha {number}", "track": KANSAS, "date": start.date().isoformat()}
    return named | {"start": moment} | facts


def rows(number: int, order: Iterable[str], **facts: Any) -> list[dict[str, Any]]:
    return [
        {"round": number, "finish": place, "number": str(80 + place), "driver": name, "laps": 100, "status": "running"}
        | {"points": 41 - place if place == 1 else 37 - place}
        | facts
        for place, name in enumerate(order, 1)
    ]


ORDER = ("Layne Riggs", "Corey Heim", "Ty Majeski", "Tyler Ankrum", "Grant Enfinger")
SCHEDULE = document(races=[a_race(number, START + timedelta(weeks=number - 1)) for number in (1, 2, 3)])


def take_in(path: Path, *documents: dict[str, Any] | Path) -> None:
    """Imports documents one by one through the command line."""
    for number, each in enumerate(documents):
        file = each
        if isinstance(each, dict):
            file = Path(f"document{number}.json")
            file.write_text(json.dumps(each), encoding="utf-8")
        assert main(["import", str(file), "--db", str(path)]) == 0


def case(name: str, *numbers: int) -> list[Path]:
    return [CASES / f"{name}.{number}.json" for number in numbers]


def seasons_of(path: Path, *years: int) -> tuple[Season, ...]:
    """Those of the store; all of them if no years are given."""

    async def read() -> tuple[Season, ...]:
        async with await Store.open(path, readonly=True) as store:
            return await read_whole(store, years or None)

    return run_quietly(read())


def known(path: Path, now: datetime) -> AsOf:
    return AsOfKeeper().at(now, seasons_of(path))


def ask_results(as_of: AsOf, number: int | None = None) -> str:
    season = as_of.season(2027)
    race = season.race(number) if number else season.latest
    assert race is not None
    return text(results(season, race, ResultsQuestion(2027, number), as_of.now))


def next_up(as_of: AsOf) -> Race:
    found = as_of.next_race()
    assert found is not None
    return found[1]


def reminded_of(path: Path, now: datetime) -> set[int]:
    whole = seasons_of(path, 2027)
    seen = compare_schedule(whole, {}, now).seen
    return {slot.round for slot in plan_reminders(whole, seen, now) if slot.event_at < now + timedelta(days=1)}


def announced(path: Path, now: datetime) -> set[tuple[NotificationKind, int]]:
    whole = seasons_of(path, 2027)
    return {(slot.kind, slot.round) for slot in plan_outcomes(whole, now)}


TAKEN_BACK = {
    "row by row": document(
        results=[
            {"round": 1, "driver": name, "number": str(81 + i), "finish": None, "status": None}
            for i, name in enumerate(ORDER)
        ]
    ),
    "said to be none": document(races=[{"round": 1, "results_state": "none"} | a_race(1)]),
    "by a complete document": document(complete=True, races=SCHEDULE["races"], results=[]),
}


@pytest.mark.parametrize(
    "documents",
    [
        *(
            pytest.param([SCHEDULE, document(retrieved="2027-06-12T12:00:00Z", results=rows(1, ORDER)), back], id=how)
            for how, back in TAKEN_BACK.items()
        ),
        pytest.param(case("B_results_taken_back", 0, 1, 2), marks=shared, id="the small documents"),
    ],
)
def test_results_taken_back_make_the_race_next_again(
    store_path: Path, documents: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(store_path, documents[0])
    before = (next_up(known(store_path, MORNING)), reminded_of(store_path, MORNING))
    take_in(store_path, documents[1])
    assert "note: 2027 race 1: its results are of Jun 12, 8:00 a.m. Eastern, before" in capsys.readouterr().out
    assert next_up(known(store_path, MORNING)).round == 2
    take_in(store_path, documents[2])
    assert (next_up(known(store_path, MORNING)), reminded_of(store_path, MORNING)) == before
    assert before[1] == {1}
    assert announced(store_path, MORNING) == set()
    as_of = known(store_path, MORNING)
    facts = NextFacts(as_of.season(2027), next_up(as_of))
    assert lines(upcoming(facts, None, MORNING))[0].startswith("## Alpha")  # type: ignore[arg-type]
    assert "note: 2027" not in capsys.readouterr().out


@pytest.mark.parametrize("trucks", [1, 4])
def test_partial_results_are_shown_and_end_nothing(
    store_path: Path, trucks: int, capsys: pytest.CaptureFixture[str]
) -> None:
    during = START + timedelta(hours=1)
    entered = [{"round": 1, "number": row["number"], "driver": row["driver"]} for row in rows(1, ORDER)]
    part = document(retrieved="2027-06-12T23:00:00Z", results=rows(1, ORDER)[:trucks])
    take_in(store_path, SCHEDULE, document(results=entered), part)
    said = f"note: 2027 race 1: partial results: {trucks} truck{'' if trucks == 1 else 's'} ({5 - trucks} of 5 entries"
    assert said in capsys.readouterr().out
    as_of = known(store_path, during)
    assert next_up(as_of).round == 1
    assert as_of.season(2027).latest is None
    assert announced(store_path, during) == announced(store_path, during + timedelta(days=1)) == set()
    season, race = as_of.season(2027), next_up(as_of)
    view = results(season, race, ResultsQuestion(2027, 1), during)
    assert lines(view)[1] == f"**Partial results: {trucks} truck{'' if trucks == 1 else 's'}**"
    assert len(tables(view)[0]) == 1 + trucks
    assert PARTIAL in small(view)
    assert "· partial" in text(schedule(season, ScheduleQuestion(2027), during, (2027,)))
    # Before the race nobody is told of them.
    assert "Partial" not in ask_results(known(store_path, MORNING), 1)
    take_in(store_path, document(retrieved="2027-06-13T00:10:00Z", results=rows(1, ORDER)))
    assert "note: 2027" not in capsys.readouterr().out.split("results:")[-1]
    later = START + timedelta(hours=2, minutes=11)
    assert announced(store_path, later) >= {(NotificationKind.RESULTS, 1), (NotificationKind.RECAP, 1)}
    assert "**Layne Riggs** won" in ask_results(known(store_path, later), 1)


def test_check_and_the_export_of_standings_name_partial_results(
    store_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(store_path, SCHEDULE, document(results=[*rows(1, ORDER), *rows(2, ORDER[:1])]))
    capsys.readouterr()
    assert main(["check", "--db", str(store_path)]) == 0
    out = capsys.readouterr().out
    assert "2027: 3 races, results of 1, through race 1" in out
    assert "note: 2027 race 2: partial results: 1 truck (a single truck); import the rest" in out
    assert main(["export", "standings", "--season", "2027", "--db", str(store_path)]) == 0
    assert "left out, since its results are partial: 2027 race 2" in capsys.readouterr().err


def test_results_that_are_called_unofficial_say_so(store_path: Path) -> None:
    races = [a_race(1, results_state="unofficial")]
    take_in(store_path, SCHEDULE, document(races=races, results=rows(1, ORDER)))
    as_of = known(store_path, START + timedelta(days=1))
    assert UNOFFICIAL in ask_results(as_of)
    take_in(store_path, document(races=[a_race(1, results_state="official")]))
    assert UNOFFICIAL not in ask_results(known(store_path, START + timedelta(days=1)))


def test_a_gap_in_official_results_is_refused_in_one_line(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_in(store_path, SCHEDULE)
    gap = [row for row in rows(1, ORDER) if row["finish"] != 3]
    file = Path("gap.json")
    file.write_text(json.dumps(document(races=[a_race(1, results_state="official")], results=gap)), encoding="utf-8")
    capsys.readouterr()
    assert main(["import", str(file), "--db", str(store_path)]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "race 1 is called official and has nobody in place 3; add that result, or call it partial" in said
    assert known(store_path, START + timedelta(days=1)).season(2027).results == {}


def test_a_race_that_nobody_reports_is_over_by_the_clock_six_hours_after_its_start(store_path: Path) -> None:
    take_in(store_path, SCHEDULE)
    delayed, over = START + timedelta(hours=5, minutes=59), START + timedelta(hours=6)
    as_of = known(store_path, delayed)
    assert next_up(as_of).round == 1
    assert headline(next_up(as_of), delayed).endswith("should be over by now, unless it was delayed")
    assert "No results yet" in ask_results(as_of, 1)
    assert next_up(known(store_path, over)).round == 2
    assert "Should be over by now; no result on record." in ask_results(known(store_path, over), 1)
    assert "· no result" in text(schedule(known(store_path, over).season(2027), ScheduleQuestion(2027), over, (2027,)))


JUNE_22 = datetime(2027, 6, 22, 12, tzinfo=UTC)
MADE_UP = [
    document(
        races=[
            a_race(1, datetime(2027, 6, 21, 17, tzinfo=UTC)),
            a_race(2, datetime(2027, 6, 19, 17, tzinfo=UTC)),
        ]
    ),
    document(retrieved="2027-06-19T21:00:00Z", results=rows(2, ORDER[:3])),
    document(retrieved="2027-06-21T21:00:00Z", results=rows(1, (ORDER[2], ORDER[1], ORDER[0]))),
]


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param(MADE_UP, id="own"),
        pytest.param(case("C_made_up_later", 0, 1, 2), marks=shared, id="the small documents"),
    ],
)
def test_a_race_made_up_later_is_the_latest(
    store_path: Path, documents: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(store_path, *documents)
    as_of = known(store_path, JUNE_22)
    season, race = as_of.race_run()
    assert (season.year, race.round) == (2027, 1)
    assert "**Ty Majeski** won" in ask_results(as_of)
    table = {line.driver: line.points for line in as_of.computed(season).points_table}
    assert table["layne-riggs"] == table["ty-majeski"] > 70
    then = as_of.computed_after(season, 2)
    assert {line.driver: line.starts for line in then.points_table} == dict.fromkeys(table, 1)
    first, made_up = (as_of.recap(race, (), {}).section(SectionKind.NUTSHELL) for race in (season.run[0], race))
    assert first is not None
    assert made_up is not None
    assert "Riggs" in first.paragraphs[0]
    assert "in two starts" in made_up.paragraphs[0]
    assert "tied on points with Layne Riggs" in made_up.paragraphs[0]
    assert as_of.recap(season.run[0], (), {}).section(SectionKind.NEXT) is not None
    assert next_up(known(store_path, datetime(2027, 6, 20, tzinfo=UTC))).round == 1
    capsys.readouterr()
    assert main(["export", "standings", "--season", "2027", "--db", str(store_path)]) == 0
    assert json.loads(capsys.readouterr().out)["after"] == 1
    assert main(["check", "--db", str(store_path)]) == 0
    assert "2027: 2 races, results of 2, through race 1" in capsys.readouterr().out


def called(laps: int, winners: list[str | None], **facts: Any) -> dict[str, Any]:
    """A race of 100 laps that was called."""
    outcome = {"laps": laps, "stage_winners": winners, "under_caution": True}
    race = a_race(1, laps=100, stages=[30, 35, 35], outcome=outcome, **facts)
    return document(races=[race], results=rows(1, ORDER[:3], laps=laps))


@pytest.mark.parametrize(
    ("documents", "stages", "laps"),
    [
        pytest.param([called(52, ["Layne Riggs"])], "**Stages** Layne Riggs, not run", 52, id="in the second stage"),
        pytest.param([called(52, [])], "**Stages** not on record, not run", 52, id="a winner not on record"),
        pytest.param([called(20, [])], "**Stages** not run, not run", 20, id="in the first stage"),
        pytest.param([called(70, ["Layne Riggs", "Corey Heim"])], "**Stages** Layne Riggs, Corey Heim", 70, id="later"),
        pytest.param(
            case("G_one_stage_run", 0), "**Stages** Layne Riggs, not run", 52, marks=shared, id="the document"
        ),
    ],
)
def test_a_race_cut_short_is_said_to_be_and_so_is_a_stage_that_was_not_run(
    store_path: Path, documents: list[Any], stages: str, laps: int
) -> None:
    take_in(store_path, *documents)
    as_of = known(store_path, START + timedelta(days=1))
    said = ask_results(as_of)
    assert stages in said
    assert f"**Cut short at {laps} of 100 laps**" in said
    season, race = as_of.race_run()
    recap = as_of.recap(race, (), {})
    nutshell = recap.section(SectionKind.NUTSHELL)
    assert nutshell is not None
    assert f"The race was cut short at {laps} of 100 laps." in nutshell.paragraphs[0]
    who = season.drivers["layne-riggs"]
    computed, found = season_record(as_of, who, 2027)
    facts = DriverFacts(who, computed, found, None, computed.races_of(who.key), (2027,))
    for tab in ("season", "races"):
        card = driver(facts, DriverQuestion("layne-riggs", 2027, tab), as_of.now)
        assert f"Race 1 was cut short at {laps} of 100 laps." in small(card)
    unknown = "Stage winners for race 1 are not on record." in text(
        driver(facts, DriverQuestion("layne-riggs", 2027), as_of.now)
    )
    assert unknown == ("not on record" in stages)


def test_two_entries_of_a_driver_score_and_start_once_and_come_back_as_they_were(
    store_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = {"round": 1, "number": "02", "driver": "Layne Riggs", "note": "did not qualify"}
    take_in(store_path, SCHEDULE, document(results=[missed, *rows(1, ORDER)]))
    as_of = known(store_path, START + timedelta(days=1))
    (line,) = [line for line in as_of.computed(as_of.season(2027)).points_table if line.driver == "layne-riggs"]
    assert (line.points, line.starts, line.number) == (40, 1, "81")
    _, found = season_record(as_of, as_of.season(2027).drivers["layne-riggs"], 2027)
    assert (found.starts, found.number) == (1, "81")
    for form in ("json", "csv"):
        capsys.readouterr()
        assert main(["export", "results", "--season", "2027", "--format", form, "--db", str(store_path)]) == 0
        file = Path(f"again.{form}")
        file.write_text(capsys.readouterr().out, encoding="utf-8")
        assert file.read_text(encoding="utf-8").count("Layne Riggs") == 2
        assert main(["import", str(file), "--db", str(store_path)]) == 0
        assert "results: 0 created, 0 updated, 6 unchanged" in capsys.readouterr().out
