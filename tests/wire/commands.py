"""Commands as the bot registered them: for everywhere, and for one server each."""

from __future__ import annotations

from tests.wire.routes import Refusal, Request, Route
from tests.wire.world import Payload, World, snowflake


class Commands:
    """Keeps commands, and answers the requests about them.

    Attributes:
        everywhere: those of all servers and direct messages.
        of_guild: those of one server alone, by its id.
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
        """What a person is offered in a server, or in direct messages: a server's own come first."""
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
        """What replaces the commands that there were; one of the same name and kind keeps its id."""
        ids = {(command["name"], command.get("type")): command["id"] for command in before}
        added = {**added, "application_id": str(self.world.application_id), "version": str(snowflake())}
        return [  # of a menu's command, which has no description, Discord tells an empty one
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
        """A server that the bot is in: of no other does Discord tell it anything."""
        self._own(application)
        if not guild.isdecimal() or self.world.find_guild(int(guild)) is None:
            raise Refusal(403, 50001, "Missing Access")
        return int(guild)
