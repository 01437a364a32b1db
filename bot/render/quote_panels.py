"""What a moderator or an editor sees of quotes: the form, panels to mend them, their history, and two settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from discord import ui

from bot.questions.quotes import (
    LAST_PAGE,
    DayHourQuestion,
    DayQuestion,
    DeleteQuestion,
    DropQuestion,
    FormQuestion,
    OneQuoteQuestion,
    PanelQuestion,
    PanelsQuestion,
    RestoreQuestion,
    RoleQuestion,
    Scope,
    StepsQuestion,
)
from bot.render.blocks import Accent, Page, card
from bot.render.buttons import OPTIONS, Link, QuestionSelect, pager, row
from bot.render.formatting import count, day, eastern, joined, listed, stamp
from bot.render.forms import Field, Form
from bot.render.quotes import QuoteFacts, under
from bot.render.setting_selects import Choice, SettingSelect
from bot.render.tables import fit, plain
from bot.render.user_text import as_typed_in_line, shortened
from db.models import EASTERN
from db.texts import CONTEXT, LINK, ROLE, SOURCE, SPEAKER, WORDS, Quote, QuoteDraft, QuoteVersion

STEPS = 5
"""Steps of a history on a page."""
WHY = 400
"""Columns of a line that says why something is not saved, at most."""
_BRIEF = 300
"""Characters of words that stand for a whole quote."""
_PARTS = {
    "words": "words",
    "speaker": "speaker",
    "role": "role",
    "context": "occasion",
    "season": "race",
    "round": "race",
    "said_on": "day",
    "source": "source",
    "link": "link",
}
"""What can change in a quote, by the fields of a draft; a driver changes with the speaker."""


def form(question: FormQuestion, typed: Mapping[str, str], *, hint: str = "") -> Form:
    """The form for a quote, with what stands in it already; ``hint`` is said above the words."""
    fields = [
        Field("words", "What was said", hint=hint, long=True, limit=WORDS),
        Field(
            "who",
            "Who said it",
            hint="A driver's name or number; put anyone else's name in quotation marks",
            limit=SPEAKER + 2,
        ),
        Field(
            "about",
            "Their role; occasion on the next line",
            hint="Both optional; “-” for a role you don't know",
            long=True,
            required=False,
            limit=ROLE + CONTEXT + 1,
        ),
        Field(
            "when", "The race, the date, or both", hint="Talladega · 2025.23 · 2025-10-17", required=False, limit=100
        ),
        Field(
            "link",
            "The source: a name, a link, or both",
            hint="NASCAR.com https://www.nascar.com/…",
            required=False,
            limit=SOURCE + LINK + 1,
        ),
    ]
    title = (
        "Edit a quote"
        if question.id
        else "Save a quote"
        if question.scope == Scope.SERVER
        else "Save a quote for everyone"
    )
    return Form(title, [replace(each, value=typed.get(each.name, "")) for each in fields], question)


def not_saved(question: FormQuestion, words: str, why: str, first: Quote | None = None) -> ui.LayoutView:
    """That what was typed is not saved, why, and the way back to it.

    Args:
        question: opens the form again, filled in.
        words: of the quote, as they were typed.
        why: one line, not escaped.
        first: the quote that holds the same words already, or that somebody else has changed.
    """
    links = [Link("Keep editing", question)]
    if first is not None:
        links.append(Link(f"Quote {first.id}", OneQuoteQuestion(first.id)))
    if question.draft is not None:
        links.append(Link("Discard", DropQuestion(question.draft)))
    return card(
        "Not saved yet",
        as_typed_in_line(fit(plain(why), WHY)),
        f"“{shortened(words, _BRIEF)}”" if words.strip() else "",
        accent=Accent.YELLOW,
        small=["What you typed is kept for 30 days, for you only."],
        controls=row(links),
    )


def dropped() -> ui.LayoutView:
    """That a draft was thrown away."""
    return card(
        "Draft discarded", "None of it is kept.", accent=Accent.CHECKERED, small=["`/quote-add` starts a new one."]
    )


def panel(facts: QuoteFacts, now: datetime, *, note: str = "") -> ui.LayoutView:
    """A quote and what can be done to it; ``note`` says what just was."""
    quote = facts.quote
    title = note or f"Quote {quote.id}"
    return under(title, facts, [_kept(quote, now)], _doings(quote))


@dataclass(frozen=True, slots=True)
class PanelsFacts:
    """A page of a scope's own quotes: the one on it, how many there are, and those that were deleted."""

    facts: QuoteFacts | None
    total: int
    removed: tuple[tuple[int, QuoteDraft], ...] = ()
    words: tuple[str, ...] = ()


