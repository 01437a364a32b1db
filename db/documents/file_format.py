"""The file format that export writes, import reads and the bundled seasons are kept in.

A document is one JSON object. Besides the fields of its ``Header`` it holds any of the sections below, each a list
with one row per line. A season's file holds what belongs to the season. Drivers and tracks, which outlive a
season, have their own files, and so do quotes and editors' recaps, whose rows name their race. A field that is left
out is unknown (a flag that is left out is false).
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Literal, Self

import pydantic
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from db.documents.dates import read_day, read_moment
from db.documents.wording import control_character, shown
from db.models import BroadcastKind, RaceStatus, SessionKind
from db.naming import fold_name
from db.quotes.models import CONTEXT_LIMIT, ROLE_LIMIT, SOURCE_LIMIT, SPEAKER_LIMIT, WORDS_LIMIT
from db.recaps.models import AUTHOR_LIMIT, SECTION_LIMIT, SectionKind
from db.results_state import ResultsState
from db.user_text import clean_link, clean_picture_link, clean_text, is_control, is_not_text

FORMAT: Literal["tailgate/1"] = "tailgate/1"

Date = Annotated[dt.date, BeforeValidator(read_day)]
AwareDatetime = Annotated[pydantic.AwareDatetime, BeforeValidator(read_moment)]


def _seen(text: str) -> str:
    """Refuses a text with a character that cannot be seen."""
    hidden = None if text.isascii() and text.isprintable() else next(filter(is_not_text, text), None)
    if hidden is not None:
        raise ValueError(control_character(hidden))
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_seen)]


def _has_a_letter(name: str) -> str:
    if not any(letter.isalpha() for letter in fold_name(name)):
        raise ValueError(f"{name!r} has no letter, so it cannot be a name; write the name out")
    return name


Name = Annotated[Text, AfterValidator(_has_a_letter)]
"""A name by which somebody or something is known: names without letters are all the same, or no name."""
Link = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_seen)]


def _whole(reference: str) -> str:
    if any(letter.isspace() for letter in reference):
        raise ValueError(f"{shown(reference)} has a space; write the id as it is there, such as Corey_Heim")
    return reference


Reference = Annotated[Text, AfterValidator(_whole)]
"""The id of a person in another source."""


def _truck(number: str) -> str:
    if not (number.isascii() and number.isdigit() and len(number) <= 3):
        raise ValueError(f"{shown(number)} is not a truck's number; write one to three digits")
    return number


Number = Annotated[str, AfterValidator(_truck)]
Count = Annotated[int, Field(ge=0, le=2000)]
Lap = Annotated[int, Field(ge=1, le=2000)]
StagePoints = Annotated[int, Field(ge=0, le=100)]
Place = Annotated[int, Field(ge=1, le=60)]
Round = Annotated[int, Field(ge=1, le=60)]
Year = Annotated[int, Field(ge=1995, le=2100)]
Positive = Annotated[float, Field(gt=0, lt=100_000)]


class Row(BaseModel):
    """A row of a document; a misspelt field is an error and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = Literal["oval", "road course", "street course", "dirt oval"]


class _Seasons(Row):
    """Something that was so from the season ``first`` to the season ``last``, both inclusive."""

    first: Year
    last: Year

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError(f"is from {self.first} to {self.last}, which is before it")
        return self


class TrackNameRow(_Seasons):
    """What a track was called in these seasons, where it was not today's name."""

    name: Name


class LayoutRow(_Seasons):
    """How a track was laid out in these seasons. ``length`` is in miles."""

    length: Positive | None = None
    shape: Shape | None = None
    surface: Literal["paved", "dirt"] | None = None


class TrackRow(Row):
    """``name`` is the full name, ``short`` the one fans use; all other names are aliases. ``length`` is in miles.

    Name, length and shape are today's; ``names`` and ``layouts`` are those of earlier seasons, in order.
    """

    name: Name
    short: Name
    aliases: list[Name] = []
    city: Text | None = None
    state: Text | None = None
    length: Positive | None = None
    shape: Shape | None = None
    names: list[TrackNameRow] = []
    layouts: list[LayoutRow] = []

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        for what, held in (("name", self.names), ("layout", self.layouts)):
            for earlier, later in pairwise(held):
                if later.first <= earlier.last:
                    raise ValueError(f"{self.name} has two {what}s in {later.first}; list them in order of seasons")
        return self


