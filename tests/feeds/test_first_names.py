"""Which names may be one person's: the last name decides with the first one, and never a word alone."""

from __future__ import annotations

import pytest

from bot.feeds.first_names import FORMS, may_be_one_person

ONE_PERSON = [
    ("Robert Veteran", "Bob Veteran"),
    ("Matthew Gould", "Matt Gould"),
    ("Gio Ruggiero", "Giovanni Ruggiero"),
    ("Ricky Stenhouse Jr.", "Ricky Stenhouse"),
    ("Mike Christopher Jr.", "Michael Christopher Jr."),
    ("John Hunter Nemechek", "John H. Nemechek"),
    ("Andres Perez de Lara", "Andrés Pérez"),
    ("Tony Mrakovich", "Anthony Mrakovich"),
    ("Justin Carroll", "Justin S. Carroll"),
    ("Bobby Santos III", "Robert Santos"),
]
TWO_PEOPLE = [
    ("Tyler Hill", "Tyler Tomassi"),
    ("Kyle Busch", "Kyle Larson"),
    ("Kyle Busch", "Kurt Busch"),
    ("Martin Truex Jr.", "Dale Earnhardt Jr."),
    ("Tyler Hill", "Timmy Hill"),
    ("John Smith Jr.", "John Smith Sr."),
    ("John Smith Jr.", "John Smith III"),
    ("Robert Veteran", "The Rocket"),
    ("Robert Veteran", "Veteran"),
    ("Robert Veteran", "Robert"),
    ("Robert Veteran", "Jr."),
    ("Robert Veteran", ""),
    ("Robert Veteran", "!"),
    ("Corey Lajoie", "Randy LaJoie"),
]


@pytest.mark.parametrize("names", ONE_PERSON)
def test_spellings_of_one_person(names: tuple[str, str]) -> None:
    assert may_be_one_person(*names)
    assert may_be_one_person(*reversed(names))


@pytest.mark.parametrize("names", TWO_PEOPLE)
def test_names_of_two_people(names: tuple[str, str]) -> None:
    assert not may_be_one_person(*names)
    assert not may_be_one_person(*reversed(names))


def test_the_forms_of_a_name_are_folded_and_stand_once_in_a_row() -> None:
    for row in FORMS:
        names = row.split()
        assert len(set(names)) == len(names)
        assert row == row.casefold()
