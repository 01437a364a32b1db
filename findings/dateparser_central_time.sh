#!/usr/bin/env bash
# dateparser 1.5.0: "CT" (Central Time) after a race's time changes the day, and even swaps day and month.
#
# dateparser's documentation promises times with time zone abbreviations, and that it finds out the language by itself.
# "ET" and "CDT" are read as time zones ("ET" as EST, in July too). "CT" is not among the abbreviations it knows (asked for
# in the public issues scrapinghub/dateparser #1070 and #1166, which see no result). But where a text has only digits, "pm"
# and "CT", that is taken for the Czech short form of Thursday. A time alone so becomes the time on the Thursday before, and
# a date is read the Czech way, day first: August 1 becomes January 8. There is no error, and no time zone in the result.
# With languages=["en"] the same texts give None.
#
# Seen with Python 3.11.7, on Tuesday, 15 July 2025:
#   7:30 pm ET -> 2025-07-15 19:30:00-05:00
#   7:30 pm CT -> 2025-07-10 19:30:00
#   8/1/2025 7:30 pm CDT -> 2025-08-01 19:30:00-05:00
#   8/1/2025 7:30 pm CT -> 2025-01-08 19:30:00
#   the language found: cs
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dateparser==1.5.0 tzlocal==5.4.5
cat > "$folder/probe.py" <<'PYTHON'
from datetime import datetime

from dateparser import parse
from dateparser.date import DateDataParser

TUESDAY = {"RELATIVE_BASE": datetime(2025, 7, 15, 12)}
SEEN = {
    "7:30 pm ET": "2025-07-15 19:30:00-05:00",
    "7:30 pm CT": "2025-07-10 19:30:00",
    "8/1/2025 7:30 pm CDT": "2025-08-01 19:30:00-05:00",
    "8/1/2025 7:30 pm CT": "2025-01-08 19:30:00",
}
for text, expected in SEEN.items():
    read = str(parse(text, settings=TUESDAY))
    print(f"{text} -> {read}")
    assert read == expected, (text, read)
language = DateDataParser(settings=TUESDAY).get_date_data("7:30 pm CT").locale
print("the language found:", language)
assert language == "cs", language
assert parse("7:30 pm CT", languages=["en"], settings=TUESDAY) is None
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/probe.py"
