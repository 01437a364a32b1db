"""A race's recap: every section there are facts or an editor's words for, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.recaps.ahead import ahead
from bot.recaps.facts import FOLLOWED, TITLES, Facts, Recap, Section
from bot.recaps.move import move
from bot.recaps.nutshell import nutshell
from bot.recaps.playoffs import rundown
from bot.recaps.rookies import rookies
from bot.recaps.scene import Scene
from bot.recaps.talk import talk
from bot.recaps.top import top
from db.recaps.models import SECTION_LIMIT, RecapText, SectionKind

_MAKERS: Mapping[SectionKind, Callable[[Scene], Section | None]] = {
    SectionKind.NUTSHELL: nutshell,
    SectionKind.TOP: top,
    SectionKind.MOVE: move,
    SectionKind.PLAYOFFS: rundown,
    SectionKind.ROOKIES: rookies,
    SectionKind.QUOTES: talk,
    SectionKind.NEXT: ahead,
}
"""Nobody makes the paint scheme: what a truck looked like is in no result, so it takes an editor's words."""


def recap(facts: Facts) -> Recap:
    """The recap of a race.

    An editor's words stand in place of the sentences made; the race's quotes and who is how far from the cut line
    follow them. The same facts always give the same recap, and two races that follow one another never read alike.
    """
    scene = Scene(facts)
    made = (_section(scene, kind) for kind in SectionKind)
    return Recap(facts.race, tuple(section for section in made if section is not None))


def _section(scene: Scene, kind: SectionKind) -> Section | None:
    text = scene.facts.texts.get(kind)
    return _made(scene, kind) if text is None else _edited(scene, text)


def _edited(scene: Scene, text: RecapText) -> Section:
    """An editor's section, by paragraphs as set, under the title of the made one and with the lines that follow."""
    made = _made(scene, text.section, SECTION_LIMIT - len(text.words)) if text.section in FOLLOWED else None
    return Section(
        text.section,
        made.title if made else TITLES[text.section],
        tuple(part.strip() for part in re.split(r"\n\s*\n", text.words) if part.strip()),
        made.lines if made else (),
        author=text.author,
        picture=text.picture,
        edited_at=text.edited_at,
    )


def _made(scene: Scene, kind: SectionKind, room: int | None = None) -> Section | None:
    """The made section; of the quotes, beside an editor's words, as many as there is ``room`` for, in characters."""
    if kind is SectionKind.QUOTES and room is not None:
        return talk(scene, room)
    maker = _MAKERS.get(kind)
    return maker(scene) if maker else None
