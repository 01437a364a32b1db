from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.computed_season import ComputedSeason
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.recaps.facts import TITLES, Recap, RecapLine, Section
from bot.render.blocks import Accent
from bot.render.recap import GLANCE, recap_card
from db.models import Adjustment, Season
from db.recaps.models import SectionKind
from tests.bot.render.reading import accent, body, buttons, lines, options, parts, small, text, texts
from tests.bot.render.test_limits import ODD, season_of
from tests.checks.formatting import read
from tests.checks.limits import check_message
from tests.examples import examples
from tests.seasons import Row, make_season

NOW = datetime(2025, 12, 1, tzinfo=UTC)
EDITED = datetime(2025, 11, 1, tzinfo=UTC)
GALLERY = 12
NUTSHELL, TOP, MOVE, PLAYOFFS = (
    Section(SectionKind.NUTSHELL, "In a nutshell", ("Corey Heim won his second.", "He leads.")),
    Section(
        SectionKind.TOP, "Top truckers", (), (RecapLine("Winner", "Corey Heim (No. 11)"), RecapLine("", "and more"))
    ),
    Section(SectionKind.MOVE, "The winning move", ("He passed *them* all on lap 99.",)),
    Section(SectionKind.PLAYOFFS, "Playoff rundown", ("Four are in.",)),
)


def three_races(**facts: object) -> Season:
    orders = [[Row("Corey Heim", make="Toyota")], [Row("Corey Heim", make="Ford")], [Row("Ty Majeski")]]
    return make_season(2025, orders, upcoming=1, **facts)  # type: ignore[arg-type]


def ask(
    *sections: Section, section: str | None = None, number: int = 2, page: int = 1, season: Season | None = None
) -> ui.LayoutView:
    known = season or three_races()
    race = known.race(number)
    assert race is not None
    return recap_card(Recap(race, sections), ComputedSeason(known), RecapQuestion(2025, number, section, page), NOW)


def test_the_first_screen_is_the_nutshell_the_top_truckers_and_the_playoffs() -> None:
    view = ask(NUTSHELL, TOP, MOVE, PLAYOFFS)
    assert lines(view) == [
        "## Recap · Atlanta 2025",
        "Corey Heim won his second.",
        "",
        "He leads.",
        "### Top truckers",
        "**Winner** Corey Heim (No. 11)",
        "and more",
        "### Playoff rundown",
        "Four are in.",
        "-# Atlanta 102 · Feb 21, 2025 · race 2 of 4",
        "-# Data through race 3 of 4, Las Vegas 103 (Feb 28) · 1 later race should be over, no results yet",
    ]
    assert accent(view) == Accent.FORD


def test_the_select_has_every_section_there_is_and_the_buttons_lead_on() -> None:
    view = ask(NUTSHELL, TOP, MOVE, PLAYOFFS)
    assert options(view) == {
        GLANCE: RecapQuestion(2025, 2),
        "In a nutshell": RecapQuestion(2025, 2, "nutshell"),
        "Top truckers": RecapQuestion(2025, 2, "top"),
        "The winning move": RecapQuestion(2025, 2, "move"),
        "Playoff rundown": RecapQuestion(2025, 2, "playoffs"),
    }
    assert buttons(view) == {
        "Race 1": RecapQuestion(2025, 1),
        "Race 3": RecapQuestion(2025, 3),
        "Full results": ResultsQuestion(2025, 2),
        "Standings": StandingsQuestion(2025, 2),
    }
    assert set(buttons(ask(NUTSHELL, number=1))) == {"Race 2", "Full results", "Standings"}
    assert set(buttons(ask(NUTSHELL, number=3))) == {"Race 2", "Full results", "Standings", "Next race"}


def test_a_section_has_a_screen_of_its_own() -> None:
    view = ask(NUTSHELL, TOP, MOVE, section="move")
    assert lines(view)[:2] == ["## The winning move · Atlanta 2025", "He passed \\*them\\* all on lap 99."]
    chosen = [o["label"] for part in parts(view) for o in part.get("options", ()) if o.get("default")]
    assert chosen == ["The winning move"]


def test_a_section_that_is_not_there_is_the_first_screen() -> None:
    assert lines(ask(NUTSHELL, section="quotes"))[0] == "## Recap · Atlanta 2025"


def test_an_editors_words_bear_his_name_and_his_picture() -> None:
    paint = Section(
        SectionKind.PAINT, TITLES[SectionKind.PAINT], ("Red.",), (), "J. *Doe*", "https://a.b/c.png", EDITED
    )
    view = ask(NUTSHELL, paint, section="paint")
    edited = f", edited <t:{int(EDITED.timestamp())}:R>"
    assert small(view)[1] == f"Written by J. \\*Doe\\*{edited}"
    gallery = [part for part in parts(view) if part["type"] == GALLERY]
    assert [item["media"]["url"] for item in gallery[0]["items"]] == ["https://a.b/c.png"]
    assert not check_message(body(view))


