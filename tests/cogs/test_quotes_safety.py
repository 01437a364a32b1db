"""Whom quotes are safe from: fans without rights, moderators of other servers, buttons and forms made by hand."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import discord
import pytest
import simcord

from bot.client.tailgate_bot import TailgateBot
from bot.errors import NO_MANAGER, FriendlyError
from bot.jobs.guild_cleanup import APPLICATION, PAUSE_SECONDS, forget_left
from bot.questions.core import Question
from bot.questions.quotes import (
    DayQuestion,
    DeleteQuestion,
    FormQuestion,
    ManageQuoteQuestion,
    ManageQuotesQuestion,
    QuoteHistoryQuestion,
    RestoreQuestion,
    RoleQuestion,
    Scope,
)
from bot.quotes.permissions import NO_EDITOR, NO_SERVER, NOT_YOU, ROLE
from bot.render.formatting import escape
from bot.requester import Requester
from bot.services import Services
from db.guilds import setting
from db.key_values import remember
from db.quotes import delete, history
from db.quotes.drafts import save_typed, typed_quote
from db.quotes.server_ownership import own_quote
from db.reminders import targets
from db.reminders.models import Purpose
from tests.bot.render.reading import text
from tests.cogs.conftest import Stand
from tests.cogs.quoting import (
    FILLED,
    MANAGING,
    Elsewhere,
    filled_in,
    labels,
    member,
    moderator,
    press,
    refused,
    said,
    saved,
    send_form,
)

MAY_ALL = discord.Permissions.all()
NUMBER = 9_000_000
"""Stands for the number of the quote in question."""


def about(number: int) -> list[Question]:
    """Everything that can be done to a quote by its number."""
    return [
        ManageQuoteQuestion(number),
        FormQuestion(Scope.SERVER, number),
        DeleteQuestion(number),
        DeleteQuestion(number, "sure"),
        QuoteHistoryQuestion(number),
        RestoreQuestion(Scope.SERVER, number),
        RestoreQuestion(Scope.SERVER, number, 1),
    ]


async def untouched(services: Services, guild: int | None, number: int) -> bool:
    """Whether the quote is there and has been since it was saved."""
    held = await own_quote(services.store, guild, number)
    return held is not None and len(await history(services.store, guild, number)) == 1


async def test_a_fan_without_rights_gets_nowhere(stand: Stand, services: Services) -> None:
    quote = await saved(services, stand.channel.guild.id)
    for command in ("quote-add", "quote-edit"):
        assert await refused(stand, stand.fan, stand.channel, command) == NOT_YOU
    message = await stand.other.send(stand.channel, "We won.")
    result = await stand.fan.context_menu(stand.channel, "Save as driver quote", message)
    simcord.assert_error(stand.env, FriendlyError)
    assert said(result) == NOT_YOU
    forged = [*about(quote.id), FormQuestion(Scope.SERVER), ManageQuotesQuestion(Scope.SERVER)]
    for question in forged:
        result = await press(stand, stand.fan, stand.channel, question)
        assert (said(result), result.ephemeral, result.modal) == (NOT_YOU, True, None), question
    for question in (FormQuestion(Scope.SERVER), FormQuestion(Scope.SERVER, quote.id)):
        assert NOT_YOU in said(await send_form(stand.fan, stand.channel, question))
    assert await untouched(services, stand.channel.guild.id, quote.id)
    assert (await services.store.fetch("SELECT count(*) FROM quote_drafts"))[0][0] == 0


async def test_a_moderator_elsewhere_cannot_tell_that_it_is_there(stand: Stand, services: Services) -> None:
    away = Elsewhere.of(stand)
    quote = await saved(services, stand.channel.guild.id)
    for question in about(quote.id):
        result = await press(stand, away.moderator, away.channel, question)
        assert said(result) == f"There's no quote {quote.id} here.", question
        nobody = await press(stand, away.moderator, away.channel, type(question)(*_numbered(question, NUMBER)))
        assert said(nobody) == f"There's no quote {NUMBER} here."
    sent = await send_form(away.moderator, away.channel, FormQuestion(Scope.SERVER, quote.id))
    assert f"There's no quote {quote.id} here." in said(sent)
    assert await untouched(services, stand.channel.guild.id, quote.id)


def _numbered(question: Question, number: int) -> list[Any]:
    """The fields of a question with another quote's number."""
    values = [getattr(question, field.name) for field in fields(question)]
    return [number if isinstance(value, int) and value > 1 else value for value in values]


