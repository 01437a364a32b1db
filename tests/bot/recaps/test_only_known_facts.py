"""What the facts leave open is not told: seasons held in part, streaks cut off, titles and spots that were settled."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.recaps import Recap, facts_of, recap
from bot.recaps.context import RecapContext
from db.models import Lead, Outcome, RaceStatus, Season, Seat
from db.naming import slug
from db.recaps.models import SectionKind
from tests.bot.recaps.sample_recaps import UNCLEAN, bundled, bundled_recap, facts_in, finished, line, said, text
from tests.seasons import NAMES, Row, full_season, make_season

NUTSHELL, TOP, MOVE = SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.MOVE
PLAYOFFS, NEXT = SectionKind.PLAYOFFS, SectionKind.NEXT
FIELD = list(NAMES[:14])
HEIM, MAJESKI = FIELD, [FIELD[1], FIELD[0], *FIELD[2:]]
BEHIND = [*FIELD[1:7], FIELD[0], *FIELD[7:]]
"""Heim wins; is second; is seventh."""


def every_way(season: Season, number: int, monkeypatch: pytest.MonkeyPatch, *earlier: Season) -> list[Recap]:
    """The race's recap with each turn of the templates."""
    facts, made = facts_in((*earlier, season), season.year, number), []
    for turn in range(4):
        monkeypatch.setattr(RecapContext, "position", turn)
        made.append(recap(facts))
    return made


def at_martinsville(year: int, *days: tuple[int, int], run: int) -> Season:
    races = {number: {"date": date(year, *day)} for number, day in enumerate(days, 1)}
    orders = [FIELD[number:] + FIELD[:number] for number in range(run)]
    return make_season(year, orders, tracks=["Martinsville"], races=races, upcoming=len(days) - run)


def test_who_won_there_this_year_comes_before_who_won_a_year_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    old = at_martinsville(2024, (4, 5), (10, 30), run=2)
    new = at_martinsville(2025, (3, 28), (10, 24), run=1)
    for made in every_way(new, 1, monkeypatch, old):
        assert "Corey Heim" in said(made, NEXT)
        assert "March" in said(made, NEXT)
        assert not re.search("Majeski|defend", said(made, NEXT))
    # In spring the autumn before is the last there was, and not the one to defend.
    for made in every_way(old, 2, monkeypatch, new):
        assert "defend" not in said(made, NEXT)
    facts = facts_in([old, new], 2024, 2)
    assert "Ty Majeski" in said(recap(facts), NEXT)
    assert "October 2024" in said(recap(facts), NEXT)


def test_homestead_2024_names_who_won_at_martinsville_in_april() -> None:
    words = next(said(made, NEXT) for facts, made in bundled() if (facts.race.season, facts.race.round) == (2024, 21))
    assert "Christian Eckes" in words
    assert "April" in words
    assert not re.search("Heim|defend", words)


def test_nobody_locked_in_by_a_win_is_not_nobody_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    # The race is won by one who is not in the playoffs, and one who is cannot be caught on points.
    names = [Row(name, points=50 if name == "Corey Heim" else None) for name in NAMES]
    regular = [[*names[:10], *names[10:]]] * 16
    outsider = [names[30], *names[:30], *names[31:]]
    season = make_season(2024, [*regular, outsider, outsider], upcoming=5)
    sure = 0
    for made in every_way(season, 18, monkeypatch):
        words = said(made, PLAYOFFS)
        assert not re.search(r"No spot .* is taken|All spots .* open", words)
        assert re.search(r"by a win yet|No win has locked|won a spot", words)
        sure += "Corey Heim" in words
    assert sure