def test_where_others_are_made_the_mark_says_which_section_has_whose_words() -> None:
    def by(section: Section, author: str) -> Section:
        return Section(section.kind, section.title, ("Words.",), (), author, None, EDITED)

    one = small(ask(by(NUTSHELL, "Mo"), TOP, by(PLAYOFFS, "Mo")))
    assert one[1].startswith("Written by Mo (In a nutshell, Playoff rundown), edited ")
    two = small(ask(by(NUTSHELL, "Mo"), by(PLAYOFFS, "Jo")))
    assert two[1].startswith("Written by Mo (In a nutshell), ")
    assert two[2].startswith("Written by Jo (Playoff rundown), ")
    assert small(ask(by(NUTSHELL, "Mo")))[1].startswith("Written by Mo, ")
    assert not any(line.startswith("Words") for line in small(ask(NUTSHELL, TOP)))


BUNDLED = "an editor of Tailgate"


@pytest.mark.parametrize(("author", "shown"), [("Tailgate", BUNDLED), ("tailgate", BUNDLED), ("Mo", "Mo")])
def test_words_that_came_with_the_program_are_said_to_be_an_editors(author: str, shown: str) -> None:
    words = Section(NUTSHELL.kind, NUTSHELL.title, ("Words.",), (), author, None, EDITED)
    assert small(ask(words))[1].startswith(f"Written by {shown}, edited ")


def numbered(places: int, *before: RecapLine) -> Section:
    lines = [RecapLine(str(place), f"Driver {place}, {300 - place} points") for place in range(1, places + 1)]
    return Section(SectionKind.PLAYOFFS, "Playoff rundown", ("Four are in.",), (*before, *lines))


@pytest.mark.parametrize(("length", "shown"), [(100, 5), (480, 0), (540, 0)])
def test_a_numbered_list_is_on_the_first_screen_as_a_whole_or_not_at_all(length: int, shown: int) -> None:
    view = ask(NUTSHELL, TOP, numbered(5, RecapLine("Above the line", "x" * length)))
    assert [line for line in lines(view) if line.startswith("**Above the line**")]
    assert sum(bool(re.match(r"\*\*\d\*\* ", line)) for line in lines(view)) == shown
    whole = ask(numbered(5, RecapLine("Above the line", "x" * length)), section="playoffs")
    assert sum(bool(re.match(r"\*\*\d\*\* ", line)) for line in lines(whole)) == 5


def test_points_before_the_race_are_left_out_on_the_first_screen() -> None:
    side = RecapLine("Above the line", "Heim +3 (was +1)", "Heim +3")
    section = Section(SectionKind.PLAYOFFS, "Playoff rundown", ("Four are in.",), (side,))
    assert "**Above the line** Heim +3" in lines(ask(NUTSHELL, section))
    assert "**Above the line** Heim +3 (was +1)" in lines(ask(section, section="playoffs"))


def test_words_of_tomorrow_have_no_time() -> None:
    soon = datetime(2026, 1, 1, tzinfo=UTC)
    assert small(ask(Section(NUTSHELL.kind, NUTSHELL.title, ("x",), (), "Mo", None, soon)))[1] == "Written by Mo"


def test_the_first_screen_shows_the_paragraphs_for_which_there_is_room_and_says_where_more_is() -> None:
    def of(kind: SectionKind, *lengths: int) -> Section:
        return Section(kind, TITLES[kind], tuple(f"{kind}{n} " + "x" * length for n, length in enumerate(lengths)))

    long = [of(SectionKind.NUTSHELL, 300, 300), of(SectionKind.TOP, 40), of(SectionKind.PLAYOFFS, 400, 300, 20)]
    view = ask(*long)
    said = text(view)
    assert "nutshell1 " in said
    assert "playoffs0 " in said
    assert "playoffs1 " not in said
    assert "playoffs2 " not in said
    assert small(view)[0] == "Playoff rundown in full, and more, in the menu"
    whole = ask(*long, section="playoffs")
    assert lines(whole)[1::2][:3] == list(long[2].paragraphs)
    assert not any(line.startswith("More of it") for line in small(whole))


def test_the_first_screen_has_figures_rather_than_a_second_paragraph() -> None:
    told = replace(
        PLAYOFFS, paragraphs=("Four are in.", "Nobody crossed."), lines=(RecapLine("Above the line", "Heim +5"),)
    )
    said = text(view := ask(NUTSHELL, told))
    assert "Four are in.\n**Above the line** Heim +5" in said
    assert "Nobody crossed" not in said
    assert any("Playoff rundown" in line for line in small(view))
    assert "Nobody crossed" in text(ask(NUTSHELL, told, section="playoffs"))


