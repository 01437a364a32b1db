"""Who may save and edit quotes: moderators and a chosen role for a server's own, the editors for those for everyone.

That Discord hides a command from somebody is only a convenience: every command, button and form checks here.
"""

from __future__ import annotations

from bot.errors import NO_MANAGER, FriendlyError
from bot.questions.quotes import Scope
from bot.requester import Requester
from db.connection import Store
from db.guilds import setting
from db.quotes.models import Quote

ROLE = "quote-role"
"""The name of the servers' setting. Its value is the role's id."""

MOST_QUOTES = 5000
"""The most quotes of its own that a server may keep."""

NOT_YOU = "Saving quotes takes the Manage Messages permission, or the role this server set for it (/quote-role)."
NO_SERVER = "Quotes can only be saved in a server I've been added to."
NO_EDITOR = "Quotes for everyone are for Tailgate's editors, in their own server."


async def may_save(store: Store, requester: Requester) -> bool:
    """Whether the requester may save quotes for the server they are in, and edit its own.

    The quotes belong to the whole server, so that moderating a single channel is not enough.
    """
    if requester.guild is None:
        return False
    if requester.server_permissions.manage_messages or requester.server_permissions.administrator:
        return True
    return bool(requester.roles) and await setting(store, requester.guild, ROLE) in requester.roles


async def may_edit(store: Store, requester: Requester, quote: Quote) -> bool:
    """Whether the requester may edit and delete that quote."""
    if quote.guild is None:
        return requester.editor
    return quote.guild == requester.guild and await may_save(store, requester)


async def guild_of_scope(store: Store, requester: Requester, scope: str) -> int | None:
    """The server that a quote of that scope belongs to: the requester's, or None for a quote for everyone.

    Raises:
        FriendlyError: the requester may not save such quotes.
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
    """The server whose settings the requester may change.

    Raises:
        FriendlyError: there is none.
    """
    if requester.guild is None:
        raise FriendlyError(NO_SERVER)
    if not (requester.permissions.manage_guild or requester.permissions.administrator):
        raise FriendlyError(NO_MANAGER)
    return requester.guild
