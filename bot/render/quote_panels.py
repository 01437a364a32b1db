"""What a moderator or an editor sees of quotes: the form, the panels for managing them, their history, two settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from discord import ui

from bot.questions.quotes import (
    LAST_PAGE,
    DayHourQuestion,
    DayPastQuestion,
    DayQuestion,
    DaySettingQuestion,
    DeleteQuestion,
    DiscardQuoteDraftQuestion,
    FormQuestion,
    ManageQuoteQuestion,
    ManageQuotesQuestion,
    OneQuoteQuestion,
    QuoteHistoryQuestion,
    RestoreQuestion,
    RoleQuestion,
    Scope,
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
from db.quotes.models import (
    CONTEXT_LIMIT,
    ROLE_LIMIT,
    SOURCE_LIMIT,
    SPEAKER_LIMIT,
    WORDS_LIMIT,
    Quote,
    QuoteDraft,
    QuoteVersion,
)
from db.user_text import LINK_LIMIT

STEPS = 5
"""Steps of a history on one page."""
REASON = 400
"""The most columns of the line that says why something is not saved."""
_BRIEF = 300
"""Characters of a quote where only its beginning is shown."""
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
"""What the history calls each field of a draft; the driver is not named, because it changes with the speaker."""


def form(question: FormQuestion, values: Mapping[str, str], *, hint: str = "") -> Form:
    """The form for a quote with these values, by field name; ``hint`` is shown above the words."""
    fields = [
        Field("words", "What was said", hint=hint, long=True, limit=WORDS_LIMIT),
        Field(
            "who",
            "Who said it",
            hint="A driver's name or number; put anyone else's name in quotation marks",
            limit=SPEAKER_LIMIT + 2,
        ),
        Field(
            "about",
            "Their role; occasion on the next line",
            hint="Both optional; “-” for a role you don't know",
            long=True,
            required=False,
            limit=ROLE_LIMIT + CONTEXT_LIMIT + 1,
        ),
        Field(
            "when", "The race, the date, or both", hint="Talladega · 2025.23 · 2025-10-17", required=False, limit=100
        ),
        Field(
            "link",
            "The source: a name, a link, or both",
            hint="NASCAR.com https://www.nascar.com/…",
            required=False,
            limit=SOURCE_LIMIT + LINK_LIMIT + 1,
        ),
    ]
    title = (
        "Edit a quote"
        if question.id
        else "Save a quote"
        if question.scope == Scope.SERVER
        else "Save a quote for everyone"
    )
    return Form(title, [replace(each, value=values.get(each.name, "")) for each in fields], question)


def not_saved(question: FormQuestion, words: str, why: str, other: Quote | None = None) -> ui.LayoutView:
    """That a submitted quote is not saved, why, and the way back to the form.

    Args:
        question: opens the form again, filled in.
        words: the words of the quote, as they were typed.
        why: one line, not escaped.
        other: the quote that has the same words already, or that somebody else has changed.
    """
    links = [Link("Keep editing", question)]
    if other is not None:
        links.append(Link(f"Quote {other.id}", OneQuoteQuestion(other.id)))
    if question.draft is not None:
        links.append(Link("Discard", DiscardQuoteDraftQuestion(question.draft)))
    return card(
        "Not saved yet",
        as_typed_in_line(fit(plain(why), REASON)),
        f"“{shortened(words, _BRIEF)}”" if words.strip() else "",
        accent=Accent.YELLOW,
        small=["What you typed is kept for 30 days, for you only."],
        controls=row(links),
    )


def draft_discarded() -> ui.LayoutView:
    """That a draft was discarded."""
    return card(
        "Draft discarded", "None of it is kept.", accent=Accent.CHECKERED, small=["`/quote-add` starts a new one."]
    )


def manage_quote(facts: QuoteFacts, now: datetime, *, note: str = "") -> ui.LayoutView:
    """A quote and what can be done to it; ``note`` says what was just done."""
    quote = facts.quote
    title = note or f"Quote {quote.id}"
    return under(title, facts, [_visibility(quote, now)], _actions(quote))


@dataclass(frozen=True, slots=True)
class ManageFacts:
    """A page of a scope's own quotes.

    Attributes:
        facts: the quote on the page; None if there are no quotes.
        total: how many quotes there are.
        deleted: number and last version of those that were deleted.
        words: the words of the search; empty for all quotes.
    """

    facts: QuoteFacts | None
    total: int
    deleted: tuple[tuple[int, QuoteDraft], ...] = ()
    words: tuple[str, ...] = ()


def manage_quotes(page_facts: ManageFacts, question: ManageQuotesQuestion) -> ui.LayoutView:
    """The quotes of a scope, one on a page; the deleted ones are in a select."""
    place = "in this server" if question.scope == Scope.SERVER else "for everyone"
    select = _deleted_select(page_facts.deleted, question.scope)
    if page_facts.facts is None:
        message = (
            f"No quote with “{as_typed_in_line(' '.join(page_facts.words))}”."
            if page_facts.words
            else f"No quotes saved {place} yet."
        )
        command = "/quote-add" if question.scope == Scope.SERVER else "/quote-curate"
        return card(
            "No quotes to edit", message, accent=Accent.YELLOW, small=[f"`{command}` saves one."], select=select
        )
    page = Page.of(question.page, 1, min(page_facts.total, LAST_PAGE))
    links = pager(page, lambda number: replace(question, page=number))
    small = [f"{page.number:,} of {page_facts.total:,} saved {place}"]
    return under(
        f"Quote {page_facts.facts.quote.id}",
        page_facts.facts,
        small,
        [*links, *_actions(page_facts.facts.quote)],
        select,
    )


def confirm_delete(facts: QuoteFacts, now: datetime) -> ui.LayoutView:
    """Asks whether the quote is to be deleted."""
    quote = facts.quote
    links = [Link("Yes, delete it", DeleteQuestion(quote.id, "sure")), Link("Keep it", ManageQuoteQuestion(quote.id))]
    return under(f"Delete quote {quote.id}?", facts, [_visibility(quote, now)], links)


def deleted(quote: Quote) -> ui.LayoutView:
    """That the quote is deleted, with a button that restores it."""
    return card(
        f"Quote {quote.id} deleted",
        f"“{shortened(quote.words, _BRIEF)}”",
        as_typed_in_line(quote.speaker),
        accent=Accent.CHECKERED,
        small=[f"{_command(_scope(quote))} restores deleted quotes, too."],
        controls=row([Link("Undo", RestoreQuestion(_scope(quote), quote.id))]),
    )


def quote_history(
    quote: Quote, history: Sequence[QuoteVersion], question: QuoteHistoryQuestion, requester: int
) -> ui.LayoutView:
    """A quote's history, newest first, with a select that restores an earlier version.

    Args:
        quote: the quote now.
        history: every step, the newest first.
        question: the page.
        requester: the Discord id of who asks; their own steps are "by you".
    """
    page = Page.of(question.page, STEPS, len(history))
    after = [quote.draft(), *(version.before for version in history)]
    lines = [
        _step(v, then, requester, first=v is history[-1])
        for v, then in list(zip(history, after, strict=False))[page.part]
    ]
    back = [
        Link(
            f"Before {_moment(v.changed_at)}: {_beginning(v.before)}", RestoreQuestion(_scope(quote), quote.id, number)
        )
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
        controls=row([*turn, Link("Back", ManageQuoteQuestion(quote.id))]),
        select=_select("restore", "Go back to an earlier version…", back),
    )


def role_panel(role: str | None) -> ui.LayoutView:
    """Who may save quotes; ``role`` is the role's name, None for moderators only."""
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
    """The setting of a server's quote of the day.

    Attributes:
        channel: the id of the channel it goes to; None while it is off.
        next: when the next one is due.
        off: why the bot itself switched it off; None if it did not.
        since: when the bot did so, in seconds since 1970.
        hour: of the day, Eastern.
        last_channel: the id of the channel it went to before it was switched off; None if it was never set.
        trouble: why nothing gets through, and what helps, as a line; empty if nothing is wrong.
        past: whether it says what happened on the day in other years.
    """

    channel: int | None
    next: datetime
    off: str | None = None
    since: int | None = None
    hour: int = 9
    last_channel: int | None = None
    trouble: str = ""
    past: bool = False


