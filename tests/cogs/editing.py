"""An operator's own server with two editors and a fan, and another server where one of them is a fan like others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from discord import ui
from simcord.enums import InteractionType

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.editors import Editors
from bot.questions.core import Question
from bot.questions.recaps import EditQuestion
from bot.render.forms import PREFIX
from bot.render.recap_editor import FIELDS
from bot.services import Services
from db.recaps.drafts import RecapDraft, drafts_of_race
from db.recaps.models import SectionKind
from tests.cogs.looking import words

HOME = 1_100_000_000_000_000_000


@dataclass
class Newsroom:
    """``mo`` and ``jo`` are editors at home, ``fay`` is a fan there; ``mo_abroad`` is Mo in another server."""

    bot: TailgateBot
    env: Any
    clock: TravelClock
    channel: Any
    abroad: Any
    mo: Any
    jo: Any
    fay: Any
    mo_abroad: Any

    def later(self, **time: int) -> None:
        """Lets time go by."""
        self.clock._start += timedelta(**time)

    async def open(self, editor: Any, **options: Any) -> Any:
        """An editor's panel, which they alone see."""
        result = await editor.slash(self.channel, "recap-edit", **options)
        assert result.ephemeral
        return result

    async def write(self, editor: Any, panel: Any, text: str, picture: str = "", *, button: str = "Write") -> Any:
        """Fills in the form behind a button and sends it; returns the form as it was opened."""
        opened = await editor.click(panel.response, label=button)
        assert opened.modal is not None
        await editor.submit_modal(opened, {"words": text, "picture": picture})
        return opened.modal

    async def drafts(self, editor: Any) -> list[RecapDraft]:
        """An editor's drafts for race 20, the newest first."""
        return list(await drafts_of_race(self.bot.services.store, 2025, 20, editor.id))

    async def recap(self, section: str | None = None, **options: Any) -> str:
        """What a fan reads, of a section on its own screen where one is named."""
        asked = await self.fay.slash(self.channel, "recap", **options)
        if section is not None:
            await self.fay.select(asked.response, [section])
        return words(asked)

    async def posted(self, question: Question, channel: Any = None) -> Any:
        """A message in the channel with a button that asks something: as if its id had been copied there."""
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.ActionRow(ui.Button(label="Go", custom_id=f"t1:0:{question.encode()}")))
        return await self.bot.get_channel((channel or self.channel).id).send(view=view)  # type: ignore[union-attr]

    async def offered(self, question: Question, channel: Any = None) -> Any:
        """The same with a select."""
        view = ui.LayoutView(timeout=None)
        select: ui.Select[Any] = ui.Select(custom_id="t1:pick:edit")
        select.add_option(label="Go", value=question.encode() or "")
        view.add_item(ui.ActionRow(select))
        return await self.bot.get_channel((channel or self.channel).id).send(view=view)  # type: ignore[union-attr]

    async def sends(self, person: Any, question: Question, values: dict[str, str], channel: Any = None) -> Any:
        """A form sent without its having been opened, as a program can; fields that are not named are left empty."""
        values = dict.fromkeys(FIELDS, "") | values
        inputs = [
            {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}} for name, value in values.items()
        ]
        data = {"custom_id": f"{PREFIX}{question.encode()}", "components": inputs}
        return await person._dispatch_interaction(InteractionType.MODAL_SUBMIT, channel or self.channel, data)


def editors_bot(services: Services) -> TailgateBot:
    """A bot with a home; who its editors are is known once there are people."""
    return TailgateBot(services, local=True, shard_count=1, editors=Editors(frozenset(), HOME))


async def open_newsroom(bot: TailgateBot, env: Any, clock: TravelClock) -> Newsroom:
    """Puts everybody in place, on the day after Talladega."""
    clock._start = datetime.fromisoformat("2025-10-18T12:00-04:00")
    home, other = env.create_guild("Operator", id=HOME), env.create_guild("Fans")
    mo, jo, fay = (env.create_user(name) for name in ("Mo", "Jo", "Fay"))
    bot.editors = Editors(frozenset({mo.id, jo.id}), HOME)
    await bot.sync_commands(force=True)
    desk, trucks = home.create_text_channel("desk"), other.create_text_channel("trucks")
    editor, second, reader = (home.add_member(person) for person in (mo, jo, fay))
    return Newsroom(bot, env, clock, desk, trucks, editor, second, reader, other.add_member(mo))


async def section(room: Newsroom, editor: Any, kind: SectionKind, race: str = "2025.20") -> Any:
    """An editor's panel on a section; race 20 bears nobody's words yet."""
    panel = await room.open(editor, race=race)
    year, number = map(int, race.split("."))
    chosen = EditQuestion(year, number, kind.value).encode()
    await editor.select(panel.response, [chosen])
    return panel


async def saved(room: Newsroom, editor: Any, *texts: str) -> Any:
    """An editor's panel on top truckers, after they saved these words there, a minute apart."""
    panel = await section(room, editor, SectionKind.TOP)
    for text in texts:
        await room.write(editor, panel, text)
        await editor.click(panel.response, label="Save")
        room.later(minutes=1)
    return panel


def buttons(result: Any) -> dict[str, str]:
    """The custom ids of a message's buttons that are not off, by label."""
    return {label: each["custom_id"] for label, each in _found(result, "label").items() if not each.get("disabled")}


def picture(result: Any) -> str | None:
    """The address of the message's picture."""
    galleries = [items for each in _walk(result.response.components) if (items := each.get("items"))]
    return galleries[0][0]["media"]["url"] if galleries else None


def options(result: Any) -> dict[str, str]:
    """What each option of the message's select carries, by its label."""
    found = [option for each in _walk(result.response.components) for option in each.get("options") or ()]
    return {option["label"]: option["value"] for option in found}


def _found(result: Any, name: str) -> dict[str, Any]:
    return {each[name]: each for each in _walk(result.response.components) if "custom_id" in each and name in each}


def _walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [found for each in components for found in (each, *_walk(each.get("components") or []))]
