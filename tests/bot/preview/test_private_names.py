"""Each private name of simcord that the adapter uses exists, with the expected signature."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import simcord
import simcord._clock
import simcord._dpy_internals
import simcord.env
import simcord.preview
import simcord.preview._actions as actions
import simcord.preview._component_projection as component_projection
import simcord.preview._pages as pages
from simcord.backend import Backend
from simcord.backend.cdn import CDN_BASE
from simcord.components import walk_components
from simcord.preview._server import PreviewServer

from bot.preview import page_files, simcord_adapter
from bot.preview.simcord_adapter import drawing

STATIC = Path(simcord.preview.__file__).with_name("static")


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_version_is_the_one_whose_names_are_used() -> None:
    assert simcord.__version__ == simcord_adapter.SIMCORD_VERSION
    assert simcord_adapter.usable()


def test_run_holds_its_env_before_it_is_entered(bare_env: Any) -> None:
    assert isinstance(bare_env, simcord.env.Env)
    assert bare_env._operation_task is None


def test_the_backend_asks_its_clock(bare_env: Any) -> None:
    assert type(bare_env.backend.clock) is simcord._clock.Clock
    assert bare_env.backend.clock.elapsed == 0.0
    assert {"elapsed", "now", "advance"} <= {*vars(simcord._clock.Clock), *vars(bare_env.backend.clock)}
    assert [name for name in vars(simcord._clock.Clock) if not name.startswith("_")] == ["now", "advance"]
    assert parameters(Backend.iso_after) == ["self", "seconds"]
    assert "self.clock" in inspect.getsource(Backend.now_iso)
    assert "self.clock" in inspect.getsource(Backend.snowflake)


def test_the_virtual_time_is_the_clocks_elapsed(bare_env: Any) -> None:
    bare_env.backend.clock.elapsed = 12.5
    assert bare_env._virtual_time == 12.5
    assert simcord._dpy_internals.real_monotonic() > 0


def test_the_backend_keeps_a_transcript_and_the_bots_user(bare_env: Any) -> None:
    assert isinstance(bare_env.backend.transcript, list)
    before = len(bare_env.backend.transcript)
    bare_env.create_guild().create_text_channel("pits")
    assert len(bare_env.backend.transcript) > before
    assert bare_env.backend.bot_user.avatar is None
    assert bare_env.backend.bot_user.bot
    assert isinstance(bare_env.backend.commands, dict)


def test_errors_are_kept_by_one_method() -> None:
    assert parameters(simcord.env.Env._record_error) == ["self", "error"]


def test_the_preview_publishes_page_by_page() -> None:
    preview = simcord.preview.Preview
    assert parameters(preview._publish) == ["self", "page", "reason"]
    assert parameters(preview._advance_presentation_time) == ["self"]
    assert not hasattr(preview, "__slots__")
    made = inspect.getsource(preview.__init__)
    for name in ("_active_action", "_pages", "_python", "_server"):
        assert f"self.{name}" in made
    assert "id" in {field.name for field in dataclasses.fields(pages._Page)}
    assert "simcord[preview]" in inspect.getsource(simcord.preview._require_preview_runtime)
    assert all(isinstance(name, str) for name in simcord.preview._PREVIEW_RUNTIME_MODULES)


def test_the_preview_opens_closes_and_answers_pages_by_methods_of_its_own() -> None:
    preview = simcord.preview.Preview
    assert parameters(preview._open_page) == ["self", "viewer_id", "target_id"]
    assert parameters(preview._close_page) == ["self", "context_id"]
    assert parameters(preview._page_payload) == ["self", "page"]
    assert "self.preview._open_page(" in inspect.getsource(PreviewServer._pages)
    assert "self.preview._page_payload(" in inspect.getsource(PreviewServer._state)
    assert "self._publish(page" in inspect.getsource(preview._publish_message_pages)
    assert preview._MAX_PAGES > 1
    assert "self._action_page" in inspect.getsource(preview.__init__)
    fields = {field.name for field in dataclasses.fields(pages._Page)}
    assert {"revision", "generation", "status", "last_action", "last_activity"} <= fields
    assert "page.last_activity = " in inspect.getsource(preview._get_page)


def test_actions_are_prepared_by_one_method_and_interactions_carried_out_by_another() -> None:
    preview = simcord.preview.Preview
    assert parameters(preview._prepare_action) == ["self", "page", "kind", "body"]
    assert "self._prepare_action(page, kind, body)" in inspect.getsource(preview._action)
    assert parameters(preview._run_interaction_action)[1:5] == ["page", "action", "cursor", "awaited"]
    assert "republish_all" in parameters(preview._run_interaction_action)
    assert parameters(preview._require_current_history) == ["self", "page"]
    assert parameters(preview._target_message) == ["self", "page", "target_id"]
    assert parameters(preview._target_id)[:3] == ["self", "target_id", "viewer"]


def test_people_have_commands_for_messages(bare_env: Any) -> None:
    guild = bare_env.create_guild()
    assert isinstance(simcord.MemberActor(bare_env, guild, guild.owner), simcord.MemberActor)
    assert parameters(simcord.MemberActor.context_menu) == ["self", "channel", "name", "target"]
    assert parameters(bare_env.backend.visible_commands) == ["user_id", "channel_id", "type"]
    assert parameters(simcord.ResponseMessage)[:2] == ["env", "message"]


def test_a_messages_own_words_are_made_in_one_place_and_leave_addresses_out() -> None:
    snapshot = drawing._snapshot
    assert parameters(snapshot._message_projection) == ["preview", "page", "message", "compact", "channel"]
    assert "_message_projection(preview, page, item, compact=" in inspect.getsource(snapshot.build_snapshot)
    assert 'media.pop("url", None)' in inspect.getsource(component_projection)
    nested = [{"components": [{"accessory": {"id": 1}}]}]
    assert [each.get("id") for each in walk_components(nested)] == [None, None, 1]


def test_a_click_says_which_message_it_is_for() -> None:
    script = (STATIC / "actions.js").read_text(encoding="utf-8")
    assert r"body.target_id = /^message:(\d+):component:/.exec(extra.control_key" in script
    assert 'onClick: (controlKey) => dispatch("click", { control_key: controlKey })' in (
        STATIC / "surfaces.js"
    ).read_text(encoding="utf-8")


def test_what_is_done_over_and_over_is_looked_up_where_it_is_replaced() -> None:
    snapshot, plans, markdown = drawing._snapshot, drawing._plans, drawing._markdown
    assert parameters(snapshot._message_navigation) == ["preview", "page", "visible"]
    assert "_message_navigation(preview, page, visible)" in inspect.getsource(snapshot.build_snapshot)
    assert parameters(markdown._markdown_parser) == ["policy", "context"]
    assert "_markdown_parser(policy, context or {})" in inspect.getsource(markdown.markdown_tokens)
    assert "HISTORY_WINDOW_SIZE" in inspect.getsource(snapshot._history_window)
    assert {"HISTORY_WINDOW_SIZE", "HISTORY_STEP"} <= set(plans._prepare_page_action.__code__.co_names)


def test_actions_are_bound_to_a_revision_by_a_table_read_at_each_action() -> None:
    assert isinstance(actions.ACTION_SPECS, Mapping)
    assert actions.ACTION_SPECS["click"].revision_bound
    assert dataclasses.replace(actions.ACTION_SPECS["click"], revision_bound=False).mutating
    assert "spec = ACTION_SPECS[kind]" in inspect.getsource(actions._ActionOps._action)


def test_the_server_reads_its_files_from_two_tables() -> None:
    assert PreviewServer._STATIC_FILES["/"] == "index.html"
    assert PreviewServer._STATIC_CONTENT_TYPES["index.html"] == "text/html"
    served = inspect.getsource(PreviewServer._static)
    assert "self._STATIC_FILES" in served
    assert "self._STATIC_CONTENT_TYPES" in served
    assert "for route in self._STATIC_FILES" in inspect.getsource(PreviewServer.start)
    assert "could not bind port" in inspect.getsource(PreviewServer.start)


@pytest.mark.parametrize("file", page_files.PAGE_FILES, ids=lambda file: file.route)
def test_our_files_are_there_and_hide_none_of_simcords(file: page_files.PageFile) -> None:
    assert file.path.is_file()
    assert file.route == "/" or file.route not in PreviewServer._STATIC_FILES


@pytest.mark.parametrize("file", page_files.WRAPPED_FILES, ids=lambda file: file.route)
def test_our_files_that_stand_in_front_of_simcords_give_all_that_those_give(file: page_files.PageFile) -> None:
    def exported(path: Path) -> set[str]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^export (\{|\*|default)", text, re.MULTILINE)
        return set(re.findall(r"^export (?:async )?(?:function|const|let|class) (\w+)", text, re.MULTILINE))

    plain = STATIC / PreviewServer._STATIC_FILES[file.route]
    assert exported(file.path) == exported(plain) != set()
    assert f'from ".{file.plain_route}"' in file.path.read_text(encoding="utf-8")
    users = [script for script in STATIC.glob("*.js") if f'"./{plain.name}"' in script.read_text(encoding="utf-8")]
    assert users


def test_every_element_that_simcords_script_looks_up_is_in_our_page() -> None:
    def ids(path: Path) -> set[str]:
        return set(re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8")))

    script = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    wanted = set(re.findall(r"""(?:\$|getElementById)\(["']([\w-]+)["']\)""", script))
    assert len(wanted) > 60
    assert wanted & ids(STATIC / "index.html") <= ids(page_files.FOLDER / "index.html")


def test_every_element_that_our_scripts_look_up_is_in_our_page() -> None:
    ours = "".join(path.read_text(encoding="utf-8") for path in page_files.FOLDER.glob("*.js"))
    page = (page_files.FOLDER / "index.html").read_text(encoding="utf-8")
    wanted = set(re.findall(r'getElementById\("([\w-]+)"\)', ours))
    assert len(wanted) > 8
    assert wanted <= set(re.findall(r'\bid="([^"]+)"', page))


@pytest.mark.parametrize(
    "name",
    [
        "pendingAction",
        "awaitingRevision",
        "publishedRevision",
        "lastAction",
        "commandPicker",
        "renderState",
        "openPopupKey",
        "modalHandle",
        "transport",
        "uncertainRequestId",
        "authorized",
        "profile",
        "presentationTime",
        "publication",
        "publishedAt",
        "missingRequired",
        "entryKeys",
        "autocomplete",
        "commandId",
        "focusedOption",
        "invocation",
        "required",
        "choices",
        "present",
        "send_message",
        "/api/commands",
        "OPTIONS MATCHING",
    ],
)
def test_simcords_report_on_its_page_holds_what_our_script_asks(name: str) -> None:
    script = "".join(
        (STATIC / file).read_text(encoding="utf-8") for file in ("app.js", "commands.js", "presentation.js")
    )
    ours = "".join(path.read_text(encoding="utf-8") for path in page_files.FOLDER.glob("*.js"))
    assert re.search(rf"(?<!\w){name}\b", script)
    assert re.search(rf"(?<!\w){name}\b", ours)


@pytest.mark.parametrize(
    "name",
    [
        "command-chip",
        "command-empty",
        "command-option-remove",
        "command-pill",
        "command-popup-heading",
        "command-popup-list",
        "command-suggestion-label",
        "command-context-close",
        "command-entry",
        "command-ghost",
        "command-option-input",
        "command-popup",
        "command-suggestion",
        "channel-message",
        "code-block",
        "component-button",
        "component-media",
        "discord-timestamp",
        "gallery-item",
        "message-components",
        "modal-close",
        "modal-field",
        "select-option",
        "select-apply",
    ],
)
def test_the_classes_that_our_script_goes_by_are_simcords(name: str) -> None:
    script = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    ours = "".join(path.read_text(encoding="utf-8") for path in page_files.FOLDER.glob("*.js"))
    assert name in script
    assert f".{name}" in ours


def test_pictures_of_people_are_fetched_from_one_place() -> None:
    identity = Path(simcord.preview.__file__).with_name("_identity.py").read_text(encoding="utf-8")
    assert 'f"{CDN_BASE}/avatars/{user.id}/{user.avatar}.png"' in identity
    assert CDN_BASE.startswith("https://")
