"""Whether two names may be one person's: the last name is the same, and the first ones are forms of one name."""

from __future__ import annotations

from db.naming import fold_name

GENERATIONS = {"jr": 2, "ii": 2, "sr": 1, "iii": 3, "iv": 4}
"""What follows a last name, by which generation it means."""
FORMS = (
    "alexander alex alec sandy",
    "andrew andy drew",
    "anthony tony",
    "augustus august augie gus",
    "benjamin ben benny benji",
    "charles charlie charley chuck chuckie",
    "christopher chris topher",
    "daniel dan danny",
    "david dave davey davy",
    "donald don donnie donny",
    "douglas doug",
    "edward ed eddie ted",
    "frederick fred freddie freddy",
    "geoffrey geoff jeffrey jeff",
    "gerald gerry jerry",
    "gregory greg",
    "harold harry hal",
    "henry hank harry",
    "james jim jimmy jamie",
    "jennifer jen jenny jenn",
    "john johnny jack",
    "jonathan jon johnny",
    "joseph joe joey",
    "joshua josh",
    "katherine kate katie kathy",
    "kenneth ken kenny",
    "lawrence larry",
    "leonard len lenny",
    "matthew matt matty",
    "michael michel mike mickey",
    "nicholas nick nicky",
    "patrick pat",
    "peter pete",
    "philip phillip phil",
    "randall randy",
    "raymond ray",
    "richard rick ricky rich richie dick",
    "robert bob bobby rob robby robbie bert",
    "ronald ron ronnie",
    "samuel sam sammy",
    "stephen steven steve stevie",
    "stewart stuart stew stu",
    "terrance terence terry",
    "theodore ted teddy",
    "thomas tom tommy",
    "timothy tim timmy",
    "walter walt wally",
    "william bill billy will willie willy",
    "zachary zach zack",
)
"""First names that stand for each other, with their short forms."""
_FORMS_OF: dict[str, set[int]] = {}
for _place, _names in enumerate(FORMS):
    for _name in _names.split():
        _FORMS_OF.setdefault(_name, set()).add(_place)


def may_be_one_person(one: str, other: str) -> bool:
    """Whether two names may be spellings of one person's.

    A first name alone says nothing, nor does "Jr.": Kyle Busch is not Kyle Larson. A last name alone does not say it
    either: Tyler Ankrum and another Ankrum may be two people.
    """
    (mine, my_generation), (theirs, their_generation) = _parts(one), _parts(other)
    if my_generation and their_generation and my_generation != their_generation:
        return False
    if len(mine) < 2 or len(theirs) < 2:
        return False
    # The second part of a last name is left out now and then, as in Andres Perez de Lara.
    same_last_name = mine[-1] == theirs[-1] or (mine[0] == theirs[0] and mine[1] == theirs[1])
    return same_last_name and _are_forms(mine[0], theirs[0])


def _parts(name: str) -> tuple[list[str], int]:
    """The words of a name, folded and without what says the generation, and the generation; 0 where none is said."""
    words = fold_name(name).split()
    generation = GENERATIONS.get(words[-1], 0) if words else 0
    return (words[:-1] if generation else words), generation


def _are_forms(one: str, other: str) -> bool:
    """Whether two first names are the same, or one is the other's beginning, initial or short form."""
    if one.startswith(other) or other.startswith(one):
        return True
    return not _FORMS_OF.get(one, set()).isdisjoint(_FORMS_OF.get(other, set()))
