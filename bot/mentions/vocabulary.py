"""The words by which fans ask, as tables: which phrase asks for what, and which words add nothing.

A phrase is a regular expression over words in lower case, without accents, apostrophes and punctuation ("who's" is
``whos``), with single spaces between them. ``…`` stands for up to six words that belong to something else, such as a
name: ``how did … do``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

GAP = r"(?: \S+){0,6}? "
"""What ``…`` stands for."""


class Topic(Enum):
    """What can be asked for."""

    QUOTE = auto()
    REMINDERS = auto()
    COMPARE = auto()
    CLINCH = auto()
    CHAMPION = auto()
    PLAYOFFS = auto()
    STATS = auto()
    OWNERS = auto()
    MANUFACTURERS = auto()
    ROOKIES = auto()
    FULL_SEASON = auto()
    STANDINGS = auto()
    NEXT = auto()
    SCHEDULE = auto()
    RESULTS = auto()
    RECAP = auto()
    DRIVER = auto()
    HELP = auto()
    ABOUT = auto()


_WEEK = r"(?:this )?(?:week|weekend)s?"
_DAY = r"(?:today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
_PLACE = r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|tenth|last)"
_COUNTED = r"(?:wins?|poles?|points?|laps(?: led)?|starts?|top (?:fives?|tens?|5s?|10s?)|stage wins?|dnfs?)"

PHRASES: dict[Topic, tuple[str, ...]] = {
    Topic.QUOTE: (
        r"(?:what|whatd|anything) … (?:say|said|says|saying|think|thinks|tell|told|talk|talking)(?: about| on)?",
        r"(?:say|said|says|saying) about",
        r"quote[sd]?(?: of the day)?",
        r"comments?|thoughts on|interviews?|opinion",
    ),
    Topic.REMINDERS: (
        r"remind(?:ers?)?|notifications?",
        r"(?:notify|alert|ping|dm|tell) (?:me|us) (?:when|before)",
    ),
    Topic.COMPARE: (
        r"compared?|comparison|versus|vs|h2h|better(?: than)?",
        r"head (?:to|2) head",
    ),
    Topic.CLINCH: (
        r"clinch(?:es|ed|ing)?(?: scenarios?)?|magic number",
        r"(?:what|whats|how much|how many points) … (?:needs?|has to|have to|takes?)",
        r"needs? to (?:do|happen|advance|make it|get in|stay in|finish|win|move on)",
        r"(?:can|could|does) … (?:still|mathematically) … (?:advance|make it|get in|win|clinch|have a shot)",
        r"advanc(?:ing|ement) scenarios?",
        r"locks? (?:it )?(?:in|up)",
    ),
    Topic.CHAMPION: (
        r"(?:who|whos) … (?:championships?|champions?|champ|title)",
        r"(?:championship|title) winners?",
        r"(?:reigning|defending) champ(?:ion)?s?",
    ),
    Topic.PLAYOFFS: (
        r"(?:who|whos|whose|which) … (?:in|out|safe|advanc(?:e|es|ed|ing)|knocked out|locked in|in danger)",
        r"(?:above|below|over|under) the (?:cut|line)",
        r"in (?:and|or) out|cut ?lines?|cut ?offs?|the cut|bubble|eliminat(?:ed|ion)s?|post ?season",
        r"play ?offs?(?: picture| grid| bracket| field| standings)?",
        r"(?:in|make|makes|made|making|miss|missed) the chase",
        r"chase (?:grid|field|standings|picture)",
        r"round of (?:8|10|eight|ten)|(?:championship|final) (?:4|four)",
        r"if … (?:ended|ends|end|over|stopped|stops|finished)",
    ),
    Topic.STATS: (
        rf"most {_COUNTED}",
        r"(?:season )?stat(?:istic)?s? (?:leaders?|table)",
        r"(?:laps led|wins?) leaders?",
    ),
    Topic.OWNERS: (r"owners?",),
    Topic.MANUFACTURERS: (r"manufacturers?",),
    Topic.ROOKIES: (r"rook(?:ie|ies)(?: of the year)?|roty",),
    Topic.FULL_SEASON: (
        r"(?:without|no) (?:the )?(?:playoffs?|resets?|chase)",
        r"(?:full|whole) season|old (?:points|format)",
    ),
    Topic.STANDINGS: (
        r"standings?|points?(?: table| leaders?| lead| battle)?|leader ?boards?|rankings?",
        r"(?:who|whos) … (?:leading|leads|in front|on top|in the lead|in first)",
        r"where … (?:stand|stands|rank|ranks|sit|sits)",
        r"championship (?:standings|table|lead|leader|battle|order)",
    ),
    Topic.NEXT: (
        r"(?:next|upcoming) (?:truck )?(?:race|event|one)",
        r"(?:whats|what is|whos|who is) (?:next|coming up)",
        r"channels?|networks?|stations?|tv|television|broadcast|stream(?:ing|ed)?|coverage|radio|air(?:s|ing|time)?",
        r"green flag|televised|qualifying|practice|count ?down|start(?:ing)? times?",
        r"go(?:es)? green",
        r"watch(?:ing)?|listen(?:ing)?",
        r"what (?:time|day|date)",
        r"when(?:s)? … (?:race|start|starts|starting|begin|begins|run|running|on|go|happening|next|trucks)",
        rf"(?:race|racing|races|racin) … (?:{_DAY}|{_WEEK})(?: night)?",
        rf"(?:{_DAY}|{_WEEK})(?: nights?)? … race",
        rf"(?:who|what|whats|where|wheres) … (?:racing|race|up|on|track) … (?:{_DAY}|{_WEEK})",
        r"(?:is|are) there … race",
        r"do (?:they|trucks|the trucks|we) (?:race|run)",
        r"how (?:long|many days|many hours|soon|far) … (?:until|till|til|to|before|away)",
        r"where … (?:next|racing|race|race at|run)",
    ),
    Topic.SCHEDULE: (
        r"schedule|calendar|slate",
        r"(?:races|tracks) … (?:left|remain|remaining|to go)",
        r"(?:remaining|upcoming|all the|all|every|rest of the|list of) races?",
        r"how many races|(?:next|last|previous) few races",
    ),
    Topic.RESULTS: (
        rf"(?:who|whod|whos) … (?:won|wins|took|finished|placed|came(?: in)?)(?: {_PLACE})?",
        r"winners?|results?|podium|pole(?: ?sitter)?|fastest lap|margin of victory|lead changes|cautions?|box score",
        r"(?:finish|finishing|running) (?:order|positions?)",
        r"top (?:3|5|10|three|five|ten)",
        r"stage (?:1|2|one|two|wins?|winners?|points|results?)",
    ),
    Topic.RECAP: (
        r"recap|summar(?:y|ize|ise)|sum up|rundown|highlights?|story|report|write ?up",
        r"(?:what|whatd) … miss(?:ed)?",
        r"what(?:s)?(?: all| has)? (?:happened|went down|went on)",
        r"(?:catch|fill) (?:me|us) (?:up|in)",
        r"how (?:was|were) … race",
        r"how did … race (?:go|end|turn out|finish)",
    ),
    Topic.DRIVER: (
        r"(?:how|hows|howd) … (?:do|doing|done|finish|finished|going|fare|faring|run|running|been|perform|place|"
        r"end up|make out)",
        r"(?:where|what place) … (?:finish|end up|place|come in|start|qualify)",
        r"(?:did|has|have) … (?:win|won|finish|crash|wreck|lead|race|raced|start|any wins)",
        rf"how many {_COUNTED}",
        r"stat(?:istic)?s?|numbers|record|career|profile|form|bio|history",
        r"tell (?:me|us) about|show (?:me|us)",
        r"(?:who|whos) … (?:drives|driving|drove|in)",
        r"(?:what|which) (?:number|truck|team|make)",
        r"average (?:finish|start)|best (?:track|finish)|wins?",
        r"what happened (?:to|with)",
    ),
    Topic.HELP: (
        r"help(?: me)?(?: with)?|commands?|instructions",
        r"what … (?:can|do) (?:you|i|u) (?:do|ask|know|say)",
        r"how … (?:use (?:you|this|it)|this work|you work)",
    ),
    Topic.ABOUT: (
        r"(?:who|what) are (?:you|u)",
        r"who (?:made|built|runs|created|coded|wrote|owns) (?:you|u|this)(?: bot)?",
        r"(?:are|r) (?:you|u)(?: a| an| the)? (?:bot|robot|ai|human|real|official)",
        r"version|privacy|open source|source code|github",
        r"how (?:fresh|current|up to date)",
    ),
}
"""What asks for what. Words that add nothing, such as "the", need not be in a phrase; see ``PLAIN``."""

SPECIAL: dict[Topic, frozenset[Topic]] = {
    Topic.QUOTE: frozenset(Topic) - {Topic.REMINDERS},
    Topic.REMINDERS: frozenset(Topic) - {Topic.QUOTE},
    Topic.HELP: frozenset(Topic) - {Topic.QUOTE, Topic.REMINDERS},
    Topic.ABOUT: frozenset({Topic.DRIVER}),
    Topic.COMPARE: frozenset({Topic.DRIVER, Topic.STANDINGS, Topic.STATS}),
    Topic.CLINCH: frozenset({Topic.PLAYOFFS, Topic.STANDINGS, Topic.CHAMPION, Topic.DRIVER, Topic.RESULTS}),
    Topic.CHAMPION: frozenset({Topic.STANDINGS, Topic.RESULTS, Topic.DRIVER}),
    Topic.STATS: frozenset({Topic.DRIVER, Topic.STANDINGS}),
    Topic.OWNERS: frozenset({Topic.STANDINGS, Topic.CHAMPION, Topic.DRIVER}),
    Topic.MANUFACTURERS: frozenset({Topic.STANDINGS, Topic.CHAMPION, Topic.DRIVER, Topic.STATS}),
    Topic.ROOKIES: frozenset({Topic.STANDINGS, Topic.DRIVER}),
    Topic.FULL_SEASON: frozenset({Topic.STANDINGS, Topic.PLAYOFFS, Topic.CHAMPION, Topic.DRIVER}),
    Topic.PLAYOFFS: frozenset({Topic.STANDINGS, Topic.DRIVER}),
    Topic.STANDINGS: frozenset({Topic.DRIVER}),
    Topic.NEXT: frozenset({Topic.SCHEDULE, Topic.DRIVER}),
    Topic.SCHEDULE: frozenset({Topic.DRIVER}),
    Topic.RESULTS: frozenset({Topic.DRIVER}),
    Topic.RECAP: frozenset({Topic.DRIVER}),
}
"""Which topics one leaves no room for: whoever asks what it takes to make the playoffs does not ask for the playoffs."""

_PLAIN = """
a about actually again all also alright am an and any anybody anyone are as at be been bot boys bro buddy btw but by
can chat could craftsman cheers cool currently curious dear did do does doing done dude dudes else everybody everyone
exactly fellas folks for fr from get give go going good gonna got great guys had has have haha happened hello her here
hey hi him his hiya how hows howdy i id idk if ill im in is it its ive just know lads last latest let lets like lmao lol
look looking love ma maam man many may me mean mind mr my nascar need now number of off oh ok okay omg on one or our
out over people please pls plz previous quick quickly question race raced races racing really recent recently right
round s season seasons see series should show so some somebody someone something sorry still sure tailgate tell thank
thanks thankyou that thats the their them then there these they thing things this those thx time to today track
tracks truck trucks truckers ty u ur us vs want wanna was wassup way we well were what whats when whens where wheres
which who whod whos will with wonder wondering would ya yall year years yep yo you your yup
driver drivers team trucker fan fans final out
"""
PLAIN = frozenset(_PLAIN.split())
"""Words that change nothing about what is asked. Any word that is neither here nor in a phrase nor a name makes the
reader doubt: "who won the *super bowl*"."""

GRAMMAR = frozenset(
    "last latest previous newest recent next upcoming this year years season seasons ago round race rd r no nr number "
    "num truck car spring summer fall autumn one two three four five of the".split()
)
"""Words by which the finder reads a year, a round or a truck: they are left to it, phrase or not."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic that words ask for, and which of the words do so, by their places."""

    topic: Topic
    places: frozenset[int]


def phrases_in(words: Sequence[str]) -> Iterator[Found]:
    """Every phrase of the table in a text, given by its words."""
    text = " ".join(words)
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    for topic, pattern in _compiled():
        for match in pattern.finditer(text):
            spans = [match.span(group) for group in range(1, (pattern.groups or 0) + 1)]
            places = {
                place
                for place in range(len(words))
                if any(begin <= starts[place] < end for begin, end in spans if begin >= 0)
            }
            if places:
                yield Found(topic, frozenset(places))


@cache
def _compiled() -> tuple[tuple[Topic, re.Pattern[str]], ...]:
    """The table as patterns; each group of one is a part of the phrase, with what ``…`` stands for in between."""
    return tuple(
        (topic, re.compile(r"(?<!\S)" + GAP.join(f"({part.strip()})" for part in phrase.split("…")) + r"(?!\S)"))
        for topic, phrases in PHRASES.items()
        for phrase in phrases
    )
