import pytest

from tests.checks.formatting import read


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("# Big", "heading"),
        ("### Smaller", "heading"),
        ("-# small", "small print"),
        ("> said", "quotation"),
        (">>> said", "quotation"),
        ("1. one", "numbered list"),
        ("* one", "list"),
        ("title\n---", "rule or underlined heading"),
        ("`x`", "code"),
        ("```\nx\n```", "code"),
        ("hi <@123>", "mention"),
        ("<@&123>", "mention"),
        ("<#123>", "mention"),
        ("@everyone", "mention"),
        ("\\@here @here", "mention"),
        ("<t:1:R>", "timestamp"),
        ("<:ram:1>", "emoji"),
        (":smile:", "emoji"),
        ("</next:1>", "command"),
        ("[a](https://b.c)", "masked link"),
        ("**a**", "emphasis"),
        ("_a_", "emphasis"),
        ("~~a~~", "struck out"),
        ("||a||", "spoiler"),
        ("&lt;", "entity"),
    ],
)
def test_what_has_an_effect_is_found(text: str, active: str) -> None:
    assert active in read(text).active


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with a full stop. And 2 more", "plain, with a full stop. And 2 more"),
        ("\\*a\\*", "*a*"),
        ("- a point", "- a point"),
        ("\\# no heading", "# no heading"),
        ("1\\. no list", "1. no list"),
        ("\\<@1>", "<@1>"),
    ],
)
def test_what_is_escaped_has_none(text: str, shown: str) -> None:
    found = read(text)
    assert found.active == []
    assert found.shown == shown


def test_links_are_found_bare_and_in_brackets() -> None:
    assert read("see https://a.b/c_d, or <http://e.f/*g*>").links == ["https://a.b/c_d", "http://e.f/*g*"]
    assert read("steam://run/1").links == ["steam://run/1"]
