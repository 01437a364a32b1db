"""The playoff table and its cut line: who is in, who is out and by how much, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import Format, format_of
from bot.championship.phase import Phase
from bot.championship.postseason import Place, Standings, Status
from bot.championship.standings import SeasonStandings
from bot.championship.ties import Tie, TieBreak
from bot.render.blocks import phase_of
from bot.render.formatting import count, escape, joined, listed, name_of, ordinal, spelled
from bot.render.tables import Column, fit, plain, table
from db.models import Race, Season

CLOSE = 10
"""If those who are not locked in are within this many points, the headline says so."""
BUBBLE = 5
"""With this many races of the regular season left, or fewer, the cut line is what matters."""
CHAMPION = "champ"
CUT_LINE = "cut line"
WIN = "win"
"""The figure of a driver who is in by a win; the column of wins is headed W, so that letter is taken."""
ELIGIBLE = "Locked in or clinched: as long as the driver stays eligible."
"""Before the field is set, an injury or a lost waiver can still cost a driver a spot that results made certain."""
NAME_WIDTH = 40
"""Columns for a name in a sentence, which may hold ten of them."""
TEAM_WIDTH = 19
"""Columns for a team's name, which has no first name to shorten."""


def has_postseason(season: Season, rules: Format | None = None) -> bool:
    """Whether the format has a postseason and the schedule is long enough for it."""
    rules = rules or format_of(season.year)
    return bool(rules.rounds) and len(season.races) > rules.postseason


def postseason(rules: Format) -> str:
    """What fans call it: ``playoffs`` or ``Chase``."""
    return rules.name.removeprefix("The ")


def playoffs_matter(computed: ComputedSeason) -> bool:
    """Whether the playoff standings matter more than points at this time of the season."""
    if not has_postseason(computed.season):
        return False
    now = computed.standings.standings
    return len(now.phases) > 1 or (now.current.run > 0 and now.current.left <= BUBBLE)


@dataclass(frozen=True, slots=True)
class StandingsBoard:
    """Standings with what is shown beside them; ``names``, ``numbers`` and ``makes`` are by competitor, not escaped.

    ``owners`` says that the competitors are trucks; ``supposed`` that it is a what-if.
    """

    season: Season
    standings: Standings
    names: Mapping[str, str]
    numbers: Mapping[str, str]
    makes: Mapping[str, str | None]
    owners: bool = False
    supposed: bool = False

    def bold(self, who: str) -> str:
        """The competitor in a sentence: **Corey Heim**, or the **No. 11**."""
        return f"the **No. {escape(who)}**" if self.owners else f"**{escape(self.names.get(who, who), NAME_WIDTH)}**"

    def plain(self, who: str) -> str:
        return f"the No. {escape(who)}" if self.owners else escape(self.names.get(who, who), NAME_WIDTH)


def board_of(computed: ComputedSeason, rules: Format | None = None) -> StandingsBoard:
    """The drivers' board, with numbers and makes of the latest entries; under other rules it is a what-if."""
    counted = computed.standings if rules is None else computed.standings_under(rules)
    table = {place.driver: place for place in computed.counted_points_table}
    return StandingsBoard(
        counted.season,
        counted.standings,
        {place.who: name_of(counted.season, place.who) for place in counted.standings.places},
        {who: place.number or "" for who, place in table.items()},
        {who: place.make for who, place in table.items()},
        supposed=rules is not None,
    )


def owners_board(computed: ComputedSeason) -> StandingsBoard:
    """The owners' board: truck numbers, with the team that fielded the truck last."""
    counted = computed.owner_standings
    season = counted.season
    entries = [row.entry for race in season.run for row in season.results[race.round]]
    latest = {entry.number: entry for entry in entries}
    teams = {entry.number: entry.team for entry in entries if entry.team}
    return StandingsBoard(
        season,
        counted.standings,
        {number: fit(plain(teams.get(number, "")), TEAM_WIDTH) for number in latest},
        {number: number for number in latest},
        {number: entry.make for number, entry in latest.items()},
        owners=True,
    )


def has_cut(board: StandingsBoard) -> bool:
    """Whether the phase under way has a cut line."""
    now = board.standings.current
    return bool(board.standings.rules.rounds) and now.spots > 1 and len(now.entered) > now.spots


def section_of(board: StandingsBoard, place: Place) -> str:
    """The section of the table that a place is in, as the rule above it is labeled; empty for the first section."""
    now, rules = board.standings.current, board.standings.rules
    if place.status is Status.ELIMINATED:
        return "eliminated"
    if place.who not in now.totals:
        return f"outside the {postseason(rules)}"
    if has_cut(board) and now.entered.index(place.who) >= now.spots:
        return CUT_LINE
    return ""