async def test_what_was_deleted_elsewhere_stays_deleted(stand: Stand, services: Services) -> None:
    away = Elsewhere.of(stand)
    quote = await saved(services, stand.channel.guild.id)
    await delete(services.store, stand.channel.guild.id, quote.id, 1, services.clock.now())
    for question in (RestoreQuestion(Scope.SERVER, quote.id), QuoteHistoryQuestion(quote.id)):
        line = said(await press(stand, away.moderator, away.channel, question))
        assert line == f"There's no quote {quote.id} here."
    assert "Fuel" not in said(await away.moderator.slash(away.channel, "quote-edit"))


async def test_everybodys_quotes_are_for_editors(stand: Stand, services: Services) -> None:
    quote = await saved(services, None, role="x")
    mod = moderator(stand)
    questions = [
        ManageQuoteQuestion(quote.id),
        DeleteQuestion(quote.id, "sure"),
        QuoteHistoryQuestion(quote.id),
        FormQuestion(Scope.ALL),
        FormQuestion(Scope.ALL, quote.id),
        ManageQuotesQuestion(Scope.ALL),
        RestoreQuestion(Scope.ALL, quote.id),
        RestoreQuestion(Scope.ALL, quote.id, 1),
    ]
    for who in (stand.fan, mod):
        for question in questions:
            assert said(await press(stand, who, stand.channel, question)) == NO_EDITOR, question
        for question in (FormQuestion(Scope.ALL), FormQuestion(Scope.ALL, quote.id)):
            assert escape(NO_EDITOR) in said(await send_form(who, stand.channel, question))
    # Passed off as the server's own it is not there.
    for question in (FormQuestion(Scope.SERVER, quote.id), RestoreQuestion(Scope.SERVER, quote.id, 1)):
        assert said(await press(stand, mod, stand.channel, question)) == f"There's no quote {quote.id} here."
    assert await untouched(services, None, quote.id)


async def test_where_the_bot_is_no_member_nothing_is_saved(bot: TailgateBot, services: Services) -> None:
    """A person who brought it along may be a moderator there; it would never hear that the server is gone."""
    requester = Requester(1, await bot.router.as_of(), guild=4711, permissions=MAY_ALL, server_permissions=MAY_ALL)
    for question in (FormQuestion(Scope.SERVER), ManageQuotesQuestion(Scope.SERVER), RoleQuestion(5), DayQuestion(5)):
        with pytest.raises(FriendlyError, match=NO_SERVER):
            await bot.router.view(question, requester)
    done = await bot.router._forms[FormQuestion](FormQuestion(Scope.SERVER), FILLED, requester)
    assert NO_SERVER in text(done)  # type: ignore[arg-type]
    assert (await services.store.fetch("SELECT count(*) FROM quotes WHERE guild_id IS NOT NULL"))[0][0] == 0


async def test_outside_of_servers_nothing_is_saved_or_set(bot: TailgateBot) -> None:
    requester = Requester(1, await bot.router.as_of(), permissions=MAY_ALL, server_permissions=MAY_ALL)
    for question in (FormQuestion(Scope.SERVER), ManageQuotesQuestion(Scope.SERVER), RoleQuestion(5), DayQuestion(5)):
        with pytest.raises(FriendlyError, match=NO_SERVER):
            await bot.router.view(question, requester)