@pytest.mark.parametrize("size", [1, 3, 4, 7, 8])
def test_a_field_stated_with_fewer_than_its_spots_is_told(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seats = tuple(Seat(slug(name)) for name in NAMES[:size])
    for run in range(18, 26):
        season = replace(full_season(2025, 25, run=run), playoff_field=seats)
        for made in every_way(season, run, monkeypatch):
            section = made.section(PLAYOFFS)
            assert section is not None
            assert UNCLEAN.search(text(section)) is None
            assert not re.search(
                r"\bno of the|-\w+ of the|ahead of[ .,]*\.|one finalists|\. (?:is|are) out", text(section)
            )
            if run == 25:
                assert "2025 title" in said(made, PLAYOFFS)


def dominated(run: int) -> Season:
    """Heim wins every race and stage, the others take turns behind."""
    orders = []
    for number in range(run):
        rest = [name for name in NAMES if name != "Corey Heim"]
        turn = number * 3 % len(rest)
        stages = {"Corey Heim": (1, 1)}
        orders.append([Row(name, stages=stages.get(name, ())) for name in ["Corey Heim", *rest[turn:], *rest[:turn]]])
    return make_season(2026, orders, upcoming=25 - run)


def test_a_title_is_settled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = 0
    for run in range(16, 26):
        words = [said(made, NUTSHELL) for made in every_way(dominated(run), run, monkeypatch)]
        settled += all(re.search(r"can no longer be caught|settles the 2026 title", each) for each in words)
        if run > 23:
            assert not any(
                re.search(r"settles|can no longer be caught|The win makes|With the win", each) for each in words
            )
            assert all(re.search(r"before the race|already", each) for each in words)
    assert settled == 1


def test_a_streak_goes_on_over_the_winter() -> None:
    old = make_season(2024, [MAJESKI, HEIM, HEIM])
    new = make_season(2025, [HEIM, HEIM], upcoming=11)
    assert "four in a row" in said(finished(new, 2, old), NUTSHELL) or "fourth in a row" in said(
        finished(new, 2, old), NUTSHELL
    )
    # Without the season before nobody knows how long it is.
    assert "in a row" not in said(finished(new, 2), NUTSHELL)
    assert "two for two this year" in said(finished(new, 2), NUTSHELL)


def test_top_fives_are_counted_over_the_winter_and_to_no_more_than_is_held() -> None:
    old = make_season(2024, [HEIM, BEHIND, MAJESKI, MAJESKI, MAJESKI])
    new = make_season(2025, [MAJESKI] * 4 + [HEIM], upcoming=8)
    assert "an eighth straight top-five finish" in said(finished(new, 5, old), NUTSHELL)
    assert "this season" not in said(finished(new, 5, old), NUTSHELL)
    always = make_season(2024, [HEIM, *[MAJESKI] * 4])
    assert "a fifth straight top-five finish this season" in said(finished(new, 5, always), NUTSHELL)
    assert "a fifth straight top-five finish this season" in said(finished(new, 5), NUTSHELL)


def test_who_had_never_started_is_not_said_to_have(monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_season(2024, [FIELD[1:]] * 3)
    new = make_season(2025, [FIELD[1:], HEIM], upcoming=11)
    for made in every_way(new, 2, monkeypatch, old):
        words = said(made, NUTSHELL)
        assert re.search(r"first start since at least 2024", words)
        assert not re.search(r"(?:race|start|Heim) since 2024", words)


def test_a_season_held_in_part_is_told_as_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    season = make_season(2025, [[], [], MAJESKI, [], HEIM], upcoming=15)
    for made in every_way(season, 3, monkeypatch):
        assert "the only race of 2025 on record" in said(made, PLAYOFFS)
    for made in every_way(season, 5, monkeypatch):
        whole = f"{said(made, NUTSHELL)} {said(made, PLAYOFFS)}"
        assert whole.count("two races of 2025 on record") == 2
        assert not re.search(r"standings|After one race|lead from|\bleft\b|spots?\b|the playoffs", whole)
        assert (
            line(made, PLAYOFFS, "1") == "Ty Majeski, 75 points" or line(made, PLAYOFFS, "1") == "Corey Heim, 75 points"
        )
        assert made.section(PLAYOFFS).title == "Points rundown"  # type: ignore[union-attr]


def test_a_race_that_cannot_be_so_is_a_hole_in_the_season() -> None:
    season = make_season(2025, [HEIM, HEIM, HEIM], upcoming=10)
    rows = season.results[2]
    season = replace(season, results={**season.results, 2: (rows[0], replace(rows[1], finish=1), *rows[2:])})
    assert re.search(r"\bsecond .*in the two races of 2025 on record", said(finished(season, 3), NUTSHELL))


def test_a_first_race_called_off_leaves_the_second_the_first() -> None:
    season = make_season(2025, [[], HEIM], races={1: {"status": RaceStatus.CANCELLED}}, upcoming=11)
    assert re.search(r"After one race|first standings", said(finished(season, 2), PLAYOFFS))


@pytest.mark.parametrize(
    ("winners", "pattern"), [(9, r"nine of the 10 spots"), (10, r"all 10 spots"), (12, r"12 race")]
)
def test_there_are_never_more_spots_held_than_there_are(
    winners: int, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    season = make_season(2025, [FIELD[n:] + FIELD[:n] for n in range(winners)], upcoming=25 - winners)
    for made in every_way(season, winners, monkeypatch):
        assert re.search(pattern, said(made, PLAYOFFS)), said(made, PLAYOFFS)
        assert not re.search(r"1[12] of the 10", text(made.section(PLAYOFFS)))
        if winners > 10:
            assert re.search(r"10 spots|only 10", said(made, NUTSHELL))


@pytest.mark.parametrize(("first", "last"), [(40, 100), (1, 95), (40, 95)])
def test_lead_changes_are_counted_where_every_lap_is_on_record(first: int, last: int) -> None:
    leads = (Lead("ty-majeski", first, 59), Lead("corey-heim", 60, 70), Lead("ty-majeski", 71, 80))
    outcome = Outcome(laps=100, leads=(*leads, Lead("corey-heim", 81, last)))
    counted = r"changed hands|lead changes?"
    season = make_season(2025, [HEIM], outcomes={1: outcome}, upcoming=12)
    assert not re.search(counted, said(finished(season), MOVE))
    assert ("Ty Majeski" in said(finished(season), MOVE)) == (last == 100)
    stated = make_season(2025, [HEIM], outcomes={1: replace(outcome, lead_changes=9)}, upcoming=12)
    assert re.search(rf"nine (?:times|{counted})", said(finished(stated), MOVE))
    whole = replace(outcome, leads=(replace(leads[0], from_lap=1), *leads[1:], Lead("corey-heim", 81, 100)))
    assert re.search(
        r"three (?:times|lead changes) among two drivers",
        said(finished(make_season(2025, [HEIM], outcomes={1: whole}, upcoming=12)), MOVE),
    )


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("disqualified after inspection", "Ben Rhodes (after inspection)"),
        ("disqualified, truck too low", "Ben Rhodes (truck too low)"),
        (
            "crossed the line third; disqualified after inspection",
            "Ben Rhodes (crossed the line third; after inspection)",
        ),
        ("disqualified", "Ben Rhodes"),
        (None, "Ben Rhodes"),
    ],
)
def test_disqualified_is_said_once(note: str | None, shown: str) -> None:
    season = make_season(2025, [["Corey Heim", Row("Ben Rhodes", disqualified=True)]], upcoming=9)
    rows = season.results[1]
    known = replace(rows[1], entry=replace(rows[1].entry, note=note))
    assert line(finished(replace(season, results={1: (rows[0], known)})), TOP, "Disqualified") == shown


def test_the_last_time_there_is_left_out_where_it_is_not_known() -> None:
    season = make_season(2025, [HEIM], upcoming=2)
    race = season.races[0]
    words = said(recap(facts_of([season], race, ahead=(season, season.races[1]))), NEXT)
    assert words
    assert not re.search(r"won|went to \w+ \w+\.|defend", words)


@pytest.mark.parametrize(("year", "race"), [(2023, 1), (2026, 1)])
def test_of_several_who_led_most_none_is_said_to_have_led_the_most(year: int, race: int) -> None:
    assert "the most" not in said(bundled_recap(year, race), MOVE).lower()
