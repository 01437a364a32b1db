"""Forms (modals) as a person fills them in; what Discord's client would not let them send is refused here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.wire.world import Payload

ROW, STRING_SELECT, TEXT_INPUT, TEXT, LABEL = 1, 3, 4, 10, 18
"""Discord's component types."""

LONGEST = 4000

Values = Mapping[str, str | list[str]]
"""What is filled in, by the custom ids of the fields: a text, or the values picked."""


def form_data(form: Payload, values: Values) -> Payload:
    """The data that the client sends when a person submits a form.

    Args:
        form: the modal that was shown.
        values: what the person writes and picks; a field left alone is sent with its default.

    Raises:
        AssertionError: there is no such field, or it does not accept the value.
    """
    names = [field["custom_id"] for field in _fields(form["components"])]
    assert set(values) <= set(names), f"the form has no {sorted(set(values) - set(names))}; it has {names}"
    numbered = iter(range(1, 100))
    sent = [_sent(component, values, lambda: next(numbered)) for component in form["components"]]
    return {"custom_id": form["custom_id"], "components": sent}


def _fields(components: list[Payload]) -> Iterator[Payload]:
    for component in components:
        inner = component.get("components") or ([component["component"]] if component.get("component") else [])
        yield from _fields(inner)
        if component["type"] in (STRING_SELECT, TEXT_INPUT):
            yield component


def _sent(component: Payload, values: Values, number: Callable[[], int]) -> Payload:
    kind, base = component["type"], {"type": component["type"], "id": component.get("id") or number()}
    if kind == LABEL:
        return {**base, "component": _sent(component["component"], values, number)}
    if kind == ROW:
        return {**base, "components": [_sent(inner, values, number) for inner in component["components"]]}
    if kind == TEXT:
        return base
    name = component["custom_id"]
    if kind == TEXT_INPUT:
        return {**base, "custom_id": name, "value": _written(component, values.get(name))}
    assert kind == STRING_SELECT, f"nobody fills in a component of type {kind} here"
    return {**base, "custom_id": name, "values": _picked(component, values.get(name))}


def _written(field: Payload, text: Any) -> str:
    text = (field.get("value") or "") if text is None else text
    name, least, most = field["custom_id"], field.get("min_length") or 0, field.get("max_length") or LONGEST
    assert isinstance(text, str), f"{name} takes text, not {text!r}"
    assert text or not field.get("required", True), f"{name} must be filled in"
    assert not text or least <= len(text) <= most, f"{name} takes {least} to {most} characters, not {len(text)}"
    return text


def _picked(field: Payload, given: Any) -> list[str]:
    options = [option["value"] for option in field["options"]]
    chosen = [option["value"] for option in field["options"] if option.get("default")] if given is None else given
    name, required = field["custom_id"], field.get("required", True)
    least, most = field.get("min_values", 1), field.get("max_values", 1)
    assert isinstance(chosen, list), f"{name} takes a list of values, not {chosen!r}"
    assert set(chosen) <= set(options), f"{name} has no {chosen}; it has {options}"
    assert chosen or not required, f"{name} must be filled in"
    assert not chosen or least <= len(chosen) <= most, f"{name} takes {least} to {most} values"
    return chosen
