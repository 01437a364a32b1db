"""Documents as CSV, so that a spreadsheet can be a source too: one section per file, recognized by its columns.

A cell holds one value, or several separated by ``; ``. Nested values (sessions, broadcasts, the outcome, sources) are
JSON in their cell. An empty cell means that the value is not known. Each cell becomes the JSON that it would be in a
document, so that both are read by the same rules.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from math import isfinite
from typing import Any

from db.documents.file_format import FORMAT, SEASONAL, SECTIONS, Row
from db.documents.strict_json import decode_json, why_not_json
from db.documents.wording import shown
from db.errors import DocumentError
from db.naming import nearest

SEPARATOR = "; "
DELIMITERS = (",", ";", "\t")
"""What may separate cells: commas, or what spreadsheets write in other countries and when they copy."""
EXCEL_HINT = "sep="
"""Begins a line that some spreadsheets put before the first one, to name the delimiter."""
MOST_DIGITS = 30
"""Characters of a number at most; every number of a document has far fewer."""

_PLAIN = {
    "integer": (re.compile("-?(0|[1-9][0-9]*)"), "a whole number", "write its digits alone, such as 45"),
    "number": (
        re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"),
        "a number",
        "write digits and a decimal point, such as 49.783",
    ),
    "boolean": (re.compile("true|false"), "true or false", "write one of the two, or leave the cell empty"),
}
"""The kinds of JSON values that are written without quotation marks: how, what they are, and how to write one."""
_LISTS = frozenset({"aliases", "stages", "racing_reference"})
_NESTED = frozenset({"sessions", "broadcasts", "outcome", "sources", "names", "layouts"})


def columns(section: str) -> tuple[str, ...]:
    """The header line of a section's CSV file."""
    own = tuple(SECTIONS[section].model_fields)
    return ("season", *own) if section in SEASONAL else own


