"""Friday at Talladega: a moderator sets it once, and at three the channel knows that coverage starts at four on FS1."""

from __future__ import annotations

from datetime import timedelta

from db.reminders.models import RowState
from tests.wire.interactions import every_component, ids_in
from tests.wire.permissions import Role
from tests.wire.reminded import COVERAGE, NOON, TALLADEGAS, Scene, outbox, remind, target_of
from tests.wire.rest import EPHEMERAL
from tests.wire.world import Channel, Payload

THREE = COVERAGE - timedelta(hours=1)
STARTS = int(COVERAGE.timestamp())


def words(message: Payload) -> str:
    return "\n".join(each["content"] for each in every_component(message["components"]) if "content" in each)


async def press(scene: Scene, panel: Payload, name: str, values: list[str] | None = None) -> Payload:
    """The panel after the moderator has used one of its buttons or selects."""
    (custom_id,) = [each for each in ids_in(panel) if f":{name}:" in each]
    moderator = scene.standin.world.moderator
    return scene.standin.answer_to(await scene.standin.press(panel, custom_id, values, person=moderator))


async def set_up(scene: Scene, role: Role) -> str:
    """A moderator opens the panel, switches on and picks a role; what the panel says then."""
    asked = await scene.standin.slash("reminders", person=scene.standin.world.moderator)
    panel = await press(scene, scene.standin.answer_to(asked), "remdo:on")
    panel = await press(scene, panel, "remset:role", [str(role.id)])
    assert panel["flags"] & EPHEMERAL
    return words(panel)


async def at_three_one_message_says_that_coverage_starts_at_four_on_fs1(scene: Scene) -> None:
    world = scene.standin.world
    general, fans = world.general, world.guilds[0].role("Truck fans", mentionable=True)
    early, late = (world.guild(name).channel("races") for name in ("Early", "Late"))
    await remind(scene.path, early, leads=(180,))
    await remind(scene.path, late, leads=(0,))

    await scene.start(NOON, 1200, ready=True)
    said = await set_up(scene, fans)
    assert f"**On** in <#{general.id}>: 1 hour before coverage" in said
    assert f"<@&{fans.id}>" in said
    await scene.message(early)
    assert scene.messages(general) == [], "one o'clock: others are reminded three hours before"
    await scene.stop()

    await scene.start(THREE - timedelta(seconds=8), 5)
    message = await scene.message(general)
    assert THREE - timedelta(seconds=1) <= message.at < THREE + timedelta(seconds=30)
    for part in (
        "Love's RV Stop 225 · Talladega",
        f"Coverage starts **<t:{STARTS}:R>**, about <t:{STARTS}:F>",
        "**TV** FOX Sports 1 (FS1)",
        "**Radio** NASCAR Racing Network",
        "**Corey Heim** is locked in; five points separate seven drivers",
        "**Defending winner** Grant Enfinger (2024)",
    ):
        assert part in message.text
    assert message.allowed == {"parse": [], "roles": [fans.id]}
    assert message.pinged == {fans.id}
    await remind_me_too(scene, message.components, general)
    await scene.stop()

    await scene.start(COVERAGE - timedelta(minutes=1), 60)
    await scene.message(late)
    await scene.stop()
    assert len(scene.messages(general)) == 1, "nothing more as coverage starts"
    place = f"g{general.guild.id}" if general.guild else ""
    assert [row.state for row in outbox(scene.path, TALLADEGAS) if row.place == place] == [RowState.SENT]


async def remind_me_too(scene: Scene, components: list[Payload], channel: Channel) -> None:
    """A fan presses the button below the reminder, and from then on gets reminders too.

    One hour before has already passed by then, so half an hour before is added.
    """
    (button,) = [each for each in every_component(components) if each.get("label") == "Remind me too"]
    message = scene.standin.messages[-1]
    asked = await scene.standin.press(message, button["custom_id"])
    shown = scene.standin.answer_to(asked)
    assert shown["flags"] & EPHEMERAL
    assert "**On** by DM: 1 hour and 30 minutes before coverage" in words(shown)
    assert asked.channel == channel
    target = await target_of(scene.path, scene.standin.world.dm)
    assert target is not None
    assert target.leads == (60, 30)