class DriverRow(Row):
    """``name`` is the name fans know; every other spelling in any source is an alias.

    ``racing_reference`` are the person's ids there. ``sources`` maps a fact's name, such as ``born``, to where it was
    read, for facts that come from elsewhere than the document's source.
    """

    name: Name
    aliases: list[Name] = []
    nascar_id: Annotated[int, Field(ge=1, le=10**9)] | None = None
    born: Date | None = None
    hometown: Text | None = None
    racing_reference: list[Reference] = []
    sources: dict[Text, Link] = {}


class SessionRow(Row):
    """``start`` is an aware moment; documents write UTC."""

    kind: SessionKind
    start: AwareDatetime


class BroadcastRow(Row):
    """``coverage`` is when coverage starts, not the green flag."""

    kind: BroadcastKind
    network: Text
    coverage: AwareDatetime | None = None
    approximate: bool = False
    source: Link | None = None


class FastestLapRow(Row):
    driver: Text
    seconds: Positive | None = None
    mph: Positive | None = None


class OutcomeRow(Row):
    """What is known of a finished race besides its finishing order. Margin and race time in seconds, speeds in mph.

    ``leads`` are all leads of the race in order: the driver, the first lap and the last lap led, both inclusive.
    ``caution_periods`` are all cautions in order: the first and the last lap under caution, both inclusive, the reason,
    and the number of the truck that got the free pass.
    """

    laps: Count | None = None
    pole: Text | None = None
    pole_mph: Positive | None = None
    stage_winners: list[Text | None] = Field(default=[], max_length=3)
    fastest_lap: FastestLapRow | None = None
    rookie_of_the_race: Text | None = None
    cautions: Count | None = None
    caution_laps: Count | None = None
    lead_changes: Count | None = None
    margin: Annotated[float, Field(ge=0, lt=1000)] | None = None
    under_caution: bool = False
    average_mph: Positive | None = None
    seconds: Positive | None = None
    leads: list[tuple[Text, Lap, Lap]] = Field(default=[], max_length=500)
    caution_periods: list[tuple[Lap, Lap, Text | None, Number | None]] = Field(default=[], max_length=60)

    @model_validator(mode="after")
    def _leads_follow(self) -> Self:
        before = 0
        for driver, first, last in self.leads:
            if first > last:
                raise ValueError(f"{driver} leads from lap {first} to lap {last}, which is before it")
            if first <= before:
                raise ValueError(f"{driver} leads from lap {first}, but lap {before} has a leader already")
            before = last
        if self.laps is not None and before > self.laps:
            raise ValueError(f"{self.leads[-1][0]} leads to lap {before} of {self.laps}")
        return self

    @model_validator(mode="after")
    def _cautions_follow(self) -> Self:
        before = 0
        for first, last, _, _ in self.caution_periods:
            if first > last:
                raise ValueError(f"a caution goes from lap {first} to lap {last}, which is before it")
            if first <= before:
                raise ValueError(f"a caution begins on lap {first}, and the one before it ends on lap {before}")
            before = last
        if self.laps is not None and before > self.laps:
            raise ValueError(f"a caution goes to lap {before} of {self.laps}")
        return self


class RaceRow(Row):
    """A race of the schedule. ``track`` is a track's name or alias; ``date`` is Eastern; ``start`` is the listed start.

    ``stages`` are stage lengths in laps. ``sources`` maps a fact's name to where it was read, for facts that
    come from elsewhere than the document's source. ``results_state`` says how final the results are; left out, the
    results tell themselves (see ``db.results_state``), and ``none`` takes back those that are stored.
    """

    round: Round
    name: Name
    aliases: list[Text] = []
    track: Text
    date: Date
    start: AwareDatetime | None = None
    green_flag: AwareDatetime | None = None
    nascar_id: Annotated[int, Field(ge=1, le=10**9)] | None = None
    laps: Count | None = None
    stages: list[Count] = Field(default=[], max_length=5)
    phase: Text | None = None
    status: RaceStatus = RaceStatus.SCHEDULED
    results_state: ResultsState | None = None
    sessions: list[SessionRow] = []
    broadcasts: list[BroadcastRow] = []
    outcome: OutcomeRow | None = None
    sources: dict[Text, Link] = {}


