"""The commands that the bot registered, globally and for single servers."""

from __future__ import annotations

from tests.wire.routes import Refusal, Request, Route
from tests.wire.world import Payload, World, snowflake


class Commands:
    """Stores the commands and answers the requests about them.

    Attributes:
        everywhere: the global commands, which work in all servers and in direct messages.
        of_guild: the commands of a single server, by its id.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.everywhere: list[Payload] = []
        self.of_guild: dict[int, list[Payload]] = {}

    def routes(self) -> list[Route]:
        everywhere = "/applications/{application}/commands"
        of_guild = "/applications/{application}/guilds/{guild}/commands"
        return [
            Route.to("GET", everywhere, self.get),
            Route.to("PUT", everywhere, self.put),
            Route.to("GET", of_guild, self.get_of_guild),
            Route.to("PUT", of_guild, self.put_of_guild),
        ]

    def known(self, guild: int | None) -> list[Payload]:
        """The commands offered in a server, or in direct messages; the server's own come first."""
        return [*(self.of_guild.get(guild, []) if guild is not None else []), *self.everywhere]

    def get(self, _: Request, application: str) -> list[Payload]:
        self._own(application)
        return self.everywhere

    def put(self, request: Request, application: str) -> list[Payload]:
        self._own(application)
        self.everywhere = self._registered(self.everywhere, request, {})
        return self.everywhere

    def get_of_guild(self, _: Request, application: str, guild: str) -> list[Payload]:
        return self.of_guild.get(self._member_of(application, guild), [])

    def put_of_guild(self, request: Request, application: str, guild: str) -> list[Payload]:
        number = self._member_of(application, guild)
        before = self.of_guild.get(number, [])
        self.of_guild[number] = self._registered(before, request, {"guild_id": guild})
        return self.of_guild[number]

    def _registered(self, before: list[Payload], request: Request, added: Payload) -> list[Payload]:
        """The new list of commands; a command of the same name and kind as before keeps its id."""
        ids = {(command["name"], command.get("type")): command["id"] for command in before}
        added = {**added, "application_id": str(self.world.application_id), "version": str(snowflake())}
        return [  # a context menu command has no description; Discord returns an empty one
            {
                "description": "",
                **command,
                **added,
                "id": ids.get((command["name"], command.get("type"))) or str(snowflake()),
            }
            for command in request.body
        ]

    def _own(self, application: str) -> None:
        if application != str(self.world.application_id):
            raise Refusal(403, 20012, "You are not authorized to perform this action on this application")

    def _member_of(self, application: str, guild: str) -> int:
        """The id of a server that the bot is in; for any other server Discord refuses the request."""
        self._own(application)
        if not guild.isdecimal() or self.world.find_guild(int(guild)) is None:
            raise Refusal(403, 50001, "Missing Access")
        return int(guild)
