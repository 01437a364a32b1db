"""The winning move: the last lead change, overtime and the margin, as far as they are on record."""

from __future__ import annotations

from bot.championship.distance import scheduled_laps
from bot.recaps.context import RecapContext, who
from bot.recaps.facts import TITLES, Section
from bot.recaps.late_cautions import late_cautions
from bot.recaps.phrases import count, decimals, seconds, spelled, times
from db.models import Lead, Result
from db.recaps.models import SectionKind


def winning_move(context: RecapContext) -> Section | None:
    """How the race was decided; None where nothing about it is on record."""
    if context.winner is None:
        return None
    pass_, end, changes = _last_pass(context, context.winner), _end(context), _changes(context)
    late, led, pace = late_cautions(context), _led(context, context.winner), _pace(context)
    if not (pass_ or late or end or changes or pace):
        return None
    paragraphs = context.finished([[pass_, late, *context.pick((end, changes), (changes, end)), led, pace]])
    return Section(SectionKind.MOVE, TITLES[SectionKind.MOVE], paragraphs)


def _leads(context: RecapContext) -> list[Lead]:
    """Who led from lap to lap, consecutive entries of a driver merged; empty where the list has gaps."""
    merged: list[Lead] = []
    for lead in context.outcome.leads:
        if merged and lead.from_lap != merged[-1].to_lap + 1:
            return []
        if merged and merged[-1].driver == lead.driver:
            merged[-1] = Lead(lead.driver, merged[-1].from_lap, lead.to_lap)
        else:
            merged.append(lead)
    return merged


def _last_pass(context: RecapContext, winner: Result) -> str:
    """When and from whom the winner took the lead for good."""
    driver, leads = who(winner.driver), _leads(context)
    if context.laps and winner.led == context.laps:
        return context.pick(
            f"There was nobody to pass: {driver} led all {count(context.laps, 'lap')}.",
            f"{driver} led every one of the {count(context.laps, 'lap')}.",
        )
    if len(leads) < 2 or leads[-1].to_lap != context.laps:
        return ""
    if leads[-1].driver != winner.driver:
        return _first_on_the_road(context, leads, winner)
    last, passed = leads[-1], who(leads[-2].driver)
    if last.laps == 1:
        return context.pick(
            f"{driver} took the lead from {passed} on the last lap.",
            f"The lead changed for the last time on the final lap, from {passed} to {driver}.",
            f"{passed} led until the last lap, when {driver} took over.",
        )
    return context.pick(
        f"{driver} took the lead from {passed} on lap {last.from_lap} and led the last {spelled(last.laps)} laps.",
        f"The last lead change came on lap {last.from_lap}, from {passed} to {driver}, "
        f"with {spelled(last.laps)} laps to go.",
        f"With {spelled(last.laps)} laps to go {driver} took the lead from {passed} for good.",
    )


def _first_on_the_road(context: RecapContext, leads: list[Lead], winner: Result) -> str:
    """The last lead change where who led at the end is not the winner: they were scored elsewhere afterwards."""
    last, passed, driver = leads[-1], who(leads[-2].driver), who(winner.driver)
    row = context.row(last.driver)
    # Whoever is disqualified is scored last. Anybody else who led the last lap and did not win is a slip of the list.
    if row is None or not (row.disqualified or row is context.rows[-1]):
        return ""
    how = "was disqualified" if row.disqualified else "was scored last"
    when = "on the last lap" if last.laps == 1 else f"with {spelled(last.laps)} laps to go"
    return context.pick(
        f"{who(last.driver)} took the lead from {passed} {when} but {how}, which left the win to {driver}.",
        f"The last lead change came {when}, from {passed} to {who(last.driver)}, who {how}; the win went to {driver}.",
    )