def day_panel(facts: DayFacts, now: datetime) -> ui.LayoutView:
    """What is set for the quote of the day."""
    if facts.channel is not None:
        soon = "Today's is coming within minutes." if facts.next <= now else f"Next one: {stamp(facts.next, 'R')}."
        state = f"One a day in <#{facts.channel}>, at {hour_of_day(facts.hour)} Eastern."
        state = state if facts.trouble else f"{state} {soon}"
    elif facts.off:
        since = f" since <t:{facts.since}:d>" if facts.since else ""
        state = f"Off{since}: {as_typed_in_line(facts.off)}."
    elif facts.last_channel is not None:
        state = f"Off. **Turn on** posts it in <#{facts.last_channel}> again, at {hour_of_day(facts.hour)} Eastern."
    else:
        state = "Not set up yet."
    well = Accent.GREEN if facts.channel else Accent.CHECKERED
    return card(
        "Quote of the day",
        state,
        "With it comes what happened in the series on that day in other years." if facts.channel and facts.past else "",
        facts.trouble,
        accent=Accent.YELLOW if facts.trouble or (facts.off and not facts.channel) else well,
        small=["Use `/quote-of-the-day` with a channel to set where it goes. It pings nobody."],
        controls=_switch(facts),
        select=_hours(facts.hour) if facts.channel else None,
    )


