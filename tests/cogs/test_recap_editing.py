"""/recap-edit as editors meet it: write, look, save, see what the other saved, go back."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.questions.recaps import EditQuestion, RecapQuestion, SaveQuestion, UndoQuestion, WriteQuestion
from bot.recap_editing import recap_editor
from bot.requester import Requester
from bot.services import Services
from db.recaps.models import SECTION_LIMIT, RecapText, SectionKind
from db.recaps.texts import recap_history, recap_texts, save_recap
from tests.checks.recorder import SentBodies
from tests.cogs.editing import Newsroom, buttons, editors_bot, open_newsroom, options, picture, saved, section
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


async def test_the_panel_names_every_section_and_who_wrote_it(room: Newsroom) -> None:
    panel = await room.open(room.mo)
    title, answer = title_and_answer(panel)
    assert title == "Recap editor · Talladega 2025"
    assert answer.startswith("**In a nutshell** · written by **")
    labels = list(options(panel))
    assert [label.partition(" · ")[0] for label in labels] == [
        "In a nutshell", "Top truckers", "The winning move", "Run by run", "Playoff rundown",
        "Rookie report", "Talkin' truckers", PAINT, "Next stop",
    ]  # fmt: skip
    assert labels[1] == "Top truckers · automatic"
    assert "Oct 1" in labels[0]
    untouched = await room.open(room.mo, race="2025.20")
    assert next(iter(options(untouched))) == "In a nutshell · automatic"
    assert list(options(untouched))[7] == f"{PAINT} · empty"
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
    assert field["max_length"] == SECTION_LIMIT
    assert opened.modal["title"].startswith("Top truckers · ")


@pytest.mark.parametrize(
    ("kind", "line"), [(SectionKind.QUOTES, "“It was a debatable"), (SectionKind.PLAYOFFS, "Above the line")]
)
async def test_what_follows_an_editors_words_is_neither_in_the_form_nor_there_twice(
    room: Newsroom, kind: SectionKind, line: str
) -> None:
    panel = await section(room, room.mo, kind, "2025.23")
    if kind is SectionKind.PLAYOFFS:
        await room.mo.click(panel.response, label="Use automatic text")
    opened = await room.mo.click(panel.response, label="Write")
    field = opened.modal["components"][0]["component"]
    assert line not in field.get("value", "")
    await room.mo.submit_modal(opened, {"words": "They had a lot to say."})
    await room.mo.click(panel.response, label="Save")
    asked = await room.fay.slash(room.channel, "recap", race="2025.23")
    await room.fay.select(asked.response, [RecapQuestion(2025, 23, kind.value).encode()])
    assert "They had a lot to say." in words(asked)
    assert words(asked).count(line) == 1


async def test_write_look_save_and_fans_read_it(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.TOP)
    before = await room.recap(race="2025.20")
    await room.write(room.mo, panel, "Heim *again*.\n\n- tenth win", "https://pictures.example/truck.png")
    assert title_and_answer(panel)[0].startswith("Preview · Top truckers · ")
    assert "Heim \\*again\\*.\n\n- tenth win" in words(panel)
    assert "Written by Mo, edited " in words(panel)
    assert picture(panel) == "https://pictures.example/truck.png"
    assert await room.recap(race="2025.20") == before
    await room.mo.click(panel.response, label="Save")
    assert "**Saved. This is what fans see from now on.**" in words(panel)
    assert "**Top truckers** · written by **Mo**, <t:" in words(panel)
    said = await room.recap(race="2025.20")
    assert "### Top truckers\nHeim \\*again\\*.\n\n- tenth win" in said
    assert "-# Written by Mo (Top truckers), edited <t:" in said
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


async def test_words_dated_after_the_clock_are_not_told(room: Newsroom) -> None:
    await saved(room, room.mo, "Of the day")
    room.later(days=2)
    await saved(room, room.jo, "Two days later")
    assert "Two days later" in await room.recap(race="2025.20")
    room.later(days=-1)
    assert "Of the day" in await room.recap(race="2025.20")
    room.later(days=-2)
    assert MADE in await room.recap(race="2025.20")


async def test_what_was_undone_can_be_written_on_from_the_history(room: Newsroom) -> None:
    panel = await saved(room, room.mo, "Version one", "Version two, " + "long " * 100 + "end")
    await room.mo.click(panel.response, label="Undo")
    await room.mo.click(panel.response, label="History")
    value = next(value for label, value in options(panel).items() if label.startswith("2 · Mo, Oct "))
    other = await section(room, room.jo, SectionKind.TOP)
    await room.write(room.jo, other, "Jo's words")
    await room.jo.click(other.response, label="Save")
    opened = await room.mo.select(panel.response, [value])
    assert opened.modal["components"][0]["component"]["value"] == "Version two, " + "long " * 100 + "end"
    await room.mo.submit_modal(opened, {"words": "Version two", "picture": ""})
    # The history that they chose from did not have Jo's words yet.
    assert "Meanwhile, Jo saved something else" in words(panel)


@pytest.mark.parametrize("label", ["Write", "Undo", "History", "Draft"])
async def test_a_press_makes_one_recap_and_asks_once_for_drafts(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    panel = await saved(room, room.mo, "Version one")
    await room.sends(room.mo, WriteQuestion(2025, 20, "top", 0), {"words": "A draft"})
    await room.mo.click(panel.response, label="History")
    await room.mo.click(panel.response, label="All sections")
    done: list[str] = []

    def counted(name: str, real: Any) -> Any:
        def call(*given: Any) -> Any:
            done.append(name)
            return real(*given)

        return call

    for name in ("recap_words", "drafts_of_race"):
        monkeypatch.setattr(recap_editor, name, counted(name, getattr(recap_editor, name)))
    await room.mo.click(panel.response, label=label)
    assert sorted(done) == ["drafts_of_race", "recap_words"]


async def test_undo_goes_back_one_version_and_an_old_button_goes_nowhere(room: Newsroom) -> None:
    panel = await saved(room, room.mo, "Version one", "Version two")
    other = await section(room, room.jo, SectionKind.TOP)
    await room.mo.click(panel.response, label="Undo")
    assert "**Undone. The section reads the way it did before its last change.**" in words(panel)
    assert "Version one" in await room.recap(race="2025.20")
    # Jo's panel still shows version two: its button would take back another change than the one it was made for.
    await room.jo.click(other.response, label="Undo")
    assert "nothing was done" in words(other)
    assert "Version one" in await room.recap(race="2025.20")
    await room.jo.click(other.response, label="Undo")
    assert MADE in await room.recap(race="2025.20")
    await room.jo.click(other.response, label="Undo")
    assert "**There's nothing left to undo.**" in words(other)


async def test_back_to_the_made_words_and_back_again(room: Newsroom) -> None:
    panel = await saved(room, room.mo, "An editor's words")
    old = buttons(panel)["Use automatic text"]
    await room.mo.click(panel.response, label="Use automatic text")
    assert "**Top truckers** · automatic text" in words(panel)
    assert MADE in await room.recap(race="2025.20")
    assert "Use automatic text" not in buttons(panel)
    await room.mo.click(panel.response, label="Undo")
    assert "An editor's words" in await room.recap(race="2025.20")
    assert buttons(panel)["Use automatic text"] != old


async def test_the_history_has_every_version_with_its_author(room: Newsroom) -> None:
    store = room.bot.services.store
    for n in range(1, 8):
        room.later(minutes=1)
        text = RecapText(2025, 20, SectionKind.TOP, f"Version {n} of *many*", None, "Mo", room.clock.now())
        await save_recap(store, text, room.mo.id)
    panel = await section(room, room.jo, SectionKind.TOP)
    await room.jo.click(panel.response, label="Use automatic text")
    await room.jo.click(panel.response, label="History")
    lines = words(panel).splitlines()
    assert lines[0].startswith("## History · Top truckers · ")
    assert lines[1].startswith("**8** <t:")
    assert lines[1].endswith(" · back to the automatic text")
    assert lines[2].endswith(" · **Mo**")
    assert lines[3] == "Version 7 of \\*many\\*"
    assert "Version 2 of" not in words(panel)
    await room.jo.click(panel.response, label="7–8 →")
    assert "Version 1 of" in words(panel)
    await room.jo.click(panel.response, label="All sections")
    assert title_and_answer(panel)[0].startswith("Recap editor · ")
    assert len(await recap_history(store, 2025, 20, SectionKind.TOP)) == 8


async def test_the_same_save_twice_saves_once(room: Newsroom) -> None:
    panel = await section(room, room.mo, SectionKind.TOP)
    await room.write(room.mo, panel, "Once")
    message = await room.posted(SaveQuestion(2025, 20, "top", 0, int(buttons(panel)["Save"].rpartition(":")[2])))
    await room.mo.click(panel.response, label="Save")
    again = await room.mo.click(message, label="Go")
    assert again.ephemeral
    assert "draft of yours is no longer here" in words(again)
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
    requester = Requester(1, await bot.router.as_of(), "Mo", editor=True)
    view = await bot.router.view(UndoQuestion(2025, 20, "top", 77), requester)
    assert "nothing was done" in str(view.to_components())  # type: ignore[union-attr]
    assert await recap_history(services.store, 2025, 20, SectionKind.TOP) == ()
