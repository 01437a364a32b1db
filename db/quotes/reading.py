"""Finds quotes for who reads: his server's and the operator's, nothing that is not said yet."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.quotes.models import Quote
from db.quotes.rows import IDS, SELECT, fetch, is_id, to_quote
from db.timestamps import to_text

RANKED = 2000
"""Up to so many matches are counted and put in order of how well they fit; where there are more, the newest so many are
found.

Words that so many quotes hold tell none of them from another; to count and weigh them all takes most of the time.
"""

FEW = 2000
"""Up to so many quotes are looked up and sorted by day; where there are more, walking by day finds a page sooner."""

MOST_WORDS, MOST_ALTERNATIVES = 32, 16
"""Of what is searched for; what goes beyond is left out."""

MARK = "\ue000"
"""What every mark of the index begins with: a character for private use, which no text and no search brings along."""

THIS_SEASON = 5
"""How many times likelier a quote of the season is than another."""

# ruff: noqa: S608 - the statements below are made of each other, at import, and of nothing else.
AHEAD = """
SELECT y.id FROM json_each(:ahead) a
  JOIN races y ON y.season = json_extract(a.value, '$[0]') AND y.round = json_extract(a.value, '$[1]')
"""
HEARD = f"""
SELECT o.id FROM quotes o INDEXED BY quotes_by_race
 WHERE o.race_id IN ({AHEAD}) AND o.guild_id = :guild AND o.added_at <= :now
"""
"""Of races that are not over, what the reader's own server has saved by now, and so has heard."""
NOT_OVER = f"""
(q.race_id IN ({AHEAD}) AND (q.said_on IS NULL
    OR (q.said_on = :today AND (SELECT date FROM races WHERE id = q.race_id) <= :today))
 AND q.id NOT IN ({HEARD}))
"""
"""Of a race that is not over, unless it was said on a day before or heard; NULL for quotes of no race. By ids, so that
an index is enough to tell."""
VISIBLE = f"""
(q.guild_id IS NULL OR q.guild_id = :guild) AND (q.day IS NULL OR q.day <= :today) AND {NOT_OVER} IS NOT TRUE
"""
HIDDEN = f"""
SELECT id FROM quotes WHERE day > :today AND day <= :month_end
UNION ALL
SELECT q.id FROM quotes q INDEXED BY quotes_by_race WHERE (q.guild_id IS NULL OR q.guild_id = :guild) AND {NOT_OVER}
"""
"""What ``VISIBLE`` says of days, for rows of the index, whose marks tell servers and months; see ``_expression``."""
MATCHING = "quotes_text MATCH :match"
NOT_HIDDEN = " AND rowid NOT IN (SELECT value FROM json_each(:hidden))"
COUNT = "SELECT count(*) FROM quotes_text WHERE {matching}"
UP_TO = "SELECT count(*) FROM (SELECT 1 FROM quotes_text WHERE {matching} LIMIT :most)"
BEST = """
SELECT rowid AS id FROM quotes_text WHERE {matching}
 ORDER BY bm25(quotes_text, 10, 100, 3, 3, 0), rowid DESC LIMIT :limit OFFSET :offset
"""
"""Whose words they are says more than whom they are about, however often they name him: past a certain number of times
the same word hardly counts any more, and a heavy column gets there at once.
"""
PART = "SELECT rowid, {place} AS place FROM quotes_text WHERE {matching}"
ANY = """
SELECT rowid AS id FROM ({parts}) GROUP BY rowid
 ORDER BY count(*) DESC, min(place), rowid DESC LIMIT :limit OFFSET :offset
"""
LAST = "SELECT rowid AS id FROM quotes_text WHERE {matching} ORDER BY rowid DESC LIMIT :limit OFFSET :offset"
NTH = "SELECT rowid AS id FROM quotes_text WHERE {matching} ORDER BY rowid LIMIT 1 OFFSET :offset"
NEWEST_OF_FEW = """
SELECT id FROM quotes WHERE id IN (SELECT rowid FROM quotes_text WHERE {matching})
 ORDER BY day DESC, id DESC LIMIT :limit OFFSET :offset
"""
NEWEST_OF_MANY = f"""
SELECT q.id FROM quotes q INDEXED BY quotes_by_day LEFT JOIN races r ON r.id = q.race_id
 WHERE {VISIBLE} AND (:driver IS NULL OR q.driver_id = :driver) AND (:race IS NULL OR q.race_id = :race)
   AND (:season IS NULL OR coalesce(r.season, substr(q.said_on, 1, 4) + 0) = :season)
 ORDER BY q.day DESC, q.id DESC LIMIT :limit OFFSET :offset
"""
IN_ORDER = SELECT + f"JOIN json_each(:ids) i ON i.value = q.id WHERE {VISIBLE} ORDER BY i.key"
OF_RACE = SELECT + f"WHERE {VISIBLE} AND r.season = :season AND r.round = :round ORDER BY q.id"
ONE = SELECT + f"WHERE {VISIBLE} AND q.id = :id"
LAST_DAY = "SELECT max(day) FROM quotes"
OF_SCOPE = SELECT + "WHERE q.guild_id IS ? ORDER BY q.id"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the quotes of a server and the operator's, none said after a day.

    What is said while a race is under way is known in the server that saved it; the operator's waits until it is over.

    Attributes:
        guild: the server's id; None sees the operator's alone.
        today: the day it is, Eastern.
        ahead: races (season, round) that are not over yet though their day is today.
        now: the moment, aware; without one the server's own quotes of those races wait as well.
    """

    guild: int | None
    today: date
    ahead: tuple[tuple[int, int], ...] = ()
    now: datetime | None = None

    def asked(self) -> dict[str, Any]:
        """What ``VISIBLE`` asks for."""
        return {
            "guild": self.guild,
            "today": self.today.isoformat(),
            "ahead": json.dumps(self.ahead),
            "now": to_text(self.now) if self.now else "",
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, and how many there are on all pages; ``more``: words are in more that are not found."""

    quotes: tuple[Quote, ...]
    total: int
    more: bool = False


