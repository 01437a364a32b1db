#!/usr/bin/env bash
# Babel 2.19.0: parse_time reads "7:30 p.m." as half past seven in the morning, even where Babel itself writes times that way.
#
# The documentation of parse_time says that it goes by the time format of the locale. In the formats of Canadian English and
# of Spanish in Mexico and the United States the half of the day is written "p.m." (CLDR), and format_time writes it so. But
# parse_time only looks for the letters "pm" or "am" next to each other: it finds neither in "p.m.", reports nothing and
# returns the number as it stands. So 19:30 comes back as 7:30, and half past midnight as half past noon. American English
# has "PM" in its format; the "p.m." of the newspapers (the AP stylebook's form) is lost there in the same way.
#
# Seen with Python 3.11.7:
#   en_CA 19:30 -> '7:30 p.m.' -> 07:30
#   en_CA 00:30 -> '12:30 a.m.' -> 12:30
#   es_US 19:30 -> '7:30 p.m.' -> 07:30
#   es_US 00:30 -> '12:30 a.m.' -> 12:30
#   es_MX 19:30 -> '7:30 p.m.' -> 07:30
#   es_MX 00:30 -> '12:30 a.m.' -> 12:30
#   en_US 19:30 -> '7:30 PM' -> 19:30
#   en_US '7:30 p.m.' -> 07:30
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet Babel==2.19.0
cat > "$folder/probe.py" <<'PYTHON'
from datetime import time

from babel.dates import format_time, parse_time

EVENING, NIGHT = time(19, 30), time(0, 30)
READ_BACK = {
    ("en_CA", EVENING): time(7, 30), ("en_CA", NIGHT): time(12, 30),
    ("es_US", EVENING): time(7, 30), ("es_US", NIGHT): time(12, 30),
    ("es_MX", EVENING): time(7, 30), ("es_MX", NIGHT): time(12, 30),
    ("en_US", EVENING): EVENING,
}
for (locale, moment), expected in READ_BACK.items():
    text = format_time(moment, "short", locale=locale)
    read = parse_time(text, locale=locale, format="short")
    print(f"{locale} {moment:%H:%M} -> {' '.join(text.split())!r} -> {read:%H:%M}")
    assert read == expected, (locale, text, read)
read = parse_time("7:30 p.m.", locale="en_US")
print(f"en_US '7:30 p.m.' -> {read:%H:%M}")
assert read == time(7, 30), read
PYTHON
"$folder/venv/bin/python" "$folder/probe.py"
