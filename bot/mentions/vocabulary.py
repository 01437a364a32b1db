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
    RECORDS = auto()
    STATS = auto()
    OWNERS = auto()
    MANUFACTURERS = auto()
    ROOKIES = auto()
    FULL_SEASON = auto()
    CHASE_RULES = auto()
    PLAYOFF_RULES = auto()
    STANDINGS = auto()
    LIVE = auto()
    NEXT = auto()
    SCHEDULE = auto()
    RESULTS = auto()
    RECAP = auto()
    LAPS = auto()
    REPLAY = auto()
    LINEUP = auto()
    DRIVER = auto()
    HELP = auto()
    ABOUT = auto()
    NOTHING = auto()


_WEEK = r"(?:this )?(?:week|weekend)s?"
_DAY = r"(?:today|tonight|tonite|2nite|tomorrow|tmrw|tmw|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
_BEING = r"(?: (?:is|are|was|were|would|be|will|has|got|gets|been|still|all|drivers?|trucks?))*"
_NOT_AIRED, _NOT_ON_AIR = r"(?<!it )(?<!race )(?<!on )", r"(?! (?:on|stream|streaming|tv|broadcast|coverage|radio))"
"""What may not stand before and behind "live": "watch it live", "live stream"."""
_PLACE = r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|tenth|last)"
_COUNTED = (
    r"(?:wins?|victories|poles?(?: positions?)?|points?|laps(?: led)?|starts?|top ?(?:fives?|tens?|5s?|10s?)|"
    r"stage (?:wins?|victories)|stages won|dnfs?)"
)
_KEPT = r"(?:wins?|victories|laps(?: led)?|starts?|top ?(?:fives?|tens?|5s?|10s?))"
_EVER = r"(?:ever|(?:of )?all time|in (?:(?:series|nascar|truck(?: series)?) )?history)"
_RECORDS = (
    r"(?:closest|tightest|narrowest|widest|biggest|largest) (?:finish(?:es)?|margins?(?: of victory)?|wins?)",
    r"(?:youngest|oldest) (?:race )?winners?",
    r"(?:youngest|oldest)(?: drivers?)? to (?:ever )?win(?: a race)?",
    r"(?:longest|biggest) (?:win(?:ning)?|top (?:10|ten)) streaks?|most wins in a row",
    r"(?:biggest|greatest|best) comebacks?|won from (?:farthest|furthest|deepest)(?: back)?",
    r"(?:closest|tightest) (?:championships?|title fights?|points battles?)",
    r"most (?:starts|races|laps led) without (?:a win|winning)|winless",
    r"most (?:different )?winners(?: in (?:a|one) (?:single )?(?:season|year))?",
    r"most wins in (?:a|one) (?:single )?(?:season|year)",
    r"(?:all time |series |track )?records(?: book)?|record book",
)
_MAKE = r"(?:chevys?|chevies|chevrolets?|fords?|toyotas?)"
FEW = r"(?:few|couple(?: of)?|[2-9]|10|two|three|four|five|six|ten)"
"""How many races somebody asks for who asks for some of them."""