def match_of(words: Sequence[Sequence[str]], *, whole: bool = False) -> str:
    """An expression for ``search``: every word must be found, each by one of its alternatives.

    Nothing in a word has a meaning of its own. The last word may be the beginning of a longer one, unless it is a
    number or ``whole`` asks for whole words alone. "" where there is nothing to search for, which finds nothing.
    """
    given = [tuple(each for each in some[:MOST_ALTERNATIVES] if _has_letters(each)) for some in words]
    terms = [term for term in dict.fromkeys(given) if term][:MOST_WORDS]
    parts = [[_quoted(each) for each in term] for term in terms]
    if parts and not whole:
        parts[-1] = [_quoted(each) + ("" if each.isdecimal() else "*") for each in terms[-1]]
    return " AND ".join(f"({' OR '.join(part)})" for part in parts)


def _quoted(word: str) -> str:
    plain = "".join(c if unicodedata.category(c) not in {"Cc", "Co", "Cs"} else " " for c in word)
    return '"' + plain.replace('"', '""') + '"'


def _has_letters(word: str) -> bool:
    """Whether the index could hold it; it knows letters and digits alone."""
    return any(unicodedata.category(c)[0] in "LN" for c in word)


async def search(
    store: Store,
    reader: Reader,
    match: str | None,
    *,
    driver: str | None = None,
    season: int | None = None,
    round: int | None = None,  # noqa: A002 - what a race's number is called everywhere
    limit: int,
    offset: int = 0,
) -> Found:
    """A page of quotes: the best first, among equals the newest; all of them, or the newest of very many, by their age.

    Args:
        store: an open store.
        reader: who reads.
        match: made by ``match_of``; None for all.
        driver: a driver's key; only what he said.
        season: only quotes of that season, by their race or else by their day.
        round: with ``season``, only quotes of that race.
        limit: quotes on a page.
        offset: quotes on the pages before.
    """
    if match == "":
        return Found((), 0)
    async with store.read() as connection:
        marks = await _marks(connection, driver, season, round)
        if marks is None:
            return Found((), 0)
        asked = await _asked(connection, reader)
        asked |= {"driver": marks["d"], "race": marks["r"], "season": season, "limit": limit, "offset": offset}
        asked["match"] = _expression(reader, match, marks, await _to_come(connection, reader))
        total = await (_count(connection, asked) if match is None else _up_to(connection, asked, RANKED + 1))
        more = match is not None and total > RANKED
        total = RANKED if more else total
        if offset >= total:
            # To look for what is not there a second time takes as long as the first.
            return Found((), total, more)
        few, many = (NEWEST_OF_FEW, NEWEST_OF_MANY) if match is None else (BEST, LAST)
        page = many if more or total > FEW else few
        return Found(await _quotes(connection, reader, await _ids(connection, page, asked)), total, more)


