#!/usr/bin/env bash
# discord.py 2.7.1: a tasks.loop with times in two named time zones loses some of them, without a word.
#
# The documentation of tasks.loop says of "time": a single time or a list of them, time zones are supported, and duplicate
# times run only once. A datetime.time with a ZoneInfo knows no offset of its own (that depends on the day), so Python
# compares two of them by the wall clock alone. The loop sorts its list, drops duplicates and looks for the next time with
# that comparison:
#
# - 9:00 in New York and 9:00 in Los Angeles are "duplicates": the loop keeps one of them, and the other never runs.
# - 12:00 in London comes after 9:00 in New York in the list, though it is earlier every day. The loop takes the first time of
#   the list that is not over yet in its own zone. At half past ten UTC that is 9:00 in New York; when it has run, noon in
#   London is over too, and the loop goes on with tomorrow and the first time of its list. London never runs, or once, on the
#   first day, in a loop that was started in New York's evening.
#
# The same times with fixed offsets (datetime.timezone) both run. One loop a zone is the way out.
#
# Seen with Python 3.11.7, tzdata 2026.6:
#   asked for 9:00 America/New_York and 9:00 America/Los_Angeles, kept: 9:00 America/New_York
#   asked for 12:00 Europe/London and 9:00 America/New_York, kept: 9:00 America/New_York, 12:00 Europe/London
#   firings from 1 to 4 July 2025, started at 10:30 UTC: 9:00 America/New_York, 9:00 America/New_York, 9:00 America/New_York
#   the same with fixed offsets: 12:00 UTC+01:00, 9:00 UTC-04:00, 12:00 UTC+01:00, 9:00 UTC-04:00, 12:00 UTC+01:00, 9:00 UTC-04:00
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1 tzdata==2026.6
cat > "$folder/probe.py" <<'PYTHON'
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from discord.ext import tasks

NEW_YORK, LOS_ANGELES, LONDON = (ZoneInfo(name) for name in ("America/New_York", "America/Los_Angeles", "Europe/London"))


async def greet():
    pass


def shown(moment):
    return f"{moment.hour}:{moment.minute:02} {moment.tzinfo}"


def kept(*times):
    return [shown(moment) for moment in tasks.loop(time=list(times))(greet).time]


def firings(*times):
    """What a loop started at 10:30 UTC on 1 July waits for until 4 July, each asked for a second after the one before."""
    loop = tasks.loop(time=list(times))(greet)
    now, end, found = datetime(2025, 7, 1, 10, 30, tzinfo=timezone.utc), datetime(2025, 7, 4, tzinfo=timezone.utc), []
    while (moment := loop._get_next_sleep_time(now)) < end:
        found.append(shown(moment))
        now = moment.astimezone(timezone.utc) + timedelta(seconds=1)
    return found


same_wall_time = kept(time(9, tzinfo=NEW_YORK), time(9, tzinfo=LOS_ANGELES))
print("asked for 9:00 America/New_York and 9:00 America/Los_Angeles, kept:", ", ".join(same_wall_time))
assert same_wall_time == ["9:00 America/New_York"], same_wall_time

two_zones = time(12, tzinfo=LONDON), time(9, tzinfo=NEW_YORK)
print("asked for 12:00 Europe/London and 9:00 America/New_York, kept:", ", ".join(kept(*two_zones)))
seen = firings(*two_zones)
print("firings from 1 to 4 July 2025, started at 10:30 UTC:", ", ".join(seen))
assert seen == ["9:00 America/New_York"] * 3, seen

offsets = firings(time(12, tzinfo=timezone(timedelta(hours=1))), time(9, tzinfo=timezone(timedelta(hours=-4))))
print("the same with fixed offsets:", ", ".join(offsets))
assert offsets == ["12:00 UTC+01:00", "9:00 UTC-04:00"] * 3, offsets
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/probe.py"