PHRASES: dict[Topic, tuple[str, ...]] = {
    Topic.QUOTE: (
        r"(?:what|whatd|anything) … (?:say|said|says|saying|think|thinks|tell|told|talk|talking)(?: about| on)?",
        r"(?:say|said|says|saying) about",
        r"quote[sd]?(?: of the day)?(?: (?:from|by|about))?",
        r"anything (?:from|by)",
        r"(?:comments?|interviews?|opinion|thoughts)(?: (?:from|by|on|about))?",
    ),
    Topic.REMINDERS: (
        r"remind(?:ers?)?(?: (?:me|us))?(?: (?:before|b4|when|about))?|notifications?",
        r"(?:set|turn|switch|stop|cancel|enable|disable|want|get)(?: (?:up|on|off|a|an|the|my|those))* reminders?",
        r"reminders? (?:on|off)",
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
        r"(?:can|could|does) … (?:still|mathematically) … (?:advance|make it|get in|win|clinch)",
        r"(?:can|could) … (?:advance|make it|make the (?:next round|(?:championship|final) (?:4|four)))",
        r"(?:have|has|got|stand|stands)(?: (?:still|got|any|a))* (?:shot|chance|chances)",
        r"what(?: happens)? if … (?:wins?|won)",
        r"advanc(?:ing|ement) scenarios?",
        r"locks? (?:it )?(?:in|up)",
    ),
    Topic.CHAMPION: (
        r"(?:who|whos) … (?:championships?|champions?|champ|title)",
        r"(?:championship|title) winners?",
        r"(?:did|has|was|is) … (?:championships?|champions?|champ|title)",
        r"(?:(?:reigning|defending) )?champ(?:ion)?s?",
    ),
    Topic.PLAYOFFS: (
        rf"(?:who|whos|whose|which){_BEING} (?:in|out|safe|advanc(?:e|es|ed|ing)|knocked out|locked in|in danger)",
        r"(?:above|below|over|under|to|from) the (?:cut|line)",
        r"(?:is|are) … (?:out|safe|eliminated|locked in|in the playoffs|in the chase)",
        r"in (?:and|or) out|(?:the )?cut ?(?:lines?|offs?)|the cut|bubble|eliminat(?:ed|ion)s?|post ?season",
        r"play ?offs?(?: picture| grid| bracket| field| standings)?",
        r"(?:in|make|makes|made|making|miss|missed) the chase",
        r"chase (?:grid|field|standings|picture)",
        r"round of (?:8|10|eight|ten)|(?:championship|final) (?:4|four)",
        r"if … (?:ended|ends|end|over|stopped|stops|finished)",
        r"how (?:far|close|many points) … (?:from|above|below|over|under|to|off) (?:the )?(?:cut(?: ?line)?|line)",
        r"how many … advances?",
    ),
    Topic.RECORDS: (
        rf"(?:all time )?most {_KEPT} {_EVER}",
        rf"all time most {_KEPT}|(?:all time|career) {_KEPT}(?: leaders?| list)?",
        *(rf"(?:{each})(?: {_EVER})?" for each in _RECORDS),
    ),
    Topic.STATS: (
        rf"(?:led (?:the )?)?most {_COUNTED}(?: (?:after|through))?",
        r"(?:best|lowest|highest|worst|top) (?:average|avg) (?:finish|start)",
        r"(?:who|whos|which) … (?:average|avg) (?:finish|start)",
        r"(?:average|avg) (?:finish|start) leaders?",
        r"(?:season )?stat(?:istic)?s? (?:leaders?|table)",
        rf"{_COUNTED} leaders?",
        rf"(?:leads?|leading)(?: the series)? in {_COUNTED}",
    ),
    Topic.OWNERS: (r"owners?",),
    Topic.MANUFACTURERS: (
        r"manufacturers?",
        rf"{_MAKE} (?:or|vs|versus|and|over|against) {_MAKE}",
        rf"{_MAKE} (?:wins?|points?|standings?|victories)",
        rf"(?:how are|how is|hows|how many {_COUNTED} (?:does|do|has|have))(?: the)? {_MAKE}(?: (?:have|doing|got))?",
    ),
    Topic.ROOKIES: (r"(?:top )?(?:rooks?|rook(?:ie|ies))(?: of the year)?|roty",),
    Topic.FULL_SEASON: (
        r"(?:without|no) (?:the )?(?:playoffs?|resets?|chase)",
        r"(?:full|whole) season(?: points)?|season long points",
    ),
    Topic.CHASE_RULES: (r"(?:(?:under|with|by) the )?(?:chase|new|2026) (?:format|rules|system)",),
    Topic.PLAYOFF_RULES: (r"(?:(?:under|with|by) the )?(?:old |elimination |playoffs? )+(?:format|rules|system)",),
    Topic.STANDINGS: (
        r"(?:standings?|points) … (?:after|following|as of|through)",
        r"standings?|points?(?: table| leaders?| lead| battle| gap)?|leader ?boards?|rankings?",
        r"(?:who|whos|which|whats|what) … (?:leading|leads|in front|on top|in the lead|in first)",
        r"where … (?:stand|stands|rank|ranks|sit|sits)",
        r"championship (?:standings|table|lead|leader|battle|order)",
    ),
    Topic.LIVE: (
        rf"{_NOT_AIRED}live(?: (?:now|race|timing|scoring|leader ?board|updates?|positions?|order))*{_NOT_ON_AIR}",
        r"(?:what|which|whats) lap(?: (?:is|are|it|its|they|we|on|this))*",
        r"(?:how many )?laps? (?:left|remaining|to go)",
        r"running order|(?:current|live) (?:order|positions?)",
        r"(?:is|are) … under (?:green|yellow|caution|red)|(?:is|are) there (?:a )?(?:caution|yellow|red flag)",
    ),
    Topic.NEXT: (
        r"(?:next|upcoming) (?:truck )?(?:race|event|one)",
        r"(?:whats|what is|whos|who is) (?:next|coming up)",
        r"channels?|networks?|stations?|tv|television|broadcast|stream(?:ing|ed)?|coverage|radio|air(?:s|ing|time)?",
        # Whoever watches something live asks for the channel.
        r"(?:watch|stream|see|catch|airs?|shown?|on) … live",
        r"live (?:on|stream(?:ing)?|tv|broadcast|coverage|radio)",
        r"peacock|espn|nbc|usa|cbs|abc|hulu|sling|youtube(?: tv)?|prime(?: video)?|paramount",
        r"weather(?! guard)|forecast|rain(?:ing|s|ed)?",
        rf"(?:is|are) (?:it|they|we|(?:the |this )?(?:race|trucks)) (?:still |already )?on(?: (?:now|yet|{_DAY}))?",
        r"fs ?[12]|fox|green flag|televised|qualifying|practice|count ?down|start(?:ing)? times?",
        r"go(?:es)? green",
        r"tomorrow|tmrw|tmw",
        r"where … (?:they|we) at",
        r"watch(?:ing)?|listen(?:ing)?",
        r"what (?:time|day|date)|when(?:s| is| does| do| are| will| was| were)?",
        r"when(?:s)? … (?:race|start|starts|starting|begin|begins|run|running|on|go|happening|next|trucks)",
        rf"(?:race|racing|races|racin) … (?:{_DAY}|{_WEEK})(?: night)?",
        rf"(?:{_DAY}|{_WEEK})(?: nights?)? … race",
        rf"(?:who|what|whats|where|wheres) … (?:racing|race|up|on|track) … (?:{_DAY}|{_WEEK})",
        r"(?:is|are) there … race",
        r"do (?:they|trucks|the trucks|we) (?:race|run)",
        r"how (?:long|many days|many hours|soon|far) … (?:until|till|til|to|before|away)",
        r"how (?:long|many laps|many stages)(?: is| are)?",
        r"where … (?:next|racing|race|race at|run)",
    ),
    Topic.SCHEDULE: (
        r"schedule|calendar|slate",
        r"(?:races|tracks) … (?:left|remain|remaining|to go)",
        r"(?:remaining|upcoming|all the|all|every|rest of the|list of) races?",
        r"(?:whole|full|entire|complete) (?:schedule|calendar|slate)",
        rf"how many races|(?:next|last|past|previous|upcoming) {FEW} (?:races|starts)",
    ),
    Topic.RESULTS: (
        rf"(?:who|whod|whos) … (?:won|wins|took|finished|placed|came(?: in)?)(?: {_PLACE})?",
        rf"(?:who|whos) … got {_PLACE}",
        r"(?:who|whod|whos) … (?:beat|beats|beaten)",
        r"(?:winners?|results?)(?: from)?|podium|dead last|last place",
        r"pole(?: ?sitter)?|laps led (?:at|in)|fastest lap|margin of victory|lead changes|cautions?|box score",
        r"(?:finish|finishing) (?:order|positions?)",
        r"top (?:3|5|10|three|five|ten)",
        r"how many (?:cautions|lead changes)",
        r"(?:first|second|1st|2nd) stage",
        r"stage (?:1|2|one|two|wins?|winners?|points|results?)",
    ),
    Topic.RECAP: (
        r"recap|summar(?:y|ize|ise)|sum up|rundown|highlights?|story|report|write ?up",
        r"(?:what|whatd) … miss(?:ed)?",
        r"what(?:s)?(?: all| has)? (?:happened|went down|went on)",
        r"(?:catch|fill) (?:me|us) (?:up|in)",
        r"how (?:was|were) … race",
        r"tell (?:me|us) about … race",
        r"how did … race (?:go|end|turn out|finish)",
    ),
    Topic.LAPS: (
        r"(?<!many )laps(?! led| left| to go)|lap (?:by lap|times?|charts?)|every lap|(?:best|quickest) lap",
        r"(?:average |avg )?running positions?",
        r"(?:pit|pitted)(?: ?stops?| road)?|pitstops?",
    ),
    Topic.REPLAY: (
        r"(?:replay|rerun|relive|rewatch)(?: (?:of|the|from))*(?! (?:on|stream|streaming|tv|broadcast|coverage|radio))",
        r"play … (?:again|back)",
    ),
    Topic.LINEUP: (
        r"(?:starting )?line ?ups?|(?:entry|entrant) lists?|entries|entrants",
        r"starting (?:order|grid|spots)|starting positions?",
        r"(?:who|whos|which) … (?:entered|entering|starting(?: first| on (?:the )?pole| up front)?|in the field)",
    ),
    Topic.DRIVER: (
        r"(?:how|hows|howd) … (?:do|doing|done|finish|finished|going|fare|faring|run|running|been|perform|place)",
        r"(?:how|hows|howd) … (?:end up|make out)",
        r"(?:where|what place) … (?:finish|end up|place|come in|start|qualify)",
        r"(?:did|has|have) … (?:ever )?(?:win|won|finish|crash|wreck|lead|race|raced|start|any wins)",
        rf"how many {_COUNTED}",
        r"stat(?:istic)?s?|numbers|record|career|profile|form|bio|history",
        r"tell (?:me|us) about|show (?:me|us)",
        r"(?:who|whos|what) … (?:drives?|driving|drove|in)",
        r"(?:what|which) (?:number|truck|team|make|place|position|spot)",
        r"how (?:far|many points|much) … (?:ahead|behind|back|up|above|below|out)",
        r"where(?:s| is| does| did| was)?",
        r"(?:average|avg) (?:finish|start)|best (?:track|finish)|wins?",
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
        r"how (?:fresh|current|old|up to date)(?: is)?(?: your| the)?(?: data)?",
    ),
    Topic.NOTHING: (
        r"(?:i |we |really |just )*love (?:it|this|that|you|u|my|the|these|how|to)(?: bot)?",
        r"(?:good|great|nice|bad|dumb|stupid|best|cool|awesome|amazing)(?: (?:one|job|bot|work|stuff))?",
        r"(?:thanks|thank you|thx)(?: so)?(?: much)?",
        r"good (?:morning|night|evening|afternoon)|how are (?:you|u)|whats up|test(?:ing)?",
    ),
}
"""What asks for what. Words that add nothing, such as "the", need not be in a phrase; see ``PLAIN``."""