def test_a_first_paragraph_too_long_for_the_first_screen_ends_early_there() -> None:
    long = [
        Section(kind, TITLES[kind], (" ".join(f"{kind}{n}" for n in range(200)),))
        for kind in (SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.PLAYOFFS)
    ]
    view = ask(*long)
    assert len(text(view)) < 2500
    assert [line[-1] for line in lines(view) if "0 " in line] == ["…", "…", "…"]
    assert small(view)[0] == "In a nutshell, Top truckers, Playoff rundown in full, and more, in the menu"
    assert lines(ask(*long, section="top"))[1] == long[1].paragraphs[0]


def test_a_section_longer_than_a_message_has_pages() -> None:
    stars = Section(SectionKind.MOVE, "The winning move", ("\n".join(["*" * 60] * 49),), (), "Mo", None, EDITED)
    first, second = ask(stars, section="move"), ask(stars, section="move", page=2)
    assert set(buttons(first)) == {"Next →", "Full results"}
    assert buttons(first)["Next →"] == RecapQuestion(2025, 2, "move", 2)
    assert buttons(second)["← Back"] == RecapQuestion(2025, 2, "move", 1)
    assert (text(first) + text(second)).count("\\*") == 49 * 60
    assert lines(ask(stars, section="move", page=99)) == lines(second)


def test_a_recap_of_nothing_but_a_winner_says_who_won() -> None:
    view = ask()
    assert lines(view)[1] == "**Corey Heim** won."
    assert set(options(view)) == {GLANCE}


def test_results_without_a_winner_have_no_recap_and_the_small_print_says_why() -> None:
    season = three_races()
    row = season.results[2][0]
    rival = replace(row, entry=replace(row.entry, driver="ty-majeski"))
    for rows, why in [((replace(row, finish=2),), "race 2: no winner"), ((row, rival), "race 2: 2 winners")]:
        known = replace(season, results={**season.results, 2: rows})
        view = ask(season=known)
        assert lines(view)[1] == "No recap: the results on record don't tell who won this race."
        assert "won." not in text(view)
        assert f"Left out, since it can't be right: {why}." in small(view)
        assert accent(view) == Accent.CHECKERED
        # What is wrong with a later race is no matter of this one.
        assert "Left out" not in text(ask(NUTSHELL, number=1, season=known))


def test_a_penalty_behind_the_race_is_named_as_with_its_results() -> None:
    taken = Adjustment(2, "corey-heim", -25, reason="loose wheel")
    view = ask(NUTSHELL, season=three_races(adjustments=(taken,)))
    assert "Penalty: Heim −25 points: loose wheel" in small(view)
    assert "Penalty" not in text(ask(NUTSHELL, number=3, season=three_races(adjustments=(taken,))))


SIGNS = st.sampled_from([*"\\*_`|<>[]()#@:-~ \n", "@everyone", "<@123456789012345678>", "```", "https://a.example/b_c"])
WORDS = st.lists(SIGNS | st.text(max_size=40), max_size=80).map("".join)


@st.composite
def sections(draw: st.DrawFn) -> tuple[Section, ...]:
    return tuple(
        Section(
            kind,
            TITLES[kind],
            tuple(draw(st.lists(WORDS, min_size=1, max_size=3))),
            tuple(RecapLine(draw(WORDS)[:80], draw(WORDS)) for _ in range(draw(st.integers(0, 12)))),
            draw(st.none() | st.text(min_size=1, max_size=80)),
            draw(st.none() | st.just("https://a.example/b.png")),
            EDITED,
        )
        for kind in SectionKind
    )


@examples(30)
@given(sections(), st.sampled_from([None, *SectionKind]))
def test_whatever_was_written_is_a_message_and_mentions_nobody(
    written: tuple[Section, ...], kind: SectionKind | None
) -> None:
    view = ask(*written, section=kind)
    assert not check_message(body(view))
    assert not {"mention", "command", "masked link", "code", "emoji"} & set(read(text(view)).active)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_no_name_breaks_a_limit(odd: str) -> None:
    season = season_of(odd)
    race = season.races[0]
    written = [
        Section(kind, TITLES[kind], (odd * 15,), (RecapLine(odd, odd),), odd[:80], "https://a.example/b.png", EDITED)
        for kind in SectionKind
    ]
    for kind in (None, *SectionKind):
        view = recap_card(Recap(race, tuple(written)), ComputedSeason(season), RecapQuestion(2025, 1, kind), NOW)
        assert not check_message(body(view))
        assert all(label.isprintable() for label in (*buttons(view), *options(view)))
        assert all(part.count("```") == 0 for part in texts(view))
