"""Reads a document, JSON or CSV; errors name the file, the line and the field of the first thing that is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from db.documents.csv_tables import read_csv
from db.documents.file_format import SECTIONS, Header, Row
from db.documents.strict_json import decode_json, why_not_json
from db.documents.wording import in_words
from db.errors import DocumentError

LARGEST = 32_000_000
"""The largest file in bytes; a season has about 300,000."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years within which a day or moment must be."""

_BLANK = " \t\r\n"


class FeedState(StrEnum):
    """What a document that was made of NASCAR's feeds says: what is final, or what may still change."""

    OFFICIAL = "official feed"
    UNOFFICIAL = "unofficial feed"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its place in the file, so that an error in it can name the line.

    ``whole`` says that it comes from a complete document: a field that it leaves out is to be cleared. ``bundled`` says
    that the document comes with the program, ``retrieved`` when it says that its facts were read; ``feed`` and
    ``trusted`` are the document's.
    """

    row: Row
    file: str
    number: int
    whole: bool = False
    bundled: bool = False
    retrieved: datetime | None = None
    feed: FeedState | None = None
    trusted: bool = False

    @property
    def yields(self) -> bool:
        """Whether it gives way to what an operator said."""
        return self.bundled or (self.feed is not None and not self.trusted)

    def error(self, problem: str, field: str | None = None) -> DocumentError:
        """The error for something wrong with this row, to be raised by the caller."""
        return DocumentError(problem, file=self.file, line=self.number, field=field)

    def where_to_add(self, section: str) -> str:
        """Where a row of another section goes that this one needs: a CSV file holds one section."""
        return f"in a CSV file of {section}, imported with this one" if is_csv(self.file) else f"under {section!r}"


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. ``sections`` holds its lines by section; ``digest`` is the SHA-256 of its bytes.

    ``bundled`` says that it comes with the program; its quotes and recaps never overwrite what people changed. ``feed``
    says that it was made of NASCAR's feeds, and how final they are; ``trusted`` that they go before anybody else.
    """

    file: str
    digest: str
    header: Header
    sections: dict[str, list[Line]] = field(default_factory=dict)
    bundled: bool = False
    feed: FeedState | None = None
    trusted: bool = False

    def lines(self, section: str) -> list[Line]:
        """The lines of a section, which know whether the document comes with the program and when it was retrieved."""
        of_all = (self.bundled, self.header.retrieved, self.feed, self.trusted)
        return [Line(line.row, line.file, line.number, line.whole, *of_all) for line in self.sections.get(section, ())]

    def error(self, problem: str, field: str) -> DocumentError:
        """The error for a wrong field of the document itself, to be raised by the caller."""
        return DocumentError(problem, file=self.file, field=field)


def lines_of(documents: Iterable[Document], section: str) -> list[Line]:
    """The lines of a section of all these documents."""
    return [line for document in documents for line in document.lines(section)]


def is_csv(file: str) -> bool:
    """Whether a file of that name is a table."""
    return file.lower().endswith(".csv")


def read_file(path: Path) -> Document:
    """The document in a file; its ending (``.json`` or ``.csv``) says how it is written.

    Raises:
        DocumentError: it cannot be read, or is not a document. No other error is raised.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentError(f"is larger than {LARGEST // 1_000_000} MB, which no season is", file=path.name)
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror or error}", file=str(path)) from error
    return read_bytes(raw, path.name)


def read_bytes(raw: bytes, name: str) -> Document:
    """As ``read_file``, from bytes; ``name`` tells the format by its ending, and appears in errors."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError("is not UTF-8 text; save it as UTF-8", file=name, line=line) from error
    digest = hashlib.sha256(raw).hexdigest()
    if is_csv(name):
        return _read_csv(text, name, digest)
    if name.lower().endswith(".json"):
        return _read_json(text, name, digest)
    raise DocumentError("is neither .json nor .csv; name the file by its format", file=name)


def document_of(
    head: Mapping[str, Any], sections: Mapping[str, Iterable[Mapping[str, Any]]], name: str, whole: Collection[str] = ()
) -> Document:
    """A document of values that the program made itself, each row checked as one in a file is.

    Args:
        head: its fields beside the sections.
        sections: rows by section.
        name: what errors call it; all of it counts as one line.
        whole: the sections whose rows are all there is, so that a field that one leaves out is to be cleared.

    Raises:
        DocumentError: a field or a row is wrong.
    """
    texts = {section: [json.dumps(row) for row in rows] for section, rows in sections.items()}
    top = json.dumps(head)
    header = _validate(Header, top, name, 1)
    assert isinstance(header, Header)
    lines = {
        section: [Line(_validate(SECTIONS[section], text, name, 1), name, 1, section in whole) for text in rows]
        for section, rows in texts.items()
    }
    return Document(name, hashlib.sha256(f"{top} {texts}".encode()).hexdigest(), header, lines)


def _read_csv(text: str, name: str, digest: str) -> Document:
    section, head, rows = read_csv(text, name)
    # The only field that its header takes from its rows is the season, which stands in each.
    header = _validate(Header, head, name, rows[0][0] if rows else 1)
    assert isinstance(header, Header)
    lines = [Line(_validate(SECTIONS[section], row, name, number), name, number) for number, row in rows]
    return Document(name, digest, header, {section: lines})


