"""/recap-edit as editors meet it: write, look, save, see what the other saved, go back."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from bot.answers import Asker
from bot.client import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.render.recap_questions import EditQuestion, SaveQuestion, UndoQuestion, WriteQuestion
from bot.services import Services
from db.recaps import draft, recap_history, recap_texts, save_recap
from db.texts import SECTION_WORDS, RecapText, SectionKind
from tests.checks.recorder import SentBodies
from tests.cogs.editing import Newsroom, buttons, editors_bot, open_newsroom, options, picture
from tests.cogs.looking import title_and_answer, words

PAINT = "Paint scheme of the race"
MADE = "### Top truckers\n**Winner"


@pytest.fixture
def simcord_bot(services: Services, sent: SentBodies) -> TailgateBot:
    del sent  # it only has to listen first
    return editors_bot(services)


@pytest.fixture
async def room(simcord_env: Any, simcord_bot: TailgateBot, clock: TravelClock) -> Newsroom:
    return await open_newsroom(simcord_bot, simcord_env, clock)


async def section(room: Newsroom, editor: Any, kind: SectionKind, race: str = "2025.20") -> Any:
    """An editor's panel on a section; race 20 bears nobody's words yet."""
    panel = await room.open(editor, race=race)
    chosen = EditQuestion(*map(int, race.split(".")), kind.value).encode()
    await editor.select(panel.response, [chosen])
    return panel


async def test_the_panel_names_every_section_and_who_wrote_it(room: Newsroom) -> None:
    panel = await room.open(room.mo)
    title, answer = title_and_answer(panel)
    assert title == "Recap editor · Talladega 2025"
    assert answer.startswith("**In a nutshell** · words of **")
    labels = list(options(panel))
    assert [label.partition(" · ")[0] for label in labels] == [
        "In a nutshell", "Top truckers", "The winning move", "Playoff rundown",
        "Rookie report", "Talkin' truckers", PAINT, "Next stop",
    ]  # fmt: skip
    assert labels[1] == "Top truckers · made"
    assert "Oct 1" in labels[0]
    untouched = await room.open(room.mo, race="2025.20")
    assert next(iter(options(untouched))) == "In a nutshell · made"
    assert list(options(untouched))[6] == f"{PAINT} · empty"
    assert set(buttons(untouched)) == {"Write"}


async def test_a_section_nobody_wrote_and_no_fact_makes_says_so(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.PAINT)
    assert "Fans see nothing here" in words(panel)


async def test_the_form_opens_with_the_words_that_stand(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.TOP)
    opened = await room.mo.click(panel.response, label="Write")
    field = opened.modal["components"][0]["component"]
    assert field["value"].startswith("- Winner")
    assert "\\" not in field["value"]
    assert field["max_length"] == SECTION_WORDS
    assert opened.modal["title"].startswith("Top truckers · ")


async def test_write_look_save_and_fans_read_it(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.TOP)
    before = await room.recap(race="2025.20")
    await room.write(room.mo, panel, "Heim *again*.\n\n- tenth win", "https://pictures.example/truck.png")
    assert title_and_answer(panel)[0].startswith("Preview · Top truckers · ")
    assert "Heim \\*again\\*.\n\n- tenth win" in words(panel)
    assert "Words: Mo, edited " in words(panel)
    assert picture(panel) == "https://pictures.example/truck.png"
    assert await room.recap(race="2025.20") == before
    await room.mo.click(panel.response, label="Save")
    assert "**Saved: this is what fans see from now on.**" in words(panel)
    assert "**Top truckers** · words of **Mo**, <t:" in words(panel)
    said = await room.recap(race="2025.20")
    assert "### Top truckers\nHeim \\*again\\*.\n\n- tenth win" in said
    assert "-# Words (Top truckers): Mo, edited <t:" in said
    texts = await recap_texts(room.bot.services.store, 2025, 20)
    assert texts[SectionKind.TOP].picture == "https://pictures.example/truck.png"


async def test_an_empty_section_can_be_written_and_stands_in_the_select(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.PAINT)
    opened = await room.mo.click(panel.response, label="Write")
    assert "value" not in opened.modal["components"][0]["component"]
    await room.mo.submit_modal(opened, {"words": "No. 11, Safelite: red and white."})
    await room.mo.click(panel.response, label="Save")
    assert "No. 11, Safelite\\: red" not in await room.recap(race="2025.20")
    asked = await room.fay.slash(room.channel, "recap", race="2025.20")
    await room.fay.select(asked.response, [options(asked)[PAINT]])
    assert "No. 11, Safelite: red and white." in words(asked)


async def test_a_draft_is_kept_shown_written_on_and_dropped(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.MOVE)
    await room.write(room.mo, panel, "First try")
    form = await room.write(room.mo, panel, "Second try", button="Write on")
    assert form["components"][0]["component"]["value"] == "First try"
    again = await section(room, room.mo, SectionKind.MOVE)
    assert "your draft of <t:" in words(again)
    assert any(label.endswith(" · draft") for label in options(again))
    await room.mo.click(again.response, label="Draft")
    assert "Second try" in words(again)
    await room.mo.click(again.response, label="Discard")
    assert "**Your draft is gone; what stands is below.**" in words(again)
    assert await draft(room.bot.services.store, 2025, 20, SectionKind.MOVE, room.mo.id) is None
    await room.mo.click(panel.response, label="Save")
    assert "There is no draft of yours here any more" in words(panel)


async def test_another_editors_draft_is_not_seen(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.MOVE)
    await room.write(room.mo, panel, "Only mine")
    others = await section(room, room.jo, SectionKind.MOVE)
    assert "draft" not in words(others)
    assert "Draft" not in buttons(others)


@pytest.mark.parametrize(
    "link", ["http://pictures.example/a.png", "javascript:alert(1)", "https://localhost/a.png", "truck.png", "https://"]
)
async def test_a_bad_picture_gets_a_line_and_the_words_are_kept(room: Newsroom, link: str) -> None:
    panel = await section(room, room.mo, SectionKind.PAINT)
    await room.write(room.mo, panel, "A long text that took an hour", link)
    assert "**Your words are kept, without a picture" in words(panel)
    assert "A long text that took an hour" in words(panel)
    assert picture(panel) is None
    opened = await room.mo.click(panel.response, label="Write on")
    assert opened.modal["components"][0]["component"]["value"] == "A long text that took an hour"


async def test_words_that_cannot_stand_get_a_line_and_change_nothing(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.MOVE)
    await room.write(room.mo, panel, "Kept")
    question = WriteQuestion(2025, 20, "move")
    empty = await room.sends(room.mo, question, {"words": "\u200b \u202e"})
    assert empty.ephemeral
    assert empty.response.content.startswith("The section is empty")
    long = await room.sends(room.mo, question, {"words": "x" * (SECTION_WORDS + 1)})
    assert "3000 is the most" in long.response.content
    kept = await draft(room.bot.services.store, 2025, 20, SectionKind.MOVE, room.mo.id)
    assert kept is not None
    assert kept.words == "Kept"


async def test_who_saves_over_anothers_words_is_asked_first(room: Newsroom) -> None:
    mine, theirs = await section(room, room.mo, SectionKind.TOP), await section(room, room.jo, SectionKind.TOP)
    await room.write(room.mo, mine, "Mo's words")
    room.later(minutes=1)
    await room.write(room.jo, theirs, "Jo's words")
    await room.jo.click(theirs.response, label="Save")
    await room.mo.click(mine.response, label="Save")
    assert "**Meanwhile Jo saved other words; see the history.**" in words(mine)
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
    assert "Meanwhile Jo saved other words" in words(again)


async def test_an_old_save_button_does_not_save_what_was_written_since(room: Newsroom) -> None:
    first, second = await section(room, room.mo, SectionKind.TOP), await section(room, room.mo, SectionKind.TOP)
    await room.write(room.mo, first, "Shown here")
    await room.write(room.mo, second, "Written since")
    await room.mo.click(first.response, label="Save")
    assert "You have written on since; this is your draft." in words(first)
    assert "Written since" in words(first)
    assert SectionKind.TOP not in await recap_texts(room.bot.services.store, 2025, 20)


async def saved(room: Newsroom, editor: Any, *texts: str) -> Any:
    panel = await section(room, editor, SectionKind.TOP)
    for text in texts:
        await room.write(editor, panel, text)
        await editor.click(panel.response, label="Save")
        room.later(minutes=1)
    return panel


async def test_undo_goes_back_one_version_and_an_old_button_goes_nowhere(room: Newsroom) -> None:
    panel = await saved(room, room.mo, "Version one", "Version two")
    other = await section(room, room.jo, SectionKind.TOP)
    await room.mo.click(panel.response, label="Undo")
    assert "**Undone: the section reads as before its last change.**" in words(panel)
    assert "Version one" in await room.recap(race="2025.20")
    # Jo's panel still shows version two: its button would take back another change than the one it was made for.
    await room.jo.click(other.response, label="Undo")
    assert "nothing was done" in words(other)
    assert "Version one" in await room.recap(race="2025.20")
    await room.jo.click(other.response, label="Undo")
    assert MADE in await room.recap(race="2025.20")
    await room.jo.click(other.response, label="Undo")
    assert "**There is nothing left to undo.**" in words(other)


async def test_back_to_the_made_words_and_back_again(room: Newsroom) -> None:
    panel = await saved(room, room.mo, "An editor's words")
    old = buttons(panel)["Back to made words"]
    await room.mo.click(panel.response, label="Back to made words")
    assert "**Top truckers** · made words" in words(panel)
    assert MADE in await room.recap(race="2025.20")
    assert "Back to made words" not in buttons(panel)
    await room.mo.click(panel.response, label="Undo")
    assert "An editor's words" in await room.recap(race="2025.20")
    assert buttons(panel)["Back to made words"] != old


async def test_the_history_has_every_version_with_its_author(room: Newsroom) -> None:
    store = room.bot.services.store
    for n in range(1, 8):
        room.later(minutes=1)
        text = RecapText(2025, 20, SectionKind.TOP, f"Version {n} of *many*", None, "Mo", room.clock.now())
        await save_recap(store, text, room.mo.id)
    panel = await section(room, room.jo, SectionKind.TOP)
    await room.jo.click(panel.response, label="Back to made words")
    await room.jo.click(panel.response, label="History")
    lines = words(panel).splitlines()
    assert lines[0].startswith("## History · Top truckers · ")
    assert lines[1].startswith("**8** <t:")
    assert lines[1].endswith(" · back to the made words")
    assert lines[2].endswith(" · **Mo**")
    assert lines[3] == "Version 7 of \\*many\\*"
    assert "Version 2 of" not in words(panel)
    await room.jo.click(panel.response, label="7–8 →")
    assert "Version 1 of" in words(panel)
    await room.jo.click(panel.response, label="All sections")
    assert title_and_answer(panel)[0].startswith("Recap editor · ")
    assert len(await recap_history(store, 2025, 20, SectionKind.TOP)) == 8


async def test_a_form_that_an_earlier_start_opened_is_not_lost(room: Newsroom) -> None:
    sent = await room.sends(room.mo, WriteQuestion(2025, 20, "top", 0), {"words": "Written before", "picture": ""})
    assert sent.ephemeral
    assert "Written before" in words(sent)
    assert "Save" in buttons(sent)


async def test_the_same_save_twice_saves_once(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.TOP)
    await room.write(room.mo, panel, "Once")
    message = await room.posted(SaveQuestion(2025, 20, "top", 0, buttons(panel)["Save"].rpartition(":")[2]))
    await room.mo.click(panel.response, label="Save")
    again = await room.mo.click(message, label="Go")
    assert again.ephemeral
    assert "There is no draft of yours here any more" in words(again)
    assert len(await recap_history(room.bot.services.store, 2025, 20, SectionKind.TOP)) == 1


async def test_what_is_private_does_not_replace_what_all_see(room: Newsroom) -> None:
    message = await room.posted(EditQuestion(2025, 20, "top"))
    pressed = await room.mo.click(message, label="Go")
    assert pressed.ephemeral
    assert title_and_answer(pressed)[0].startswith("Recap editor · ")


async def test_races_without_results_get_a_line(room: Newsroom) -> None:
    for race in ("2025.24", "monaco"):
        refused = await room.mo.slash(room.channel, "recap-edit", race=race)
        assert refused.ephemeral
        simcord.assert_error(room.env, FriendlyError)


async def test_an_undo_of_no_version_is_no_undo(bot: TailgateBot, services: Services) -> None:
    asker = Asker(1, await bot.answers.almanac(), "Mo", editor=True)
    view = await bot.answers.view(UndoQuestion(2025, 20, "top", 77), asker)
    assert "nothing was done" in str(view.to_components())  # type: ignore[union-attr]
    assert await recap_history(services.store, 2025, 20, SectionKind.TOP) == ()