def _switch(facts: DayFacts) -> ui.ActionRow[Any] | None:
    """The buttons that turn it off and add the day's past to it, or the one that turns it on again where it was."""
    if facts.channel is not None:
        past = Link("Leave out On this day" if facts.past else "Add On this day", DayPastQuestion(_other(facts.past)))
        return row([Link("Turn off", DayQuestion(off="off")), past])
    return row([Link("Turn on", DaySettingQuestion(facts.last_channel))]) if facts.last_channel is not None else None


def _other(on: bool) -> str:
    return "off" if on else "on"


def _hours(chosen: int) -> ui.ActionRow[Any]:
    hours = [Choice(str(hour), f"{hour_of_day(hour)} Eastern", hour == chosen) for hour in range(24)]
    return SettingSelect.of_options(DayHourQuestion(), "When?", hours)


def hour_of_day(hour: int) -> str:
    """``9 a.m.`` for 9."""
    return eastern(datetime(2025, 1, 1, hour, tzinfo=EASTERN))


def _actions(quote: Quote) -> list[Link]:
    return [
        Link("Edit", FormQuestion(_scope(quote), quote.id)),
        Link("Delete", DeleteQuestion(quote.id)),
        Link("History", QuoteHistoryQuestion(quote.id)),
    ]


def _scope(quote: Quote) -> Scope:
    return Scope.ALL if quote.guild is None else Scope.SERVER


def _command(scope: str) -> str:
    """The command that lists quotes for editing."""
    return "`/quote-edit`" if scope == Scope.SERVER else "`/quote-curate`"


def _select(name: str, placeholder: str, links: Sequence[Link]) -> ui.ActionRow[Any] | None:
    return ui.ActionRow(QuestionSelect.of(name, placeholder, links[:OPTIONS])) if links else None


def _visibility(quote: Quote, now: datetime) -> str:
    """Small print: who sees the quote, and when it was saved. The number is in the title."""
    saved = f"saved {stamp(quote.added_at, 'd')}" if quote.added_at <= now else ""
    return listed(["Visible everywhere" if quote.guild is None else "Visible in this server only", saved])


def _deleted_select(deleted_quotes: Sequence[tuple[int, QuoteDraft]], scope: str) -> ui.ActionRow[Any] | None:
    links = [
        Link(f"{plain(draft.speaker)}: {_beginning(draft)}", RestoreQuestion(scope, number))
        for number, draft in deleted_quotes
    ]
    return _select("deleted", "Restore a deleted quote…", links)


def _beginning(draft: QuoteDraft | None) -> str:
    return f"“{fit(plain(draft.words), 40)}”" if draft else ""


def _moment(moment: datetime) -> str:
    return f"{day(moment.astimezone(EASTERN).date())}, {eastern(moment)}"


def _step(version: QuoteVersion, after: QuoteDraft | None, requester: int, *, first: bool) -> str:
    """One line: when, what and by whom; if the words changed, a second line with the words before."""
    by = "by you" if version.changed_by == requester else f"by `{version.changed_by}`" if version.changed_by else ""
    what: str = "restored" if version.action == "added" and not first else version.action
    if version.action == "edited" and version.before and after:
        changed = [name for part, name in _PARTS.items() if getattr(version.before, part) != getattr(after, part)]
        what = f"edited: {joined(dict.fromkeys(changed))}" if changed else what
    line = listed([stamp(version.changed_at, "f"), what, by])
    if version.before and after and version.before.words != after.words:
        line += f"\nBefore: “{shortened(version.before.words, _BRIEF)}”"
    return line