class ResultRow(Row):
    """A truck in a race. Without ``finish`` it is an entry that did not race (``note`` gives the reason).

    ``points`` is the total of the race, stages included. A stage's points are left out where the stage is not on
    record, and 0 where it is and the driver scored none. ``eligible`` is false for a driver who scores in another
    series.
    """

    round: Round
    finish: Place | None = None
    start: Place | None = None
    number: Number
    driver: Text
    make: Text | None = None
    team: Text | None = None
    owner: Text | None = None
    sponsor: Text | None = None
    crew_chief: Text | None = None
    laps: Count = 0
    led: Count = 0
    status: Text | None = None
    points: Annotated[int, Field(ge=-500, le=200)] = 0
    eligible: bool = True
    rookie: bool = False
    stage1_finish: Place | None = None
    stage1_points: StagePoints | None = None
    stage2_finish: Place | None = None
    stage2_points: StagePoints | None = None
    fastest_lap: bool = False
    disqualified: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.led > self.laps:
            raise ValueError(f"led {self.led} of {self.laps} laps")
        if self.finish is not None and self.status is None:
            raise ValueError("a finish needs a status, such as running or crash")
        return self


class SeatRow(Row):
    """A place of the playoff field, in seeding order."""

    driver: Text
    how: Text | None = None
    note: Text | None = None


class AdjustmentRow(Row):
    """A penalty. ``points`` are already part of the driver's ``points`` in that race; ``playoff_points`` are not."""

    round: Round
    driver: Text
    points: Annotated[int, Field(ge=-500, le=500)] = 0
    playoff_points: Annotated[int, Field(ge=-500, le=500)] = 0
    reason: Text
    source: Link


def _words(limit: int, *, lines: bool = False) -> AfterValidator:
    """Validates text written by people: control characters are refused, the rest is normalized."""

    def checked(text: str) -> str:
        allowed = text.replace("\r\n", "").replace("\n", "") if lines else text
        wrong = next(filter(is_control, allowed), None)
        if wrong is not None:
            raise ValueError(control_character(wrong))
        cleaned = clean_text(text, limit, lines=lines)
        if not cleaned:
            raise ValueError("is empty; leave it out where it is not known")
        return cleaned

    return AfterValidator(checked)


class QuoteRow(Row):
    """What somebody said. ``driver`` is any name of a driver; ``speaker`` is left out where it is that driver.

    ``role`` is the speaker's role at the time; ``season`` and ``round`` name the race. ``words`` identify the quote.
    """

    words: Annotated[str, _words(WORDS_LIMIT, lines=True)]
    speaker: Annotated[str, _words(SPEAKER_LIMIT)] | None = None
    driver: Text | None = None
    role: Annotated[str, _words(ROLE_LIMIT)] | None = None
    context: Annotated[str, _words(CONTEXT_LIMIT)] | None = None
    season: Year | None = None
    round: Round | None = None
    said_on: Date | None = None
    source: Annotated[str, _words(SOURCE_LIMIT)] | None = None
    link: Annotated[str, AfterValidator(clean_link)] | None = None

    @model_validator(mode="after")
    def _names_both(self) -> Self:
        if self.speaker is None and self.driver is None:
            raise ValueError("says of nobody who spoke; give a driver or a speaker")
        if (self.season is None) != (self.round is None):
            raise ValueError("names half a race; give season and round, or neither")
        return self


class RecapRow(Row):
    """An editor's words for a section of a race's recap; of two versions the one ``edited`` later counts."""

    season: Year
    round: Round
    section: SectionKind
    words: Annotated[str, _words(SECTION_LIMIT, lines=True)]
    picture: Annotated[str, AfterValidator(clean_picture_link)] | None = None
    author: Annotated[str, _words(AUTHOR_LIMIT)]
    edited: AwareDatetime


class Header(Row):
    """The fields of a document itself. ``season`` is required where a section belongs to one.

    A ``complete`` document contains all that is known: importing it clears the fields that a row leaves out, removes
    results that it does not list of races it lists results of, and drops races without results that its schedule does
    not list. Only what an editor adds to a race (``NEVER_CLEARED``) stays.
    """

    format: Literal["tailgate/1"]
    complete: bool = False
    season: Year | None = None
    source: Link | None = None
    retrieved: AwareDatetime | None = None
    champion: Text | None = None
    rookies: list[Text] = []


SECTIONS: dict[str, type[Row]] = {
    "tracks": TrackRow,
    "drivers": DriverRow,
    "races": RaceRow,
    "results": ResultRow,
    "playoff_field": SeatRow,
    "adjustments": AdjustmentRow,
    "recaps": RecapRow,
    "quotes": QuoteRow,
}
"""The row class of every section, in the order in which sections are written and imported."""

NEVER_CLEARED = frozenset({"green_flag", "sessions", "broadcasts", "outcome"})
"""Fields of a race that a complete document does not clear by leaving them out."""

SEASONAL = frozenset({"races", "results", "playoff_field", "adjustments"})
"""The sections for which the document must name its season."""