async def search_any(
    store: Store,
    reader: Reader,
    matches: Sequence[str],
    *,
    driver: str | None = None,
    season: int | None = None,
    round: int | None = None,  # noqa: A002 - what a race's number is called everywhere
    limit: int,
    offset: int = 0,
) -> Found:
    """A page of quotes found by any of some expressions of ``match_of``: by the most of them first, then by the rarest.

    An expression that more quotes fit than can be ranked tells none from another and is left out; where they all are
    such, the first alone is looked for. The rest as for ``search``.
    """
    only: dict[str, Any] = {"driver": driver, "season": season, "round": round}
    async with store.read() as connection:
        marks = await _marks(connection, driver, season, round)
        if marks is None:
            return Found((), 0)
        asked = await _asked(connection, reader) | {"limit": limit, "offset": offset}
        to_come = await _to_come(connection, reader)
        held: dict[str, int] = {}
        for match in filter(None, matches):
            asked["match"] = _expression(reader, match, marks, to_come)
            held[match] = await _up_to(connection, asked, RANKED + 1)
        some = [match for match in sorted(held, key=held.__getitem__) if held[match]]
        rare = [match for match in some if held[match] <= RANKED]
        if len(rare) > 1:
            parts = []
            for place, match in enumerate(rare):
                asked[f"match{place}"] = _expression(reader, match, marks, to_come)
                part = _filled(PART.replace("{place}", str(place)), asked)
                parts.append(part.replace(":match", f":match{place}"))
            asked["match"] = _expression(reader, " OR ".join(rare), marks, to_come)
            ids = await _ids(connection, ANY.replace("{parts}", " UNION ALL ".join(parts)), asked)
            return Found(await _quotes(connection, reader, ids), await _count(connection, asked))
    return await search(store, reader, (rare or some or [""])[0], limit=limit, offset=offset, **only)


async def count(
    store: Store,
    reader: Reader,
    *,
    driver: str | None = None,
    season: int | None = None,
    round: int | None = None,  # noqa: A002 - what a race's number is called everywhere
) -> int:
    """How many quotes there are for a reader, of all or of a driver, a season or a race, as for ``search``."""
    async with store.read() as connection:
        marks = await _marks(connection, driver, season, round)
        if marks is None:
            return 0
        asked = await _asked(connection, reader)
        asked["match"] = _expression(reader, None, marks, await _to_come(connection, reader))
        return await _count(connection, asked)


async def counts(store: Store, reader: Reader, matches: Sequence[str], most: int) -> tuple[int, ...]:
    """How many quotes each of some expressions of ``match_of`` finds; beyond ``most`` is not counted, and so cheap."""
    found = []
    async with store.read() as connection:
        asked = await _asked(connection, reader)
        to_come = await _to_come(connection, reader)
        for match in matches:
            asked["match"] = _expression(reader, match, {}, to_come)
            found.append(await _up_to(connection, asked, most) if match else 0)
    return tuple(found)