def panels(held: PanelsFacts, question: PanelsQuestion) -> ui.LayoutView:
    """Quotes to mend, one a page; the deleted ones behind a select."""
    place = "in this server" if question.scope == Scope.SERVER else "for everyone"
    select = _removed(held.removed, question.scope)
    if held.facts is None:
        said = (
            f"No quote with “{as_typed_in_line(' '.join(held.words))}”."
            if held.words
            else f"No quotes saved {place} yet."
        )
        command = "/quote-add" if question.scope == Scope.SERVER else "/quote-curate"
        return card("No quotes to edit", said, accent=Accent.YELLOW, small=[f"`{command}` saves one."], select=select)
    page = Page.of(question.page, 1, min(held.total, LAST_PAGE))
    links = pager(page, lambda number: replace(question, page=number))
    small = [f"{page.number:,} of {held.total:,} saved {place}"]
    return under(f"Quote {held.facts.quote.id}", held.facts, small, [*links, *_doings(held.facts.quote)], select)


def really(facts: QuoteFacts, now: datetime) -> ui.LayoutView:
    """Asks whether the quote is to be deleted."""
    quote = facts.quote
    links = [Link("Yes, delete it", DeleteQuestion(quote.id, "sure")), Link("Keep it", PanelQuestion(quote.id))]
    return under(f"Delete quote {quote.id}?", facts, [_kept(quote, now)], links)


def deleted(quote: Quote) -> ui.LayoutView:
    """That it is gone, and the way to have it back."""
    return card(
        f"Quote {quote.id} deleted",
        f"“{shortened(quote.words, _BRIEF)}”",
        as_typed_in_line(quote.speaker),
        accent=Accent.CHECKERED,
        small=[f"{_command(_scope(quote))} restores deleted quotes, too."],
        controls=row([Link("Undo", RestoreQuestion(_scope(quote), quote.id))]),
    )


def steps(quote: Quote, history: Sequence[QuoteVersion], question: StepsQuestion, requester: int) -> ui.LayoutView:
    """A quote's history, newest first, and the way back to how it read before any step.

    Args:
        quote: as it is.
        history: every step, the newest first.
        question: the page of it.
        requester: who looks, a Discord id.
    """
    page = Page.of(question.page, STEPS, len(history))
    after = [quote.draft(), *(version.before for version in history)]
    lines = [
        _step(v, then, requester, first=v is history[-1])
        for v, then in list(zip(history, after, strict=False))[page.part]
    ]
    back = [
        Link(f"Before {_moment(v.changed_at)}: {_said(v.before)}", RestoreQuestion(_scope(quote), quote.id, number))
        for number, v in zip(range(len(history), 0, -1), history, strict=True)
        if v.before is not None and v.before != quote.draft()
    ]
    turn = pager(page, lambda number: replace(question, page=number))
    return card(
        f"Quote {quote.id} history",
        "\n".join(lines),
        f"**Now** “{shortened(quote.words, _BRIEF)}”",
        accent=Accent.CHECKERED,
        small=[listed([count(len(history), "step"), "use the menu to restore an earlier version" if back else ""])],
        controls=row([*turn, Link("Back", PanelQuestion(quote.id))]),
        select=_choice("restore", "Go back to an earlier version…", back),
    )


