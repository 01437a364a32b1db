"""Each limit on commands, with a registration just within it and one just beyond it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.limits import check_choices, check_commands

Body = dict[str, Any]


def command(name: str = "next", *options: Body, **more: Any) -> Body:
    return {"type": 1, "name": name, "description": "The next race", "options": list(options), **more}


def option(name: str = "season", **more: Any) -> Body:
    return {"type": 3, "name": name, "description": "Which", **more}


def subcommand(name: str, *options: Body) -> Body:
    return {"type": 1, "name": name, "description": "Which", "options": list(options)}


def group(name: str, *options: Body) -> Body:
    return subcommand(name, *options) | {"type": 2}


def choice(name: str = "2025", value: Any = "2025") -> Body:
    return {"name": name, "value": value}


def menu(name: str = "Save as Quote", **more: Any) -> Body:
    return {"type": 3, "name": name} | more


def heavy(more: int = 0) -> Body:
    """A command of 8,000 characters and ``more``: 39 choices of 200, one of 100, and 100 outside choices."""
    choices = [choice(f"{number:0100}", "v" * 100) for number in range(39)]
    return command(
        "n",
        option("a", description="d", choices=choices[:20]),
        option("b", description="d", choices=choices[20:]),
        option("c", description="d" * (93 + more), choices=[choice("n" * 100, "")]),
        description="d",
    )


COMMANDS: dict[str, tuple[list[Body], list[Body], str]] = {
    "number": ([command(f"c{n}") for n in range(100)], [command(f"c{n}") for n in range(101)], "101 commands"),
    "number of menus": ([menu(f"M{n}") for n in range(15)], [menu(f"M{n}") for n in range(16)], "16 commands"),
    "number of menus for users": (
        [menu(f"M{n}", type=2) for n in range(15)],
        [menu(f"M{n}", type=2) for n in range(16)],
        "16 commands",
    ),
    "name's capitals": ([command("next")], [command("Next")], "capitals"),
    "name's spaces": ([command("next-race")], [command("next race")], "is no name"),
    "name's length": ([command("n" * 32)], [command("n" * 33)], "is no name"),
    "name there": ([command("n")], [command("")], "is no name"),
    "names differ": ([command("a"), command("b")], [command("a"), command("a")], "command 'a' comes twice"),
    "names of kinds": ([command("a"), menu("a")], [menu("a"), menu("a")], "command 'a' comes twice"),
    "translated name": (
        [command(name_localizations={"de": "nächstes"})],
        [command(name_localizations={"de": "Nächstes"})],
        "capitals",
    ),
    "description": ([command(description="x" * 100)], [command(description="x" * 101)], "101 characters"),
    "description there": ([command(description="x")], [command(description="")], "description: empty"),
    "options": (
        [command("a", *(option(f"o{n}") for n in range(25)))],
        [command("a", *(option(f"o{n}") for n in range(26)))],
        "26 options",
    ),
    "required first": (
        [command("a", option("b", required=True), option("c"))],
        [command("a", option("b"), option("c", required=True))],
        "required option comes after",
    ),
    "required first, deep": (
        [command("a", subcommand("s", option("b", required=True), option("c")))],
        [command("a", subcommand("s", option("b"), option("c", required=True)))],
        "required option comes after",
    ),
    "option names differ": (
        [command("a", option("b"), option("c"))],
        [command("a", option("b"), option("b"))],
        "option 'b' comes twice",
    ),
    "option's name": ([command("a", option("b"))], [command("a", option("B"))], "capitals"),
    "option's description": (
        [command("a", option(description="x" * 100))],
        [command("a", option(description="x" * 101))],
        "101 characters",
    ),
    "choices": (
        [command("a", option(choices=[choice(str(n)) for n in range(25)]))],
        [command("a", option(choices=[choice(str(n)) for n in range(26)]))],
        "26 choices",
    ),
    "choice's name": (
        [command("a", option(choices=[choice("x" * 100)]))],
        [command("a", option(choices=[choice("x" * 101)]))],
        "name: 101 characters",
    ),
    "choice's value": (
        [command("a", option(choices=[choice(value="x" * 100)]))],
        [command("a", option(choices=[choice(value="x" * 101)]))],
        "value: 101 characters",
    ),
    "choice's type": (
        [command("a", option(type=4, choices=[choice(value=1)]))],
        [command("a", option(type=4, choices=[choice(value="1")]))],
        "not of the option's type",
    ),
    "choices differ": (
        [command("a", option(choices=[choice("a"), choice("b")]))],
        [command("a", option(choices=[choice("a"), choice("a")]))],
        "choice 'a' comes twice",
    ),
    "choices or autocomplete": (
        [command("a", option(autocomplete=True))],
        [command("a", option(autocomplete=True, choices=[choice()]))],
        "together",
    ),
    "choices of a type": (
        [command("a", option(type=10, autocomplete=True))],
        [command("a", option(type=7, autocomplete=True))],
        "has no choices",
    ),
    "range": (
        [command("a", option(type=4, min_value=1, max_value=1))],
        [command("a", option(type=4, min_value=2, max_value=1))],
        "min_value 2 is above",
    ),
    "range of a type": (
        [command("a", option(type=4, min_value=1))],
        [command("a", option(type=3, min_value=1))],
        "mean nothing",
    ),
    "length": (
        [command("a", option(max_length=6000))],
        [command("a", option(max_length=6001))],
        "max_length 6001 is out of bounds",
    ),
    "subcommands alone": (
        [command("a", subcommand("b"), group("c", subcommand("d")))],
        [command("a", subcommand("b"), option("c"))],
        "mixed",
    ),
    "depth": (
        [command("a", group("b", subcommand("c")))],
        [command("a", group("b", group("c", subcommand("d"))))],
        "too deep",
    ),
    "depth of subcommands": (
        [command("a", subcommand("b", option("c")))],
        [command("a", subcommand("b", subcommand("c")))],
        "too deep",
    ),
    "menu's name": ([menu("x" * 32)], [menu("x" * 33)], "33 characters"),
    "menu's description": ([menu(description="")], [menu(description="x")], "no description"),
    "menu's options": ([menu()], [menu(options=[option()])], "no options"),
    "characters": ([heavy()], [heavy(1)], "8001 characters in all"),
    "characters of translations": (
        [heavy(-49) | {"description_localizations": {"de": "d" * 50, "fr": "d" * 50}}],
        [heavy(-49) | {"description_localizations": {"de": "d" * 51, "fr": "d"}}],
        "8001 characters in all",
    ),
}


@pytest.mark.parametrize(("fine", "broken", "said"), COMMANDS.values(), ids=COMMANDS.keys())
def test_commands_at_a_limit_pass_and_ones_over_it_are_named(fine: list[Body], broken: list[Body], said: str) -> None:
    assert check_commands(fine) == []
    assert said in "\n".join(check_commands(broken))


@pytest.mark.parametrize(
    ("fine", "broken", "said"),
    [
        ([choice(str(n)) for n in range(25)], [choice(str(n)) for n in range(26)], "26 choices"),
        ([choice("x" * 100)], [choice("x" * 101)], "101 characters"),
        ([choice("x")], [choice("")], "empty"),
        ([choice(value=2**53)], [choice(value=2**53 + 1)], "too large"),
        ([choice(value=1.5)], [choice(value=True)], "neither text nor a number"),
    ],
)
def test_choices_of_an_autocomplete(fine: list[Body], broken: list[Body], said: str) -> None:
    assert check_choices(fine) == []
    assert said in "\n".join(check_choices(broken))