async def random_quote(
    store: Store, reader: Reader, season: int, choose: random.Random, *, but: frozenset[int] = frozenset()
) -> Quote | None:
    """One of those a reader may see, by lot; one of ``season`` is as likely as five others. None if there are none.

    Args:
        store: an open store.
        reader: who reads.
        season: the one whose quotes weigh more; a quote's is its race's, else that of its day.
        choose: draws the lot.
        but: ids of quotes that are not wanted.
    """
    async with store.read() as connection:
        asked = await _asked(connection, reader, but)
        to_come = await _to_come(connection, reader)
        current = asked | {"match": _expression(reader, None, {"s": season}, to_come)}
        others = asked | {"match": f"{_expression(reader, None, {}, to_come)} NOT {_mark('s', season)}"}
        weighty = await _count(connection, current) * THIS_SEASON
        lots = weighty + await _count(connection, others)
        if not lots:
            return None
        lot = choose.randrange(lots)
        drawn = current | {"offset": lot // THIS_SEASON} if lot < weighty else others | {"offset": lot - weighty}
        return (await _quotes(connection, reader, await _ids(connection, NTH, drawn)))[0]


async def quotes_of_race(store: Store, reader: Reader, season: int, number: int) -> tuple[Quote, ...]:
    """A race's quotes, in the order in which they were saved."""
    asked = _parameters(reader) | {"season": season, "round": number}
    return tuple(to_quote(row) for row in await store.fetch(OF_RACE, asked))


async def quote(store: Store, reader: Reader, number: int) -> Quote | None:
    """A quote by its id; None if there is none, or it is another server's, or not said yet."""
    if not is_id(number):
        return None
    rows = await store.fetch(ONE, _parameters(reader) | {"id": number})
    return to_quote(rows[0]) if rows else None


async def quotes_of_scope(store: Store, guild: int | None) -> tuple[Quote, ...]:
    """All of a server's own quotes, or (None) all of the operator's, in the order in which they were saved."""
    return tuple(to_quote(row) for row in await store.fetch(OF_SCOPE, (guild,)))


def _parameters(reader: Reader) -> dict[str, Any]:
    """What ``VISIBLE`` and ``MATCHING`` ask for."""
    return reader.asked() | {"month_end": f"{reader.today:%Y-%m}-31"}


async def _asked(connection: aiosqlite.Connection, reader: Reader, but: frozenset[int] = frozenset()) -> dict[str, Any]:
    """The same, and what the index is not to give: what is not said yet, and what is not wanted."""
    asked = _parameters(reader)
    hidden = [row["id"] for row in await fetch(connection, HIDDEN, asked)]
    return asked | {"hidden": json.dumps([*hidden, *sorted(but)])}


async def _to_come(connection: aiosqlite.Connection, reader: Reader) -> str:
    """The marks of the months after this one, as far as there are quotes of them; "" if there are none.

    Where half of all quotes are still to be said, one list of a month's is drawn up instead of one of them all.
    """
    last = (await fetch(connection, LAST_DAY, ()))[0][0] or ""
    today = reader.today
    if last <= f"{today:%Y-%m}-31":
        return ""
    marks = [_mark("m", f"{today:%Y}{month:02}") for month in range(today.month + 1, 13)]
    marks += [_mark("y", year) for year in range(today.year + 1, int(last[:4]) + 1)]
    return f" NOT ({' OR '.join(marks)})"


async def _marks(
    connection: aiosqlite.Connection, driver: str | None, season: int | None, number: int | None
) -> dict[str, int | None] | None:
    """The marks of what is asked for; None where the store knows no such driver or race."""
    known = (await fetch(connection, IDS, {"driver": driver, "season": season, "round": number}))[0]
    marks = {"d": known["driver"], "r": known["race"], "s": season}
    unknown = (driver is not None and marks["d"] is None) or (number is not None and marks["r"] is None)
    return None if unknown else marks


def _mark(letter: str, value: object) -> str:
    return f'"{MARK}{letter}{value}"'


def _expression(reader: Reader, match: str | None, marks: Mapping[str, int | None], to_come: str) -> str:
    """For the index: the words that are looked for, and by their marks what the reader may see and asks for."""
    parts = [f"({match})"] if match is not None else []
    parts += [_mark(letter, number) for letter, number in marks.items() if number is not None]
    scopes = [_mark("g", guild) for guild in ((0,) if reader.guild is None else (0, reader.guild))]
    parts.append(f"({' OR '.join(scopes)})")
    return f"({' AND '.join(parts)}){to_come}"


def _filled(sql: str, asked: Mapping[str, Any]) -> str:
    """A statement with its condition; where nothing is hidden, as on most days, every row is spared a look-up."""
    return sql.format(matching=MATCHING if asked["hidden"] == "[]" else MATCHING + NOT_HIDDEN)


async def _count(connection: aiosqlite.Connection, asked: Mapping[str, Any]) -> int:
    return int((await fetch(connection, _filled(COUNT, asked), asked))[0][0])


async def _up_to(connection: aiosqlite.Connection, asked: Mapping[str, Any], most: int) -> int:
    """The same, no further than ``most``, which of common words takes a fraction of the time."""
    return int((await fetch(connection, _filled(UP_TO, asked), dict(asked) | {"most": most}))[0][0])


async def _ids(connection: aiosqlite.Connection, sql: str, asked: Mapping[str, Any]) -> list[int]:
    return [int(row["id"]) for row in await fetch(connection, _filled(sql, asked), asked)]


async def _quotes(connection: aiosqlite.Connection, reader: Reader, ids: Sequence[int]) -> tuple[Quote, ...]:
    """The quotes of these ids in their order; asked once more whether the reader may see them."""
    asked = _parameters(reader) | {"ids": json.dumps(ids)}
    return tuple(to_quote(row) for row in await fetch(connection, IN_ORDER, asked))
