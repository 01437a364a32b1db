"""The playoff rundown: who is in and who is out by how much, before the race and after it."""

from __future__ import annotations

from bot.recaps import finish, regular, rounds
from bot.recaps.facts import TITLES, Line, Section
from bot.recaps.scene import Scene
from db.recaps.models import SectionKind


def rundown(scene: Scene) -> Section | None:
    """The championship before and after the race; None where nobody has points in it."""
    if scene.winner is None or not scene.table:
        return None
    title = TITLES[SectionKind.PLAYOFFS]
    if not scene.postseason or not scene.whole:
        title = "Points rundown"
    elif scene.chase:
        title = "Chase rundown"
    paragraphs, lines = _told(scene)
    return Section(SectionKind.PLAYOFFS, title, scene.told(paragraphs), tuple(lines))


def _told(scene: Scene) -> tuple[list[list[str]], list[Line]]:
    """Paragraphs, each of sentences, and lines."""
    if not scene.whole:
        return regular.on_record(scene)
    if not scene.postseason or not scene.here.entered:
        return regular.points(scene)
    if scene.stretch == 0:
        return regular.field(scene) if scene.here.over else regular.season(scene)
    if scene.here.spots > 1:
        return rounds.over(scene) if scene.here.over else rounds.under_way(scene)
    return finish.chase(scene) if scene.chase else finish.finale(scene)
