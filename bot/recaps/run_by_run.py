"""Run by run: the green-flag runs of a race, who moved in them, the cautions between them, and pit road."""

from __future__ import annotations

from bot.laps.report import PitGain, RaceReport, RunMoves
from bot.laps.runs import Move
from bot.recaps.facts import TITLES, RecapLine, Section
from bot.recaps.phrases import capital, figures, joined, ordinal, plain
from db.models import CautionPeriod, Race, Season
from db.recaps.models import SectionKind


def run_by_run(season: Season, race: Race, report: RaceReport) -> Section | None:
    """The section, of a line for each run; None where the race's runs are not known.

    Args:
        season: the race's, which names its drivers.
        race: the race, with its outcome.
        report: what its laps tell.
    """
    if not report.runs:
        return None
    lines = [*_pit_road(season, report), *(_run(season, race, each) for each in report.runs)]
    return Section(SectionKind.RUNS, TITLES[SectionKind.RUNS], lines=tuple(lines))


def _pit_road(season: Season, report: RaceReport) -> list[RecapLine]:
    lines = []
    if report.winner_stops:
        laps = joined(map(str, report.winner_stops))
        lines.append(RecapLine("Winner's stops", f"{'lap' if len(report.winner_stops) == 1 else 'laps'} {laps}"))
    if report.pit_gain is not None:
        lines.append(RecapLine("Most won off pit road", _gain(season, report.pit_gain)))
    return lines


def _gain(season: Season, gain: PitGain) -> str:
    stops = f"{figures(gain.stops, 'stop')} under yellow"
    return f"{_name(season, gain.driver)}, {figures(gain.places, 'place')} in {stops}"


def _run(season: Season, race: Race, each: RunMoves) -> RecapLine:
    """``Laps 71–84``: ``Corey Heim in front at the end; Rajah Caruth up from 18th to fifth. Caution, laps 85–88``."""
    run = each.run
    leads = race.outcome.leads if race.outcome else ()
    leader = next((lead.driver for lead in leads if lead.from_lap <= run.last <= lead.to_lap), None)
    said = [f"{_name(season, leader)} in front at the end"] if leader is not None else []
    if each.movers:
        said.append(_moved(season, each.movers))
    periods = race.outcome.caution_periods if race.outcome else ()
    caution = next((period for period in periods if period.from_lap == run.last + 1), None)
    if caution is not None:
        said.append(_caution(caution))
    return RecapLine(capital(_laps(run.first, run.last)), "; ".join(said) or "to the end")


def _moved(season: Season, movers: tuple[Move, ...]) -> str:
    return joined(
        f"{_name(season, move.driver)}{' up' if i == 0 else ''} from {ordinal(move.before)} to {ordinal(move.after)}"
        for i, move in enumerate(movers)
    )


def _caution(caution: CautionPeriod) -> str:
    why = f", {plain(caution.reason)}" if caution.reason else ""
    free = f", free pass to the No. {plain(caution.free_pass)}" if caution.free_pass else ""
    return f"caution {_laps(caution.from_lap, caution.to_lap)}{why}{free}"


def _laps(first: int, last: int) -> str:
    return f"lap {first}" if first == last else f"laps {first}–{last}"


def _name(season: Season, key: str) -> str:
    return plain(season.name_of(key))
