"""The playoff rundown: who is in and who is out by how much, before the race and after it."""

from __future__ import annotations

from bot.recaps import rundown_regular_season, rundown_rounds, rundown_title
from bot.recaps.context import RecapContext
from bot.recaps.facts import TITLES, RecapLine, Section
from db.recaps.models import SectionKind


def rundown(context: RecapContext) -> Section | None:
    """The section, before and after the race; None where nobody has points."""
    if context.winner is None or not context.table:
        return None
    title = TITLES[SectionKind.PLAYOFFS]
    if not context.postseason or not context.whole:
        title = "Points rundown"
    elif context.called == "Chase":
        title = "Chase rundown"
    paragraphs, lines = _content(context)
    return Section(SectionKind.PLAYOFFS, title, context.finished(paragraphs), tuple(lines))


def _content(context: RecapContext) -> tuple[list[list[str]], list[RecapLine]]:
    """Paragraphs, each a list of sentences, and lines."""
    if not context.whole:
        return rundown_regular_season.on_record(context)
    if not context.postseason or not context.here.entered:
        return rundown_regular_season.points(context)
    if context.phase_index == 0:
        return rundown_regular_season.field(context) if context.here.over else rundown_regular_season.season(context)
    if context.here.spots > 1:
        return rundown_rounds.over(context) if context.here.over else rundown_rounds.under_way(context)
    return rundown_title.chase(context) if context.chase else rundown_title.finale(context)