def by_gap(board: StandingsBoard) -> bool:
    """Whether points alone decide the title, so that the gap to the leader is what to show."""
    return board.standings.current.spots == 1 and len(board.standings.rules.rounds) < 2


def cut_figure(board: StandingsBoard, place: Place) -> str:
    """The figure in the cut column: ``+14``, ``-5``, ``win``, ``out``, ``champ``, or the gap to the leader."""
    now = board.standings.current
    if place.status is Status.CHAMPION and board.standings.rules.rounds:
        return CHAMPION
    if place.status is Status.ELIMINATED:
        return "out"
    if by_gap(board):
        behind = now.totals[now.entered[0]] - place.points if place.who in now.totals else 0
        return str(-behind) if behind else "–" if place.position == 1 else ""
    if has_cut(board) and place.who in now.winners:
        return WIN
    return signed(place.to_cut) if place.to_cut is not None else ""


def signed(points: int) -> str:
    """``+14``, ``-5``, ``0``."""
    return f"{points:+}" if points else "0"


def standings_table(board: StandingsBoard, places: Sequence[Place]) -> str:
    """Consecutive places of the standings as a table, with the cut line and other rules drawn across."""
    if not places:
        return ""
    rows, rules = [], {}
    before = board.standings.places[places[0].position - 2] if places[0].position > 1 else None
    for index, place in enumerate(places):
        part = section_of(board, place)
        if part and (before is None or section_of(board, before) != part):
            rules[index] = part
        before = place
        number, name = board.numbers.get(place.who, ""), board.names.get(place.who, place.who)
        rows.append((str(place.position), number, name, str(place.points), cut_figure(board, place), str(place.wins)))
    columns = (
        Column("", right=True),
        Column("No", right=True),
        Column("Team" if board.owners else "Driver", gives_way=True),
        Column("Pts", right=True),
        Column("Gap" if by_gap(board) else "Cut" if has_cut(board) else "", right=True),
        Column("W", right=True),
    )
    return table(columns, rows, rules)


def legend(board: StandingsBoard) -> str:
    """An explanation of the cut column."""
    if has_cut(board):
        won = "in by a win this season" if len(board.standings.phases) == 1 else "locked in by one in this round"
        locks = f"; {WIN}: {won}" if board.standings.rules.winners_first else ""
        within = board.standings.rules.winners_within
        ranked = f", within the top {within} in points" if within and len(board.standings.phases) == 1 else ""
        locked = any(place.status is Status.LOCKED for place in board.standings.places)
        eligible = f" {ELIGIBLE}" if locked and len(board.standings.phases) == 1 and not board.owners else ""
        return f"Cut: points above (+) or below (-) the line{locks}{ranked}.{eligible}"
    return ""


def headline(board: StandingsBoard) -> str:
    """Who is in, who is out, in one sentence."""
    standings = board.standings
    now = standings.current
    if not now.entered:
        return f"No results for {board.season.year} yet."
    if standings.champion is not None:
        return _sentence(_champion(board, standings.champion))
    if has_cut(board):
        return _sentence(_cut(board, now))
    if not by_gap(board):
        return _sentence(_finale(board, now))
    return _sentence(_lead(board, now))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _champion(board: StandingsBoard, champion: str) -> str:
    place = board.standings.place(champion)
    wins = count(place.wins, "win") if place and place.wins else ""
    ahead = ""
    if by_gap(board) and len(board.standings.current.entered) > 1:
        ahead = _by(board.standings.current)
    title = "the owner champion" if board.owners else "champion" if by_gap(board) else "the champion"
    verb = "would be" if board.supposed else "is"
    return listed([f"{board.bold(champion)} {verb} {title}{f' by {ahead}' if ahead else ''}", wins])


def _by(now: Phase) -> str:
    """The leader's margin in points; empty where there is none."""
    lead = now.totals[now.entered[0]] - now.totals[now.entered[1]] if len(now.entered) > 1 else 0
    return f"{lead:,}" if lead else ""


def _lead(board: StandingsBoard, now: Phase) -> str:
    ahead = _by(now)
    if not ahead and len(now.entered) > 1:
        return f"{board.bold(now.entered[0])} leads, tied with {board.bold(now.entered[1])} on points"
    return f"{board.bold(now.entered[0])} leads{f' by {ahead}' if ahead else ''}"


