"""What Discord sends about the channels, roles and people picked from a select."""

from __future__ import annotations

from tests.wire.permissions import EVERYTHING
from tests.wire.world import Channel, Payload, World

USERS, ROLES, ANYBODY, CHANNELS = 5, 6, 7, 8
"""Discord's types of selects whose options come from the server rather than from the bot."""


def resolved(world: World, channel: Channel | None, data: Payload) -> Payload:
    """The ``resolved`` part of an interaction, if the select has one: the objects behind the picked ids.

    Raises:
        AssertionError: something was picked that Discord would not have offered.
    """
    kind, values = data["component_type"], data.get("values") or []
    if kind not in (USERS, ROLES, ANYBODY, CHANNELS):
        return {}
    guild = channel.guild if channel else None
    channels = {str(each.id): each for each in guild.channels} if guild else {}
    roles = {str(role.id): role for role in guild.roles} if guild else {}
    people = {str(number): person for number, person in world.people.items()}
    found: Payload = {}
    for value in values:
        if kind == CHANNELS and value in channels:
            shown = {**channels[value].payload(), "permissions": str(EVERYTHING)}
            found.setdefault("channels", {})[value] = shown
        elif kind in (ROLES, ANYBODY) and value in roles:
            found.setdefault("roles", {})[value] = roles[value].payload()
        elif kind in (USERS, ANYBODY) and value in people:
            found.setdefault("users", {})[value] = people[value].payload()
        else:
            raise AssertionError(f"nothing to be picked here has the id {value}")
    return {"resolved": found}
