"""What recaps must never do: let anybody but an editor at home change them, or do what a text says."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
import simcord
from simcord.enums import InteractionType

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.questions.recaps import (
    AutomaticTextQuestion,
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
    PreviewQuestion,
    SaveQuestion,
    UndoQuestion,
    WriteQuestion,
)
from bot.recap_editing.recap_editor import NOT_YOURS
from bot.render.about import TOPICS
from bot.services import Services
from db.recaps.drafts import RecapDraft, save_draft
from db.recaps.models import RecapText, SectionKind
from db.recaps.texts import recap_history, recap_texts, save_recap
from tests.checks.formatting import read
from tests.checks.recorder import SentBodies
from tests.cogs.editing import HOME, Newsroom, editors_bot, open_newsroom, options, picture
from tests.cogs.looking import words

RACE = (2025, 20)
EVIL = """@everyone and @here, <@123456789012345678> <@&123456789012345678> <#123456789012345678>
# A heading
-# Data through race 99
> quoted
>>> all of it
```ansi
code
```
[the official site](https://evil.example) <https://evil.example/x> ||hidden|| **bold** _it_ ~~no~~ :smile:
</standings:123456789012345678> <t:0:R> <:ram:123456789012345678> <id:customize>
javascript:alert(1) discord://-/settings file:///etc/passwd steam://run/1
- a point
https://www.nascar.com/a_b_c and http://news.example/x."""


@pytest.fixture
def simcord_bot(services: Services, sent: SentBodies) -> TailgateBot:
    del sent  # it only has to listen first
    return editors_bot(services)


@pytest.fixture
async def room(simcord_env: Any, simcord_bot: TailgateBot, clock: TravelClock) -> Newsroom:
    return await open_newsroom(simcord_bot, simcord_env, clock)


def recap_text(room: Newsroom, words: str, picture: str | None = None) -> RecapText:
    return RecapText(*RACE, SectionKind.TOP, words, picture, "Mo", room.clock.now())


async def asked(room: Newsroom) -> list[Any]:
    """Everything an editor can ask, right to the letter: a version and a draft of Mo's are there."""
    store = room.bot.services.store
    await save_recap(store, recap_text(room, "An editor's words"), room.mo.id)
    last = (await recap_history(store, *RACE, SectionKind.TOP))[0].id
    key = (*RACE, "top")
    theirs, own = [
        await save_draft(store, RecapDraft(0, *RACE, SectionKind.TOP, person.id, "A draft", "", last, room.clock.now()))
        for person in (room.fay, room.mo)
    ]
    return [
        EditQuestion(),
        EditQuestion(*key),
        WriteQuestion(*key),
        WriteQuestion(*key, last),
        WriteQuestion(*key, last, own.id),
        WriteQuestion(*key, last, None, last),
        PreviewQuestion(*key),
        PreviewQuestion(*key, own.id),
        SaveQuestion(*key, last, own.id),
        SaveQuestion(*key, last, theirs.id),
        DiscardQuestion(*key, own.id),
        DiscardQuestion(*key, theirs.id),
        HistoryQuestion(*key),
        UndoQuestion(*key, last),
        AutomaticTextQuestion(*key, last),
    ]


async def state(room: Newsroom) -> tuple[Any, ...]:
    """All that an editor could have changed."""
    store = room.bot.services.store
    return (
        await recap_texts(store, *RACE),
        await recap_history(store, *RACE, SectionKind.TOP),
        [await room.drafts(person) for person in (room.mo, room.jo, room.fay)],
    )


async def test_a_copied_id_does_nothing_for_a_fan_or_away_from_home(room: Newsroom) -> None:
    questions = await asked(room)
    before = await state(room)
    for question in questions:
        for person, channel in ((room.fay, room.channel), (room.mo_abroad, room.abroad)):
            pressed = await person.click(await room.posted(question, channel), label="Go")
            assert pressed.ephemeral, question
            assert pressed.response.content == NOT_YOURS, question
            assert pressed.modal is None
            chosen = await person.select(await room.offered(question, channel), [question.encode()])
            assert chosen.response.content == NOT_YOURS, question
    assert await state(room) == before


async def test_a_form_sent_by_hand_does_nothing_for_a_fan_or_away_from_home(room: Newsroom) -> None:
    questions = await asked(room)
    before = await state(room)
    for question in questions:
        for person, channel in ((room.fay, room.channel), (room.mo_abroad, room.abroad)):
            sent = await room.sends(person, question, {"words": "Vandalism", "picture": ""}, channel)
            assert sent.ephemeral
            if isinstance(question, WriteQuestion):
                assert sent.response.content == NOT_YOURS
            else:
                # What was written goes back to who wrote it.
                assert "That form is from an older version" in words(sent), question
                assert "Vandalism" in words(sent)
    assert await state(room) == before


async def test_the_command_is_at_home_and_refuses_a_fan_there(room: Newsroom) -> None:
    refused = await room.fay.slash(room.channel, "recap-edit")
    assert refused.ephemeral
    assert refused.response.content == NOT_YOURS
    named = await room.fay.slash(room.channel, "recap-edit", race="monaco")
    assert named.response.content == NOT_YOURS
    simcord.assert_error(room.env, FriendlyError)
    simcord.assert_error(room.env, FriendlyError)
    assert "recap-edit" in room.mo.available_commands(room.channel)
    assert "recap-edit" not in room.mo_abroad.available_commands(room.abroad)
    assert "recap-edit" not in {command.name for command in room.bot.tree.get_commands()}


async def test_the_command_made_by_hand_elsewhere_is_none(room: Newsroom) -> None:
    for guild in (HOME, room.abroad.guild.id):
        data = {"id": "1", "name": "recap-edit", "type": 1, "guild_id": str(guild), "options": []}
        made = await room.mo_abroad._dispatch_interaction(InteractionType.APPLICATION_COMMAND, room.abroad, data)
        assert made.ephemeral
        assert "Recap editor" not in words(made)
        assert made.response.content in {
            NOT_YOURS,
            "This command was updated; give Discord a minute to catch up and try again.",
        }
    simcord.assert_error(room.env, FriendlyError)


async def test_an_editor_who_is_none_any_more_is_refused_on_his_open_panel(room: Newsroom) -> None:
    panel = await room.open(room.mo, race="2025.20")
    form = await room.mo.click(panel.response, label="Write")
    room.bot.editors = type(room.bot.editors)(frozenset({room.jo.id}), HOME)
    assert (await room.mo.click(panel.response, label="Write")).response.content == NOT_YOURS
    sent = await room.mo.submit_modal(form, {"words": "Too late"})
    assert sent.response.content == NOT_YOURS
    assert await room.drafts(room.mo) == []


async def test_another_editors_draft_is_not_reached_by_its_number(room: Newsroom) -> None:
    panel = await room.open(room.mo, race="2025.20")
    await room.write(room.mo, panel, "Only Mo's")
    (own,) = await room.drafts(room.mo)
    key = (*RACE, "nutshell")
    questions = PreviewQuestion(*key, own.id), SaveQuestion(*key, 0, own.id), DiscardQuestion(*key, own.id)
    for question in (*questions, WriteQuestion(*key, 0, own.id)):
        pressed = await room.jo.click(await room.posted(question), label="Go")
        assert "Only Mo's" not in (str(pressed.modal) if pressed.modal else words(pressed)), question
    sent = await room.sends(room.jo, WriteQuestion(*key, 0, own.id), {"words": "Jo's"})
    assert "Jo's" in words(sent)
    assert await room.drafts(room.mo) == [own]
    assert await recap_texts(room.bot.services.store, *RACE) == {}


async def test_fans_are_not_told_of_the_editors_desk(room: Newsroom) -> None:
    assert "recap-edit" not in " ".join(str(topic) for topic in TOPICS.values())
    assert "recap-edit" not in words(await room.fay.slash(room.channel, "help"))


async def test_a_text_has_no_effect_but_points_and_links(room: Newsroom) -> None:
    panel = await room.open(room.mo, race="2025.20")
    await room.write(room.mo, panel, EVIL)
    for shown in (panel, await _saved(room, panel)):
        # From the text's first word to where the small print begins.
        told = words(shown)
        begin = told.index("@\N{ZERO WIDTH SPACE}everyone")
        found = read(told[begin : told.index("\n-# ", begin)])
        assert found.active == []
        assert found.points == 1
        assert found.links == [
            "https://evil.example/",
            "https://evil.example/x",
            "https://www.nascar.com/a_b_c",
            "http://news.example/x",
        ]
        assert "# A heading\n-# Data through race 99\n> quoted" in found.shown


async def _saved(room: Newsroom, panel: Any) -> Any:
    await room.mo.click(panel.response, label="Save")
    recap = await room.fay.slash(room.channel, "recap", race="2025.20")
    await room.fay.select(recap.response, [options(recap)["In a nutshell"]])
    return recap


async def test_no_answer_may_mention_anybody(room: Newsroom, sent: SentBodies) -> None:
    panel = await room.open(room.mo, race="2025.20")
    await room.write(room.mo, panel, EVIL)
    await _saved(room, panel)
    answers = [each.body["data"] for each in sent.requests if each.path.endswith("/callback")]
    shown = [data for data in answers if "everyone" in str(data)]
    assert shown
    assert all((data.get("allowed_mentions") or {"parse": []}) == {"parse": []} for data in shown)
    assert not any("@everyone" in str(data) for data in shown if "components" in data and "title" not in data)


async def test_nobody_fetches_a_picture(room: Newsroom, sent: SentBodies, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetched(_: object, method: str, url: object, **__: object) -> None:
        raise AssertionError(f"{method} {url}")

    monkeypatch.setattr(aiohttp.ClientSession, "_request", fetched)
    panel = await room.open(room.mo, race="2025.20")
    await room.write(room.mo, panel, "With a picture", "https://pictures.example/truck.png")
    recap = await _saved(room, panel)
    assert picture(recap) == "https://pictures.example/truck.png"
    assert not [each.path for each in sent.requests if "pictures.example" in each.path]


async def test_a_picture_of_three_thousand_signs_is_still_a_message(room: Newsroom) -> None:
    panel = await room.open(room.mo, race="2025.20")
    for text in ("*" * 3000, "\n".join("- `x`" for _ in range(428)), "<@123456789012345678>" * 142):
        await room.write(room.mo, panel, text)
        recap = await _saved(room, panel)
        assert "Next →" in str(recap.response.components)


async def test_an_authors_name_has_no_effect_either(room: Newsroom) -> None:
    store = room.bot.services.store
    await save_recap(store, RecapText(*RACE, SectionKind.NUTSHELL, "x", None, "**@everyone** `x`", room.clock.now()), 1)
    said = await room.recap(race="2025.20")
    assert "Written by \\*\\*@\N{ZERO WIDTH SPACE}everyone\\*\\* \\`x\\` (In a nutshell), edited" in said
    panel = await room.open(room.mo, race="2025.20")
    assert "written by **\\*\\*@\N{ZERO WIDTH SPACE}everyone\\*\\* \\`x\\`**" in words(panel)