_RULES = frozenset({Topic.HELP, Topic.STANDINGS, Topic.PLAYOFFS, Topic.CHAMPION, Topic.DRIVER})
SPECIAL: dict[Topic, frozenset[Topic]] = {
    Topic.QUOTE: frozenset(Topic) - {Topic.QUOTE, Topic.REMINDERS},
    Topic.REMINDERS: frozenset(Topic) - {Topic.QUOTE, Topic.REMINDERS},
    Topic.COMPARE: frozenset({Topic.HELP, Topic.DRIVER, Topic.STANDINGS, Topic.STATS}),
    Topic.CLINCH: frozenset({Topic.HELP, Topic.PLAYOFFS, Topic.STANDINGS, Topic.CHAMPION, Topic.DRIVER, Topic.RESULTS}),
    Topic.CHAMPION: frozenset({Topic.HELP, Topic.STANDINGS, Topic.RESULTS, Topic.DRIVER}),
    Topic.RECORDS: frozenset(Topic) - {Topic.RECORDS, Topic.QUOTE, Topic.REMINDERS, Topic.COMPARE, Topic.CLINCH},
    Topic.STATS: frozenset({Topic.HELP, Topic.DRIVER, Topic.STANDINGS, Topic.RESULTS, Topic.LAPS}),
    Topic.OWNERS: frozenset({Topic.HELP, Topic.STANDINGS, Topic.CHAMPION, Topic.DRIVER}),
    Topic.MANUFACTURERS: frozenset(
        {Topic.HELP, Topic.COMPARE, Topic.STANDINGS, Topic.CHAMPION, Topic.DRIVER, Topic.STATS}
    ),
    Topic.ROOKIES: frozenset({Topic.HELP, Topic.STANDINGS, Topic.DRIVER}),
    Topic.FULL_SEASON: _RULES,
    Topic.CHASE_RULES: _RULES,
    Topic.PLAYOFF_RULES: _RULES,
    Topic.PLAYOFFS: frozenset({Topic.HELP, Topic.STANDINGS, Topic.DRIVER}),
    Topic.STANDINGS: frozenset({Topic.HELP, Topic.DRIVER}),
    Topic.LIVE: frozenset({Topic.HELP, Topic.NEXT, Topic.STANDINGS, Topic.RESULTS, Topic.SCHEDULE, Topic.RECAP}),
    Topic.NEXT: frozenset({Topic.HELP, Topic.SCHEDULE, Topic.DRIVER, Topic.LAPS}),
    Topic.SCHEDULE: frozenset({Topic.HELP, Topic.DRIVER}),
    Topic.RESULTS: frozenset({Topic.HELP, Topic.DRIVER, Topic.LAPS}),
    Topic.RECAP: frozenset({Topic.HELP, Topic.DRIVER}),
    Topic.LAPS: frozenset({Topic.HELP, Topic.DRIVER}),
    Topic.REPLAY: frozenset({Topic.HELP, Topic.DRIVER, Topic.RESULTS, Topic.RECAP, Topic.LAPS, Topic.LIVE}),
    Topic.LINEUP: frozenset({Topic.HELP, Topic.DRIVER, Topic.NEXT, Topic.SCHEDULE}),
}
"""Which topics one leaves no room for: whoever asks what it takes to make the playoffs does not ask who makes them."""