def _cell(name: str, value: Any) -> str:
    if name in _LISTS:
        return SEPARATOR.join(str(part) for part in value)
    if name in _NESTED:
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def write_csv(section: str, rows: Iterable[Row], season: int | None = None) -> str:
    """A section as CSV text with its header line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns(section))
    for row in rows:
        fields = row.model_dump(mode="json")
        for name in _NESTED & fields.keys():
            fields[name] = row.model_dump(mode="json", include={name}, exclude_defaults=True).get(name)
        if section in SEASONAL:
            fields["season"] = season
        writer.writerow([_cell(name, fields[name]) for name in columns(section)])
    return out.getvalue()


def _delimiter_of(text: str) -> str:
    """What separates the cells: a comma or, where its first line knows more columns by it, what a spreadsheet wrote."""
    known = set[str]().union(*(columns(section) for section in SECTIONS))
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith(EXCEL_HINT))
    first = next(lines, "")
    return max(DELIMITERS, key=lambda sign: len(known & {name.strip(' "') for name in first.split(sign)}))


def _section_of(names: list[str], file: str, line: int) -> str:
    """The section with these columns: every name is one of its columns, no required one is missing, none is doubled."""
    for section in SECTIONS:
        if _needed(section) <= set(names) <= set(columns(section)) and len(set(names)) == len(names):
            return section
    raise DocumentError(_misnamed(names), file=file, line=line)


def _needed(section: str) -> set[str]:
    return {name for name, field in SECTIONS[section].model_fields.items() if field.is_required()}


def _misnamed(names: list[str]) -> str:
    """What is wrong with a first line, compared with the section that it resembles most."""
    closest = max(SECTIONS, key=lambda section: len(set(names) & set(columns(section))))
    if not set(names) & set(columns(closest)) - {"season"}:
        return "its first line names the columns of no document; `tailgate export results --format csv` shows some"
    unknown = [_near(name, closest) for name in dict.fromkeys(names) if name not in columns(closest)]
    missing = [repr(name) for name in sorted(_needed(closest) - set(names))]
    doubled = [repr(name) for name in dict.fromkeys(names) if names.count(name) > 1]
    faults = (("has no column {}", unknown), ("needs {}", missing), ("has {} only once", doubled))
    wrong = [template.format(", ".join(columns_at_fault)) for template, columns_at_fault in faults if columns_at_fault]
    return f"its first line looks like that of {closest}, which {' and '.join(wrong)}"


def _near(name: str, section: str) -> str:
    """An unknown column, with the known one that may be meant."""
    meant = nearest(name, columns(section), count=1)
    return f"{name!r} (did you mean {meant[0]!r}?)" if meant else repr(name)


@cache
def _kinds(section: str) -> dict[str, str]:
    """By column, the kind of JSON value that its cells hold: integer, number, boolean, or string for anything else."""
    kinds = {"season": "integer"}
    for name, schema in SECTIONS[section].model_json_schema()["properties"].items():
        types = {each.get("type") for each in (schema, *schema.get("anyOf", ()), schema.get("items", {}))}
        kinds[name] = next((kind for kind in _PLAIN if kind in types), "string")
    return kinds


def _json(kind: str, cell: str) -> str:
    """The JSON of a value in a cell.

    Raises:
        ValueError: it is not one of that kind.
    """
    if kind == "string":
        return json.dumps(cell)
    pattern, what, advice = _PLAIN[kind]
    # A spreadsheet writes the two flags in capitals.
    text = cell.lower() if cell in {"TRUE", "FALSE"} else cell
    if not pattern.fullmatch(text):
        raise ValueError(f"{shown(cell)} is not {what}; {advice}")
    if len(text) > MOST_DIGITS or (kind != "boolean" and not isfinite(float(text))):
        raise ValueError(f"{shown(cell)} is too long or too large for a number of this table; {advice}")
    return text


def _cell_json(name: str, kind: str, cell: str, file: str, line: int) -> str:
    """The JSON of a cell, which is not empty."""
    try:
        if name in _NESTED:
            return _nested(cell)
        if name in _LISTS:
            return f"[{', '.join(_json(kind, part) for part in re.split('; ?', cell))}]"
        return _json(kind, cell)
    except ValueError as error:
        raise DocumentError(str(error), file=file, line=line, field=name) from error


def _nested(cell: str) -> str:
    """A cell that holds JSON.

    Raises:
        ValueError: it holds none.
    """
    try:
        text = cell.strip()
        if decode_json(text, 0)[1] == len(text):
            return text
        why = "it goes on after its end"
    except (ValueError, RecursionError) as error:
        why = why_not_json(error)
    raise ValueError(f"is not JSON, which this cell needs: {why}")


def read_csv(text: str, file: str) -> tuple[str, str, list[tuple[int, str]]]:
    """Parses a CSV text.

    Returns:
        the section's name, the JSON of its header, and its rows as (line, JSON); empty cells are left out.

    Raises:
        DocumentError: it is not a CSV document, or one of its lines is wrong.
    """
    delimiter = _delimiter_of(text)
    # A cell that is too long is refused with its column's name, not by the reader.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    rows = _rows(reader, file)
    first = next(rows, None)
    if first is not None and first[1][0].startswith(EXCEL_HINT):
        first = next(rows, None)
    if first is None:
        raise DocumentError("is empty", file=file)
    names = [name.strip() for name in first[1]]
    section = _section_of(names, file, first[0])
    kinds = _kinds(section)
    lines = []
    season: str | None = None
    for line, cells in rows:
        if len(cells) != len(names):
            raise DocumentError(f"has {len(cells)} cells where the first line has {len(names)}", file=file, line=line)
        fields = {
            name: _cell_json(name, kinds[name], cell, file, line)
            for name, cell in zip(names, cells, strict=True)
            if cell
        }
        if section in SEASONAL:
            given = fields.pop("season", "")
            if season not in {None, given}:
                raise DocumentError("is of another season than the lines above; a file holds one", file=file, line=line)
            season = given
        lines.append((line, _object(fields)))
    header = {"format": json.dumps(FORMAT)} | ({"season": season} if season else {})
    return section, _object(header), lines


def _object(fields: dict[str, str]) -> str:
    """A JSON object of values that are JSON already."""
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


def _rows(reader: Any, file: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not empty, and not only of empty cells, with the number of the line on which each begins."""
    before = 0
    try:
        for cells in reader:
            if any(cells):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise DocumentError(_unquoted(str(error)), file=file, line=before + 1) from error


def _unquoted(problem: str) -> str:
    """What is wrong with the quotation marks of a table, which is all that can be wrong with its form."""
    if "end of data" in problem:
        return "a cell begins with a quotation mark and none ends it; put one at its end, or take it away"
    if "new-line" in problem:
        return "a line break stands inside a cell; put quotation marks around the cell"
    return "a quotation mark stands inside a cell in quotation marks; write it twice there"
