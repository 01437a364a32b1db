"""What an editor types is never lost, and never goes over a colleague's words unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import store_line
from bot.questions.recaps import SaveQuestion, WriteQuestion
from bot.services import Services
from db.connection import Store
from db.errors import FileFault, StoreError
from db.recaps.drafts import drafts_of_race
from db.recaps.models import SECTION_LIMIT, RecapText, SectionKind
from db.recaps.texts import recap_texts, save_recap
from tests.checks.recorder import SentBodies
from tests.cogs.editing import Newsroom, buttons, editors_bot, open_newsroom, options, picture, section
from tests.cogs.looking import words


@pytest.fixture
def simcord_bot(services: Services, sent: SentBodies) -> TailgateBot:
    del sent  # it only has to listen first
    return editors_bot(services)


@pytest.fixture
async def room(simcord_env: Any, simcord_bot: TailgateBot, clock: TravelClock) -> Newsroom:
    return await open_newsroom(simcord_bot, simcord_env, clock)


async def test_a_draft_is_kept_shown_written_on_and_dropped(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.MOVE)
    await room.write(room.mo, panel, "First try")
    form = await room.write(room.mo, panel, "Second try", button="Keep editing")
    assert form["components"][0]["component"]["value"] == "First try"
    again = await section(room, room.mo, SectionKind.MOVE)
    assert "your draft from <t:" in words(again)
    assert any(label.endswith(" · draft") for label in options(again))
    await room.mo.click(again.response, label="Draft")
    assert "Second try" in words(again)
    await room.mo.click(again.response, label="Discard")
    assert "**Draft discarded; the current version is below.**" in words(again)
    assert await room.drafts(room.mo) == []
    await room.mo.click(panel.response, label="Save")
    assert "draft of yours is no longer here" in words(panel)


async def test_another_editors_draft_is_not_seen(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.MOVE)
    await room.write(room.mo, panel, "Only mine")
    others = await section(room, room.jo, SectionKind.MOVE)
    assert "draft" not in words(others)
    assert "Draft" not in buttons(others)


@pytest.mark.parametrize(
    "link", ["http://pictures.example/a.png", "javascript:alert(1)", "https://localhost/a.png", "truck.png", "https://"]
)
async def test_a_bad_picture_gets_a_line_and_all_is_kept_as_typed(room: Newsroom, link: str) -> None:
    panel = await section(room, room.mo, SectionKind.PAINT)
    await room.write(room.mo, panel, "A long text that took an hour", link)
    assert "**Kept as you typed it, but it can't be saved yet: " in words(panel)
    assert "A long text that took an hour" in words(panel)
    assert picture(panel) is None
    assert "Save" not in buttons(panel)
    (kept,) = await room.drafts(room.mo)
    saved_by_hand = await room.mo.click(await room.posted(SaveQuestion(2025, 20, "paint", 0, kept.id)), label="Go")
    assert "it can't be saved yet" in words(saved_by_hand)
    opened = await room.write(
        room.mo, panel, "A long text that took an hour", "https://pictures.example/a.png", button="Keep editing"
    )
    assert [each["component"]["value"] for each in opened["components"]] == ["A long text that took an hour", link]
    await room.mo.click(panel.response, label="Save")
    assert picture(panel) == "https://pictures.example/a.png"
    assert await room.drafts(room.mo) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x" * (SECTION_LIMIT + 1), "the section is 3001 characters long; 3000 is the most"),
        ("\u200b \u202e", "the section is empty"),
    ],
)
async def test_words_that_cannot_stand_are_kept_as_typed(room: Newsroom, typed: str, said: str) -> None:
    panel = await section(room, room.mo, SectionKind.MOVE)
    await room.write(room.mo, panel, "Kept")
    link = "https://pictures.example/a.png"
    sent = await room.sends(room.mo, WriteQuestion(2025, 20, "move"), {"words": typed, "picture": link})
    assert sent.ephemeral
    assert said in words(sent)
    assert "Save" not in buttons(sent)
    opened = await room.mo.click(sent.response, label="Keep editing")
    assert [each["component"]["value"] for each in opened.modal["components"]] == [typed, link]
    assert opened.modal["components"][0]["component"]["max_length"] >= len(typed)
    assert [draft.words for draft in await room.drafts(room.mo)] == [typed, "Kept"]


async def test_who_saves_over_anothers_words_is_asked_first(room: Newsroom) -> None:
    mine, theirs = await section(room, room.mo, SectionKind.TOP), await section(room, room.jo, SectionKind.TOP)
    await room.write(room.mo, mine, "Mo's words")
    room.later(minutes=1)
    await room.write(room.jo, theirs, "Jo's words")
    await room.jo.click(theirs.response, label="Save")
    await room.mo.click(mine.response, label="Save")
    assert "**Meanwhile, Jo saved something else; see the history.**" in words(mine)
    assert "Mo's words" in words(mine)
    assert "Jo's words" in await room.recap(race="2025.20")
    await room.mo.click(mine.response, label="Save over theirs")
    assert "Mo's words" in await room.recap(race="2025.20")


async def test_a_draft_of_yesterday_does_not_go_over_todays_words(room: Newsroom) -> None:
    mine = await section(room, room.mo, SectionKind.TOP)
    await room.write(room.mo, mine, "Yesterday's draft")
    room.later(days=1)
    theirs = await section(room, room.jo, SectionKind.TOP)
    await room.write(room.jo, theirs, "Today's words")
    await room.jo.click(theirs.response, label="Save")
    again = await section(room, room.mo, SectionKind.TOP)
    await room.write(room.mo, again, "Yesterday's draft, longer")
    assert "Meanwhile, Jo saved something else" in words(again)


async def test_a_draft_remembers_what_its_editor_had_before_him(room: Newsroom) -> None:
    """Mo opens the form, Jo saves, Mo sends theirs: Mo is warned then, and each time they come back to the draft."""
    mine, theirs = await section(room, room.mo, SectionKind.TOP), await section(room, room.jo, SectionKind.TOP)
    opened = await room.mo.click(mine.response, label="Write")
    await room.write(room.jo, theirs, "Jo's words")
    await room.jo.click(theirs.response, label="Save")
    room.later(minutes=1)
    await room.mo.submit_modal(opened, {"words": "Mo's words", "picture": ""})
    warning = "Meanwhile, Jo saved something else; see the history."
    assert warning in words(mine)
    again = await section(room, room.mo, SectionKind.TOP)
    await room.mo.click(again.response, label="Draft")
    assert warning in words(again)
    assert "Save" not in buttons(again)
    await room.write(room.mo, again, "Mo's words, longer", button="Keep editing")
    assert warning in words(again)
    assert "Jo's words" in await room.recap(race="2025.20")
    await room.mo.click(again.response, label="Save over theirs")
    assert "Mo's words, longer" in await room.recap(race="2025.20")


async def test_a_form_begins_with_what_its_editor_has_seen(room: Newsroom) -> None:
    """Words dated after the clock are not shown, so whoever begins without them is told that they are there."""
    store = room.bot.services.store
    text = RecapText(2025, 20, SectionKind.TOP, "Of tomorrow", None, "Jo", room.clock.now() + timedelta(days=1))
    await save_recap(store, text, room.jo.id)
    panel = await section(room, room.mo, SectionKind.TOP)
    assert "Of tomorrow" not in words(panel)
    await room.write(room.mo, panel, "Of today")
    assert "Meanwhile, Jo saved something else" in words(panel)
    await room.mo.click(panel.response, label="Save over theirs")
    assert "Of today" in await room.recap(race="2025.20")


async def test_the_other_draft_of_two_forms_is_still_there(room: Newsroom) -> None:
    phone, desk = await section(room, room.mo, SectionKind.TOP), await section(room, room.mo, SectionKind.TOP)
    forms = [await room.mo.click(panel.response, label="Write") for panel in (phone, desk)]
    for opened, text in zip(forms, ("On the phone", "At the desk"), strict=True):
        await room.mo.submit_modal(opened, {"words": text, "picture": ""})
    await room.mo.click(desk.response, label="All sections")
    assert "2 drafts, the latest from <t:" in words(desk)
    await room.mo.click(phone.response, label="Save")
    assert "On the phone" in await room.recap(race="2025.20")
    await room.mo.click(desk.response, label="Draft")
    assert "At the desk" in words(desk)
    assert "Meanwhile, Mo saved something else" in words(desk)
    await room.mo.click(desk.response, label="Discard")
    assert "**Draft discarded; the current version is below.**" in words(desk)


async def test_of_two_drafts_the_older_one_comes_back(room: Newsroom) -> None:
    for text in ("The older", "The newer"):
        await room.sends(room.mo, WriteQuestion(2025, 20, "top", 0), {"words": text})
    panel = await section(room, room.mo, SectionKind.TOP)
    await room.mo.click(panel.response, label="Draft")
    await room.mo.click(panel.response, label="Discard")
    assert "an earlier one of yours is still here" in words(panel)
    await room.mo.click(panel.response, label="Draft")
    assert "The older" in words(panel)


async def test_where_a_draft_cannot_be_kept_it_is_handed_back(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    full_disk = StoreError("the disk is full", FileFault.FULL)

    @asynccontextmanager
    async def full(_: Store) -> AsyncIterator[None]:
        raise full_disk
        yield

    panel = await section(room, room.mo, SectionKind.TOP)
    monkeypatch.setattr(Store, "write", full)
    await room.write(room.mo, panel, "An hour's\n- *work*", "https://pictures.example/a.png")
    assert f"**{store_line(full_disk)}** Copy what you typed" in words(panel)
    assert "An hour's\n- \\*work\\*\n\n<https://pictures.example/a.png>" in words(panel)
    long = await room.sends(room.mo, WriteQuestion(2025, 20, "top"), {"words": "long " * 600})
    assert words(long).count("long") == 600


async def test_what_is_typed_for_a_race_that_is_not_held_is_handed_back(room: Newsroom) -> None:
    sent = await room.sends(room.mo, WriteQuestion(2025, 77, "top"), {"words": "An hour's work"})
    assert "Tailgate no longer has that race." in words(sent)
    assert "An hour's work" in words(sent)


async def test_what_is_typed_for_a_race_without_results_is_kept(room: Newsroom) -> None:
    sent = await room.sends(room.mo, WriteQuestion(2025, 24, "top"), {"words": "An hour's work"})
    assert sent.response.content.endswith("What you typed is kept as a draft.")
    kept = await drafts_of_race(room.bot.services.store, 2025, 24, room.mo.id)
    assert [draft.words for draft in kept] == ["An hour's work"]
    pressed = await room.mo.click(await room.posted(SaveQuestion(2025, 24, "top", 0, kept[0].id)), label="Go")
    assert "has no recap" in pressed.response.content
    assert await recap_texts(room.bot.services.store, 2025, 24) == {}


async def test_an_old_save_button_does_not_save_what_was_written_since(room: Newsroom) -> None:
    first, second = await section(room, room.mo, SectionKind.TOP), await section(room, room.mo, SectionKind.TOP)
    await room.write(room.mo, first, "Shown here")
    await room.write(room.mo, second, "Written since")
    await room.mo.click(first.response, label="Save")
    assert "You've kept editing since then; this is your latest draft." in words(first)
    assert "Written since" in words(first)
    assert SectionKind.TOP not in await recap_texts(room.bot.services.store, 2025, 20)


async def test_a_form_that_an_earlier_start_opened_is_not_lost(room: Newsroom) -> None:
    sent = await room.sends(room.mo, WriteQuestion(2025, 20, "top", 0), {"words": "Written before", "picture": ""})
    assert sent.ephemeral
    assert "Written before" in words(sent)
    assert "Save" in buttons(sent)