async def test_the_role_that_is_set_may_save_as_long_as_it_is_set(stand: Stand, services: Services) -> None:
    server = stand.channel.guild
    keepers = server.create_role("Quote *keepers*")
    keeper = server.add_member(stand.env.create_user("Kay"), roles=[keepers])
    boss = member(server, "Boss", MANAGING)
    assert await refused(stand, keeper, stand.channel, "quote-add") == NOT_YOU
    done = await boss.slash(stand.channel, "quote-role", role=keepers)
    assert done.ephemeral
    assert "Members with the role **Quote \\*keepers\\***" in said(done)
    assert "Saved as quote" in said(await filled_in(keeper, stand.channel))
    assert "Edit" in labels(await keeper.slash(stand.channel, "quote", about="gas roval hiem"))
    assert await refused(stand, stand.fan, stand.channel, "quote-add") == NOT_YOU
    shown = await boss.slash(stand.channel, "quote-role")
    assert "Members with the role **Quote \\*keepers\\***" in said(shown)
    assert "Saved as quote" in said(await filled_in(keeper, stand.channel, words="As before."))
    await boss.click(shown.response, label="Moderators only")
    assert "Only members with the Manage Messages permission." in said(shown)
    assert labels(await boss.slash(stand.channel, "quote-role")) == []
    assert await refused(stand, keeper, stand.channel, "quote-edit") == NOT_YOU
    assert await setting(services.store, server.id, ROLE) is None


async def test_the_role_of_one_server_is_nothing_in_another(stand: Stand, services: Services) -> None:
    away = Elsewhere.of(stand)
    server, others = stand.channel.guild, away.channel.guild
    boss = member(server, "Boss", MANAGING)
    theirs = others.create_role("Theirs")
    assert said(await press(stand, boss, stand.channel, RoleQuestion(theirs.id))) == "That role isn't in this server."
    assert said(await press(stand, boss, stand.channel, RoleQuestion(server.id))) == "Everyone has that role."
    assert await setting(services.store, server.id, ROLE) is None


async def test_settings_are_for_who_manages_the_server(stand: Stand, services: Services) -> None:
    server = stand.channel.guild
    mod, role = moderator(stand), server.create_role("R")
    for who in (stand.fan, mod):
        for question in (RoleQuestion(role.id), DayQuestion(stand.channel.id), DayQuestion(off="off"), DayQuestion()):
            assert said(await press(stand, who, stand.channel, question)) == NO_MANAGER
    assert await setting(services.store, server.id, ROLE) is None
    assert await targets.target_of(services.store, guild=server.id, purpose=Purpose.QUOTES) is None


async def test_a_server_that_is_left_is_forgotten_one_out_of_reach_is_not(stand: Stand, services: Services) -> None:
    away = Elsewhere.of(stand)
    ours, theirs = stand.channel.guild.id, away.channel.guild.id
    kept = [await saved(services, guild, "Kept.") for guild in (ours, theirs)]
    draft = await save_typed(services.store, 5, FILLED, services.clock.now(), guild=theirs)
    boss = member(away.channel.guild, "Boss", MANAGING)
    await boss.slash(away.channel, "quote-of-the-day", channel=away.channel)
    backend = stand.env.backend
    backend.emit("GUILD_DELETE", {"id": str(ours), "unavailable": True})
    backend.emit("GUILD_DELETE", {"id": str(theirs)})
    await stand.env.settle()
    assert await own_quote(services.store, ours, kept[0].id) is not None
    assert await own_quote(services.store, theirs, kept[1].id) is None
    assert await typed_quote(services.store, draft, 5, services.clock.now()) is None
    tables = ("quotes", "quote_history", "quote_drafts", "quote_draws", "guild_settings", "reminder_targets")
    for table in tables:
        rows = await services.store.fetch(f"SELECT count(*) FROM {table} WHERE guild_id = ?", (theirs,))
        assert rows[0][0] == 0, table


