"""Who may save and mend quotes: moderators and holders of a server's role for its own, editors for everybody's.

What Discord hides from whom is no more than a hint: every command, button and form asks here.
"""

from __future__ import annotations

from bot.errors import NO_MANAGER, FriendlyError
from bot.questions.quotes import Scope
from bot.requester import Requester
from db.connection import Store
from db.guilds import setting
from db.texts import Quote

ROLE = "quote-role"
"""The name of the servers' setting; its value is the role's id."""

MANY = 5000
"""Quotes that a server may keep of its own."""

NOT_YOU = "Saving quotes takes the Manage Messages permission, or the role this server set for it (/quote-role)."
NO_SERVER = "Quotes can only be saved in a server I've been added to."
NO_EDITOR = "Quotes for everyone are for Tailgate's editors, in their own server."


async def may_save(store: Store, requester: Requester) -> bool:
    """Whether the requester may save quotes for the server in which he asks, and mend its own.

    Its quotes are all of the server's: who moderates one channel alone is no moderator of theirs.
    """
    if requester.guild is None:
        return False
    if requester.server_permissions.manage_messages or requester.server_permissions.administrator:
        return True
    return bool(requester.roles) and await setting(store, requester.guild, ROLE) in requester.roles


async def may_mend(store: Store, requester: Requester, held: Quote) -> bool:
    """Whether he may change and delete that quote."""
    if held.guild is None:
        return requester.editor
    return held.guild == requester.guild and await may_save(store, requester)


async def scope_of(store: Store, requester: Requester, scope: str) -> int | None:
    """For whom a quote of that scope is: the asker's server, None for everybody.

    Raises:
        FriendlyError: he may not save such quotes.
    """
    if scope == Scope.ALL:
        if not requester.editor:
            raise FriendlyError(NO_EDITOR)
        return None
    if requester.guild is None:
        raise FriendlyError(NO_SERVER)
    if not await may_save(store, requester):
        raise FriendlyError(NOT_YOU)
    return requester.guild


def must_manage(requester: Requester) -> int:
    """The server in which the requester sets things; raises FriendlyError where he may not."""
    if requester.guild is None:
        raise FriendlyError(NO_SERVER)
    if not (requester.permissions.manage_guild or requester.permissions.administrator):
        raise FriendlyError(NO_MANAGER)
    return requester.guild