def _read_json(text: str, name: str, digest: str) -> Document:
    cursor = _JsonCursor(text, name)
    fields: dict[str, str] = {}
    sections: dict[str, list[tuple[int, Row]]] = {}
    for key, start in cursor.members():
        if key in fields or key in sections:
            raise cursor.error(f"{key!r} appears twice in the document", start)
        if key in SECTIONS:
            rows = []
            for row_start, row_end in cursor.elements(key):
                line = cursor.line(row_start)
                rows.append((line, _validate(SECTIONS[key], text[row_start:row_end], name, line)))
            sections[key] = rows
        elif key in Header.model_fields:
            fields[key] = cursor.text()
        else:
            raise cursor.error(
                f"has an unknown field {key!r}; a document may hold {_listed([*Header.model_fields, *SECTIONS])}", start
            )
    members = ", ".join(f'"{key}": {value}' for key, value in fields.items())
    header = _validate(Header, f"{{{members}}}", name, 1)
    assert isinstance(header, Header)
    lines = {
        section: [Line(row, name, number, header.complete) for number, row in rows]
        for section, rows in sections.items()
    }
    return Document(name, digest, header, lines)


def _listed(words: list[str]) -> str:
    return ", ".join(words)


class _JsonCursor:
    """Steps through a JSON text and knows its position at each step, which ``json.loads`` does not report."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._at = 0
        # A position and its line number, from which the next lines are counted.
        self._counted = (0, 1)

    def line(self, position: int) -> int:
        """The line number of a position. With rising positions, each character is looked at only once."""
        start, number = self._counted if position >= self._counted[0] else (0, 1)
        number += self._text.count("\n", start, position)
        self._counted = (position, number)
        return number

    def error(self, problem: str, position: int | None = None) -> DocumentError:
        line = self.line(min(self._at if position is None else position, len(self._text)))
        return DocumentError(problem, file=self._name, line=line)

    def _skip(self) -> str:
        text, at = self._text, self._at
        while at < len(text) and text[at] in _BLANK:
            at += 1
        self._at = at
        return text[at] if at < len(text) else ""

    def _take(self, expected: str) -> str:
        found = self._skip()
        if found == "":
            raise self.error("ends too early; the file seems to be cut short")
        if found not in expected:
            raise self.error(f"is not the JSON of a document: expected {' or '.join(expected)}, found {found!r}")
        self._at += 1
        return found

    def value(self) -> Any:
        if self._skip() == "":
            raise self.error("ends too early; the file seems to be cut short")
        try:
            value, self._at = decode_json(self._text, self._at)
        except (ValueError, RecursionError) as error:
            at = error.pos if isinstance(error, json.JSONDecodeError) else self._at
            cut = at >= len(self._text.rstrip()) or "Unterminated" in str(error)
            why = "the file seems to be cut short" if cut else why_not_json(error)
            raise self.error(f"cannot be read here; {why}", at) from error
        return value

    def text(self) -> str:
        """The text of the next value."""
        self._skip()
        start = self._at
        self.value()
        return self._text[start : self._at]

    def members(self) -> Iterator[tuple[str, int]]:
        """The members of the outer object as (key, position); the caller must read each value before the next key."""
        self._take("{")
        if self._skip() == "}":
            self._at += 1
        else:
            while True:
                start = self._at
                key = self.value()
                if not isinstance(key, str):
                    raise self.error("is not the JSON of a document: a key must be text", start)
                self._take(":")
                yield key, start
                if self._take(",}") == "}":
                    break
        if self._skip() != "":
            raise self.error("goes on after the end of the document; a file holds one document")

    def elements(self, section: str) -> Iterator[tuple[int, int]]:
        """The elements of a list, as (start, end) positions in the text."""
        if self._skip() != "[":
            raise self.error(f"{section!r} must be a list, one row a line")
        self._at += 1
        if self._skip() == "]":
            self._at += 1
            return
        while True:
            self._skip()
            start = self._at
            self.value()
            yield start, self._at
            if self._take(",]") == "]":
                return


def _validate(model: type[Row], text: str, file: str, line: int) -> Row:
    """A row from JSON text, which is read strictly: "3" is not 3."""
    try:
        row = model.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or None
        raise DocumentError(in_words(first, model.model_fields), file=file, line=line, field=where) from error
    far = _implausible_day(row) if _holds_days(model) else None
    if far is not None:
        raise DocumentError(f"is not within the years {FIRST_YEAR} to {LAST_YEAR}", file=file, line=line, field=far)
    return row


@cache
def _holds_days(model: type[Row]) -> bool:
    """Whether a row can hold a day or a moment. Most rows of a season cannot, which saves searching them."""
    return '"format": "date' in json.dumps(model.model_json_schema())


def _implausible_day(value: Any) -> str | None:
    """The path to a day or moment outside the allowed years, which a change of time zone could overflow; else None."""
    if isinstance(value, date):  # a datetime is a date too
        return None if FIRST_YEAR <= value.year <= LAST_YEAR else ""
    parts = value if isinstance(value, Row) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        far = _implausible_day(part)
        if far is not None:
            return f"{name}.{far}" if far else str(name)
    return None
