"""Takes quotes and editors' recaps in: the part of an import that people's own changes stand up to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import aiosqlite

from db.documents.file_format import QuoteRow, RecapRow
from db.documents.import_report import Counts, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.reader import Document, Line
from db.documents.rows_from_models import quote_row, recap_row
from db.models import Driver
from db.naming import fold_words
from db.quotes.models import Quote, QuoteDraft
from db.quotes.reading import OF_SCOPE
from db.quotes.rows import draft_from_json, fetch, to_quote
from db.quotes.writing import Hand, change, insert, remove
from db.recaps.models import RecapText
from db.recaps.texts import held_recap, last_change, put

RACES = "SELECT season, round, id FROM races"
STEPS = "SELECT quote_id, before, bundled FROM quote_history WHERE guild_id IS NULL ORDER BY id"

AHEAD = timedelta(days=1)
"""So much later than the import's moment a text may have been edited: clocks differ."""

Races = Mapping[tuple[int | None, int | None], int]
"""Row ids of races by season and round."""


class QuotesAndRecapsImport:
    """The quotes and recaps of one import; lives as long as its transaction."""

    def __init__(
        self, connection: aiosqlite.Connection, register: NameResolver, tally: Tally, now: datetime, guild: int | None
    ) -> None:
        self._connection = connection
        self._register = register
        self._tally = tally
        self._now = now
        self._guild = guild
        self._names: Mapping[str, Driver] = {driver.key: driver for driver in register.drivers.values()}

    async def run(self, documents: Iterable[Document]) -> None:
        """Takes them in; the documents' races and drivers are in the store by now.

        Raises:
            DocumentError: a row does not fit.
        """
        documents = list(documents)
        if not any({"recaps", "quotes"} & document.sections.keys() for document in documents):
            return
        rows = await fetch(self._connection, RACES, ())
        races: Races = {(row["season"], row["round"]): row["id"] for row in rows}
        seen: dict[Hashable, Line] = {}
        for document in documents:
            for line in document.sections.get("recaps", []):
                await self._recap(line, races, seen, bundled=document.bundled)
        quotes = [document for document in documents if "quotes" in document.sections]
        if quotes:
            await self._quotes(quotes, races)

    async def _recap(self, line: Line, races: Races, seen: dict[Hashable, Line], *, bundled: bool) -> None:
        row = line.row
        assert isinstance(row, RecapRow)
        # What comes with the program may be ahead of a clock that was set back.
        if not bundled and row.edited > self._now + AHEAD:
            raise line.error("is still to come; say when the text was edited", "edited")
        race = _race_of(row, races, line)
        refuse_duplicate(seen, (race, row.section), line, f"section {row.section} of race {row.round}")
        held = await held_recap(self._connection, race, row.season, row.round, row.section)
        changed = await last_change(self._connection, race, row.section)
        if changed is not None and row.edited <= changed:
            # Whoever changed it since, or took it back, knew better than this document.
            self._tally.count("recaps", line.file, Counts(unchanged=1))
            return
        existing = None if held is None else recap_row(held).model_copy(update={"edited": row.edited})
        # A text is taken whole: one without a picture has none, whatever stood there before.
        if self._tally.compare("recaps", replace(line, whole=True), existing, row) is not None:
            text = RecapText(row.season, row.round, row.section, row.words, row.picture, row.author, row.edited)
            await put(self._connection, race, text, None, self._now)

    async def _quotes(self, documents: list[Document], races: Races) -> None:
        held = await self._held(self._guild)
        elsewhere = {} if self._guild is None else await self._held(None)
        touched, dropped = await self._by_hand()
        seen: dict[Hashable, Line] = {}
        for document in documents:
            for line in document.sections["quotes"]:
                row = self._settle(line)
                key = fold_words(row.words)
                refuse_duplicate(seen, key, line, "this quote")
                _race_of(row, races, line)
                quote = held.get(key)
                yields = document.bundled and (key in dropped if quote is None else quote.id in touched)
                # What everybody sees is in the server already.
                if yields or (quote is None and key in elsewhere):
                    self._tally.count("quotes", line.file, Counts(unchanged=1))
                else:
                    await self._quote(quote, row, line, Hand(None, self._now, document.bundled))
        for document in (each for each in documents if each.bundled):
            for quote in (quote for key, quote in held.items() if key not in seen and quote.id not in touched):
                await remove(self._connection, quote, Hand(None, self._now, bundled=True))
                self._tally.count("quotes", document.file, Counts(removed=1))

    async def _quote(self, held: Quote | None, row: QuoteRow, line: Line, hand: Hand) -> None:
        existing = None if held is None else quote_row(held, self._names)
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
            if held is None:
                await insert(self._connection, draft, self._guild, hand)
            else:
                await change(self._connection, held, draft, hand)
        except ValueError as error:
            raise line.error(str(error)) from error

    def _settle(self, line: Line) -> QuoteRow:
        """The row with the one name of its driver, so that another spelling is no change."""
        row = line.row
        assert isinstance(row, QuoteRow)
        if row.driver is None:
            return row
        name = self._register.driver_name(row.driver, line, "driver")
        return row.model_copy(update={"driver": name} | ({"speaker": None} if row.speaker == name else {}))

    async def _held(self, guild: int | None) -> dict[str, Quote]:
        """The quotes of a server, or the operator's, by their folded words."""
        quotes = [to_quote(row) for row in await fetch(self._connection, OF_SCOPE, (guild,))]
        return {fold_words(quote.words): quote for quote in quotes}

    async def _by_hand(self) -> tuple[set[int], set[str]]:
        """Which of the operator's quotes did not come with the program as they are, and which words were put away.

        Those are what a person, or a document that a person took in, has added, changed or removed.
        """
        touched: set[int] = set()
        dropped: set[str] = set()
        for step in await fetch(self._connection, STEPS, ()):
            if step["bundled"]:
                touched.discard(step["quote_id"])
                continue
            touched.add(step["quote_id"])
            if step["before"] is not None:
                dropped.add(fold_words(draft_from_json(step["before"]).words))
        return touched, dropped


def _race_of(row: QuoteRow | RecapRow, races: Races, line: Line) -> int:
    """The row id of the race that a row names, 0 where it names none.

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
