from datetime import UTC, datetime

import pytest

from bot.questions.core import AboutQuestion, HelpQuestion
from bot.render.about import TOPICS, about, help_card
from tests.bot.render.reading import buttons, lines, options, small, text
from tests.seasons import make_season

LATER = datetime(2025, 12, 1, tzinfo=UTC)


def test_about_says_version_freshness_of_each_season_privacy_and_that_it_is_unofficial() -> None:
    seasons = [make_season(2024, [["Ty Majeski"], ["Ty Majeski"]]), make_season(2025, [["Corey Heim"]], upcoming=1)]
    view = about(seasons, AboutQuestion(), LATER, version="1.2.3")
    assert lines(view)[0] == "## Tailgate 1.2.3"
    assert lines(view)[2].startswith("**2025** through race 1 of 2 (Feb 14) · 1 later race should be over")
    assert lines(view)[3] == "**2024** all 2 races"
    assert "keeps no messages and no member list" in text(view)
    assert "not affiliated with NASCAR" in text(view)
    assert buttons(view)["Help"] == HelpQuestion()


def test_help_says_that_names_alone_are_wanted() -> None:
    said = lines(help_card(make_season(2025, [["Corey Heim"]]), HelpQuestion(), LATER))[1]
    assert said == "Start with `/standings`. Only `/driver` and `/compare` need names."


def test_links_of_the_project_stand_beside_the_official_site() -> None:
    seasons = [make_season(2025, [["Corey Heim"]])]
    assert "[source](https://example.org) · official site" in text(
        about(seasons, AboutQuestion(), LATER, version="1", links=["[source](https://example.org)"])
    )


@pytest.mark.parametrize("topic", [None, "unheard-of", *TOPICS])
def test_every_topic_of_the_help_leads_to_every_other(topic: str | None) -> None:
    view = help_card(make_season(2025, [["Corey Heim"]]), HelpQuestion(topic), LATER)
    assert options(view) == {known.title: HelpQuestion(key) for key, known in TOPICS.items()}
    assert lines(view)[0] == f"## {TOPICS[topic].title if topic in TOPICS else 'How to use Tailgate'}"
    assert small(view)[-1].startswith("Data through race 1")
