#!/usr/bin/env bash
# APScheduler 3.11.3: AsyncIOScheduler.shutdown(wait=True) does not wait for coroutines, it cancels them.
#
# The method's documentation says that with wait=True currently executing jobs are finished first. With an async job that
# is under way the call returns at once, and the job gets a CancelledError at its next await: what it was writing down is
# lost. It makes no difference whether wait is True or False. Who needs an orderly end has to wait for the work itself.
#
# Seen with Python 3.11.7:
#   wait=True: started, cancelled
#   wait=False: started, cancelled
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet APScheduler==3.11.3 tzlocal==5.4.5 tzdata==2026.6
cat > "$folder/probe.py" <<'PYTHON'
import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler


async def outcome(wait):
    """What became of a job that was in the middle of its work when the scheduler was shut down."""
    happened, begun, may_end, ended = [], asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def job():
        happened.append("started")
        begun.set()
        try:
            await may_end.wait()
            happened.append("finished")
        except asyncio.CancelledError:
            happened.append("cancelled")
            raise
        finally:
            ended.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.start()
    scheduler.add_job(job)
    await begun.wait()
    scheduler.shutdown(wait=wait)
    await asyncio.sleep(0)
    may_end.set()
    await ended.wait()
    return ", ".join(happened)


for wait in (True, False):
    found = asyncio.run(outcome(wait))
    print(f"wait={wait}: {found}")
    assert found == "started, cancelled", found
PYTHON
"$folder/venv/bin/python" "$folder/probe.py"
