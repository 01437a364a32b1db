"""The panel of the reminders' settings, and the status of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.questions.reminders import (
    ALSO,
    CHANNEL,
    LATER,
    LEADS,
    OFF,
    ON,
    PERSON,
    RACE_DAY,
    ROLE,
    SERVER,
    SESSIONS,
    TEST,
    DelayFormQuestion,
    LapSyncQuestion,
    ReminderActionQuestion,
    ReminderChoiceQuestion,
    RemindersQuestion,
    ReminderStatusQuestion,
)
from bot.render.blocks import Accent
from bot.render.buttons import Link, row
from bot.render.delays import delay_select, span
from bot.render.formatting import count, escape, joined, listed, stamp
from bot.render.setting_selects import Choice, SettingSelect
from bot.render.trouble import trouble_line
from db.models import Race
from db.reminders.models import (
    CALLED_OFF,
    Extras,
    Notification,
    NotificationKind,
    OutboxRow,
    PlannedNotification,
    RowState,
    Target,
    WeekendSession,
)
from db.reminders.models import LEADS as MINUTES
from db.reminders.race_day import ARCHIVED, OPENED, RaceDay, RacePost

SESSION_LABELS = {
    WeekendSession.COVERAGE: "Coverage and race",
    WeekendSession.QUALIFYING: "Qualifying",
    WeekendSession.PRACTICE: "Practice",
}
_SESSION_NAMES = {
    WeekendSession.COVERAGE: "coverage",
    WeekendSession.QUALIFYING: "qualifying",
    WeekendSession.PRACTICE: "practice",
}
OPEN = "open"
"""The option that removes the spoiler cover."""
_EXTRAS = {
    "changes": ("Schedule changes", "When a race is moved, postponed or canceled"),
    "results": ("Results", "The finishing order, once results are in"),
    OPEN: ("No spoiler cover", "Results and recaps out in the open"),
    "recap": ("Recap", "The story of the race, once results are in"),
    "standings": ("Standings", "One message that updates itself"),
    "events": ("Discord events", "A scheduled event for each race, kept up to date"),
    "board": ("Live board", "One message that shows the race as it runs"),
    "thread": ("A thread for each race", "What is posted of a race goes into it"),
}
AMOUNTS = {
    RaceDay.NOTHING: ("nothing while it runs", ""),
    RaceDay.RESULT: ("just the result", "The checkered flag, then results and recap"),
    RaceDay.STAGES: ("stages and result", "Stage ends with their points too"),
    RaceDay.EVERYTHING: ("everything", "Flags, cautions, late lead changes and overtime too"),
}
"""How much of a race is posted while it runs, in words."""
FOR_SERVERS = frozenset({"standings", "events", "board", "thread"})
"""Extras that only servers can have."""
_KINDS = {
    NotificationKind.CHANGE: "schedule change",
    NotificationKind.RESULTS: "results",
    NotificationKind.RECAP: "recap",
    NotificationKind.STANDINGS: "standings",
    NotificationKind.EVENT: "Discord event",
    NotificationKind.BOARD: "live board",
    NotificationKind.THREAD: "thread",
}
_POSTS: dict[str, str] = {RacePost.LEAD: "lead change"}
_OWNER_TOLD = "Word to the owner that nothing can be posted"


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """What the panel shows.

    ``target`` is None if nothing was ever set; ``planned`` is what comes next; ``lacking`` are lines about missing
    permissions; ``note`` says what the last press did; ``syncs`` that a race is under way by whose laps a delay can be
    set.
    """

    whose: str
    target: Target | None
    here: int | None = None
    planned: PlannedNotification | Notification | None = None
    races: tuple[Race, ...] = ()
    lacking: tuple[str, ...] = ()
    note: str = ""
    syncs: bool = False


def panel(facts: PanelFacts) -> ui.LayoutView:
    """The settings, and what changes them."""
    target = facts.target
    mine = facts.whose == PERSON
    head = "## Your reminders" if mine else "## Race reminders"
    children: list[ui.Item[Any]] = [ui.TextDisplay("\n".join([head, *_state(facts)]))]
    if target is not None and target.on:
        children += _choosers(facts, target)
    controls = row(_buttons(facts))
    assert controls is not None
    children.append(controls)
    small = [facts.note, _planned(facts)]
    if any(small):
        children.append(ui.TextDisplay("\n".join(f"-# {line}" for line in small if line)))
    view = ui.LayoutView(timeout=None)
    on = target is not None and target.on
    amiss = bool(facts.lacking) or (on and target is not None and target.trouble is not None)
    accent = Accent.YELLOW if amiss else Accent.GREEN if on else Accent.CHECKERED
    view.add_item(ui.Container(*children, accent_colour=discord.Colour(int(accent))))
    return view


def _state(facts: PanelFacts) -> list[str]:
    target, mine = facts.target, facts.whose == PERSON
    if target is None:
        where = "by DM" if mine else "in this channel, with no ping"
        return ["**Off.**", f"**Turn on** sends a reminder 1 hour before coverage, {where}; you can change all of it."]
    if not target.on:
        why = _sentence(target.off_reason) if target.off_reason else ""
        return [f"**Off.**{why}", "**Turn on** picks up where you left off:", *_set(target, mine=mine)]
    trouble = [trouble_line(target, target.trouble)] if target.trouble is not None else []
    return [*_set(target, mine=mine, on="**On** "), *trouble, *(f"**Heads up** {lack}" for lack in facts.lacking)]


def _set(target: Target, *, mine: bool, on: str = "") -> list[str]:
    """What is set, in lines."""
    where = "by DM" if mine else f"in <#{target.channel}>"
    lines = [f"{on}{where}: {_when(target)}"] if on else [f"{where[0].upper()}{where[1:]}: {_when(target)}"]
    if not mine:
        lines.append(f"**Pings** {'nobody' if target.role is None else f'<@&{target.role}>'}")
    also = _also(target.extras, mine=mine)
    if also:
        lines.append(f"**Also** {also}")
    return [*lines, *_race_day(target.extras, mine=mine)]


def _sentence(reason: str) -> str:
    return f" {escape(reason[:1].upper() + reason[1:].rstrip('.'), 200)}."


def _when(target: Target) -> str:
    """``1 hour before and at the start of coverage``."""
    leads = sorted(target.leads, reverse=True)
    # Each with its own "before": two reminders, of 1 hour and of 30 minutes, are not one of 90 minutes.
    ahead = [f"{before(lead)} before" for lead in leads if lead]
    what = joined(_SESSION_NAMES[session] for session in WeekendSession if session in target.sessions)
    if not ahead:
        return f"at the start of {what}"
    start = "" if 0 not in leads else ", and at the start"
    return f"{joined(ahead)} {what}{start}"


def before(minutes: int) -> str:
    """``1 hour``, ``30 minutes``."""
    return count(minutes // 60, "hour") if minutes and minutes % 60 == 0 else count(minutes, "minute")


def _also(extras: Extras, *, mine: bool) -> str:
    wanted = []
    if extras.changes:
        wanted.append("schedule changes")
    if extras.results:
        wanted.append("results under a spoiler cover" if extras.spoiler else "results")
    if extras.recap:
        wanted.append("the recap")
    if extras.standings and not mine:
        wanted.append("a standings message that updates itself")
    if extras.events and not mine:
        wanted.append("Discord events")
    return joined(wanted) if wanted else ""


def _race_day(extras: Extras, *, mine: bool) -> list[str]:
    """What is set for a race as it runs, and by how much later all that tells of one is told."""
    amounts = {
        RaceDay.RESULT: "the result and the recap",
        RaceDay.STAGES: "stage ends, the result and the recap",
        RaceDay.EVERYTHING: "everything that happens, the result and the recap",
    }
    wanted = [amounts[extras.race_day]] if extras.race_day in amounts else []
    wanted += ["a live board"] if extras.board else []
    wanted += ["in a thread for each race"] if extras.thread else []
    lines = [f"**Race day** {', '.join(wanted)}"] if wanted and not mine else []
    if extras.delay:
        lines.append(f"**TV delay** everything about a race {span(extras.delay)} later than it runs")
    return lines


def _choosers(facts: PanelFacts, target: Target) -> list[ui.Item[Any]]:
    whose, mine = facts.whose, facts.whose == PERSON
    rows: list[ui.Item[Any]] = []
    if not mine:
        rows.append(SettingSelect.of_channels(ReminderChoiceQuestion(CHANNEL, whose), "Which channel?", target.channel))
        rows.append(SettingSelect.of_roles(ReminderChoiceQuestion(ROLE, whose), "Ping a role? None", target.role))
    leads = [
        Choice(str(minutes), f"{before(minutes)} before" if minutes else "At the start", minutes in target.leads)
        for minutes in MINUTES
    ]
    rows.append(
        SettingSelect.of_options(ReminderChoiceQuestion(LEADS, whose), "How far ahead?", leads, most=len(leads))
    )
    sessions = [Choice(each.value, SESSION_LABELS[each], each in target.sessions) for each in WeekendSession]
    rows.append(
        SettingSelect.of_options(ReminderChoiceQuestion(SESSIONS, whose), "For what?", sessions, most=len(sessions))
    )
    extras = [
        Choice(name, label, not target.extras.spoiler if name == OPEN else getattr(target.extras, name), hint)
        for name, (label, hint) in _EXTRAS.items()
        if not (mine and name in FOR_SERVERS)
    ]
    question = ReminderChoiceQuestion(ALSO, whose)
    rows.append(SettingSelect.of_options(question, "What else?", extras, least=0, most=len(extras)))
    if not mine:
        rows.append(_amounts(target.extras.race_day))
    rows.append(delay_select(ReminderChoiceQuestion(LATER, whose), target.extras.delay))
    return rows


def _amounts(chosen: RaceDay) -> ui.ActionRow[Any]:
    amounts = [
        Choice(amount, f"Race day: {label}", amount is chosen, hint) for amount, (label, hint) in AMOUNTS.items()
    ]
    question = ReminderChoiceQuestion(RACE_DAY, SERVER)
    return SettingSelect.of_options(question, "How much of a race is posted while it runs?", amounts)


def _buttons(facts: PanelFacts) -> Sequence[Link]:
    status = Link("Status", ReminderStatusQuestion(facts.whose))
    if facts.target is None:
        return [Link("Turn on", ReminderActionQuestion(ON, facts.whose))]
    if not facts.target.on:
        return [Link("Turn on", ReminderActionQuestion(ON, facts.whose)), status]
    test = Link("Send a test", ReminderActionQuestion(TEST, facts.whose))
    delay = Link("Other delay", DelayFormQuestion(facts.whose))
    delays = [delay, Link("Lap sync", LapSyncQuestion(facts.whose))] if facts.syncs else [delay]
    return [test, status, *delays, Link("Turn off", ReminderActionQuestion(OFF, facts.whose))]


def _planned(facts: PanelFacts) -> str:
    if facts.target is None or not facts.target.on:
        return ""
    if facts.planned is None:
        return "Nothing due in the next few days; what comes after gets planned automatically."
    return f"Next: {_line(facts.planned, facts.races)}"


def named(what: PlannedNotification | Notification, races: Sequence[Race]) -> str:
    """What is planned, such as ``Talladega, 1 hour before coverage``."""
    if what.kind is NotificationKind.TROUBLE:
        return _OWNER_TOLD
    race = next((race for race in races if race.id == what.race), None)
    name = escape(race.track.short if race else f"race {what.round} of {what.season}")
    if what.kind is NotificationKind.REMINDER:
        session = WeekendSession(what.session)
        # Without a known start of coverage, the reminder is about the race itself.
        of_race = session is WeekendSession.COVERAGE and race is not None and race.coverage is None
        event = "the race" if of_race else _SESSION_NAMES[session]
        timed = f"{before(what.lead)} before {event}" if what.lead else f"at the start of {event}"
    elif what.kind is NotificationKind.LIVE:
        timed = (
            f"end of stage {what.lead}" if what.session == RacePost.STAGE else _POSTS.get(what.session, what.session)
        )
    else:
        done = {CALLED_OFF: " removed", OPENED: " opened", ARCHIVED: " archived"}.get(what.session, "")
        timed = f"{_KINDS[what.kind]}{done}"
    return f"{name}, {timed}"


def _line(due: PlannedNotification | Notification, races: Sequence[Race]) -> str:
    return f"{named(due, races)}: {stamp(due.due_at, 'f')} · {stamp(due.due_at, 'R')}"


_STATES = {
    RowState.SENT: "Sent",
    RowState.FAILED: "**Failed**",
    RowState.EXPIRED: "Not sent",
    RowState.CANCELLED: "Canceled",
}


def status(facts: PanelFacts, planned: Sequence[OutboxRow], past: Sequence[OutboxRow]) -> ui.LayoutView:
    """The status: what is planned next, and what became of what was due.

    Args:
        facts: as for the panel.
        planned: pending rows, soonest first.
        past: rows that are done, newest first.
    """
    ahead = [f"- {_line(each.notification, facts.races)}{_again(each)}" for each in planned] or [
        "Nothing in the next few days."
    ]
    done = [_done(each, facts.races) for each in past] or ["Nothing yet."]
    head = "## Your reminders: status" if facts.whose == PERSON else "## Race reminders: status"
    trouble = facts.target.trouble if facts.target is not None else None
    told = [trouble_line(facts.target, trouble)] if facts.target is not None and trouble is not None else []
    body = "\n".join([head, *_state(facts)[:1], *told])
    controls = row([Link("Settings", RemindersQuestion(facts.whose))])
    assert controls is not None
    view = ui.LayoutView(timeout=None)
    failed = any(each.state is RowState.FAILED for each in past) or bool(facts.lacking or told)
    view.add_item(
        ui.Container(
            ui.TextDisplay(body),
            ui.TextDisplay("\n".join(["**Coming up**", *ahead])),
            ui.TextDisplay("\n".join(["**Recent**", *done, *(f"**Heads up** {lack}" for lack in facts.lacking)])),
            controls,
            accent_colour=discord.Colour(int(Accent.YELLOW if failed else Accent.CHECKERED)),
        )
    )
    return view


def _again(row: OutboxRow) -> str:
    """Why something planned was not sent yet, and when it is tried again."""
    if not row.reason:
        return ""
    again = f"; trying again {stamp(row.retry_at, 'R')}" if row.retry_at is not None else ""
    return f" ({escape(row.reason, 200)}{again})"


def _done(past: OutboxRow, races: Sequence[Race]) -> str:
    when = f"Sent {stamp(past.sent_at, 'f')}" if past.sent_at is not None else _STATES.get(past.state, past.state.value)
    why = f" ({escape(past.reason, 200)})" if past.reason else ""
    return f"- {listed([named(past.notification, races), when])}{why}"
