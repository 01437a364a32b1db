"""Turns models into the rows of a document, for export and for comparing a document with the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from db.documents.file_format import (
    FORMAT,
    AdjustmentRow,
    BroadcastRow,
    DriverRow,
    FastestLapRow,
    Header,
    LayoutRow,
    OutcomeRow,
    QuoteRow,
    RaceRow,
    RecapRow,
    ResultRow,
    Row,
    SeatRow,
    SessionRow,
    TrackNameRow,
    TrackRow,
)
from db.models import Driver, Entry, Outcome, Race, Result, Season, StageScore, Track
from db.quotes.models import Quote
from db.recaps.models import RecapText


def track_row(track: Track) -> TrackRow:
    """A track as a row of ``tracks``."""
    return TrackRow(
        name=track.name,
        short=track.short,
        aliases=list(track.aliases),
        city=track.city,
        state=track.state,
        length=track.length,
        shape=track.shape,  # type: ignore[arg-type]  # the table's CHECK holds the same four shapes
        names=[TrackNameRow(name=each.name, first=each.first, last=each.last) for each in track.names],
        layouts=[
            LayoutRow(
                first=each.first,
                last=each.last,
                length=each.length,
                shape=each.shape,  # type: ignore[arg-type]
                surface=each.surface,  # type: ignore[arg-type]  # as above
            )
            for each in track.layouts
        ],
    )


def driver_row(driver: Driver) -> DriverRow:
    """A driver as a row of ``drivers``."""
    return DriverRow(
        name=driver.name,
        aliases=list(driver.aliases),
        nascar_id=driver.nascar_id,
        born=driver.born,
        hometown=driver.hometown,
        racing_reference=list(driver.racing_reference),
        sources=dict(driver.sources),
    )


def _name(names: Mapping[str, Driver], key: str | None) -> str | None:
    return None if key is None else names[key].name


def _outcome_row(outcome: Outcome | None, names: Mapping[str, Driver]) -> OutcomeRow | None:
    if outcome is None:
        return None
    fastest = outcome.fastest_lap
    return OutcomeRow(
        laps=outcome.laps,
        pole=_name(names, outcome.pole),
        pole_mph=outcome.pole_mph,
        stage_winners=[_name(names, key) for key in outcome.stage_winners],
        fastest_lap=None
        if fastest is None
        else FastestLapRow(driver=names[fastest.driver].name, seconds=fastest.seconds, mph=fastest.mph),
        rookie_of_the_race=_name(names, outcome.rookie_of_the_race),
        cautions=outcome.cautions,
        caution_laps=outcome.caution_laps,
        lead_changes=outcome.lead_changes,
        margin=outcome.margin,
        under_caution=outcome.under_caution,
        average_mph=outcome.average_mph,
        seconds=outcome.seconds,
        leads=[(names[lead.driver].name, lead.from_lap, lead.to_lap) for lead in outcome.leads],
        caution_periods=[(c.from_lap, c.to_lap, c.reason, c.free_pass) for c in outcome.caution_periods],
    )


def race_row(race: Race, names: Mapping[str, Driver]) -> RaceRow:
    """A race with its outcome as a row of ``races``; ``names`` are drivers by key."""
    return RaceRow(
        round=race.round,
        name=race.name,
        aliases=list(race.aliases),
        track=race.track.name,
        date=race.date,
        start=race.start,
        green_flag=race.green_flag,
        nascar_id=race.nascar_id,
        laps=race.scheduled_laps,
        stages=list(race.stage_laps),
        phase=race.phase,
        status=race.status,
        results_state=race.results_stated,
        sessions=[SessionRow(kind=s.kind, start=s.start) for s in race.sessions],
        broadcasts=[
            BroadcastRow(
                kind=b.kind, network=b.network, coverage=b.coverage, approximate=b.approximate, source=b.source
            )
            for b in race.broadcasts
        ],
        outcome=_outcome_row(race.outcome, names),
        sources=dict(race.sources),
    )


def entry_row(entry: Entry, names: Mapping[str, Driver], result: Result | None = None) -> ResultRow:
    """A row of ``results``; without a result, the row of a truck that was entered and did not race."""
    fields: dict[str, object] = {
        "round": entry.round,
        "number": entry.number,
        "driver": names[entry.driver].name,
        "make": entry.make,
        "team": entry.team,
        "owner": entry.owner,
        "sponsor": entry.sponsor,
        "crew_chief": entry.crew_chief,
        "eligible": entry.eligible,
        "rookie": entry.rookie,
        "note": entry.note,
        "start": entry.start,
    }
    if result is not None:
        stages = (*result.stages, StageScore(), StageScore())
        fields |= {
            "finish": result.finish,
            "start": result.start,
            "laps": result.laps,
            "led": result.led,
            "status": result.status,
            "points": result.points,
            "stage1_finish": stages[0].finish,
            "stage1_points": stages[0].points,
            "stage2_finish": stages[1].finish,
            "stage2_points": stages[1].points,
            "fastest_lap": result.fastest_lap,
            "disqualified": result.disqualified,
        }
    return ResultRow.model_validate(fields)


def result_rows(season: Season, rounds: Iterable[int] | None = None) -> list[ResultRow]:
    """Results in order of race and finish, partial ones included; entries without one come last in their race."""
    chosen = [race.round for race in season.races] if rounds is None else list(rounds)
    rows = []
    for number in chosen:
        held = season.results.get(number) or season.partial.get(number, ())
        rows += [entry_row(result.entry, season.drivers, result) for result in held]
        rows += [entry_row(entry, season.drivers) for entry in season.absent.get(number, ())]
    return rows


def season_sections(season: Season) -> dict[str, list[Row]]:
    """Every section of a season's file, by name."""
    races: list[Row] = [race_row(race, season.drivers) for race in season.races]
    return {"races": races, **sections_of_results(season)}


def sections_of_results(season: Season, rounds: Iterable[int] | None = None) -> dict[str, list[Row]]:
    """The sections beside the races, with the results of all of these or of some rounds."""
    names = season.drivers
    return {
        "results": list(result_rows(season, rounds)),
        "playoff_field": [SeatRow(driver=names[s.driver].name, how=s.how, note=s.note) for s in season.playoff_field],
        "adjustments": [
            AdjustmentRow(
                round=a.round,
                driver=names[a.driver].name,
                points=a.points,
                playoff_points=a.playoff_points,
                reason=a.reason,
                source=a.source,
            )
            for a in season.adjustments
        ],
    }


def season_header(season: Season) -> Header:
    """The header of a season's file."""
    return Header(
        format=FORMAT,
        complete=True,
        season=season.year,
        source=season.freshness.source,
        retrieved=season.freshness.retrieved,
        champion=_name(season.drivers, season.champion),
        rookies=[season.drivers[key].name for key in season.rookies],
    )


def quote_row(quote: Quote, names: Mapping[str, Driver]) -> QuoteRow:
    """A row of ``quotes``; the server that a quote belongs to is not part of it."""
    driver = _name(names, quote.driver)
    return QuoteRow(
        words=quote.words,
        speaker=None if quote.speaker == driver else quote.speaker,
        driver=driver,
        role=quote.role,
        context=quote.context,
        season=quote.season,
        round=quote.round,
        said_on=quote.said_on,
        source=quote.source,
        link=quote.link,
    )


def recap_row(text: RecapText) -> RecapRow:
    """An editor's text for one section as a row of ``recaps``."""
    return RecapRow(
        season=text.season,
        round=text.round,
        section=text.section,
        words=text.words,
        picture=text.picture,
        author=text.author,
        edited=text.edited_at,
    )
