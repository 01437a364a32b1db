"""Writes a document as JSON: one row per line, fields in a fixed order, unknown values left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from db.documents.file_format import SECTIONS, Header, Row


def _line(row: Row) -> str:
    return json.dumps(row.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


def write_document(header: Header, sections: Mapping[str, Iterable[Row]]) -> str:
    """The text of a document. The same facts always give the same bytes, so that two exports can be compared.

    Args:
        header: the fields of the document itself.
        sections: rows by section name; sections without rows are left out.
    """
    fields = header.model_dump(mode="json", exclude_defaults=True)
    parts = [f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in fields.items()]
    for name in SECTIONS:
        rows = [_line(row) for row in sections.get(name, ())]
        if rows:
            parts.append(f'  "{name}": [\n    ' + ",\n    ".join(rows) + "\n  ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"