def _finale(board: StandingsBoard, now: Phase) -> str:
    four = joined(board.bold(who) for who in now.entered)
    return f"{four}: the best finisher of the {spelled(len(now.entered))} is the champion"


def _cut(board: StandingsBoard, now: Phase) -> str:
    locked = [place.who for place in board.standings.places if place.status is Status.LOCKED]
    chasing = [who for who in now.entered if who not in now.winners]
    said = ""
    if locked and len(locked) <= 2:
        said = f"{joined(board.bold(who) for who in locked)} {'is' if len(locked) == 1 else 'are'} locked in"
    elif locked:
        said = f"{spelled(len(locked))} are locked in"
    points = [now.totals[who] for who in chasing]
    what = "trucks" if board.owners else "drivers"
    if now.run and len(board.standings.phases) > 1 and len(points) > 2 and max(points) - min(points) <= CLOSE:
        apart = spelled(max(points) - min(points))
        rest = f"{apart} point{'s' if apart != 'one' else ''} separate{'s' if apart == 'one' else ''} "
        return f"{said}{'; ' if said else ''}{rest}{spelled(len(points))} {what}"
    return f"{said}{'; ' if said else ''}{_last_spot(board, now)}"


def who_is_out(board: StandingsBoard) -> str:
    """Who is below the cut line in a round, or fell at the end of the round before; empty in the regular season."""
    standings = board.standings
    now = standings.current
    if standings.champion is not None or len(standings.phases) == 1:
        return ""
    if has_cut(board) and now.run:
        return f"Out as it stands: {_called(board, now.entered[now.spots :])}"
    before = standings.phases[-2]
    return f"Eliminated in the {before.name}: {_called(board, before.eliminated)}" if len(standings.phases) > 2 else ""


def _called(board: StandingsBoard, them: Sequence[str]) -> str:
    return joined(board.plain(who) for who in them)


def _last_spot(board: StandingsBoard, now: Phase) -> str:
    last, first_out = now.entered[now.spots - 1 : now.spots + 1]
    if last in now.winners:
        return f"winners hold all {spelled(now.spots)} spots"
    ahead = now.totals[last] - now.totals[first_out]
    holds = f"{board.bold(last)} holds the last spot"
    if not ahead:
        return f"{holds}, tied on points with {board.bold(first_out)}"
    return f"{holds}, {spelled(ahead)} point{'s' if ahead > 1 else ''} ahead of {board.bold(first_out)}"


def progress(standings: Standings, *, named: bool = True) -> str:
    """How far the phase under way is: ``Round of 8 · 1 of 3 races run · four advance``; its name only if ``named``."""
    now, rules = standings.current, standings.rules
    if standings.champion is not None or not rules.rounds:
        return ""
    name = now.name if named else ""
    races = now.races
    run = f"{now.run} of {count(races, 'race')} run"
    if len(standings.phases) == 1:
        how = "race winners first, then points" if rules.winners_first else "on points"
        return listed([name, run, f"{spelled(now.spots)} make the {postseason(rules)}, {how}"])
    if now.spots > 1:
        return listed([name, run, f"{spelled(now.spots)} advance"])
    if len(rules.rounds) < 2:
        return listed([name, run, "most points win the title"])
    return listed([name, run if races > 1 else ""])


def race_stakes(season: Season, race: Race) -> str:
    """What a race is part of: ``Round of 8, race 2 of 3 · four advance``; empty in the regular season."""
    rules = format_of(season.year)
    first = len(season.races) - rules.postseason + 1
    for number, each in enumerate(rules.rounds):
        if first <= race.round < first + each.races and phase_of(race) in each.name and has_postseason(season):
            name = f"{each.name}, race {race.round - first + 1} of {each.races}" if each.races > 1 else each.name
            return listed([name, fate(rules, number)]) if phase_of(race) else ""
        first += each.races
    return phase_of(race)


def fate(rules: Format, number: int) -> str:
    """What a round decides: ``four advance``."""
    if number + 1 < len(rules.rounds):
        return f"{spelled(rules.rounds[number + 1].drivers)} advance"
    return "the best finisher is the champion" if rules.rounds[number].finish_only else "most points win the title"


def ties(board: StandingsBoard) -> str:
    """A line for each tie that decided a spot, and by what."""
    return "\n".join(tie_line(board, each.name, each.tie) for each in board.standings.phases if each.tie)