async def test_a_moderator_of_one_channel_alone_may_not_touch_the_servers_quotes(
    stand: Stand, services: Services
) -> None:
    quote = await saved(services, stand.channel.guild.id)
    server = stand.channel.guild
    helper = server.create_role("Helper")
    person = server.add_member(stand.env.create_user("Hel"), roles=[helper])
    allowed = discord.PermissionOverwrite(manage_messages=True)
    own = server.create_text_channel("own", overwrites={helper: allowed})
    for channel in (own, stand.channel):
        assert await refused(stand, person, channel, "quote-add") == NOT_YOU
        assert said(await press(stand, person, channel, DeleteQuestion(quote.id, "sure"))) == NOT_YOU
    # Nor does a channel take from a moderator what they may do in the server.
    mod = moderator(stand)
    closed = {server.default_role: discord.PermissionOverwrite(manage_messages=False)}
    quiet = server.create_text_channel("quiet", overwrites=closed)
    assert "Saved as quote" in said(await filled_in(mod, quiet))
    # Nor does it give before Discord has told of the server's roles.
    stand.env.bot.get_guild(server.id)._roles.clear()
    assert said(await press(stand, person, own, DeleteQuestion(quote.id, "sure"))) == NOT_YOU
    assert await untouched(services, server.id, quote.id)


async def test_an_administrator_and_the_owner_are_moderators(stand: Stand) -> None:
    boss = member(stand.channel.guild, "Boss", discord.Permissions(administrator=True))
    assert "Saved as quote" in said(await filled_in(boss, stand.channel))


@pytest.mark.parametrize(
    ("application", "status", "code", "forgotten"),
    [
        ("same", 404, 10004, True),
        ("same", 403, 50001, True),
        # What stands in front of Discord refuses as well, and has no codes.
        ("same", 403, 0, False),
        ("same", 404, 0, False),
        ("same", 403, 40333, False),
        ("same", 500, 0, False),
        ("another", 404, 10004, False),
        (None, 404, 10004, False),
    ],
)
async def test_a_server_left_while_away_is_forgotten_if_discord_says_so(
    services: Services, application: str | None, status: int, code: int, *, forgotten: bool
) -> None:
    quote = await saved(services, 4711)
    bot = TailgateBot(services, shard_count=1)
    async with simcord.run(bot) as env:
        here = env.create_guild("Still here")
        kept = await saved(services, here.id)
        number = {"same": str(bot.application_id), "another": "1", None: ""}[application]
        await remember(services.store, APPLICATION, number)
        env.inject_error("GET", "/guilds/*", status=status, code=code)
        await forget_left(bot, services.store, at_once)
        assert (await own_quote(services.store, 4711, quote.id) is None) is forgotten
        assert await own_quote(services.store, here.id, kept.id) is not None


async def at_once(_: float) -> None:
    """Does not wait."""


async def test_a_server_of_another_processs_shards_is_none_of_ours(services: Services) -> None:
    """It knows whether that one was left; to this one the gateway never told of it."""
    theirs, ours = ((4711 << 23) + (shard << 22) for shard in (1, 0))
    quotes = [await saved(services, guild) for guild in (theirs, ours)]
    bot = TailgateBot(services, shard_count=2, shard_ids=[0])
    async with simcord.run(bot) as env:
        await remember(services.store, APPLICATION, str(bot.application_id))
        env.inject_error("GET", "/guilds/*", status=404, code=10004)
        env.inject_error("GET", "/guilds/*", status=404, code=10004)
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        await forget_left(bot, services.store, pause)
    # One request was made, and others of the bot have room after it.
    assert pauses == [PAUSE_SECONDS]
    assert await own_quote(services.store, theirs, quotes[0].id) is not None
    assert await own_quote(services.store, ours, quotes[1].id) is None
