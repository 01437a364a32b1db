"""What becomes of a quote's form where somebody else was faster, or nothing can be written: nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.errors import store_line
from bot.questions.quotes import FormQuestion, Scope
from bot.quotes.editing import OVERTAKEN
from bot.quotes.permissions import NOT_YOU
from bot.services import Services
from db.connection import Store
from db.errors import FileFault, StoreError
from db.quotes import delete, history, restore
from db.quotes.models import Quote
from db.quotes.server_ownership import own_quote
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.quoting import FILLED, MANAGING, fields, filled_in, labels, member, moderator, press, saved


@pytest.fixture
def mod(stand: Stand) -> Any:
    return moderator(stand)


async def edited(stand: Stand, who: Any, quote: Quote) -> Any:
    """The form of a quote, opened by somebody."""
    return await press(stand, who, stand.channel, FormQuestion(Scope.SERVER, quote.id))


async def reads(services: Services, quote: Quote) -> tuple[str, str | None, str | None]:
    held = await own_quote(services.store, quote.guild, quote.id)
    assert held is not None
    return held.words, held.role, held.source


async def test_the_second_of_two_moderators_does_not_undo_the_first(stand: Stand, mod: Any, services: Services) -> None:
    quote = await saved(services, stand.channel.guild.id, "We won.", role="Spotter")
    other = moderator(stand)
    mine, theirs = await edited(stand, mod, quote), await edited(stand, other, quote)
    await other.submit_modal(theirs, fields(theirs) | {"about": "Crew chief"})
    done = await mod.submit_modal(mine, fields(mine) | {"words": "We won it."})
    assert title_and_answer(done) == ("Not saved yet", OVERTAKEN)
    assert "“We won it.”" in words(done)
    assert labels(done) == ["Keep editing", f"Quote {quote.id}", "Discard"]
    assert await reads(services, quote) == ("We won.", "Crew chief", None)
    again = await mod.click(done.response, label="Keep editing")
    assert (fields(again)["words"], fields(again)["about"]) == ("We won it.", "Crew chief")
    await mod.submit_modal(again, fields(again))
    assert "updated" in words(done)
    assert await reads(services, quote) == ("We won it.", "Crew chief", None)
    assert len(await history(services.store, quote.guild, quote.id)) == 3


async def test_whoever_is_overtaken_twice_is_told_twice(stand: Stand, mod: Any, services: Services) -> None:
    quote = await saved(services, stand.channel.guild.id, "We won.")
    other = moderator(stand)
    mine, theirs = await edited(stand, mod, quote), await edited(stand, other, quote)
    await other.submit_modal(theirs, fields(theirs) | {"about": "One"})
    done = await mod.submit_modal(mine, fields(mine) | {"words": "We won it."})
    theirs = await edited(stand, other, quote)
    await other.submit_modal(theirs, fields(theirs) | {"about": "Two"})
    again = await mod.click(done.response, label="Keep editing")
    assert fields(again)["about"] == "One"
    await mod.submit_modal(again, fields(again))
    assert title_and_answer(done) == ("Not saved yet", OVERTAKEN)
    again = await mod.click(done.response, label="Keep editing")
    await mod.submit_modal(again, fields(again))
    assert await reads(services, quote) == ("We won it.", "Two", None)


async def test_a_mistake_mended_later_is_measured_by_the_first_form(stand: Stand, mod: Any, services: Services) -> None:
    """What the other changed after the form was opened stays unseen over a draft that was kept for another reason."""
    quote = await saved(services, stand.channel.guild.id, "We won.")
    other = moderator(stand)
    mine, theirs = await edited(stand, mod, quote), await edited(stand, other, quote)
    done = await mod.submit_modal(mine, fields(mine) | {"when": "nowhere at all"})
    await other.submit_modal(theirs, fields(theirs) | {"words": "They won."})
    again = await mod.click(done.response, label="Keep editing")
    await mod.submit_modal(again, fields(again) | {"when": "", "link": "FS1"})
    assert title_and_answer(done) == ("Not saved yet", OVERTAKEN)
    again = await mod.click(done.response, label="Keep editing")
    await mod.submit_modal(again, fields(again))
    assert await reads(services, quote) == ("They won.", None, "FS1")


async def test_a_quote_deleted_and_brought_back_was_changed(stand: Stand, mod: Any, services: Services) -> None:
    quote = await saved(services, stand.channel.guild.id, "We won.")
    mine, now = await edited(stand, mod, quote), services.clock.now()
    await delete(services.store, quote.guild, quote.id, 1, now)
    await restore(services.store, quote.guild, quote.id, 1, now)
    done = await mod.submit_modal(mine, fields(mine) | {"about": "Winner"})
    assert title_and_answer(done) == ("Not saved yet", OVERTAKEN)
    again = await mod.click(done.response, label="Keep editing")
    await mod.submit_modal(again, fields(again))
    assert await reads(services, quote) == ("We won.", "Winner", None)


async def test_where_nothing_can_be_written_it_is_handed_back(
    stand: Stand, mod: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk = StoreError("the disk is full", FileFault.FULL)

    @asynccontextmanager
    async def full(_: Store) -> AsyncIterator[None]:
        raise full_disk
        yield

    monkeypatch.setattr(Store, "write", full)
    for wrong in ({}, {"when": "nowhere at all"}):
        done = await filled_in(mod, stand.channel, **wrong)
        assert done.ephemeral
        assert title_and_answer(done) == (
            "Not saved",
            f"**{store_line(full_disk)}** Copy what you typed before you go:",
        )
        for part in FILLED | wrong:
            assert (FILLED | wrong)[part].split("\n")[0] in words(done).replace("<", "").replace(">", "")


async def test_a_role_taken_away_while_he_types_does_not_take_the_words(stand: Stand, services: Services) -> None:
    server = stand.channel.guild
    keepers = server.create_role("Keepers")
    keeper, boss = server.add_member(stand.env.create_user("Kay"), roles=[keepers]), member(server, "Boss", MANAGING)
    shown = await boss.slash(stand.channel, "quote-role", role=keepers)
    opened = await keeper.slash(stand.channel, "quote-add")
    await boss.click(shown.response, label="Moderators only")
    done = await keeper.submit_modal(opened, FILLED)
    assert done.ephemeral
    assert title_and_answer(done)[0] == "Not saved"
    assert NOT_YOU in words(done)
    assert "We ran out of gas.\n\nhiem\n\nDriver of the No. 11" in words(done)
    assert (await services.store.fetch("SELECT count(*) FROM quote_drafts"))[0][0] == 0