def tie_line(board: StandingsBoard, where: str, tie: Tie) -> str:
    """``**Round of 8** Honeycutt ahead of Riggs, tied at 3,129: best finish in the round, 2nd to 3rd``."""
    who = f"{board.plain(tie.ahead)} ahead of {board.plain(tie.behind)}, tied at {tie.points:,}"
    if tie.by is TieBreak.NAME:
        return f"**{where}** {who}: nothing on record tells them apart"
    better, worse = tie.best
    places = ""
    if better is not None and worse is not None and worse < 1_000:
        places = f", {ordinal(better)} to {ordinal(worse)}"
    by = "best finish in the round" if tie.by is TieBreak.FINISH_IN_ROUND else "better finishes over the season"
    return f"**{where}** {who}: {by}{places}"


def left_out(counted: SeasonStandings) -> str:
    """The results that contradict themselves and are not counted, for the small print."""
    if not counted.left_out:
        return ""
    said = "; ".join(f"race {fault.round}: {escape(fault.what)}" for fault in counted.left_out[:3])
    more = f"; and {len(counted.left_out) - 3} more" if len(counted.left_out) > 3 else ""
    return f"Left out, since it can't be right: {said}{more}."


def playoff_line(computed: ComputedSeason, key: str) -> str:
    """A driver's playoff standing: ``**Playoffs** Round of 8: 5 below the cut``; empty where there is none."""
    if not computed.season.run or not has_postseason(computed.season):
        return ""
    board = board_of(computed)
    place = board.standings.place(key)
    if place is None:
        return ""
    head = f"**{postseason(board.standings.rules).capitalize()}**"
    waits = place.status is Status.LOCKED and len(board.standings.phases) == 1
    return f"{head} {standing(computed, board, place)}{', as long as eligible' if waits else ''}"


def standing(computed: ComputedSeason, board: StandingsBoard, place: Place) -> str:
    """Where a driver is, as ``where`` says; of one who is no contender how many races they started instead."""
    starts = len(computed.races_of(place.who))
    if contends(board, place, starts):
        return where(board, place)
    return f"{ordinal(place.position)}, started {starts} of {count(len(computed.season.run), 'race')}"


def contends(board: StandingsBoard, place: Place, starts: int) -> bool:
    """Whether a distance to the cut line says anything of a driver who has started so many races.

    It does not for a part-timer of the regular season: one who is out, missed races, and is further below the line
    than a single race can make up. Whoever misses a race with a waiver, or is that close on a few starts, contends.
    """
    now = board.standings.current
    if len(board.standings.phases) > 1 or not has_cut(board) or place.status in {Status.IN, Status.LOCKED}:
        return True
    return starts >= now.run or place.to_cut is None or -place.to_cut <= board.standings.rules.most_a_race


def where(board: StandingsBoard, place: Place) -> str:
    """Where a driver is in the playoff standings, in words."""
    standings, now = board.standings, board.standings.current
    spot = ordinal(place.position)
    if place.status is Status.CHAMPION:
        return f"Champion, {place.points:,} points"
    for each in standings.phases[1:-1]:
        if place.who in each.eliminated:
            return f"Eliminated in the {each.name}; {spot} {'in the final standings' if standings.champion else 'now'}"
    if len(standings.phases) > 1 and place.who not in standings.phases[0].advanced:
        return f"Not in the {postseason(standings.rules)}; {spot} in the standings"
    if standings.champion is not None:
        last = now.name if len(standings.rules.rounds) > 1 else postseason(standings.rules)
        return f"{spot} in the {last}, {place.points:,} points"
    if not has_cut(board):
        return _in_the_last(board, place)
    # With race winners first, the place in the picture is not the one in the standings.
    picture = (
        f" in the {postseason(standings.rules).removesuffix('s')} picture" if standings.rules.winners_first else ""
    )
    phase = f"{now.name}: " if len(standings.phases) > 1 else f"{spot}{picture}, "
    return phase + _to_the_cut(place)


def _in_the_last(board: StandingsBoard, place: Place) -> str:
    now = board.standings.current
    if not by_gap(board):
        return f"{now.name}: races for the title"
    behind = now.totals[now.entered[0]] - place.points if place.who in now.totals else 0
    spot = f"{ordinal(place.position)} in the {postseason(board.standings.rules)}"
    return f"{spot}, {count(behind, 'point')} behind" if behind else spot


def _to_the_cut(place: Place) -> str:
    if place.status is Status.LOCKED:
        return "locked in with a win"
    if place.to_cut is None:
        return "in with a win as it stands" if place.status is Status.IN else "out: winners hold every spot"
    if place.to_cut == 0:
        return f"tied on points at the cut line, {'in' if place.status is Status.IN else 'out'} as it stands"
    return f"{abs(place.to_cut)} {'above' if place.to_cut > 0 else 'below'} the cut line"
