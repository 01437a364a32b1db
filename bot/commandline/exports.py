"""`tailgate export`: stored facts as the text of a document."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from bot.commandline.standings import DEFAULT_VIEW, FIELDS, standings_rows
from bot.errors import FriendlyError
from db.documents.csv_tables import write_csv
from db.documents.file_format import FORMAT, Header, Row
from db.documents.json_writer import write_document
from db.documents.rows_from_models import (
    driver_row,
    quote_row,
    race_row,
    recap_row,
    result_rows,
    season_header,
    season_sections,
    track_row,
)
from db.models import Driver, Season, Track
from db.quotes.models import Quote
from db.recaps.models import RecapText

SECTION_OF = {"results": "results", "schedule": "races", "drivers": "drivers", "tracks": "tracks"}

DRIVERS_AND_TRACKS = frozenset({"drivers", "tracks"})
"""Exports that belong to no season."""

QUOTES_AND_RECAPS = frozenset({"quotes", "recaps"})
"""Exports of what people wrote or said, for one season or for all."""


class ExportError(FriendlyError):
    """The export is not possible as requested; the text is one line."""


def export_drivers_or_tracks(what: str, rows: Iterable[Driver] | Iterable[Track], form: str) -> str:
    """Drivers or tracks, which belong to no season."""
    lines: list[Row] = [driver_row(row) if isinstance(row, Driver) else track_row(row) for row in rows]
    if form == "csv":
        return write_csv(what, lines)
    return write_document(Header(format=FORMAT, complete=True), {what: lines})


def export_quotes(quotes: Iterable[Quote], names: Mapping[str, Driver], season: int | None, form: str) -> str:
    """Quotes of all seasons, or of one: the season of their race, or else the year of their day."""

    def year(quote: Quote) -> int | None:
        return quote.season or (quote.said_on.year if quote.said_on else None)

    return _quotes_or_recaps(
        "quotes", [quote_row(quote, names) for quote in quotes if season in {None, year(quote)}], form
    )


def export_recaps(texts: Iterable[RecapText], form: str) -> str:
    """Editors' words for the sections of recaps."""
    return _quotes_or_recaps("recaps", [recap_row(text) for text in texts], form)


def _quotes_or_recaps(what: str, rows: Sequence[Row], form: str) -> str:
    return (
        write_csv(what, rows) if form == "csv" else write_document(Header(format=FORMAT, complete=True), {what: rows})
    )


def export_season(what: str, season: Season, after: int | None, form: str, view: str = DEFAULT_VIEW) -> str:
    """A season's standings, results or schedule, or the whole season.

    Args:
        what: one of ``parser.EXPORTS`` that belongs to a season.
        season: the whole season, as stored.
        after: a round: the state after that race; None for the state after the last race with results.
        form: json or csv.
        view: one of ``STANDINGS_VIEWS``; for standings only.

    Raises:
        ExportError: the race is not one of the season's, or a whole season is asked for as CSV.
    """
    if after is not None:
        if season.race(after) is None:
            raise ExportError(f"{season.year} has no race {after}; its races are 1 to {len(season.races)}")
        if what in {"schedule", "season"}:
            raise ExportError(f"--after goes with standings and results; a {what} is always whole")
        season = season.through(after)
    if what == "standings":
        return _standings(season, view, form)
    if what == "season":
        if form == "csv":
            raise ExportError("a season has several tables and CSV holds one; export it as json")
        return write_document(season_header(season), season_sections(season))
    rows: Sequence[Row] = (
        result_rows(season) if what == "results" else [race_row(race, season.drivers) for race in season.races]
    )
    if form == "csv":
        return write_csv(SECTION_OF[what], rows, season.year)
    header = Header(
        format=FORMAT,
        complete=True,
        season=season.year,
        source=season.freshness.source,
        retrieved=season.freshness.retrieved,
    )
    return write_document(header, {SECTION_OF[what]: rows})


def _standings(season: Season, view: str, form: str) -> str:
    """A view of the standings. It is computed from results, so it can be exported and never imported."""
    rows = standings_rows(season, view)
    if form == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]) if rows else list(FIELDS), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()
    after = season.latest.round if season.latest else None
    head = "".join(
        f"  {json.dumps(name)}: {json.dumps(value)},\n"
        for name, value in (("season", season.year), ("after", after), ("view", view))
    )
    lines = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    listed = f"[\n    {lines}\n  ]" if rows else "[]"
    return f'{{\n{head}  "standings": {listed}\n}}\n'
