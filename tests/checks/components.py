"""What Discord refuses in the components of messages and modals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from tests.checks.codeblocks import check_code_blocks
from tests.checks.findings import Findings

MOST_COMPONENTS = 40
MOST_TEXT = 4000
MOST_ROWS = 5
MOST_BUTTONS = 5
MOST_OPTIONS = 25
MOST_CUSTOM_ID = 100

LINK_STYLE = 5
PREMIUM_STYLE = 6

_WEB = re.compile(r"https?://[^\s/]")
_ATTACHMENT = "attachment://"


class Kind(IntEnum):
    """Discord's component types."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


_KINDS = {kind.value: kind for kind in Kind}
"""By number, which is quicker than the enumeration is: every component of every answer is looked up."""
SELECTS = {
    Kind.STRING_SELECT,
    Kind.USER_SELECT,
    Kind.ROLE_SELECT,
    Kind.MENTIONABLE_SELECT,
    Kind.CHANNEL_SELECT,
}
IN_CONTAINER = {
    Kind.ACTION_ROW,
    Kind.SECTION,
    Kind.TEXT_DISPLAY,
    Kind.MEDIA_GALLERY,
    Kind.FILE,
    Kind.SEPARATOR,
}
IN_V2_MESSAGE = IN_CONTAINER | {Kind.CONTAINER}
V2_ONLY = (IN_V2_MESSAGE | {Kind.THUMBNAIL}) - {Kind.ACTION_ROW}
IN_MODAL = {Kind.ACTION_ROW, Kind.TEXT_DISPLAY, Kind.LABEL}
IN_LABEL = SELECTS | {Kind.TEXT_INPUT, Kind.FILE_UPLOAD, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP, Kind.CHECKBOX}
WITH_CUSTOM_ID = IN_LABEL


@dataclass(frozen=True)
class Found:
    """A component and its position; ``place`` is the field of its parent that contains it."""

    where: str
    component: dict[str, Any]
    parent: Kind | None
    place: str

    @property
    def kind(self) -> Kind | None:
        """The component's type; None for a number that Discord does not know."""
        number: Any = self.component.get("type")
        return _KINDS.get(number) if isinstance(number, int) else None


def walk(
    components: list[dict[str, Any]], where: str = "components", parent: Kind | None = None, place: str = "components"
) -> Iterator[Found]:
    """Every component at any depth, parents first."""
    for index, component in enumerate(components):
        found = Found(f"{where}[{index}]" if place == "components" else where, component, parent, place)
        yield found
        yield from walk(component.get("components") or [], f"{found.where}.components", found.kind)
        for name in ("accessory", "component"):
            if isinstance(component.get(name), dict):
                yield from walk([component[name]], f"{found.where}.{name}", found.kind, name)


def check_components(
    components: list[dict[str, Any]], top: set[Kind], findings: Findings, files: set[str] | None = None
) -> None:
    """Checks components of a message or a modal.

    Args:
        components: as sent.
        top: the types allowed at the top level.
        findings: problems are added here.
        files: names of the attached files; None where they are not known.
    """
    everything = list(walk(components))
    for found in everything:
        if found.kind is None:
            findings.say(found.where, f"Discord knows no component {found.component.get('type')!r}")
            continue
        if found.kind not in _allowed(found, top):
            findings.say(found.where, f"a {found.kind} has no place here")
        _check_one(found, findings, files)
    findings.unique(
        "components", [f.component["custom_id"] for f in everything if f.component.get("custom_id")], "custom id"
    )
    findings.unique("components", [f.component["id"] for f in everything if f.component.get("id")], "number")


def _allowed(found: Found, top: set[Kind]) -> set[Kind]:
    if found.parent is None:
        return top
    if found.parent is Kind.ACTION_ROW:
        return {Kind.TEXT_INPUT} if Kind.LABEL in top else SELECTS | {Kind.BUTTON}
    if found.parent is Kind.SECTION:
        return {Kind.BUTTON, Kind.THUMBNAIL} if found.place == "accessory" else {Kind.TEXT_DISPLAY}
    return {Kind.CONTAINER: IN_CONTAINER, Kind.LABEL: IN_LABEL}.get(found.parent, set())


def _check_one(found: Found, findings: Findings, files: set[str] | None) -> None:
    if found.kind in WITH_CUSTOM_ID:
        findings.text(f"{found.where}.custom_id", found.component.get("custom_id"), most=MOST_CUSTOM_ID, least=1)
    if found.kind in SELECTS:
        _check_select(found.where, found.component, findings)
    elif found.kind in (Kind.THUMBNAIL, Kind.FILE, Kind.MEDIA_GALLERY):
        _check_media(found.where, found.component, findings, files)
    elif found.kind in _CHECKS:
        _CHECKS[found.kind](found.where, found.component, findings)


def _check_row(where: str, row: dict[str, Any], findings: Findings) -> None:
    kinds = [child.get("type") for child in row.get("components") or []]
    findings.number(where, len(kinds), "components in a row", most=MOST_BUTTONS, least=1)
    if len(kinds) > 1 and any(kind in SELECTS for kind in kinds):
        findings.say(where, "a select shares its row")