def _end(context: RecapContext) -> str:
    """Overtime or a race cut short, and how it ended."""
    run, due, margin = context.laps, scheduled_laps(context.race, context.rows), context.outcome.margin
    close = seconds(margin) if margin else ""
    if run and due and run > due:
        return _overtime(context, f"{count(run - due, 'lap')} past the scheduled {due}", close)
    caution = context.outcome.under_caution
    if run and due and run < due:
        how = " under caution" if caution else ""
        return context.pick(
            f"The race ended{how} {count(due - run, 'lap')} short of the scheduled {due}.",
            f"The race was over{how} after {spelled(run)} of the scheduled {count(due, 'lap')}.",
        )
    if caution:
        return context.pick("The race ended under caution.", "The finish came under caution.")
    driver = who(context.rows[0].driver)
    return (
        context.pick(f"The margin of victory was {close}.", f"At the line {driver} was {close} ahead.") if close else ""
    )


def _overtime(context: RecapContext, over: str, close: str) -> str:
    if context.outcome.under_caution:
        return context.pick(
            f"Overtime took the race {over}, and it ended under caution.",
            f"The race went to overtime, {over}, and ended under caution.",
        )
    if close:
        return context.pick(
            f"Overtime took the race {over}, and {who(context.rows[0].driver)} won it by {close}.",
            f"The race went to overtime, {over}, and the margin at the line was {close}.",
            f"It took overtime, {over}, and {close} at the line made the difference.",
        )
    return context.pick(
        f"Overtime took the race {over}.",
        f"The race went to overtime and ended {over}.",
        f"It took overtime to settle it, {over}.",
    )


def _changes(context: RecapContext) -> str:
    """How often the lead changed, among how many drivers, and how many laps were run under caution."""
    leads, outcome = _leads(context), context.outcome
    if leads and (leads[0].from_lap != 1 or leads[-1].to_lap != context.laps):
        leads = []  # the first or the last laps are not on record, so their lead changes are unknown
    changes = outcome.lead_changes if outcome.lead_changes is not None else len(leads) - 1 if leads else None
    leaders = len({lead.driver for lead in leads}) or sum(row.led > 0 for row in context.rows)
    said = []
    if changes:
        among = f" among {count(leaders, 'driver')}" if leaders > 1 else ""
        said.append(
            context.pick(
                f"The lead changed hands {times(changes)}{among}.",
                f"There {_was(changes)} {count(changes, 'lead change')}{among}.",
            )
        )
    if outcome.cautions:
        laps = f" for {count(outcome.caution_laps, 'lap')}" if outcome.caution_laps else ""
        said.append(
            context.pick(
                f"There {_was(outcome.cautions)} {count(outcome.cautions, 'caution')}{laps}.",
                f"The caution came out {times(outcome.cautions)}{laps}.",
            )
        )
    return " ".join(said)


def _pace(context: RecapContext) -> str:
    """The average speed, where that is all that is on record of how fast the race was: before 2018."""
    mph = context.outcome.average_mph
    if not mph or context.outcome.seconds or context.outcome.margin:
        return ""
    return context.pick(
        f"The average speed was {decimals(mph)} mph.", f"The race was run at an average of {decimals(mph)} mph."
    )


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _led(context: RecapContext, winner: Result) -> str:
    """How many laps the winner led, and who led the most."""
    laps = context.laps
    most = max(context.rows, key=lambda row: row.led)
    if not laps or not most.led or winner.led == laps:
        return ""
    driver = who(winner.driver)
    if not winner.led:
        return f"{driver} did not lead any of the {spelled(laps)} laps."
    laps_led = f"{spelled(winner.led)} of the {spelled(laps)} laps"
    first = sum(row.led == most.led for row in context.rows)
    if most.led > winner.led and first > 1:
        return f"{driver} led {laps_led}."
    if most.led > winner.led:
        return context.pick(
            f"{driver} led {laps_led}; {who(most.driver)} led the most, {spelled(most.led)}.",
            f"{who(most.driver)} led a race-high {count(most.led, 'lap')}; {driver} led {spelled(winner.led)}.",
            f"{who(most.driver)} led {spelled(most.led)} of the {spelled(laps)} laps "
            f"and {driver} {spelled(winner.led)}.",
        )
    if first > 1:
        return f"{driver} led {laps_led}."
    return context.pick(
        f"{driver} led {laps_led}, more than anyone else.",
        f"Nobody led more laps than {driver}, who was out front for {laps_led}.",
        f"{driver} led a race-high {laps_led}.",
    )
