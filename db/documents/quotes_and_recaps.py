"""Imports quotes and editors' recaps, without overwriting what people changed themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import aiosqlite

from db.documents.file_format import QuoteRow, RecapRow
from db.documents.import_report import Counts, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.reader import Document, Line
from db.documents.rows_from_models import quote_row, recap_row
from db.models import Driver
from db.naming import fold_quote
from db.quotes.models import Quote, QuoteDraft
from db.quotes.reading import OF_SCOPE
from db.quotes.rows import fetch, to_quote
from db.quotes.writing import Change, change, insert, remove
from db.recaps.models import RecapText
from db.recaps.texts import current_text, last_change, put

RACES = "SELECT season, round, id FROM races WHERE dropped_at IS NULL"
STEPS = """
SELECT quote_id, json_extract(before, '$.words') AS words, bundled FROM quote_history
 WHERE guild_id IS NULL ORDER BY id
"""

AHEAD = timedelta(days=1)
"""How much later than the import a text may claim to be edited, since clocks differ."""

Races = Mapping[tuple[int | None, int | None], int]
"""Row ids of races by season and round."""
OnStoredSchedule = Callable[[int, Line, int], int | None]
"""The round on the stored schedule, from the season, a line and the round that it gives; None for a dropped race."""


class QuotesAndRecapsImport:
    """The import of quotes and recaps, for one transaction."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        register: NameResolver,
        tally: Tally,
        now: datetime,
        guild: int | None,
        on_stored_schedule: OnStoredSchedule,
    ) -> None:
        self._connection = connection
        self._register = register
        self._tally = tally
        self._now = now
        self._guild = guild
        self._on_stored_schedule = on_stored_schedule
        self._names: Mapping[str, Driver] = {driver.key: driver for driver in register.drivers.values()}

    async def run(self, documents: Iterable[Document]) -> None:
        """Imports them; the documents' races and drivers must be in the store already.

        Raises:
            DocumentError: a row is not valid.
        """
        documents = list(documents)
        if not any({"recaps", "quotes"} & document.sections.keys() for document in documents):
            return
        rows = await fetch(self._connection, RACES, ())
        races: Races = {(row["season"], row["round"]): row["id"] for row in rows}
        seen: dict[Hashable, Line] = {}
        for document in documents:
            for line in document.sections.get("recaps", []):
                placed = self._placed(replace(line, bundled=document.bundled))
                if placed is None:
                    self._tally.count("recaps", line.file, Counts(unchanged=1))
                else:
                    await self._recap(placed, races, seen)
        quotes = [document for document in documents if "quotes" in document.sections]
        if quotes:
            await self._quotes(quotes, races)

    def _placed(self, line: Line) -> Line | None:
        """The line with its race's round on the stored schedule; None if an operator dropped the race from that."""
        row = line.row
        assert isinstance(row, QuoteRow | RecapRow)
        if row.season is None or row.round is None:
            return line
        number = self._on_stored_schedule(row.season, line, row.round)
        return None if number is None else replace(line, row=row.model_copy(update={"round": number}))

    async def _recap(self, line: Line, races: Races, seen: dict[Hashable, Line]) -> None:
        row = line.row
        assert isinstance(row, RecapRow)
        # Texts that come with the program may be later than a clock that was set back.
        if not line.bundled and row.edited > self._now + AHEAD:
            raise line.error("is still to come; say when the text was edited", "edited")
        race = _race_of(row, races, line)
        refuse_duplicate(seen, (race, row.section), line, f"section {row.section} of race {row.round}")
        current = await current_text(self._connection, race, row.season, row.round, row.section)
        changed = await last_change(self._connection, race, row.section)
        if changed is not None and row.edited <= changed:
            # Somebody changed the section, or took the text away, after this document was written; that is kept.
            self._tally.count("recaps", line.file, Counts(unchanged=1))
            return
        existing = None if current is None else recap_row(current).model_copy(update={"edited": row.edited})
        # A text is imported as a whole: one without a picture removes the picture that was there before.
        if self._tally.compare("recaps", replace(line, whole=True), existing, row) is not None:
            text = RecapText(row.season, row.round, row.section, row.words, row.picture, row.author, row.edited)
            await put(self._connection, race, text, None, self._now)

    async def _quotes(self, documents: list[Document], races: Races) -> None:
        current = await self._quotes_of(self._guild)
        elsewhere = {} if self._guild is None else await self._quotes_of(None)
        touched, replaced = await self._changed_by_people()
        seen: dict[Hashable, Line] = {}
        for document in documents:
            for given in document.sections["quotes"]:
                # What was said before a race that is no longer to be run is still a quote, of that driver.
                line = self._placed(replace(given, bundled=document.bundled)) or _without_race(given)
                row = self._with_canonical_name(line)
                key = fold_quote(row.words)
                refuse_duplicate(seen, key, line, "this quote")
                _race_of(row, races, line)
                quote = current.get(key)
                yields = document.bundled and (key in replaced if quote is None else quote.id in touched)
                # A quote that everyone can see is not added to a server once more.
                if yields or (quote is None and key in elsewhere):
                    self._tally.count("quotes", line.file, Counts(unchanged=1))
                else:
                    await self._quote(quote, row, line, Change(None, self._now, document.bundled))
        for document in (each for each in documents if each.bundled):
            for quote in (quote for key, quote in current.items() if key not in seen and quote.id not in touched):
                await remove(self._connection, quote, Change(None, self._now, bundled=True))
                self._tally.count("quotes", document.file, Counts(removed=1))

    async def _quote(self, current: Quote | None, row: QuoteRow, line: Line, change_made: Change) -> None:
        existing = None if current is None else quote_row(current, self._names)
        merged = self._tally.compare("quotes", line, existing, row)
        if merged is None:
            return
        number = None if merged.driver is None else self._register.find_driver(merged.driver)
        driver = None if number is None else self._register.drivers[number]
        draft = QuoteDraft(
            speaker=merged.speaker or (driver.name if driver else ""),
            driver=driver.key if driver else None,
            **merged.model_dump(exclude={"speaker", "driver"}),
        )
        try:
            if current is None:
                await insert(self._connection, draft, self._guild, change_made)
            else:
                await change(self._connection, current, draft, change_made)
        except ValueError as error:
            raise line.error(str(error)) from error

    def _with_canonical_name(self, line: Line) -> QuoteRow:
        """The row with the driver's canonical name, so that another spelling does not count as a change."""
        row = line.row
        assert isinstance(row, QuoteRow)
        if row.driver is None:
            return row
        name = self._register.driver_name(row.driver, line, "driver")
        return row.model_copy(update={"driver": name} | ({"speaker": None} if row.speaker == name else {}))

    async def _quotes_of(self, guild: int | None) -> dict[str, Quote]:
        """The quotes of a server or, where ``guild`` is None, those for everyone, by their folded words."""
        quotes = [to_quote(row) for row in await fetch(self._connection, OF_SCOPE, (guild,))]
        return {fold_quote(quote.words): quote for quote in quotes}

    async def _changed_by_people(self) -> tuple[set[int], set[str]]:
        """The quotes for everyone that people changed: ids of those added or edited, and replaced words, folded.

        People change quotes by change_made or by importing a document. What comes with the program must not undo that.
        """
        touched: set[int] = set()
        replaced: set[str] = set()
        for step in await fetch(self._connection, STEPS, ()):
            if step["bundled"]:
                touched.discard(step["quote_id"])
                continue
            touched.add(step["quote_id"])
            if step["words"] is not None:
                replaced.add(fold_quote(step["words"]))
        return touched, replaced


def _without_race(line: Line) -> Line:
    return replace(line, row=line.row.model_copy(update={"season": None, "round": None}))


def _race_of(row: QuoteRow | RecapRow, races: Races, line: Line) -> int:
    """The row id of the race that a row names; 0 if it names none.

    Raises:
        DocumentError: the store holds no such race.
    """
    if row.round is None:
        return 0
    number = races.get((row.season, row.round))
    if number is None:
        last = max((number or 0 for season, number in races if season == row.season), default=0)
        known = f"its races are 1 to {last}" if last else f"it holds nothing of {row.season}"
        raise line.error(f"the store holds no race {row.round} of {row.season}; {known}", "round")
    return number
