"""The commands that work on the store alone: import, export, backup, check."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.app import open_services, tell_loaded
from bot.championship.audit import faults
from bot.clock import Clock
from bot.commandline.exports import (
    DRIVERS_AND_TRACKS,
    QUOTES_AND_RECAPS,
    ExportError,
    export_drivers_or_tracks,
    export_quotes,
    export_recaps,
    export_season,
)
from bot.commandline.feed_lines import feed_lines
from bot.commandline.standings import DEFAULT_VIEW
from bot.commandline.store_audit import audit
from db.bundled import bundled_documents, bundled_years, note_taken
from db.connection import Store
from db.documents.dropped_races import of_dropped_races
from db.documents.importer import import_documents
from db.documents.name_register import DRIVERS, TRACKS, NameRegister, called_in_documents, shared_names
from db.documents.reader import read_file
from db.documents.readings import newest_reading
from db.errors import StoreError
from db.feeds.rows import load_memory
from db.file_faults import damage
from db.inspection import Inspection, inspect
from db.models import EASTERN, Driver, Season
from db.people_and_places import load_drivers, load_tracks
from db.quotes import quotes_of_scope
from db.racing import load_stored_seasons
from db.recaps.texts import all_recap_texts
from db.snapshots import read_whole

DROPPED = {True: "left out", False: "exported without their race"}
"""What becomes of the quotes and recaps of races that a document cannot name, by whether the file names a race each."""


def print_message(line: str) -> None:
    """Prints a line for the operator to standard error, apart from the output itself."""
    print(line, file=sys.stderr, flush=True)


async def import_files(
    path: Path,
    files: list[Path],
    clock: Clock,
    *,
    bundled: bool,
    guild: int | None = None,
    older: bool = False,
    hand_back: int | None = None,
) -> None:
    """Imports documents and prints what happened to their rows.

    Args:
        path: the store.
        files: the documents.
        clock: says when it is.
        bundled: import those that come with the program as well.
        guild: the server that the quotes will belong to; None for everybody.
        older: take in, too, what was retrieved before what is stored of the same race.
        hand_back: a season of which what comes with the program replaces what the operator imported.

    Raises:
        DocumentError, StoreError: nothing was changed.
    """
    if not files and not bundled:
        raise StoreError("name the files to import, such as `tailgate import results.csv`, or say --bundled")
    if bundled and guild is not None:
        raise StoreError("bundled documents belong to no server; leave out --bundled or --guild")
    if hand_back is not None and (not bundled or files):
        raise StoreError(
            "--hand-back goes with --bundled and without files: `tailgate import --bundled --hand-back 2025`"
        )
    documents = [*(bundled_documents() if bundled else ()), *(read_file(file) for file in files)]
    years = [each.header.season for each in documents if each.bundled and each.header.season]
    if hand_back is not None and hand_back not in years:
        raise StoreError(f"no season {hand_back} comes with this version; it has {', '.join(map(str, years))}")
    async with open_services(path, clock) as opened:
        tell_loaded(opened.loaded, print_message)
        report = await import_documents(
            opened.services.store, documents, clock.now(), guild=guild, older=older, hand_back=hand_back
        )
        if bundled:
            await note_taken(opened.services.store, bundled_years(), clock.now())
        imported = await read_whole(opened.services.store, report.rounds)
    for section, counts in report.sections.items():
        name = section.replace("_", " ")
        removed = f", {counts.removed} removed" if counts.removed else ""
        print(f"{name}: {counts.created} created, {counts.updated} updated, {counts.unchanged} unchanged{removed}")
    if not report.sections:
        print("nothing to import: the documents have no rows")
    for note in report.notes:
        print(f"note: {note}")
    for season in imported:
        _print_audit(season, report.rounds[season.year])


async def export(
    path: Path,
    what: str,
    season: int | None,
    after: int | None,
    form: str,
    *,
    view: str | None = None,
    guild: int | None = None,
) -> None:
    """Writes an export to standard output, and to standard error which results were left out of the standings.

    Raises:
        ExportError, StoreError: nothing was written.
    """
    _check_options(what, season, after, view, guild)
    async with await Store.open(path, readonly=True) as store:
        if what in QUOTES_AND_RECAPS and season is not None:
            await _years(store, season)
        lost = await of_dropped_races(store, what, guild, season) if what in QUOTES_AND_RECAPS else 0
        if lost:
            how = DROPPED[what == "recaps" or season is not None]
            print_message(
                f"{how}, since the race is off the schedule: {lost} of the {what}; to keep that, import a document "
                "that lists those races first"
            )
        if what == "quotes":
            quotes = await quotes_of_scope(store, guild)
            names = called_in_documents(DRIVERS, await _drivers(store))
            text = export_quotes(quotes, names, season, form)
        elif what == "recaps":
            text = export_recaps(await all_recap_texts(store, season), form)
        elif what == "drivers":
            text = export_drivers_or_tracks(what, await _drivers(store), form)
        elif what == "tracks":
            async with store.read() as connection:
                text = export_drivers_or_tracks(what, (await load_tracks(connection)).values(), form)
        else:
            whole = await _season(store, season)
            if what != "standings":
                whole = await _as_new_as_its_races(store, whole)
                whole = await _as_documents_call_it(store, whole)
            text = export_season(what, whole, after, form, view or DEFAULT_VIEW)
            for fault in faults(whole) if what == "standings" else ():
                print_message(f"left out, since it cannot be so: {whole.year} race {fault.round}: {fault.what}")
            for number in sorted(whole.partial) if what == "standings" else ():
                print_message(f"left out, since its results are partial: {whole.year} race {number}")
    sys.stdout.write(text)
    sys.stdout.flush()


async def _as_documents_call_it(store: Store, season: Season) -> Season:
    """The season with drivers and tracks by names that mean nobody else when the document is imported again."""
    async with store.read() as connection:
        tracks = called_in_documents(TRACKS, (await load_tracks(connection)).values())
    return replace(
        season,
        drivers=called_in_documents(DRIVERS, season.drivers.values()),
        races=tuple(replace(race, track=tracks[race.track.key]) for race in season.races),
    )


async def _as_new_as_its_races(store: Store, season: Season) -> Season:
    """The season as retrieved when the newest of its facts was read, so that an export is as new as they are."""
    async with store.read() as connection:
        read = await newest_reading(connection, season.year)
    known = [moment for moment in (read, season.freshness.retrieved) if moment is not None]
    return replace(season, freshness=replace(season.freshness, retrieved=max(known, default=None)))


def _check_options(what: str, season: int | None, after: int | None, view: str | None, guild: int | None) -> None:
    if what in DRIVERS_AND_TRACKS and (season is not None or after is not None):
        raise ExportError(f"{what} belong to no season; leave out --season and --after")
    if what in QUOTES_AND_RECAPS and after is not None:
        raise ExportError(f"--after goes with standings and results; {what} can be limited by --season alone")
    if view is not None and what != "standings":
        raise ExportError(f"--view goes with standings; {what} has one view")
    if guild is not None and what != "quotes":
        raise ExportError(f"--guild goes with quotes; {what} belong to no server")


async def _years(store: Store, year: int | None) -> list[int]:
    """The stored years, newest first, or the given one if it is among them."""
    async with store.read() as connection:
        years = list(await load_stored_seasons(connection))
    if not years:
        raise ExportError("the store has no season; `tailgate import --bundled` loads those that come with it")
    if year is not None and year not in years:
        raise ExportError(f"the store has no season {year}; it has {', '.join(map(str, years))}")
    return years[::-1] if year is None else [year]


async def _season(store: Store, year: int | None) -> Season:
    """The season of that year; without one the newest that has results, or the newest where none has any."""
    read: list[Season] = []
    for each in await _years(store, year):
        read += await read_whole(store, [each])
        if read[-1].latest:
            return read[-1]
    return read[0]


async def _drivers(store: Store) -> Collection[Driver]:
    async with store.read() as connection:
        return (await load_drivers(connection)).values()


async def backup(path: Path, target: Path) -> None:
    """Copies the store.

    Raises:
        StoreError: it could not be done.
    """
    async with await Store.open(path, readonly=True) as store:
        await store.backup(target)
    print(f"{path} is copied to {target}.")


async def check(path: Path) -> int:
    """Inspects the store and prints what was found; returns the exit status.

    Raises:
        StoreError: it cannot even be opened.
    """
    async with await Store.open(path, readonly=True) as store:
        found = await inspect(store)
        seasons = () if found.problems else await read_whole(store)
        shared = [] if found.problems else await _shared_names(store)
        feeds = None if found.problems else await load_memory(store)
    _print(found)
    for line in feed_lines(feeds) if feeds is not None else ():
        print(line)
    for line in shared:
        print(f"note: {line}")
    if found.problems:
        more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
        print_message(f"tailgate: {path} {damage(found.problems[0] + more)[1]}")
        return 1
    return _audit(path, seasons)


async def _shared_names(store: Store) -> list[str]:
    """A line for each name that several drivers, or several tracks, bear."""
    async with store.read() as connection:
        drivers = NameRegister(DRIVERS, await load_drivers(connection))
        tracks = NameRegister(TRACKS, await load_tracks(connection))
    return [*shared_names(drivers, drivers.names()), *shared_names(tracks, tracks.names())]


def _audit(path: Path, seasons: Sequence[Season]) -> int:
    """Prints what is odd about the seasons and what cannot be so; returns the exit status."""
    wrong = [line for season in seasons for line in _print_audit(season)]
    if not wrong:
        return 0
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    print_message(f"tailgate: {path}: {wrong[0]}{more}; import a corrected document")
    return 1


def _print_audit(season: Season, rounds: Collection[int] | None = None) -> tuple[str, ...]:
    """Prints the findings about these races of a season, or about all of them; returns those that cannot be so."""
    found = audit(season, rounds)
    for line in found.odd:
        print(f"note: {line}")
    for line in found.wrong:
        print(f"cannot be so: {line}")
    return found.wrong


def _print(found: Inspection) -> None:
    print(f"schema version {found.schema}, {found.drivers} drivers")
    for season in found.seasons:
        through = f"results of {season.run}, through race {season.last_round}" if season.run else "no results"
        print(f"{season.year}: {season.races} races, {through}; refreshed {_day(season.refreshed)}")
    if found.quotes or found.server_quotes or found.sections:
        sections = f"{found.sections} section{'' if found.sections == 1 else 's'}"
        print(
            f"quotes: {found.quotes} seen everywhere, {found.server_quotes} of servers; recaps: {sections} by editors"
        )
    if not found.seasons:
        print("no seasons stored; `tailgate import --bundled` loads those that come with it")
    if not found.problems:
        print("the file is sound")


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M} Eastern"
