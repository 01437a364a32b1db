"""What may happen in a simulated night, each event a value with its moment."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Event:
    """Something that happens ``at`` so many seconds from the beginning."""

    at: float

    def __str__(self) -> str:
        facts = ((each.name, getattr(self, each.name)) for each in fields(self) if each.name != "at")
        said = (f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in facts)
        return f"{type(self).__name__}: {', '.join(said)}".removesuffix(": ")


@dataclass(frozen=True)
class Chat(Event):
    """People write so many messages in a channel within a few seconds."""

    channel: int
    many: int


@dataclass(frozen=True)
class Weather(Event):
    """For some seconds, requests meet such a fate with such a chance."""

    seconds: float
    kind: str
    chance: float


@dataclass(frozen=True)
class Delay(Event):
    """The nth message to be sent from then on lands only after so many seconds, and nobody is told."""

    nth: int
    seconds: float


@dataclass(frozen=True)
class Outage(Event):
    """For some seconds, Discord cannot be reached."""

    seconds: float


@dataclass(frozen=True)
class Stall(Event):
    """The process stands still for some seconds, at the nth such moment from then on."""

    moment: str
    nth: int
    seconds: float


@dataclass(frozen=True)
class Kill(Event):
    """The process dies at the nth such moment from then on, and is started again after some seconds.

    ``elsewhere`` starts it on another machine with another clock; ``restored`` from the last copy of the store.
    """

    moment: str
    nth: int
    pause: float
    elsewhere: float = 0.0
    restored: bool = False


@dataclass(frozen=True)
class Stop(Event):
    """An operator stops the process in an orderly way, and starts it again after some seconds."""

    pause: float


@dataclass(frozen=True)
class Backup(Event):
    """Somebody copies the store."""


@dataclass(frozen=True)
class Jump(Event):
    """The process's clock is set forward, or back."""

    seconds: float


@dataclass(frozen=True)
class Forbid(Event):
    """For some seconds the bot may not write in a channel, or the channel is gone for good."""

    channel: int
    seconds: float
    gone: bool = False


@dataclass(frozen=True)
class OffAndOn(Event):
    """A moderator switches everything off in a server, and on again some seconds later."""

    guild: int
    seconds: float


@dataclass(frozen=True)
class Hide(Event):
    """For some seconds the bot may not read a channel's history."""

    channel: int
    seconds: float


@dataclass(frozen=True)
class NoEvents(Event):
    """For some seconds the bot may not make scheduled events in a server, or the server has all that it can have."""

    guild: int
    seconds: float
    full: bool = False


@dataclass(frozen=True)
class Import(Event):
    """The schedule or the results change: see ``Schedule.edited``."""

    edit: str
