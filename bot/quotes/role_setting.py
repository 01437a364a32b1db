"""The role that may save a server's quotes: how it is set, cleared and shown."""

from __future__ import annotations

import discord
from discord import ui

from bot.errors import FriendlyError
from bot.questions.quotes import RoleQuestion
from bot.quotes.permissions import ROLE
from bot.render.quote_panels import role_panel
from bot.requester import Requester
from db.connection import Store
from db.guilds import set_setting, setting


async def role_reply(store: Store, guild: discord.Guild, question: RoleQuestion, requester: Requester) -> ui.LayoutView:
    """Sets or clears the role, if the question says so, and shows what is set.

    Args:
        store: a writable store.
        guild: a server whose settings the requester may change.
        question: the role to set, or that there is to be none; neither only shows the setting.
        requester: who changes it, and when.

    Raises:
        FriendlyError: the role is not in this server, or it is the one that everyone has.
    """
    now = requester.as_of.now
    if question.role:
        role = guild.get_role(question.role)
        if role is None or role.is_default():
            raise FriendlyError("That role isn't in this server." if role is None else "Everyone has that role.")
        await set_setting(store, guild.id, ROLE, role.id, requester.user, now)
    elif question.nobody:
        await set_setting(store, guild.id, ROLE, None, requester.user, now)
    current = guild.get_role(await setting(store, guild.id, ROLE) or 0)
    return role_panel(current.name if current else None)