def _check_button(where: str, button: dict[str, Any], findings: Findings) -> None:
    style = button.get("style")
    if style == PREMIUM_STYLE:
        return
    if button.get("label") is not None:
        findings.text(f"{where}.label", button["label"], most=80)
    if not button.get("label") and not button.get("emoji"):
        findings.say(where, "a button with neither label nor emoji")
    if style == LINK_STYLE:
        _check_link(f"{where}.url", button.get("url"), findings)
        if button.get("custom_id"):
            findings.say(where, "a link has no custom id")
        return
    findings.text(f"{where}.custom_id", button.get("custom_id"), most=MOST_CUSTOM_ID, least=1)
    if button.get("url"):
        findings.say(where, "only a link has an address")


def _check_section(where: str, section: dict[str, Any], findings: Findings) -> None:
    findings.number(where, len(section.get("components") or []), "texts", most=3, least=1)
    if not section.get("accessory"):
        findings.say(where, "a section without its accessory")


def _check_text(where: str, text: dict[str, Any], findings: Findings) -> None:
    findings.text(f"{where}.content", text.get("content"), most=MOST_TEXT, least=1)
    check_code_blocks(str(text.get("content")), findings, f"{where}.content")


def _check_container(where: str, container: dict[str, Any], findings: Findings) -> None:
    findings.number(where, len(container.get("components") or []), "components", most=MOST_COMPONENTS, least=1)


def _check_link(where: str, url: Any, findings: Findings) -> None:
    findings.text(where, url, most=512, least=1)
    if isinstance(url, str) and not _WEB.match(url):
        findings.say(where, f"{url!r} is no address of the web")


def _check_select(where: str, select: dict[str, Any], findings: Findings) -> None:
    if select.get("placeholder") is not None:
        findings.text(f"{where}.placeholder", select["placeholder"], most=150)
    least, most = select.get("min_values"), select.get("max_values")
    least, most = 1 if least is None else least, 1 if most is None else most
    if not 0 <= least <= MOST_OPTIONS or not 1 <= most <= MOST_OPTIONS or least > most:
        findings.say(where, f"{least} to {most} values")
    if select.get("type") == Kind.STRING_SELECT:
        _check_options(where, select.get("options") or [], most, findings)


def _check_options(where: str, options: list[dict[str, Any]], most_values: int, findings: Findings) -> None:
    findings.number(where, len(options), "options", most=MOST_OPTIONS, least=1)
    for index, option in enumerate(options):
        at = f"{where}.options[{index}]"
        findings.text(f"{at}.label", option.get("label"), most=100, least=1)
        findings.text(f"{at}.value", option.get("value"), most=100, least=1)
        if option.get("description") is not None:
            findings.text(f"{at}.description", option["description"], most=100)
    findings.unique(where, [option.get("value") for option in options], "value")
    if most_values > len(options):
        findings.say(where, f"{most_values} values out of {len(options)} options")
    chosen = sum(bool(option.get("default")) for option in options)
    findings.number(where, chosen, "options chosen beforehand", most=most_values)


def _check_media(where: str, component: dict[str, Any], findings: Findings, files: set[str] | None) -> None:
    if component.get("type") == Kind.MEDIA_GALLERY:
        items = component.get("items") or []
        findings.number(where, len(items), "pictures", most=10, least=1)
    else:
        items = [component]
    field = "file" if component.get("type") == Kind.FILE else "media"
    for item in items:
        url = (item.get(field) or {}).get("url") or ""
        if url.startswith(_ATTACHMENT):
            if files is not None and url.removeprefix(_ATTACHMENT) not in files:
                findings.say(where, f"{url} does not come along")
        elif field == "file" or not _WEB.match(url):
            findings.say(where, f"{url!r} is no place for a {field}")


def _check_text_input(where: str, field: dict[str, Any], findings: Findings) -> None:
    for name, most in (("placeholder", 100), ("value", 4000)):
        if field.get(name) is not None:
            findings.text(f"{where}.{name}", field[name], most=most)
    longest = field.get("max_length")
    least, most = field.get("min_length") or 0, 4000 if longest is None else longest
    if not 0 <= least <= 4000 or not 1 <= most <= 4000 or least > most:
        findings.say(where, f"{least} to {most} characters")


def _check_label(where: str, label: dict[str, Any], findings: Findings) -> None:
    findings.text(f"{where}.label", label.get("label"), most=45, least=1)
    if label.get("description") is not None:
        findings.text(f"{where}.description", label["description"], most=100)
    if not label.get("component"):
        findings.say(where, "a label without its component")


_CHECKS: dict[Kind, Callable[[str, dict[str, Any], Findings], None]] = {
    Kind.ACTION_ROW: _check_row,
    Kind.BUTTON: _check_button,
    Kind.SECTION: _check_section,
    Kind.TEXT_DISPLAY: _check_text,
    Kind.CONTAINER: _check_container,
    Kind.TEXT_INPUT: _check_text_input,
    Kind.LABEL: _check_label,
}


def check_totals(components: list[dict[str, Any]], findings: Findings) -> None:
    """The two totals of a Components V2 message: components at any depth, and characters of text."""
    everything = list(walk(components))
    findings.number("components", len(everything), "components in all", most=MOST_COMPONENTS)
    text = sum(len(f.component.get("content") or "") for f in everything if f.kind is Kind.TEXT_DISPLAY)
    findings.number("components", text, "characters of text in all", most=MOST_TEXT)


def kinds_in(components: list[dict[str, Any]]) -> Counter[Kind | None]:
    return Counter(found.kind for found in walk(components))
