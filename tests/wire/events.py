"""Scheduled events of servers: created, changed and deleted under Discord's rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from tests.wire.permissions import May
from tests.wire.routes import Refusal, Request, Route, seen_guild
from tests.wire.world import Guild, Payload, World

SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
EXTERNAL = 3
MEMBERS_ONLY = 2
MOST_OPEN = 100
MOST_NAME, MOST_LOCATION, MOST_DESCRIPTION = 100, 100, 1000

_STEPS = {(SCHEDULED, ACTIVE), (ACTIVE, COMPLETED), (SCHEDULED, CANCELED)}
_FIELDS = ("name", "description", "scheduled_start_time", "scheduled_end_time", "entity_metadata", "privacy_level")


class Events:
    """Answers requests about scheduled events. What Discord would refuse in a body is reported as a problem as well.

    Attributes:
        over: events that are completed, canceled or (status None) deleted, in their last state; Discord no longer
            shows them.
    """

    def __init__(self, world: World, problem: Callable[[str], None]) -> None:
        self.world = world
        self.over: dict[int, Payload] = {}
        self._problem = problem

    def routes(self) -> list[Route]:
        many, one = "/guilds/{guild}/scheduled-events", "/guilds/{guild}/scheduled-events/{event}"
        return [
            Route.to("GET", many, self.read),
            Route.to("POST", many, self.post),
            Route.to("GET", one, self.read_one),
            Route.to("PATCH", one, self.patch),
            Route.to("DELETE", one, self.delete),
        ]

    def read(self, request: Request, guild: str) -> list[Payload]:
        where = seen_guild(self.world, guild)
        self._let_time_pass(where)
        return [_shown(event, request) for event in where.events.values()]

    def read_one(self, request: Request, guild: str, event: str) -> Payload:
        return _shown(self._found(seen_guild(self.world, guild), event), request)

    def post(self, request: Request, guild: str) -> Payload:
        where = seen_guild(self.world, guild)
        self._need(where, May.CREATE_EVENTS)
        self._let_time_pass(where)
        if len(where.events) >= MOST_OPEN:
            raise Refusal(400, 30038, "Maximum number of uncompleted guild scheduled events reached (100)")
        self._check(request, request.body, new=True)
        event = {
            "id": str(self.world.snowflake()),
            "guild_id": guild,
            "channel_id": None,
            "creator_id": str(self.world.bot.id),
            "creator": self.world.bot.payload(),
            "description": None,
            "image": None,
            "status": SCHEDULED,
            "entity_type": EXTERNAL,
            "entity_id": None,
            "recurrence_rule": None,
            "guild_scheduled_event_exceptions": [],
            **{name: request.body[name] for name in _FIELDS if name in request.body},
        }
        where.events[int(event["id"])] = event
        return event

    def patch(self, request: Request, guild: str, event: str) -> Payload:
        where = seen_guild(self.world, guild)
        self._let_time_pass(where)
        if event.isdecimal() and self.over.get(int(event), {}).get("status") in (COMPLETED, CANCELED):
            raise Refusal(400, 180000, "Cannot update a finished event")
        found = self._found(where, event)
        self._need(where, *self._to_change(found))
        step = (found["status"], request.body.get("status") or found["status"])
        if step[0] != step[1] and step not in _STEPS:
            self._refuse(request, f"status: an event of status {step[0]} cannot be set to {step[1]}")
        timed = any(name.startswith("scheduled_") and request.body[name] != found[name] for name in request.body)
        self._check(request, {**found, **request.body}, new=timed)
        found |= {name: request.body[name] for name in _FIELDS if name in request.body}
        found["status"] = step[1]
        if found["status"] in (COMPLETED, CANCELED):
            self._end(where, int(event), found["status"])
        return found

    def delete(self, _: Request, guild: str, event: str) -> None:
        where = seen_guild(self.world, guild)
        self._need(where, *self._to_change(self._found(where, event)))
        self._end(where, int(event))

    def _end(self, guild: Guild, number: int, status: int | None = None) -> None:
        self.over[number] = guild.events.pop(number)
        self.over[number]["status"] = status

    def _to_change(self, event: Payload) -> tuple[May, ...]:
        """The permissions, any one of which allows changing an event."""
        own = event["creator_id"] == str(self.world.bot.id)
        return (May.CREATE_EVENTS, May.MANAGE_EVENTS) if own else (May.MANAGE_EVENTS,)

    def _need(self, guild: Guild, *permissions: May) -> None:
        if not any(guild.allowed(self.world.bot) & permission for permission in permissions):
            raise Refusal(403, 50013, "Missing Permissions")

    def _found(self, guild: Guild, number: str) -> Payload:
        self._let_time_pass(guild)
        if not number.isdecimal() or int(number) not in guild.events:
            raise Refusal(404, 10070, "Unknown Guild Scheduled Event")
        return guild.events[int(number)]

    def _let_time_pass(self, guild: Guild) -> None:
        """Starts and completes events by the clock, as Discord does with external ones."""
        now = self.world.clock.now()
        for number, event in list(guild.events.items()):
            if now >= datetime.fromisoformat(event["scheduled_end_time"]):
                self._end(guild, number, COMPLETED)
            elif now >= datetime.fromisoformat(event["scheduled_start_time"]):
                event["status"] = ACTIVE

    def _check(self, request: Request, event: Payload, *, new: bool) -> None:
        """Checks a complete event against Discord's rules; its times only where they are ``new``."""
        if event.get("entity_type") != EXTERNAL:
            self._refuse(request, "entity_type: the stand-in only knows external events")
        if event.get("channel_id") is not None:
            self._refuse(request, "channel_id: an external event has none")
        if event.get("privacy_level") != MEMBERS_ONLY:
            self._refuse(request, f"privacy_level: {event.get('privacy_level')!r} is not {MEMBERS_ONLY}")
        self._check_text(request, "name", event.get("name"), MOST_NAME)
        self._check_text(request, "location", (event.get("entity_metadata") or {}).get("location"), MOST_LOCATION)
        if event.get("description"):
            self._check_text(request, "description", event["description"], MOST_DESCRIPTION)
        begin, end = (self._moment(request, event, f"scheduled_{which}_time") for which in ("start", "end"))
        if begin >= end:
            self._refuse(request, "scheduled_end_time: it ends before it begins")
        if new and event.get("status", SCHEDULED) == SCHEDULED and begin <= self.world.clock.now():
            self._refuse(request, "scheduled_start_time: cannot schedule an event in the past")

    def _check_text(self, request: Request, name: str, text: object, most: int) -> None:
        if not isinstance(text, str) or not 1 <= len(text.strip()) <= len(text) <= most:
            self._refuse(request, f"{name}: {text!r} is not a text of 1 to {most} characters")

    def _moment(self, request: Request, event: Payload, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(event[name])
        except (KeyError, TypeError, ValueError):
            self._refuse(request, f"{name}: {event.get(name)!r} is no moment")
        if moment.tzinfo is None:
            self._refuse(request, f"{name}: {event[name]!r} names no offset")
        return moment

    def _refuse(self, request: Request, what: str) -> NoReturn:
        self._problem(f"{request.method} {request.path}: {what}")
        raise Refusal(400, 50035, f"Invalid Form Body: {what}")


def _shown(event: Payload, request: Request) -> Payload:
    wanted = request.query.get("with_user_count") in ("1", "true", "True")
    return {**event, "user_count": 1} if wanted else event