def role_panel(role: str | None) -> ui.LayoutView:
    """Who may save quotes; ``role`` is a role's name, None for moderators alone."""
    who = f"Members with the role **{as_typed_in_line(role)}**, and" if role else "Only"
    return card(
        "Who can save quotes",
        f"{who} members with the Manage Messages permission.",
        accent=Accent.GREEN,
        small=["Use `/quote-role` with a role to let its members save and edit quotes, too."],
        controls=row([Link("Moderators only", RoleQuestion(nobody="nobody"))]) if role else None,
    )


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Where a server's quote of the day goes: the channel's id, None for nowhere; when the next one is due.

    ``off`` says why the bot switched it off and ``since`` when, in seconds since 1970; None if it did not. ``hour`` is
    that of the day, Eastern.
    """

    channel: int | None
    next: datetime
    off: str | None = None
    since: int | None = None
    hour: int = 9


def day_panel(facts: DayFacts, now: datetime) -> ui.LayoutView:
    """What is set for the quote of the day."""
    if facts.channel is not None:
        soon = "Today's is coming within minutes." if facts.next <= now else f"Next one: {stamp(facts.next, 'R')}."
        said = f"One a day in <#{facts.channel}>, at {hour_of_day(facts.hour)} Eastern. {soon}"
    elif facts.off:
        since = f" since <t:{facts.since}:d>" if facts.since else ""
        said = f"Off{since}: {as_typed_in_line(facts.off)}."
    else:
        said = "Not set up yet."
    return card(
        "Quote of the day",
        said,
        accent=Accent.GREEN if facts.channel else Accent.YELLOW if facts.off else Accent.CHECKERED,
        small=["Use `/quote-of-the-day` with a channel to set where it goes. It pings nobody."],
        controls=row([Link("Turn off", DayQuestion(off="off"))]) if facts.channel else None,
        select=_hours(facts.hour) if facts.channel else None,
    )


def _hours(chosen: int) -> ui.ActionRow[Any]:
    hours = [Choice(str(hour), f"{hour_of_day(hour)} Eastern", hour == chosen) for hour in range(24)]
    return SettingSelect.of_options(DayHourQuestion(), "When?", hours)


def hour_of_day(hour: int) -> str:
    """``9 a.m.`` for 9."""
    return eastern(datetime(2025, 1, 1, hour, tzinfo=EASTERN))


def _doings(quote: Quote) -> list[Link]:
    return [
        Link("Edit", FormQuestion(_scope(quote), quote.id)),
        Link("Delete", DeleteQuestion(quote.id)),
        Link("History", StepsQuestion(quote.id)),
    ]


def _scope(quote: Quote) -> Scope:
    return Scope.ALL if quote.guild is None else Scope.SERVER


def _command(scope: str) -> str:
    """The command that lists quotes to mend."""
    return "`/quote-edit`" if scope == Scope.SERVER else "`/quote-curate`"


def _choice(name: str, placeholder: str, links: Sequence[Link]) -> ui.ActionRow[Any] | None:
    return ui.ActionRow(QuestionSelect.of(name, placeholder, links[:OPTIONS])) if links else None


def _kept(quote: Quote, now: datetime) -> str:
    """Small print under a title that holds the number."""
    saved = f"saved {stamp(quote.added_at, 'd')}" if quote.added_at <= now else ""
    return listed(["Visible everywhere" if quote.guild is None else "Visible in this server only", saved])


def _removed(removed: Sequence[tuple[int, QuoteDraft]], scope: str) -> ui.ActionRow[Any] | None:
    links = [
        Link(f"{plain(draft.speaker)}: {_said(draft)}", RestoreQuestion(scope, number)) for number, draft in removed
    ]
    return _choice("deleted", "Restore a deleted quote…", links)


def _said(draft: QuoteDraft | None) -> str:
    return f"“{fit(plain(draft.words), 40)}”" if draft else ""


def _moment(moment: datetime) -> str:
    return f"{day(moment.astimezone(EASTERN).date())}, {eastern(moment)}"


def _step(version: QuoteVersion, after: QuoteDraft | None, requester: int, *, first: bool) -> str:
    """One line: when, what, by whom; and how the words read before, where they changed."""
    by = "by you" if version.changed_by == requester else f"by `{version.changed_by}`" if version.changed_by else ""
    what: str = "restored" if version.action == "added" and not first else version.action
    if version.action == "edited" and version.before and after:
        changed = [name for part, name in _PARTS.items() if getattr(version.before, part) != getattr(after, part)]
        what = f"edited: {joined(dict.fromkeys(changed))}" if changed else what
    line = listed([stamp(version.changed_at, "f"), what, by])
    if version.before and after and version.before.words != after.words:
        line += f"\nBefore: “{shortened(version.before.words, _BRIEF)}”"
    return line
