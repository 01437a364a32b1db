"""The winning move: the last lead change, overtime and the margin, as far as they are on record."""

from __future__ import annotations

from bot.recaps.facts import TITLES, Section
from bot.recaps.phrases import count, seconds, spelled
from bot.recaps.scene import Scene, who
from db.models import Lead, Result
from db.recaps.models import SectionKind


def move(scene: Scene) -> Section | None:
    """How the race was decided; None where nothing of it is on record."""
    if scene.winner is None:
        return None
    pass_, end, changes = _last_pass(scene, scene.winner), _end(scene), _changes(scene)
    if not (pass_ or end or changes):
        return None
    paragraphs = scene.told([[pass_, *scene.pick((end, changes), (changes, end)), _led(scene, scene.winner)]])
    return Section(SectionKind.MOVE, TITLES[SectionKind.MOVE], paragraphs)


def _leads(scene: Scene) -> list[Lead]:
    """Who led from lap to lap, one who led on counted once; nothing where the list has holes."""
    merged: list[Lead] = []
    for lead in scene.outcome.leads:
        if merged and lead.from_lap != merged[-1].to_lap + 1:
            return []
        if merged and merged[-1].driver == lead.driver:
            merged[-1] = Lead(lead.driver, merged[-1].from_lap, lead.to_lap)
        else:
            merged.append(lead)
    return merged


def _last_pass(scene: Scene, winner: Result) -> str:
    """When and from whom the winner took the lead for good."""
    he, leads = who(winner.driver), _leads(scene)
    if scene.laps and winner.led == scene.laps:
        return scene.pick(
            f"There was nobody to pass: {he} led all {count(scene.laps, 'lap')}.",
            f"{he} led every one of the {count(scene.laps, 'lap')}.",
        )
    if len(leads) < 2 or leads[-1].driver != winner.driver or leads[-1].to_lap != scene.laps:
        return ""
    last, him = leads[-1], who(leads[-2].driver)
    if last.laps == 1:
        return scene.pick(
            f"{he} took the lead from {him} on the last lap.",
            f"The lead changed for the last time on the final lap, from {him} to {he}.",
            f"{him} led until the last lap, when {he} took over.",
        )
    return scene.pick(
        f"{he} took the lead from {him} on lap {last.from_lap} and led the last {spelled(last.laps)} laps.",
        f"The last lead change came on lap {last.from_lap}, from {him} to {he}, with {spelled(last.laps)} laps to go.",
        f"With {spelled(last.laps)} laps to go {he} took the lead from {him} for good.",
    )


def _end(scene: Scene) -> str:
    """Overtime or a race cut short, and how it ended."""
    run, due, margin = scene.outcome.laps, scene.race.scheduled_laps, scene.outcome.margin
    close = seconds(margin) if margin else ""
    if run and due and run > due:
        return _overtime(scene, f"{count(run - due, 'lap')} past the scheduled {due}", close)
    caution = scene.outcome.under_caution
    if run and due and run < due:
        how = " under caution" if caution else ""
        return scene.pick(
            f"The race ended{how} {count(due - run, 'lap')} short of the scheduled {due}.",
            f"The race was over{how} after {spelled(run)} of the scheduled {count(due, 'lap')}.",
        )
    if caution:
        return scene.pick("The race ended under caution.", "The finish came under caution.")
    he = who(scene.rows[0].driver)
    return scene.pick(f"The margin of victory was {close}.", f"At the line {he} was {close} ahead.") if close else ""


def _overtime(scene: Scene, over: str, close: str) -> str:
    if scene.outcome.under_caution:
        return scene.pick(
            f"Overtime took the race {over}, and it ended under caution.",
            f"The race went to overtime, {over}, and ended under caution.",
        )
    if close:
        return scene.pick(
            f"Overtime took the race {over}, and {who(scene.rows[0].driver)} won it by {close}.",
            f"The race went to overtime, {over}, and the margin at the line was {close}.",
            f"It took overtime, {over}, and {close} at the line made the difference.",
        )
    return scene.pick(
        f"Overtime took the race {over}.",
        f"The race went to overtime and ended {over}.",
        f"It took overtime to settle it, {over}.",
    )


def _changes(scene: Scene) -> str:
    """How often the lead changed, among how many, and how much of the race was run under caution."""
    leads, outcome = _leads(scene), scene.outcome
    if leads and (leads[0].from_lap != 1 or leads[-1].to_lap != scene.laps):
        leads = []  # the first laps or the last are not on record, and nobody knows what changed in them
    changes = outcome.lead_changes if outcome.lead_changes is not None else len(leads) - 1 if leads else None
    leaders = len({lead.driver for lead in leads}) or sum(row.led > 0 for row in scene.rows)
    said = []
    if changes:
        among = f" among {count(leaders, 'driver')}" if leaders > 1 else ""
        said.append(
            scene.pick(
                f"The lead changed hands {count(changes, 'time')}{among}.",
                f"There {_was(changes)} {count(changes, 'lead change')}{among}.",
            )
        )
    if outcome.cautions:
        laps = f" for {count(outcome.caution_laps, 'lap')}" if outcome.caution_laps else ""
        said.append(
            scene.pick(
                f"There {_was(outcome.cautions)} {count(outcome.cautions, 'caution')}{laps}.",
                f"The caution came out {count(outcome.cautions, 'time')}{laps}.",
            )
        )
    return " ".join(said)


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _led(scene: Scene, winner: Result) -> str:
    """What the winner led of the race, and who led most of it."""
    laps = scene.laps
    most = max(scene.rows, key=lambda row: row.led)
    if not laps or not winner.led or winner.led == laps:
        return ""
    he = who(winner.driver)
    mine = f"{spelled(winner.led)} of the {spelled(laps)} laps"
    first = sum(row.led == most.led for row in scene.rows)
    if most.led > winner.led and first > 1:
        return f"{he} led {mine}."
    if most.led > winner.led:
        return scene.pick(
            f"{he} led {mine}; {who(most.driver)} led the most, {spelled(most.led)}.",
            f"The most laps, {spelled(most.led)}, were led by {who(most.driver)}, and {he} led {spelled(winner.led)}.",
            f"{who(most.driver)} led {spelled(most.led)} of the {spelled(laps)} laps and {he} {spelled(winner.led)}.",
        )
    if first > 1:
        return f"{he} led {mine}."
    return scene.pick(
        f"{he} led {mine}, more than anyone else.",
        f"Nobody led more than {he}, in front for {mine}.",
        f"With {mine} led, {he} was in front more than anyone else.",
    )
