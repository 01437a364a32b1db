#!/usr/bin/env bash
# icalendar 7.3.2 (Python) and node-ical 0.26.1 (npm): when an event with a DURATION ends is an hour apart in the night of the
# clock change, and each of the two is wrong about another kind of duration.
#
# RFC 5545, 3.3.6, makes a difference: weeks and days of a duration are nominal (the same time on the clock, that many
# days later), hours, minutes and seconds are exact. On 2 November 2025 clocks in New York go back from 2 to 1 a.m.:
#
# - Two hours from half past midnight (PT2H) end at 1:30 EST, 06:30 UTC. icalendar adds them to the clock: 2:30 EST, an event
#   of three hours.
# - One day from 7:30 p.m. on 1 November (P1D) ends at 7:30 p.m. EST on the next day, 00:30 UTC. node-ical adds 24 hours:
#   6:30 p.m.
#
# A file that states DTEND leaves nothing to compute. The same fault in another library is the public issue libical/libical
# #630.
#
# Seen with Python 3.11.7, tzdata 2026.6, Node.js 20.20.2:
#   RFC 5545: PT2H ends 2025-11-02T06:30Z, P1D ends 2025-11-03T00:30Z
#   icalendar: PT2H ends 2025-11-02T07:30Z, P1D ends 2025-11-03T00:30Z
#   node-ical: PT2H ends 2025-11-02T06:30Z, P1D ends 2025-11-02T23:30Z
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet icalendar==7.3.2 tzdata==2026.6
npm install --silent --no-audit --no-fund --prefix "$folder" node-ical@0.26.1 > "$folder/npm.log"
cat > "$folder/race.ics" <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Race calendar//EN
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:hours@example.org
DTSTAMP:20250101T000000Z
SUMMARY:PT2H
DTSTART;TZID=America/New_York:20251102T003000
DURATION:PT2H
END:VEVENT
BEGIN:VEVENT
UID:day@example.org
DTSTAMP:20250101T000000Z
SUMMARY:P1D
DTSTART;TZID=America/New_York:20251101T193000
DURATION:P1D
END:VEVENT
END:VCALENDAR
ICS
sed -i 's/$/\r/' "$folder/race.ics"
cat > "$folder/probe.py" <<'PYTHON'
import sys
from datetime import timezone

from icalendar import Calendar

with open(sys.argv[1], "rb") as file:
    calendar = Calendar.from_ical(file.read())
for event in calendar.walk("VEVENT"):
    print(event["SUMMARY"], "ends", f"{event.end.astimezone(timezone.utc):%Y-%m-%dT%H:%MZ}")
PYTHON
cat > "$folder/probe.cjs" <<'NODE'
const ical = require("node-ical");
const events = Object.values(ical.sync.parseFile(process.argv[2])).filter((part) => part.type === "VEVENT");
for (const event of events) console.log(event.summary, "ends", event.end.toISOString().replace(":00.000Z", "Z"));
NODE
joined() { paste -s -d , - | sed 's/,/, /g'; }
python=$("$folder/venv/bin/python" "$folder/probe.py" "$folder/race.ics" | joined)
node=$(node "$folder/probe.cjs" "$folder/race.ics" | joined)
echo "RFC 5545: PT2H ends 2025-11-02T06:30Z, P1D ends 2025-11-03T00:30Z"
echo "icalendar: $python"
echo "node-ical: $node"
[ "$python" = "PT2H ends 2025-11-02T07:30Z, P1D ends 2025-11-03T00:30Z" ]
[ "$node" = "PT2H ends 2025-11-02T06:30Z, P1D ends 2025-11-02T23:30Z" ]
