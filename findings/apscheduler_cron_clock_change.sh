#!/usr/bin/env bash
# APScheduler 3.11.3: a daily CronTrigger with a time zone, in the two nights of the clock change in New York.
#
# - On 2 November 2025 the hour from 1 to 2 a.m. comes twice. "Every day at 1:30" fires in both of them.
# - On 9 March 2025 there is no hour from 2 to 3 a.m. "Every day at 2:30" is not left out and not moved to 3:00 either:
#   the trigger names a wall time that does not exist, 02:30-05:00, which clocks there show as 03:30-04:00.
#
# So one firing is not one day: what must happen once a day has to be known by its day, not by the trigger.
#
# Seen with Python 3.11.7, tzlocal 5.4.5, tzdata 2026.6:
#   1:30 on 2 November 2025: 2025-11-02T01:30:00-04:00, 2025-11-02T01:30:00-05:00
#   2:30 on 9 March 2025: 2025-03-09T02:30:00-05:00, which is 2025-03-09T03:30:00-04:00 on the wall
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet APScheduler==3.11.3 tzlocal==5.4.5 tzdata==2026.6
cat > "$folder/probe.py" <<'PYTHON'
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

NEW_YORK = ZoneInfo("America/New_York")


def firings(hour, minute, year, month, day):
    """The firings of one day, at most five, each asked for a second after the one before."""
    trigger = CronTrigger(hour=hour, minute=minute, timezone=NEW_YORK)
    now, found = datetime(year, month, day, tzinfo=NEW_YORK), []
    while len(found) < 5:
        moment = trigger.get_next_fire_time(found[-1] if found else None, now)
        if moment.date() != now.date():
            break
        found.append(moment)
        now = (moment.astimezone(timezone.utc) + timedelta(seconds=1)).astimezone(NEW_YORK)
    return found


def on_the_wall(moment):
    return moment.astimezone(timezone.utc).astimezone(NEW_YORK).isoformat()


autumn = firings(1, 30, 2025, 11, 2)
spring = firings(2, 30, 2025, 3, 9)
print("1:30 on 2 November 2025:", ", ".join(moment.isoformat() for moment in autumn))
print("2:30 on 9 March 2025:", ", ".join(f"{m.isoformat()}, which is {on_the_wall(m)} on the wall" for m in spring))
assert [m.isoformat() for m in autumn] == ["2025-11-02T01:30:00-04:00", "2025-11-02T01:30:00-05:00"], autumn
assert [m.isoformat() for m in spring] == ["2025-03-09T02:30:00-05:00"], spring
assert on_the_wall(spring[0]) == "2025-03-09T03:30:00-04:00", spring
PYTHON
"$folder/venv/bin/python" "$folder/probe.py"
