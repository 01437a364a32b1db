"""How the laps of a race reach the store, whoever brings them."""

from __future__ import annotations

import aiosqlite

from db.connection import Store
from db.laps.models import PackedRace, PitStop
from db.laps.rows import held_rows, rows_of, save_laps

RACE = "SELECT id FROM races WHERE nascar_id = ?"
ENTRIES = """
SELECT e.number, e.driver_id, d.nascar_id FROM entries e JOIN drivers d ON d.id = e.driver_id WHERE e.race_id = ?
"""


async def keep_laps(store: Store, race: PackedRace) -> bool:
    """Stores the laps of a race if they are others than those that are held; returns whether anything was written.

    Laps that come without pit road leave the visits that are held: a document that is missing today was there before.

    Raises:
        StoreError: the store cannot be read or written.
    """
    async with store.write() as connection:
        return await put_laps(connection, race, only_news=True)


async def put_laps(connection: aiosqlite.Connection, race: PackedRace, *, only_news: bool = False) -> bool:
    """Stores the laps of a race; a truck that is not among its entries is left out, with its stops.

    Args:
        connection: in a transaction.
        race: the laps.
        only_news: write nothing where they are as they are held, and keep the stops that are held where none come.

    Returns:
        Whether the race is there or, with ``only_news``, whether anything was written.
    """
    found = list(await connection.execute_fetchall(RACE, (race.race,)))
    if not found:
        return False
    ((number,),) = found
    entries = await connection.execute_fetchall(ENTRIES, (number,))
    drivers = {(row["number"], row["nascar_id"]): row["driver_id"] for row in entries}
    trucks = [
        (truck.number, drivers[truck.number, truck.driver], truck.packed)
        for truck in race.trucks
        if (truck.number, truck.driver) in drivers
    ]
    numbers = {truck[0] for truck in trucks}
    stops = None if race.stops is None else [stop for stop in race.stops if stop.number in numbers]
    if only_news:
        held = await held_rows(connection, number)
        if held is not None and stops is None:
            stops = held.stops
        if not trucks or (held is not None and _same(held.trucks, held.stops, trucks, stops)):
            return False
    await save_laps(connection, number, trucks, stops)
    return True


def _same(
    held: list[tuple[str, int, bytes]],
    held_stops: list[PitStop] | None,
    trucks: list[tuple[str, int, bytes]],
    stops: list[PitStop] | None,
) -> bool:
    if sorted(held) != sorted(trucks) or (held_stops is None) != (stops is None):
        return False
    return rows_of(held_stops or ()) == rows_of(stops or ())
