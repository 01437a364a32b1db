"""The parser of the command line: every command, option and line of help."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from bot import __version__
from bot.commandline.standings import DEFAULT_VIEW, STANDINGS_VIEWS
from bot.feeds.refresh import FIRST_YEAR
from bot.settings import at_home, parse_moment, parse_speed

EVE_OF_TALLADEGA = "2025-10-16T17:00-04:00"
"""Where `tailgate try` starts the clock: Thursday, 16 October 2025, 5 p.m. Eastern."""

LONGEST_TEXT = 100
"""Characters of what a fan types, as in chat."""

DEFAULT_STORE = "TAILGATE_DB, else in your data folder"

EXPORTS = ("standings", "results", "schedule", "drivers", "tracks", "season", "quotes", "recaps")


def _moment(text: str) -> datetime | None:
    """The moment given to ``--at``; None for the present."""
    if text == "now":
        return None
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _file(text: str) -> Path:
    try:
        return at_home(Path(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _speed(text: str) -> float:
    try:
        return parse_speed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise argparse.ArgumentTypeError("it names no race; give one such as 'talladega 2025'")
    return text


def _is_whole(text: str) -> bool:
    """Whether a text is a number of digits as a keyboard has them, few enough to be one that is asked for."""
    return text.isascii() and text.isdigit() and len(text) < 20


def _port(text: str) -> int:
    if not _is_whole(text) or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a port; it is a number from 1 to 65535")
    return int(text)


def _round(text: str) -> int:
    if not _is_whole(text):
        raise argparse.ArgumentTypeError(f"{text!r} isn't a race; give its number in the season, such as 22")
    return int(text)


def _race(text: str) -> int:
    if not _is_whole(text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a race's id; NASCAR's ids are numbers such as 5504")
    return int(text)


def _year(text: str) -> int:
    if not _is_whole(text) or len(text) != 4:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a season; give its year, such as 2025")
    return int(text)


def _guild(text: str) -> int:
    if not _is_whole(text) or not 0 < int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a server's id; Discord copies one from the server's menu")
    return int(text)


class OneLineParser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line; the usage, which would come before it, is in ``--help``."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser; each command is in ``command``."""
    parser = OneLineParser(
        prog="tailgate",
        description="A Discord bot for fans of the NASCAR Craftsman Truck Series. "
        "Unofficial; not affiliated with NASCAR.",
        epilog="New here? `tailgate try` shows the bot in your browser, without a Discord account or a network.",
    )
    parser.add_argument("--version", action="version", version=f"Tailgate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, summary: str, more: str = "", *, store: str = DEFAULT_STORE) -> argparse.ArgumentParser:
        parser = commands.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}. {more}".strip()
        )
        parser.add_argument("--db", type=_file, metavar="PATH", help=f"the store's SQLite file (default: {store})")
        return parser

    add("run", "run the bot on Discord", "Needs DISCORD_TOKEN, in the environment or in a file named .env.")
    _add_try(
        add(
            "try",
            "try the bot in your browser",
            "No token, no network: a page on this machine that looks like Discord.",
            store="a new one with the bundled seasons, gone when the page is stopped",
        )
    )
    importing = add(
        "import",
        "import documents into the store",
        "All of them or, if anything is wrong with one, none. Facts that a document leaves out stay as they are.",
    )
    importing.add_argument("files", nargs="*", type=Path, metavar="FILE", help=".json or .csv, as export writes them")
    importing.add_argument(
        "--bundled", action="store_true", help="import the seasons that come with this version, after an update"
    )
    importing.add_argument(
        "--older", action="store_true", help="take in, too, what was retrieved before what is stored of a race"
    )
    importing.add_argument(
        "--hand-back",
        type=_year,
        metavar="YEAR",
        help="with --bundled: replace what you imported of that season by what comes with this version",
    )
    importing.add_argument("--guild", type=_guild, metavar="ID", help="quotes: as one server's own, seen there alone")
    _add_export(
        add(
            "export",
            "write stored facts as a document",
            "All but standings can be imported again with `tailgate import`.",
        )
    )
    _add_refresh(
        add(
            "refresh",
            "fetch what is new from NASCAR's feeds",
            "It can be cut off at any moment, and goes on where it was. `run` does so by itself.",
        )
    )
    backup = add("backup", "copy the store into a new file", "Safe while the bot runs.")
    backup.add_argument("file", type=Path, metavar="FILE", help="the new file; it must not exist")
    add("check", "inspect the store", "Changes nothing; exit status 1 if anything is wrong.")
    add("sync", "register the commands with Discord now", "`run` does so by itself whenever they have changed.")
    return parser


def _add_try(parser: argparse.ArgumentParser) -> None:
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--at",
        type=_moment,
        default=_moment(EVE_OF_TALLADEGA),
        metavar="TIME",
        help="where the clock starts, such as 2025-10-17T14:55-04:00 (no offset: Eastern), or `now`; "
        "by default the eve of Talladega, Thursday 16 October 2025, 5 p.m. Eastern",
    )
    when.add_argument(
        "--replay",
        type=_text,
        metavar="RACE",
        help="run a past race again from its laps, such as 'talladega 2025'; the clock starts just before it",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        metavar="N",
        help="how many times faster the clock runs (default: 1; with --replay so fast that the race takes minutes)",
    )
    parser.add_argument("--port", type=_port, metavar="N", help="the page's port (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")


def _add_refresh(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--season", type=_year, nargs="+", default=(), metavar="YEAR", help="whole seasons (default: what is due now)"
    )
    which.add_argument("--race", type=_race, metavar="ID", help="one race, by NASCAR's id")
    which.add_argument(
        "--all", action="store_true", dest="everything", help=f"every season from {FIRST_YEAR} on; takes minutes"
    )
    parser.add_argument(
        "--trust-feed",
        action="store_true",
        help="with --race: take the feed's word even against what you imported or the program came with",
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=EXPORTS, metavar="WHAT", help=", ".join(EXPORTS))
    parser.add_argument(
        "--season", type=_year, metavar="YEAR", help="default: the latest with results; of quotes and recaps all"
    )
    parser.add_argument(
        "--after", type=_round, metavar="RACE", help="standings and results: as they stood after race number RACE"
    )
    parser.add_argument(
        "--view",
        choices=STANDINGS_VIEWS,
        metavar="VIEW",
        help=f"standings: {', '.join(STANDINGS_VIEWS)} (default: {DEFAULT_VIEW})",
    )
    parser.add_argument("--guild", type=_guild, metavar="ID", help="quotes: one server's own (default: the operator's)")
    parser.add_argument("--format", choices=("json", "csv"), default="json", help="default: json")
