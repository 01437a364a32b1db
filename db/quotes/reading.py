"""Searches the quotes that a reader may see: those of their server and those for everyone, without the future's."""

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
from db.quotes.ranking import BEST, ranking
from db.quotes.rows import IDS, SELECT, fetch, is_id, quoted, to_quote
from db.timestamps import to_text

RANKED = 2000
"""Up to this many matches are counted and ranked; of more, only the newest are found.

Words that so many quotes contain do not tell good matches from bad ones, and ranking all of them would take most of the
time of a search.
"""

FEW = 2000
"""Up to this many quotes are looked up and sorted by day; of more, walking the index by day finds a page sooner."""

MOST_WORDS, MOST_ALTERNATIVES = 32, 16
"""The most words of a search, and alternatives of a word; the rest is left out."""

MARK = "\ue000"
"""What every mark in the index starts with: a private-use character, which no text and no search can contain."""

THIS_SEASON = 5
"""How many times as likely a quote of the current season is as any other."""

# ruff: noqa: S608 - the statements below are made of each other, at import, and of nothing else.
AHEAD = """
SELECT y.id FROM json_each(:ahead) a
  JOIN races y ON y.season = json_extract(a.value, '$[0]') AND y.round = json_extract(a.value, '$[1]')
"""
HEARD = f"""
SELECT o.id FROM quotes o INDEXED BY quotes_by_race
 WHERE o.race_id IN ({AHEAD}) AND o.guild_id = :guild AND o.added_at <= :now
"""
"""Quotes of races that are not over which the reader's own server has saved, so that they are no spoilers there."""
NOT_OVER = f"""
(q.race_id IN ({AHEAD}) AND (q.said_on IS NULL
    OR (q.said_on = :today AND (SELECT date FROM races WHERE id = q.race_id) <= :today))
 AND q.id NOT IN ({HEARD}))
"""
"""Quotes of races that are not over, unless said on an earlier day or saved by the reader's server; NULL for quotes
without a race. It compares ids only, so that an index can answer it."""
VISIBLE = f"""
(q.guild_id IS NULL OR q.guild_id = :guild) AND (q.day IS NULL OR q.day <= :today) AND {NOT_OVER} IS NOT TRUE
"""
HIDDEN = f"""
SELECT id FROM quotes WHERE day > :today AND day <= :month_end
UNION ALL
SELECT q.id FROM quotes q INDEXED BY quotes_by_race WHERE (q.guild_id IS NULL OR q.guild_id = :guild) AND {NOT_OVER}
"""
"""The part of ``VISIBLE`` that the full-text index cannot answer: its marks know servers and months, but not days. See
``_expression``."""
MATCHING = "quotes_text MATCH :match"
NOT_HIDDEN = " AND rowid NOT IN (SELECT value FROM json_each(:hidden))"
COUNT = "SELECT count(*) FROM quotes_text WHERE {matching}"
UP_TO = "SELECT count(*) FROM (SELECT 1 FROM quotes_text WHERE {matching} LIMIT :most)"
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
    """Who reads, which decides what they may see: their server's quotes and those for everyone, none from the future.

    Quotes of a race that is under way are shown only in the server that saved them; those for everyone have to wait
    until the race is over.

    Attributes:
        guild: the server's id; None sees only the quotes for everyone.
        today: the current day, Eastern.
        ahead: races (season, round) of today or earlier that are not over yet.
        now: the current time, aware; without it the server's own quotes of those races are hidden as well.
    """

    guild: int | None
    today: date
    ahead: tuple[tuple[int, int], ...] = ()
    now: datetime | None = None

    def asked(self) -> dict[str, Any]:
        """The parameters of ``VISIBLE``."""
        return {
            "guild": self.guild,
            "today": self.today.isoformat(),
            "ahead": json.dumps(self.ahead),
            "now": to_text(self.now) if self.now else "",
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A page of quotes, and how many there are on all pages; ``more`` says that further matches were left out."""

    quotes: tuple[Quote, ...]
    total: int
    more: bool = False


def match_of(words: Sequence[Sequence[str]], *, whole: bool = False) -> str:
    """An FTS5 expression for ``search``: every word must match, each by one of its alternatives.

    Every word is quoted, so that no operator of FTS5 works. The last word also matches longer words that start with it,
    unless it is a number or ``whole`` is set. The result is "" if there is nothing to search for; that finds nothing.
    """
    given = [tuple(each for each in some[:MOST_ALTERNATIVES] if _has_letters(each)) for some in words]
    terms = [term for term in dict.fromkeys(given) if term][:MOST_WORDS]
    parts = [[quoted(each) for each in term] for term in terms]
    if parts and not whole:
        parts[-1] = [quoted(each) + ("" if each.isdecimal() else "*") for each in terms[-1]]
    return " AND ".join(f"({' OR '.join(part)})" for part in parts)


def _has_letters(word: str) -> bool:
    """Whether the index can contain the word; it has only letters and digits."""
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
    words: Sequence[Sequence[str]] = (),
) -> Found:
    """A page of quotes, the best match first; all quotes, or the newest of very many matches, are in order of age.

    The best is what somebody said whom the words name, then what has the words next to each other, then the newest.

    Args:
        store: an open store.
        reader: who reads.
        match: an expression of ``match_of``; None for all quotes.
        driver: a driver's key; only what that driver said.
        season: only quotes of that season, by their race or else by their day.
        round: with ``season``, only quotes of that race.
        limit: quotes on a page.
        offset: quotes on the pages before.
        words: those of ``match``, which rank the matches; without them the newest comes first.
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
        asked |= ranking(words)
        total = await (_count(connection, asked) if match is None else _up_to(connection, asked, RANKED + 1))
        more = match is not None and total > RANKED
        total = RANKED if more else total
        if offset >= total:
            # There is nothing on this page, and searching once more would take as long as counting did.
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
    """A page of quotes that match any of the expressions: those that match most of them first, then the rarest.

    An expression that matches more quotes than can be ranked is left out; if all do, only the rarest of them is used.
    The other arguments are those of ``search``.
    """
    only: dict[str, Any] = {"driver": driver, "season": season, "round": round}
    async with store.read() as connection:
        marks = await _marks(connection, driver, season, round)
        if marks is None:
            return Found((), 0)
        asked = await _asked(connection, reader) | {"limit": limit, "offset": offset}
        to_come = await _to_come(connection, reader)
        found_by: dict[str, int] = {}
        for match in filter(None, matches):
            asked["match"] = _expression(reader, match, marks, to_come)
            found_by[match] = await _up_to(connection, asked, RANKED + 1)
        some = [match for match in sorted(found_by, key=found_by.__getitem__) if found_by[match]]
        rare = [match for match in some if found_by[match] <= RANKED]
        if len(rare) > 1:
            parts = []
            for place, match in enumerate(rare):
                asked[f"match{place}"] = _expression(reader, match, marks, to_come)
                part = _with_condition(PART.replace("{place}", str(place)), asked)
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
    """How many quotes a reader may see, of all or of a driver, a season or a race, as for ``search``."""
    async with store.read() as connection:
        marks = await _marks(connection, driver, season, round)
        if marks is None:
            return 0
        asked = await _asked(connection, reader)
        asked["match"] = _expression(reader, None, marks, await _to_come(connection, reader))
        return await _count(connection, asked)


async def counts(store: Store, reader: Reader, matches: Sequence[str], most: int) -> tuple[int, ...]:
    """For each expression of ``match_of``, how many quotes match it. Counting ends at ``most``, to keep it cheap."""
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
    """A quote at random. One of ``season`` is five times as likely as any other. None if there are no quotes.

    Args:
        store: an open store.
        reader: who reads.
        season: the season that is preferred; a quote's season is that of its race, else of its day.
        choose: makes the choice.
        but: ids of quotes that are left out.
    """
    async with store.read() as connection:
        asked = await _asked(connection, reader, but)
        to_come = await _to_come(connection, reader)
        current = asked | {"match": _expression(reader, None, {"s": season}, to_come)}
        others = asked | {"match": f"{_expression(reader, None, {}, to_come)} NOT {_mark('s', season)}"}
        preferred = await _count(connection, current) * THIS_SEASON
        total = preferred + await _count(connection, others)
        if not total:
            return None
        number = choose.randrange(total)
        in_season, rest = number // THIS_SEASON, number - preferred
        drawn = current | {"offset": in_season} if number < preferred else others | {"offset": rest}
        return (await _quotes(connection, reader, await _ids(connection, NTH, drawn)))[0]


async def quotes_of_race(store: Store, reader: Reader, season: int, number: int) -> tuple[Quote, ...]:
    """A race's quotes, in the order in which they were saved."""
    asked = _parameters(reader) | {"season": season, "round": number}
    return tuple(to_quote(row) for row in await store.fetch(OF_RACE, asked))


async def quote(store: Store, reader: Reader, number: int) -> Quote | None:
    """A quote by its id; None if there is none, or it is another server's, or from the reader's future."""
    if not is_id(number):
        return None
    rows = await store.fetch(ONE, _parameters(reader) | {"id": number})
    return to_quote(rows[0]) if rows else None


async def quotes_of_scope(store: Store, guild: int | None) -> tuple[Quote, ...]:
    """All of a server's own quotes or, where ``guild`` is None, all for everyone, in the order they were saved."""
    return tuple(to_quote(row) for row in await store.fetch(OF_SCOPE, (guild,)))


def _parameters(reader: Reader) -> dict[str, Any]:
    """The parameters of ``VISIBLE`` and ``HIDDEN``."""
    return reader.asked() | {"month_end": f"{reader.today:%Y-%m}-31"}


async def _asked(connection: aiosqlite.Connection, reader: Reader, but: frozenset[int] = frozenset()) -> dict[str, Any]:
    """The same with the ids that the index must not return: hidden quotes, and those in ``but``."""
    asked = _parameters(reader)
    hidden = [row["id"] for row in await fetch(connection, HIDDEN, asked)]
    return asked | {"hidden": json.dumps([*hidden, *sorted(but)])}


async def _to_come(connection: aiosqlite.Connection, reader: Reader) -> str:
    """An expression that leaves out the months and years after this one; "" if there are no quotes from then.

    With it ``HIDDEN`` has to list only the rest of the current month, even if half of all quotes are in the future, as
    for a bot whose clock is set back.
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
    """The ids for the index's marks of a driver, race and season; None if there is no such driver or race."""
    known = (await fetch(connection, IDS, {"driver": driver, "season": season, "round": number}))[0]
    marks = {"d": known["driver"], "r": known["race"], "s": season}
    unknown = (driver is not None and marks["d"] is None) or (number is not None and marks["r"] is None)
    return None if unknown else marks


def _mark(letter: str, value: object) -> str:
    return f'"{MARK}{letter}{value}"'


def _expression(reader: Reader, match: str | None, marks: Mapping[str, int | None], to_come: str) -> str:
    """The whole FTS5 expression: the words, and as marks what is asked for and which servers' quotes may be seen."""
    parts = [f"({match})"] if match is not None else []
    parts += [_mark(letter, number) for letter, number in marks.items() if number is not None]
    scopes = [_mark("g", guild) for guild in ((0,) if reader.guild is None else (0, reader.guild))]
    parts.append(f"({' OR '.join(scopes)})")
    return f"({' AND '.join(parts)}){to_come}"


def _with_condition(sql: str, asked: Mapping[str, Any]) -> str:
    """A statement with its condition. On most days nothing is hidden, and then no row has to be looked up for it."""
    return sql.format(matching=MATCHING if asked["hidden"] == "[]" else MATCHING + NOT_HIDDEN)


async def _count(connection: aiosqlite.Connection, asked: Mapping[str, Any]) -> int:
    return int((await fetch(connection, _with_condition(COUNT, asked), asked))[0][0])


async def _up_to(connection: aiosqlite.Connection, asked: Mapping[str, Any], most: int) -> int:
    """As ``_count``, but counting ends at ``most``, which for common words takes a fraction of the time."""
    return int((await fetch(connection, _with_condition(UP_TO, asked), dict(asked) | {"most": most}))[0][0])


async def _ids(connection: aiosqlite.Connection, sql: str, asked: Mapping[str, Any]) -> list[int]:
    return [int(row["id"]) for row in await fetch(connection, _with_condition(sql, asked), asked)]


async def _quotes(connection: aiosqlite.Connection, reader: Reader, ids: Sequence[int]) -> tuple[Quote, ...]:
    """The quotes of these ids in their order. ``VISIBLE`` is checked once more, in case the index is wrong."""
    asked = _parameters(reader) | {"ids": json.dumps(ids)}
    return tuple(to_quote(row) for row in await fetch(connection, IN_ORDER, asked))