_PLAIN = """
a about actually again aint all alright also am an and any anybody anyone are as at be been begin begins bot boy boys
bro btw buddy but by can chat check cheers could craftsman curious current currently da dear did do does doing done
driver
drivers dude dudes else everybody everyone exactly fan fans fellas final finale find folks for fr get gimme girl give go
going gonna good got guys had haha happened has have hello her here hey hi him his hiya howdy hows i id idk if ii iii
ill im in is it its ive jr just know lads last latest let lets like lmao lol look looking maam made make makes making
man many may me mean mind miss missed mr my nascar need now number of off oh ok okay omg on one or our out over people
please pls plz previous question quick quickly race raced races racin racing really recent recently right rn round
season seasons see series should show so some somebody someone something sorry sr start starting starts still sure
tailgate team tell thank that thats the their them then there these they thing things this those time to today track
tracks truck trucker truckers trucks u ur us use used vs wanna want was wassup way we well were what whats wheres
whether which who whod whos will with wonder wondering would ya yall year years yep yet yo you your yup
"""
PLAIN = frozenset(_PLAIN.split())
"""Words that change nothing about what is asked. Any word that is neither here nor in a phrase nor a name makes the
reader doubt: "who won the *super bowl*"."""

NO_NAMES = frozenset(("past",))
"""Words that make the reader doubt and begin like a name that they are not: "past winners" asks nothing of Pastrana."""

FIGURES = {
    "average-start": r"(?:average|avg) start",
    "average-finish": r"(?:average|avg) finish",
    "poles": r"poles?",
    "dnfs": r"dnfs?",
    "starts": r"starts?",
    "stage-wins": r"stages?",
    "top-fives": r"top ?(?:fives?|5s?)",
    "top-tens": r"top ?(?:tens?|10s?)",
    "laps-led": r"laps|led",
    "wins": r"wins?|victories",
}
"""What the stats rank by and the words for it, the more special ones first: "stage wins" are no wins."""

_BARE = """
about and at compare for give hello hey hi how ii iii in is jr last me number of on or please pls race season show
tailgate tell than the this to truck vs what whats who whos with year yo
"""
BARE = frozenset(_BARE.split())
"""The words that may be beside names without asking anything else of them: "what about heim", but not "is heim ok"."""

_GRAMMAR = """
last latest previous newest recent next upcoming this year years yr yrs season seasons ago round race rd r no nr
number num truck car spring summer fall autumn one two three four five of the
"""
GRAMMAR = frozenset(_GRAMMAR.split())
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
