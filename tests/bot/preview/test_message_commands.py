"""The commands in a message's menu: offered to the right people, run on what they see, refused if forged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.preview.demo_forms import MEASURE, SAVE
from tests.bot.preview.scene import Scene, Visitor, on_scene


def apps(message: dict[str, Any]) -> dict[str, str]:
    """The ids of the commands in a message's menu, by name."""
    return {app["name"]: app["id"] for app in message["apps"]}


async def said(visitor: Visitor, text: str) -> dict[str, Any]:
    """A message that the visitor posts."""
    receipt = await visitor.act("send_message", content=text)
    assert receipt["settlement"] == "settled"
    return await visitor.newest()


async def test_people_are_offered_the_commands_that_they_may_use() -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        message = await said(visitor, "Best truck tonight")
        offered = {}
        for name in ("moderator", "fan", "owner"):
            await visitor.look_on_as(getattr(scene.stage.server, name))
            offered[name] = sorted(apps((await visitor.look())["messages"][message["id"]]))
    assert offered == {"moderator": [MEASURE, SAVE], "fan": [MEASURE], "owner": [MEASURE, SAVE]}


async def test_a_command_gets_the_message_of_the_person_who_posted_it() -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        await visitor.look_on_as(scene.stage.server.fan)
        message = await said(visitor, "Best truck tonight")
        await visitor.look_on_as(scene.stage.server.moderator)
        receipt = await visitor.use(apps(message)[MEASURE], message)
        assert (receipt["settlement"], receipt["acknowledgement"]) == ("settled", "acknowledged")
        assert (await visitor.newest())["content"] == "Fay (fan) wrote 18 characters"


async def test_a_command_may_open_a_form_that_holds_the_words_and_takes_an_answer() -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        message = await said(visitor, "Best truck tonight")
        receipt = await visitor.use(apps(message)[SAVE], message)
        assert receipt["outcomes"] == [{"kind": "modal"}]
        modal = (await visitor.look())["modal"]
        fields = [label["component"] for label in modal["payload"]["components"]]
        assert [field.get("value") for field in fields] == [None, "Best truck tonight", None, "Truck Series news"]
        values = {"speaker": "Corey Heim", "words": "w" * 3000, "race": ["Phoenix"]}
        await visitor.act("modal_submit", modal_handle=modal["handle"], values=values)
        assert (await visitor.newest())["content"] == "Saved 3000 characters of Corey Heim after Phoenix, from nowhere"


@pytest.mark.parametrize("words", ["", "w" * 3001])
async def test_a_form_is_refused_before_the_bot_hears_of_it_and_stays_open(words: str) -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        message = await said(visitor, "Best truck tonight")
        await visitor.use(apps(message)[SAVE], message)
        handle = (await visitor.look())["modal"]["handle"]
        receipt = await visitor.act("modal_submit", modal_handle=handle, values={"speaker": "Heim", "words": words})
        assert receipt["rejected"]
        assert (await visitor.look())["modal"]["handle"] == handle
        assert len((await visitor.look())["timeline"]) == 1


async def _for_moderators_only(visitor: Visitor, scene: Scene) -> tuple[str, str]:
    message = await said(visitor, "Best truck tonight")
    app = apps(message)[SAVE]
    await visitor.look_on_as(scene.stage.server.fan)
    return app, str(message["id"])


async def _on_a_message_for_somebody_else(visitor: Visitor, scene: Scene) -> tuple[str, str]:
    await scene.ask("setup")  # only the moderator sees its answer
    scene.refresh()
    secret = await visitor.newest()
    assert secret["ephemeral"]
    await visitor.look_on_as(scene.stage.server.fan)
    return apps(await said(visitor, "Hello"))[MEASURE], str(secret["id"])


async def _that_there_is_not(visitor: Visitor, _scene: Scene) -> tuple[str, str]:
    return "12345", str((await said(visitor, "Hello"))["id"])


async def _on_no_message(visitor: Visitor, _scene: Scene) -> tuple[str, str]:
    return apps(await said(visitor, "Hello"))[MEASURE], "12345"


@pytest.mark.parametrize(
    "forge",
    [_for_moderators_only, _on_a_message_for_somebody_else, _that_there_is_not, _on_no_message],
    ids=lambda forge: forge.__name__.strip("_"),
)
async def test_a_command_asked_for_by_hand_is_refused(forge: Any) -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        app, message = await forge(visitor, scene)
        before = (await visitor.look())["timeline"]
        receipt = await visitor.use(app, {"id": message})
        assert receipt["rejected"]
        shown = await visitor.look()
        assert (shown["timeline"], shown["modal"]) == (before, None)


async def test_commands_of_the_server_alone_are_offered_in_it() -> None:
    async with on_scene() as scene:
        moderator, fan, owner = scene.stage._viewers
        assert "recap-edit" in owner.available_commands(scene.stage._channel)
        for other in (moderator, fan):
            assert "recap-edit" not in other.available_commands(scene.stage._channel)
        answer = await owner.slash(scene.stage._channel, "recap-edit")
        assert answer.response.content == f"Editing in {scene.stage.server.guild}"
