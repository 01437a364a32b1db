"""JSON of which a value would be lost is refused, in as many steps as the document is long."""

from __future__ import annotations

import pytest

from db.documents.strict_json import LONGEST_NAME, NotStrictError, _object, decode_json, why_not_json

TWICE = {
    "at its end": ('{"a": 1, "b": 2, "b": 3}', "'b' appears twice in one object; leave one of the two"),
    "the first of several": (
        '{"a": 1, "b": 2, "b": 3, "a": 4}',
        "'a' appears twice in one object; leave one of the two",
    ),
    "within": ('[{"a": {"b": 1, "b": 1}}]', "'b' appears twice in one object; leave one of the two"),
    "what cannot be printed": (
        r'{"\u001b": 1, "\u001b": 2}',
        r"'\x1b' appears twice in one object; leave one of the two",
    ),
    "very long": (
        f'{{"{"x" * 9_000}": 1, "{"x" * 9_000}": 2}}',
        f"'{'x' * (LONGEST_NAME - 1)}…' appears twice in one object; leave one of the two",
    ),
}


@pytest.mark.parametrize("case", TWICE)
def test_a_name_that_appears_twice(case: str) -> None:
    text, line = TWICE[case]
    with pytest.raises(NotStrictError) as caught:
        decode_json(text)
    assert why_not_json(caught.value) == line


class Counted(str):
    """A name that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__eq__(other)

    __hash__ = str.__hash__


def test_no_name_is_looked_for_among_all_the_others() -> None:
    many = 2_000
    members = [(Counted(f"name {place}"), None) for place in [*range(many), many - 1]]
    Counted.compared = 0
    with pytest.raises(NotStrictError):
        _object([(name, value) for name, value in members])
    assert Counted.compared <= 10 * many
