#!/usr/bin/env bash
# pydantic 2.14.4: a field "datetime | date" reads the text "2026-02-13" as a day from JSON, and as midnight from a dict.
#
# The documentation's page on performance advises model_validate_json(text) in place of model_validate(json.loads(text)), and
# names no difference in the result. But in a union the "smart" mode prefers the member that takes the value without
# conversion. From JSON, text is an exact value for a date, so the day wins; from Python, text is a conversion for both
# members, so the first one that can, wins: a race whose time is not known yet starts at midnight. The other way round, with
# "date | datetime", a race at midnight loses its time (that half is the public issue pydantic/pydantic #7039), again only
# from Python.
# What is dumped with mode="json" and validated again is therefore not what it was.
#
# Seen with Python 3.11.7:
#   datetime | date, "2026-02-13": from JSON datetime.date(2026, 2, 13), from a dict datetime.datetime(2026, 2, 13, 0, 0)
#   date | datetime, "2026-02-13T00:00:00": from JSON datetime.datetime(2026, 2, 13, 0, 0), from a dict datetime.date(2026, 2, 13)
#   dumped with mode="json" and validated again: datetime.date(2026, 2, 13) became datetime.datetime(2026, 2, 13, 0, 0)
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pydantic==2.14.4
cat > "$folder/probe.py" <<'PYTHON'
import json
from datetime import date, datetime

from pydantic import BaseModel


class TimeFirst(BaseModel):
    start: datetime | date


class DayFirst(BaseModel):
    start: date | datetime


DAY, MIDNIGHT = date(2026, 2, 13), datetime(2026, 2, 13)
CASES = [
    (TimeFirst, "datetime | date", "2026-02-13", DAY, MIDNIGHT),
    (DayFirst, "date | datetime", "2026-02-13T00:00:00", MIDNIGHT, DAY),
]
for model, name, text, expected_json, expected_dict in CASES:
    document = json.dumps({"start": text})
    from_json = model.model_validate_json(document).start
    from_dict = model.model_validate(json.loads(document)).start
    print(f'{name}, "{text}": from JSON {from_json!r}, from a dict {from_dict!r}')
    assert repr(from_json) == repr(expected_json) and repr(from_dict) == repr(expected_dict), (from_json, from_dict)
race = TimeFirst(start=DAY)
again = TimeFirst.model_validate(race.model_dump(mode="json"))
print(f'dumped with mode="json" and validated again: {race.start!r} became {again.start!r}')
assert repr(race.start) == repr(DAY) and repr(again.start) == repr(MIDNIGHT), (race, again)
PYTHON
"$folder/venv/bin/python" "$folder/probe.py"
