"""Lives through many nights on all processors: ``python -m tests.simulation --seeds 1000``.

``--feeds`` lives through weekends that are kept current from NASCAR's feeds instead, and ``--races`` through race
nights; all else goes with either.
``--from N`` begins at another seed, ``--show N`` tells one night as a timeline, ``--mutation NAME`` breaks the program
first. The exit status is 1 if any night goes wrong; the first of them is shrunk and told. ``--mutations`` breaks the
program in every known way, each in the night that is known to catch it, and ``--catch`` looks for such nights; there
the exit status is 1 if anything is not caught.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections import Counter, defaultdict

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.simulation.families import FAMILIES, Family
from tests.simulation.many import be_quiet, in_one_order, live_all
from tests.simulation.night import Nights, shrink
from tests.simulation.story import Story
from tests.simulation.verdict import Verdict

SHORT = ("due", "seen", "lost", "twice", "late", "useless", "healed", "risk-", "risk+")
"""The same, so that they fit beside each other."""
LEGEND = (
    "due: owed to somebody; seen: stands there in the end, also where nothing was owed; twice: for good; useless:"
    " handed over too late; healed: a second one was taken away; risk-, risk+: lost or there twice where nobody could"
    " tell, as the operator chose"
)
FAULTS = frozenset(
    {
        *("lost", "doubled", "late", "useless", "needless", "fast", "false", "stuck", "not removed", "nonce"),
        *("too soon", "mixture", "older again", "behind", "told twice", "not told", "stale news", "impolite"),
        *("too many", "unwelcome", "hammered", "asked too soon", "asked too late"),
        *("spoiler", "out of order", "made up", "unwanted", "edited", "deaf"),
    }
)
"""What counts as caught: a program that only falls over has been broken in another way than was meant."""
WIDTH = 110
TOLD = 1
"""How many nights that went wrong are told."""
COLUMNS = ("due", "seen", "lost", "doubled", "late", "useless", "healed", "risked lost", "risked doubled")


def main() -> int:
    ways = {name for family in FAMILIES.values() for name in family.mutations}
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, metavar="N", help="how many nights")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="N", help="the first one's seed")
    parser.add_argument("--show", type=int, metavar="N", help="tell the night of this seed, and nothing else")
    parser.add_argument("--feeds", action="store_true", help="live through weekends of NASCAR's feeds")
    parser.add_argument("--races", action="store_true", help="live through races that are followed and posted")
    parser.add_argument("--known", action="store_true", help="live through the nights that went wrong once")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--mutation", choices=sorted(ways), help="break the program in this way first")
    parser.add_argument("--mutations", action="store_true", help="break the program in every way, a night each")
    parser.add_argument("--catch", action="store_true", help="look for a night that catches each way, up to --seeds")
    options = parser.parse_args()
    in_one_order()
    be_quiet()
    console = Console(width=max(WIDTH, shutil.get_terminal_size().columns))
    family = FAMILIES["races" if options.races else "feeds" if options.feeds else "delivery"]
    if options.mutation is not None and options.mutation not in family.mutations:
        parser.error(f"{options.mutation} is no way to break these nights; those are: {', '.join(family.mutations)}")
    if options.show is not None:
        with family.broken(options.mutation), family.nights() as live:
            return _tell(live, family.story(options.show), console)
    if options.known:
        return _live_known(family, console)
    if options.mutations or options.catch:
        return _catch(family, options, console)
    return _live_all(family, options, console)


def _live_known(family: Family, console: Console) -> int:
    """Says of every night that went wrong once how it goes; returns 1 if one goes wrong."""
    wrong = 0
    with family.nights() as live:
        for seed, about in family.known.items():
            verdict = live.live(family.story(seed))
            wrong += not verdict.sound
            console.print(f"{seed} ({about}): {verdict.wrong or 'right'}", highlight=False, markup=False)
    return 1 if wrong else 0


def _catch(family: Family, options: argparse.Namespace, console: Console) -> int:
    """Says of every way to break the program which night catches it; returns 1 if there is one that none catches."""
    at_large = 0
    with family.nights() as live:
        for name, mutation in family.mutations.items():
            seeds = range(options.first, options.first + options.seeds) if options.catch else [mutation.seed]
            with family.broken(name):
                lived = ((seed, live.live(family.story(seed))) for seed in seeds)
                caught = next(((seed, verdict.wrong[0]) for seed, verdict in lived if verdict.faults & FAULTS), None)
            at_large += caught is None
            console.print(f"{name}: {f'seed {caught[0]}: {caught[1]}' if caught else 'NOT CAUGHT'}", highlight=False)
    console.print(f"{len(family.mutations) - at_large} of {len(family.mutations)} caught")
    return 1 if at_large else 0


def _live_all(family: Family, options: argparse.Namespace, console: Console) -> int:
    seeds = range(options.first, options.first + options.seeds)
    total, by_fault, wrong = Verdict(), defaultdict[str, Verdict](Verdict), list[int]()
    columns = (TextColumn("nights"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    began = time.monotonic()
    with Progress(*columns, TextColumn("{task.fields[wrong]} wrong"), console=console) as progress:
        bar = progress.add_task("", total=options.seeds, wrong=0)
        for lived in live_all(seeds, options.processes, options.mutation, family.name):
            for seed, kinds, verdict in lived:
                total.add(verdict)
                for kind in kinds:
                    by_fault[kind].add(verdict)
                if not verdict.sound:
                    wrong.append(seed)
            progress.update(bar, advance=len(lived), wrong=len(wrong))
    console.print(_summary(total, by_fault))
    console.print(LEGEND, highlight=False)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    console.print(
        f"{total.nights} nights in {time.monotonic() - began:.0f} s on {options.processes} processors"
        f" (load {load:.1f}); {len(wrong)} went wrong{': ' + ', '.join(map(str, sorted(wrong)[:40])) if wrong else ''}"
    )
    with family.broken(options.mutation), family.nights() as live:
        for seed in sorted(wrong)[:TOLD]:
            story = family.story(seed)
            _tell(live, shrink(live, story, live.live(story).faults), console)
    return 1 if wrong else 0


def _summary(total: Verdict, by_fault: dict[str, Verdict]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), title="What was due, and what came", title_justify="left")
    table.add_column("nights with", no_wrap=True)
    for heading in ("nights", *SHORT):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, verdict in [*sorted(by_fault.items()), ("all", total)]:
        counts = [getattr(verdict, column.replace(" ", "_")) for column in COLUMNS]
        table.add_row(name, *map(str, [verdict.nights, *counts]))
    return table


def _tell(live: Nights, story: Story, console: Console) -> int:
    """Tells a night as a timeline; returns 1 if it goes wrong."""
    console.print(
        f"seed {story.seed}: {story.name}, {story.begins:%d %B %Y %H:%M:%S} UTC, {story.seconds:.0f} s; Discord's "
        f"clock is {story.skew:+.0f} s, it knows a nonce for {story.memory:.0f} s, a request takes about "
        f"{story.latency} s; in doubt: {story.in_doubt}",
        highlight=False,
    )
    for place in story.places[:10]:
        console.print(f"  {place}", highlight=False)
    verdict = live.live(story, lambda line: console.print(f"  {line}", highlight=False, markup=False))
    counts = ", ".join(f"{column} {getattr(verdict, column.replace(' ', '_'))}" for column in COLUMNS)
    kinds = Counter(each.split(":")[0] for each in verdict.wrong)
    console.print(f"{counts}; wrong: {dict(kinds) or 'nothing'}", highlight=False)
    for line in verdict.wrong[:10]:
        console.print(f"  {line}", highlight=False, markup=False)
    return 0 if verdict.sound else 1


if __name__ == "__main__":
    sys.exit(main())
