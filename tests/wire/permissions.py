"""What a bot may do in a server and in a channel, computed as Discord does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Any

Payload = dict[str, Any]


class May(IntFlag):
    """Those of Discord's permissions that the stand-in knows."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_EVENTS = 1 << 33
    CREATE_EVENTS = 1 << 44


EVERYTHING = (1 << 53) - 1
USUAL = (
    May.VIEW_CHANNEL | May.SEND_MESSAGES | May.EMBED_LINKS | May.ATTACH_FILES | May.READ_MESSAGE_HISTORY
)  # fmt: skip
"""What a bot needs to answer, and what everyone has by default."""

_WITH_SENDING = int(May.EMBED_LINKS | May.ATTACH_FILES | May.MENTION_EVERYONE)
"""Permissions that mean nothing without the permission to send messages."""

ROLE, MEMBER = 0, 1
"""Discord's overwrite types."""


@dataclass
class Overwrite:
    """What a channel allows and denies to a role or a member, on top of their permissions in the server."""

    kind: int
    allow: int = 0
    deny: int = 0

    def grant(self, bits: int) -> None:
        self.allow, self.deny = self.allow | bits, self.deny & ~bits

    def refuse(self, bits: int) -> None:
        self.allow, self.deny = self.allow & ~bits, self.deny | bits

    def payload(self, whose: int) -> Payload:
        return {"id": str(whose), "type": self.kind, "allow": str(self.allow), "deny": str(self.deny)}


@dataclass(eq=False)
class Role:
    """A role of a server. A ``managed`` one belongs to a bot."""

    name: str
    id: int
    permissions: int = 0
    position: int = 1
    mentionable: bool = False
    managed: bool = False

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "name": self.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": self.position,
            "permissions": str(int(self.permissions)),
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": 0,
        }


def permissions_in(everyone: Role, roles: list[Role], member: int, overwrites: dict[int, Overwrite] | None) -> int:
    """A member's permissions in a channel.

    Args:
        everyone: the role that all members have.
        roles: the other roles of the member.
        member: the id of the member.
        overwrites: of the channel, by the id of the role or member they are for; None for the whole server.
    """
    bits = int(everyone.permissions)
    for role in roles:
        bits |= int(role.permissions)
    if bits & May.ADMINISTRATOR:
        return EVERYTHING
    if overwrites is None:
        return bits
    bits = _overwritten(bits, [overwrites.get(everyone.id)])
    bits = _overwritten(bits, [overwrites.get(role.id) for role in roles])
    bits = _overwritten(bits, [overwrites.get(member)])
    if not bits & May.VIEW_CHANNEL:
        return 0
    return bits if bits & May.SEND_MESSAGES else bits & ~_WITH_SENDING


def _overwritten(bits: int, overwrites: list[Overwrite | None]) -> int:
    """Applies overwrites together: what one denies is denied unless another allows it."""
    allow = deny = 0
    for overwrite in overwrites:
        if overwrite is not None:
            allow, deny = allow | overwrite.allow, deny | overwrite.deny
    return bits & ~deny | allow
