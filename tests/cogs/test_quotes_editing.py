"""Saving and mending quotes: the form, what is kept of what was typed, menus, panels, history, duplicates, limits."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import simcord

from bot.client.tailgate_bot import TailgateBot
from bot.editors import Editors
from bot.questions.quotes import DeleteQuestion, FormQuestion, OneQuoteQuestion, RestoreQuestion, Scope
from bot.quotes import editing
from bot.quotes.parsing import NO_WORD, TOO_LONG
from bot.quotes.permissions import NO_EDITOR
from bot.quotes.query import LONGEST
from bot.services import Services
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.quotes.server_ownership import own_quote, own_quotes
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.quoting import (
    FILLED,
    MODERATING,
    fields,
    filled_in,
    labels,
    moderator,
    options,
    press,
    refused,
    said,
    saved,
    send_form,
)

MENU = "Save as driver quote"


@pytest.fixture(autouse=True)
async def alone(services: Services) -> None:
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")


@pytest.fixture
def mod(stand: Stand) -> Any:
    return moderator(stand)


async def held(services: Services, guild: int | None) -> list[str]:
    return [quote.words for quote in (await own_quotes(services.store, guild, None, limit=99)).quotes]


async def test_a_form_filled_in_is_a_quote_with_its_driver_race_and_source(stand: Stand, mod: Any) -> None:
    done = await filled_in(mod, stand.channel)
    assert done.ephemeral
    title, *rest = words(done).splitlines()
    assert title.startswith("## Saved as quote ")
    assert rest[:-1] == [
        "“We ran out of gas.”",
        "**#11 Corey Heim**",
        "Driver of the No. 11",
        "After the ROVAL",
        "EcoSave 250, Charlotte ROVAL · Oct 3, 2025",
        "**Source** NASCAR.com · [open nascar.com](https://www.nascar.com/roval)",
    ]
    assert "“We ran out of gas.”" in words(await stand.ask("quote", about="gas"))


async def test_a_crew_chief_speaks_for_himself(stand: Stand, mod: Any) -> None:
    done = await filled_in(
        mod, stand.channel, who="Scott Zipadelli", about="Crew chief of the No. 11", when="2025-10-04"
    )
    assert "**Scott Zipadelli**\nCrew chief of the No. 11\nOct 4, 2025" in words(done)


WRONG = [
    ({"who": "Chris Larson"}, "No driver called"),
    ({"who": "hill smith"}, "Did you mean"),
    ({"who": "999"}, "No number 999"),
    ({"when": "talladega"}, "isn't over yet"),
    ({"when": "nowhere at all"}, "No race called"),
    ({"when": "2025-10-30"}, "2025-10-30 is in the future"),
    ({"when": "2025-02-30"}, "2025-02-30 isn't a date"),
    ({"link": "javascript://x.com/%0Aalert(1)"}, "is not a link"),
    ({"link": "nascar.com ftp://nascar.com/news"}, "is not a link"),
    ({"words": "\u200b\u200b"}, "The quote is empty"),
    ({"about": "x" * 101}, "The role is 101 characters long"),
]


@pytest.mark.parametrize(("wrong", "line"), WRONG)
async def test_nothing_typed_is_lost_by_a_mistake(stand: Stand, mod: Any, wrong: dict[str, str], line: str) -> None:
    done = await filled_in(mod, stand.channel, **wrong)
    assert done.ephemeral
    title, answer = title_and_answer(done)
    assert title == "Not saved yet"
    assert line in answer
    assert "\n" not in answer
    again = await mod.click(done.response, label="Keep editing")
    assert fields(again) == FILLED | wrong
    await mod.submit_modal(again, FILLED)
    assert "Saved as quote" in words(done)


async def test_a_draft_is_written_on_as_often_as_it_takes_and_then_gone(stand: Stand, mod: Any) -> None:
    done = await filled_in(mod, stand.channel, when="xx")
    before = done.response.components
    again = await mod.click(done.response, label="Keep editing")
    await mod.submit_modal(again, FILLED | {"when": "yy", "words": "Rewritten."})
    again = await mod.click(done.response, label="Keep editing")
    assert fields(again)["words"] == "Rewritten."
    await mod.submit_modal(again, FILLED)
    draft = next(each for each in before[0]["components"][-2]["components"] if each["label"] == "Keep editing")
    question = FormQuestion(Scope.SERVER, draft=int(draft["custom_id"].rsplit(":", 2)[1]))
    assert said(await press(stand, mod, stand.channel, question)) == editing.NO_DRAFT


async def test_two_drafts_do_not_get_into_each_others_way(stand: Stand, mod: Any) -> None:
    one = await filled_in(mod, stand.channel, when="xx", words="One.")
    two = await filled_in(mod, stand.channel, when="xx", words="Two.")
    assert fields(await mod.click(one.response, label="Keep editing"))["words"] == "One."
    assert fields(await mod.click(two.response, label="Keep editing"))["words"] == "Two."
    await mod.click(one.response, label="Discard")
    assert title_and_answer(one)[0] == "Draft discarded"
    assert fields(await mod.click(two.response, label="Keep editing"))["words"] == "Two."


async def test_a_draft_is_its_writers_alone(stand: Stand, mod: Any) -> None:
    done = await filled_in(mod, stand.channel, when="xx", words="Mine.")
    other = moderator(stand)
    button = done.response.components[0]["components"][-2]["components"][0]["custom_id"]
    draft = int(button.rsplit(":", 2)[1])
    line = said(await press(stand, other, stand.channel, FormQuestion(Scope.SERVER, draft=draft)))
    assert line == editing.NO_DRAFT
    stranger = await send_form(other, stand.channel, FormQuestion(Scope.SERVER, draft=draft), FILLED | {"when": "zz"})
    assert title_and_answer(stranger)[0] == "Not saved yet"
    assert fields(await mod.click(done.response, label="Keep editing"))["words"] == "Mine."


async def test_a_form_opened_before_a_restart_is_saved_after_it(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        server = env.create_guild("Fans")
        channel = server.create_text_channel("trucks")
        mo = server.add_member(env.create_user("Mo"), roles=[server.create_role("M", permissions=MODERATING)])
        opened = await mo.slash(channel, "quote-add")
        assert not bot._connection._view_store._modals
        assert "Saved as quote" in words(await mo.submit_modal(opened, FILLED))


async def test_the_same_words_are_there_once(stand: Stand, mod: Any, services: Services) -> None:
    first = await filled_in(mod, stand.channel)
    number = words(first).split("Saved as quote ")[1].split("\n")[0]
    done = await filled_in(mod, stand.channel, words="  we ran OUT of gas ", who="Gio Ruggiero")
    assert title_and_answer(done) == ("Not saved yet", f"Already here: quote {number} has the same words.")
    assert labels(done) == ["Keep editing", f"Quote {number}", "Discard"]
    await mod.click(done.response, label=f"Quote {number}")
    assert title_and_answer(done)[0] == "#11 Corey Heim"
    # Everybody's count as well, another server's do not.
    await saved(services, None, "Known everywhere.")
    await saved(services, 77, "Known elsewhere.")
    assert "Already here" in words(await filled_in(mod, stand.channel, words="known everywhere"))
    assert "Saved as quote" in words(await filled_in(mod, stand.channel, words="known elsewhere"))


async def test_a_server_keeps_so_many(stand: Stand, mod: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "MOST_QUOTES", 2)
    for n in range(2):
        assert "Saved as" in words(await filled_in(mod, stand.channel, words=f"Quote {n}."))
    done = await filled_in(mod, stand.channel, words="One too many.")
    assert "This server has 2 quotes, which is the limit" in words(done)
    asked = await mod.slash(stand.channel, "quote-edit", about="quote 1")
    await mod.click(asked.response, label="Delete")
    await mod.click(asked.response, label="Yes, delete it")
    await mod.submit_modal(await mod.click(done.response, label="Keep editing"), fields_of("One too many."))
    assert "Saved as" in words(done)
    line = await mod.click(asked.response, label="Undo")
    assert "This server has 2 quotes" in said(line)


def fields_of(text: str) -> dict[str, str]:
    return FILLED | {"words": text}


async def test_a_message_is_taken_with_its_words_and_a_link_to_it(stand: Stand, mod: Any) -> None:
    message = await stand.fan.send(stand.channel, "“We **had** it @everyone” — Corey Heim")
    opened = await mod.context_menu(stand.channel, MENU, message)
    stands = fields(opened)
    assert stands["who"] == "Corey Heim"
    assert stands["link"] == f"https://discord.com/channels/{stand.channel.guild.id}/{stand.channel.id}/{message.id}"
    assert stands["words"].startswith("We **had** it @")
    done = await mod.submit_modal(opened, stands | {"about": "", "when": ""})
    assert "“We \\*\\*had\\*\\* it @\u200beveryone”" in words(done)
    assert f"[the message]({stands['link']})" in words(done)


async def test_what_is_written_on_its_pictures_comes_along(stand: Stand, mod: Any) -> None:
    message = await stand.fan.send(stand.channel, "Look:")
    stored = stand.env.backend.get_message(stand.channel.id, message.id)
    stored.embeds.append({"type": "rich", "description": "We won it."})
    opened = await mod.context_menu(stand.channel, MENU, message)
    assert fields(opened)["words"] == "Look:\nWe won it."


async def test_a_message_without_words_and_one_of_too_many_say_so(stand: Stand, mod: Any) -> None:
    long = await stand.fan.send(stand.channel, "x" * 2000)
    stand.env.backend.get_message(stand.channel.id, long.id).content = "word " * 700
    opened = await mod.context_menu(stand.channel, MENU, long)
    assert opened.modal["components"][0]["description"] == editing.CUT
    assert len(fields(opened)["words"]) == 2000
    stand.env.backend.get_message(stand.channel.id, long.id).content = ""
    assert (await mod.context_menu(stand.channel, MENU, long)).modal["components"][0]["description"] == editing.NO_WORDS


async def test_mending_happens_out_of_sight(stand: Stand, mod: Any) -> None:
    await filled_in(mod, stand.channel)
    shown = await mod.slash(stand.channel, "quote", about="gas")
    panel = await mod.click(shown.response, label="Edit")
    assert panel.ephemeral
    assert title_and_answer(shown)[0] == "#11 Corey Heim"
    opened = await mod.click(panel.response, label="Edit")
    assert fields(opened) == FILLED | {"who": "Corey Heim", "when": "2025.22"}
    await mod.submit_modal(opened, fields(opened) | {"words": "We ran out of fuel.", "who": "ruggiero", "when": ""})
    assert "updated" in title_and_answer(panel)[0]
    assert "“We ran out of fuel.”\n**Gio Ruggiero**" in words(panel)
    # What others see changes when it is asked for anew.
    assert "gas" in words(shown)


async def test_history_tells_what_changed_and_leads_back(stand: Stand, mod: Any) -> None:
    done = await filled_in(mod, stand.channel)
    opened = await mod.click(done.response, label="Edit")
    await mod.submit_modal(opened, FILLED | {"words": "Changed.", "when": ""})
    await mod.click(done.response, label="History")
    assert "edited: words and race · by you\nBefore: “We ran out of gas.”" in words(done)
    assert "added · by you" in words(done)
    (choice,) = options(done)
    assert choice["label"] == "Before Oct 16, 5 p.m.: “We ran out of gas.”"
    await mod.select(done.response, [choice["value"]])
    assert "restored" in title_and_answer(done)[0]
    assert "“We ran out of gas.”" in words(done)
    # Twice is once.
    question = RestoreQuestion(Scope.SERVER, *map(int, choice["value"].split(":")[2:]))
    again = await press(stand, mod, stand.channel, question)
    assert "“We ran out of gas.”" in words(again)


async def test_delete_asks_once_more_and_can_be_undone(stand: Stand, mod: Any, services: Services) -> None:
    done = await filled_in(mod, stand.channel)
    await mod.click(done.response, label="Delete")
    assert title_and_answer(done)[0].startswith("Delete quote ")
    await mod.click(done.response, label="Keep it")
    assert await held(services, stand.channel.guild.id) == ["We ran out of gas."]
    await mod.click(done.response, label="Delete")
    await mod.click(done.response, label="Yes, delete it")
    assert await held(services, stand.channel.guild.id) == []
    assert "No quotes yet" in words(await stand.ask("quote", about="gas"))
    await mod.click(done.response, label="Undo")
    assert "restored" in title_and_answer(done)[0]
    number = (await own_quotes(services.store, stand.channel.guild.id, None, limit=1)).quotes[0].id
    # The same undo once more, and a delete of what is gone: neither does harm.
    assert "restored" in words(await press(stand, mod, stand.channel, RestoreQuestion(Scope.SERVER, number)))
    await press(stand, mod, stand.channel, DeleteQuestion(number, "sure"))
    assert said(await press(stand, mod, stand.channel, DeleteQuestion(number, "sure"))) == (
        f"There's no quote {number} here."
    )


async def test_deleted_quotes_are_found_again_later(stand: Stand, mod: Any) -> None:
    done = await filled_in(mod, stand.channel)
    await mod.click(done.response, label="Delete")
    await mod.click(done.response, label="Yes, delete it")
    asked = await mod.slash(stand.channel, "quote-edit")
    assert title_and_answer(asked) == ("No quotes to edit", "No quotes saved in this server yet.")
    (choice,) = options(asked)
    assert choice["label"] == "Corey Heim: “We ran out of gas.”"
    await mod.select(asked.response, [choice["value"]])
    assert "restored" in title_and_answer(asked)[0]


async def test_a_quote_written_anew_since_is_not_brought_back_beside_it(stand: Stand, mod: Any) -> None:
    done = await filled_in(mod, stand.channel)
    await mod.click(done.response, label="Delete")
    await mod.click(done.response, label="Yes, delete it")
    await filled_in(mod, stand.channel)
    assert "Already here: quote " in said(await mod.click(done.response, label="Undo"))


async def test_quote_edit_pages_through_this_servers_own(stand: Stand, mod: Any, services: Services) -> None:
    for n in range(3):
        await saved(services, stand.channel.guild.id, f"Fuel number {n}.")
    await saved(services, None, "Fuel for everybody.")
    await saved(services, 77, "Fuel elsewhere.")
    asked = await mod.slash(stand.channel, "quote-edit", about="hiem fuel")
    assert asked.ephemeral
    assert "1 of 3 saved in this server" in words(asked)
    assert labels(asked) == ["←", "2 →", "Edit", "Delete", "History"]
    await mod.click(asked.response, label="2 →")
    assert "2 of 3" in words(asked)
    assert "of 3 saved" in words(await mod.slash(stand.channel, "quote-edit", about="what did heim say about fuel"))
    assert title_and_answer(await mod.slash(stand.channel, "quote-edit", about="elsewhere")) == (
        "No quotes to edit",
        "No quote with “elsewhere”.",
    )


async def test_somebody_deleted_it_while_the_form_was_open(stand: Stand, mod: Any, services: Services) -> None:
    quote = await saved(services, stand.channel.guild.id, "Going, going.")
    asked = await mod.slash(stand.channel, "quote-edit")
    opened = await mod.click(asked.response, label="Edit")
    await press(stand, mod, stand.channel, DeleteQuestion(quote.id, "sure"))
    await mod.submit_modal(opened, FILLED)
    assert title_and_answer(asked) == ("Not saved yet", f"There's no quote {quote.id} here.")


async def test_words_that_no_button_could_carry_are_refused_as_by_quote(stand: Stand, mod: Any) -> None:
    # One character that folds into four of them.
    assert await refused(stand, mod, stand.channel, "quote-edit", about="㎯" * LONGEST) == TOO_LONG
    assert await refused(stand, mod, stand.channel, "quote-edit", about="*** @ ***") == NO_WORD


async def test_words_as_long_as_they_may_be_still_turn_the_pages(stand: Stand, mod: Any, services: Services) -> None:
    longest = "x" * (LONGEST - 5) + " fuel"
    for n in range(2):
        await saved(services, stand.channel.guild.id, f"{longest} {n}")
    assert "2 →" in labels(await mod.slash(stand.channel, "quote-edit", about=longest))


async def test_what_a_form_cannot_tell_stays_as_it_is_held(stand: Stand, mod: Any, services: Services) -> None:
    guild = stand.channel.guild.id
    facts = {"speaker": "Heim's spotter", "source": "https://a.example/name", "context": "after the race"}
    quote = await saved(services, guild, "“He had it won.”", **facts)
    asked = await mod.slash(stand.channel, "quote-edit")
    opened = await mod.click(asked.response, label="Edit")
    assert fields(opened)["who"] == "“Heim's spotter”"
    await mod.submit_modal(opened, fields(opened) | {"about": "Spotter"})
    assert "updated" in title_and_answer(asked)[0]
    held = await own_quote(services.store, guild, quote.id)
    assert held is not None
    assert held.draft() == replace(quote.draft(), role="Spotter", context=None)
    # What is changed means what it says.
    opened = await mod.click(asked.response, label="Edit")
    await mod.submit_modal(opened, fields(opened) | {"who": "“A spotter”"})
    held = await own_quote(services.store, guild, quote.id)
    assert held is not None
    assert (held.driver, held.speaker) == (None, "A spotter")


async def test_a_driver_goes_by_the_name_he_has_now(stand: Stand, mod: Any, services: Services) -> None:
    await saved(services, stand.channel.guild.id, "We won.")
    spotter = await saved(services, stand.channel.guild.id, "He won.", speaker="Heim's spotter")
    row = {"name": "Corey Newname", "aliases": ["Corey Heim"]}
    document = json.dumps({"format": "tailgate/1", "drivers": [row]}).encode()
    await import_documents(services.store, [read_bytes(document, "x.json")], services.clock.now())
    assert title_and_answer(await stand.ask("quote", about="we won newname"))[0] == "Corey Newname"
    assert title_and_answer(await press(stand, mod, stand.channel, OneQuoteQuestion(spotter.id)))[0] == "Heim's spotter"
    asked = await mod.slash(stand.channel, "quote-edit", about="we")
    opened = await mod.click(asked.response, label="Edit")
    assert fields(opened)["who"] == "Corey Newname"
    await mod.click(asked.response, label="Delete")
    await mod.click(asked.response, label="Yes, delete it")
    assert "Corey Newname" in words(asked)
    (choice,) = options(await mod.slash(stand.channel, "quote-edit"))
    assert choice["label"] == "Corey Newname: “We won.”"


HOME = 1_100_000_000_000_000_000


async def test_editors_curate_at_home_for_everybody(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1, editors=Editors(frozenset(), HOME))
    async with simcord.run(bot) as env:
        home, other = env.create_guild("Operator", id=HOME), env.create_guild("Fans")
        desk, chat = home.create_text_channel("desk"), other.create_text_channel("trucks")
        mo, fay = env.create_user("Mo"), env.create_user("Fay")
        bot.editors = Editors(frozenset({mo.id}), HOME)
        await bot.sync_commands(force=True)
        editor, fan, reader = home.add_member(mo), home.add_member(fay), other.add_member(fay)
        stand = Stand(env, desk, fan, fan, services.clock)  # type: ignore[arg-type]
        assert "quote-curate" not in reader.available_commands(chat)
        done = await editor.submit_modal(await editor.slash(desk, "quote-curate"), FILLED)
        assert "Saved as quote" in words(done)
        asked = await reader.slash(chat, "quote", about="gas")
        assert "“We ran out of gas.”" in words(asked)
        assert "Edit" not in labels(asked)
        assert await refused(stand, fan, desk, "quote-curate") == NO_EDITOR
        assert await refused(stand, editor, desk, "quote-curate", about="㎯" * LONGEST) == TOO_LONG
        asked = await editor.slash(desk, "quote-curate", about="gas")
        assert asked.response is not None
        await editor.submit_modal(await editor.click(asked.response, label="Edit"), fields_of("We ran out of fuel."))
        assert "“We ran out of fuel.”" in words(await reader.slash(chat, "quote", about="fuel"))
