"""Names that nobody has: however long or odd what was imported, no answer breaks a limit of Discord or a phone."""

from datetime import UTC, datetime

import pytest
from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import head_to_head, record
from bot.questions.core import (
    STANDINGS_VIEWS,
    AboutQuestion,
    ClinchQuestion,
    CompareQuestion,
    DriverQuestion,
    NextQuestion,
    PlayoffsQuestion,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.recaps.facts import LastTime
from bot.render.about import about
from bot.render.clinch import ClinchFacts, clinch
from bot.render.compare import CompareFacts, compare
from bot.render.drivers import DriverFacts, driver
from bot.render.next_race import NextFacts, upcoming
from bot.render.playoffs import playoffs
from bot.render.results import results
from bot.render.schedule import schedule
from bot.render.standings import standings
from db.models import Adjustment, Broadcast, BroadcastKind, Driver, FastestLap, Outcome, Season
from tests.bot.render.reading import body, buttons, options, texts
from tests.careers import career_in
from tests.checks.limits import check_message
from tests.seasons import Row, make_season, make_track

LATER = datetime(2025, 12, 1, tzinfo=UTC)
EARLY = datetime(2025, 1, 1, tzinfo=UTC)
"""When no race is missing yet."""
ODD = [
    "*" * 190,
    "W" * 190,
    "`" * 190,
    "日本" * 95,
    "@everyone " * 19,
    "<@1> " * 38,
    "e\u0301" * 95,
    "\u202e" + "x " * 90,
    "```\n" * 45,
]


def season_of(odd: str) -> Season:
    """Thirty-six drivers, thirteen races and everything else by the odd name, numbered to tell them apart."""
    rows = [
        # The number first: what follows the first blank is the surname, which stands alone in headings and buttons.
        Row(
            f"{n} {odd}{n}",
            make=odd,
            team=odd,
            status=odd + str(n),
            led=n,
            stages=(None, None),
            eligible=bool(n % 5),
            rookie=bool(n % 2),
        )
        for n in range(36)
    ]
    key = "driver-1"
    outcome = Outcome(
        pole=key,
        stage_winners=(key, key),
        fastest_lap=FastestLap(key, 99.999, 199.999),
        rookie_of_the_race=key,
        cautions=99,
    )
    networks = tuple(Broadcast(kind, odd) for kind in BroadcastKind)
    facts = {n: {"name": odd, "phase": odd, "broadcasts": networks} for n in range(1, 15)}
    track = make_track(odd)
    keyed = [Driver(f"driver-{n}", row.driver) for n, row in enumerate(rows)]
    return make_season(
        2025,
        [rows] * 13,
        upcoming=1,
        tracks=[track],
        drivers=keyed,
        races=facts,
        outcomes=dict.fromkeys(range(1, 14), outcome),
        adjustments=tuple(Adjustment(1, f"driver-{n}", -1, -1, odd) for n in range(5)),
    )


def every_card(season: Season) -> list[ui.LayoutView]:
    computed = ComputedSeason(season)
    one, other = record(computed, "driver-0"), record(computed, "driver-1")
    assert one is not None
    assert other is not None
    a, b = season.drivers["driver-0"], season.drivers["driver-1"]
    facts = DriverFacts(a, computed, one, career_in([season], a.key), computed.races_of(a.key), (season.year,))
    both = CompareFacts(season, (a, b), (one, other), head_to_head(computed, a.key, b.key), tuple(range(1995, 2026)))
    last = LastTime(season.races[0], a.name, defending=True)
    return [
        *(standings(computed, StandingsQuestion(2025, view=view), LATER) for view in STANDINGS_VIEWS),
        *(
            standings(computed, StandingsQuestion(2025, after=n, page=2), LATER, ComputedSeason(season.through(n)))
            for n in (4, 8, 10)
        ),
        *(
            playoffs(ComputedSeason(known), PlayoffsQuestion(2025), LATER, (2024, 2025))
            for known in (season, season.through(6))
        ),
        *(clinch(ClinchFacts(computed, season.races[13], who), ClinchQuestion(), EARLY) for who in (None, a, b)),
        *(driver(facts, DriverQuestion(a.key, tab=tab), LATER) for tab in ("season", "races")),
        *(compare(both, CompareQuestion(a.key, b.key, tab=tab), LATER) for tab in ("season", "races")),
        *(results(season, season.races[n], ResultsQuestion(2025, page=3), LATER) for n in (0, 13)),
        schedule(season, ScheduleQuestion(2025), LATER, (2025,)),
        upcoming(NextFacts(season, season.races[13], last, season), NextQuestion(), LATER),
        upcoming(NextFacts(season, None), NextQuestion(), LATER),
        about([season], AboutQuestion(), LATER, version="1"),
    ]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_no_name_breaks_a_limit(odd: str) -> None:
    for view in every_card(season_of(odd)):
        assert not check_message(body(view))
        assert all(label.isprintable() for label in (*buttons(view), *options(view)))
        assert all(part.count("```") in {0, 2} for part in texts(view))
