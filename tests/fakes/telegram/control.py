"""Routes by which a test in another process moves the people: /_control/..., JSON both ways.

POST /_control/do {"who": id, "what": name, "with": {...}} calls a method of a person or a group;
messages are named by their ids, in the chat `in` (the person's own unless given). POST person,
group, fault, clock, bot make or change things; GET state, log, heard/<chat id> read them.
"""

import dataclasses
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.telegram.chats import Message
from tests.fakes.telegram.clock import ManualClock
from tests.fakes.telegram.errors import Json, Refused
from tests.fakes.telegram.groups import Group, Listener

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

_PREFIX = "/_control"
_MISTAKES = (ValueError, LookupError, TypeError, AttributeError, TimeoutError, Refused)


class Control:
    def __init__(self, world: "World") -> None:
        self.world = world
        self.groups: dict[int, Group] = {}

    async def person(self, asked: Json) -> Any:
        return self.world.person(**asked).describe()

    async def group(self, asked: Json) -> Any:
        people = [self.world.people[number] for number in asked.pop("people", [])]
        title, kind = asked.pop("title", "Atelier"), asked.pop("kind", "supergroup")
        return self._keep(self.world.group(title, kind, *people, **asked))

    def _keep(self, group: Group) -> Json:
        self.groups[group.id] = group
        return {"id": group.id}

    async def do(self, asked: Json) -> Any:
        """A method of a person or group, by name."""
        number, what = int(asked["who"]), str(asked["what"])
        if what.startswith("_"):
            raise ValueError("not for use from outside")
        found = getattr(self._listener(number), what)
        given = self._given(asked.get("with", {}), int(asked.get("in", number)))
        result = found(*asked.get("args", []), **given) if callable(found) else found
        return self._plain(await result if inspect.isawaitable(result) else result)

    def _listener(self, number: int) -> Listener:
        people = self.world.people
        return people[number] if number in people else self.groups[number]

    def _given(self, given: Json, chat_id: int) -> Json:
        def real(name: str, value: Any) -> Any:
            if name in ("message", "reply_to") and value is not None:
                return self._message(value, chat_id)
            if name == "group" and value is not None:
                return self.groups[value]
            return self.world.people[value] if name == "by" and value else value

        return {name: real(name, value) for name, value in given.items()}

    def _message(self, number: int | str, chat_id: int) -> Message:
        """By its number in the chat, or by its inline_message_id."""
        if isinstance(number, str):
            return self.world.inline_messages[number]
        return self.world.chats[chat_id].messages[number]

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Message):
            return value.summary()
        if isinstance(value, Group):
            return self._keep(value)
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        return {"id": value.id} if hasattr(value, "answered") else value

    async def fault(self, asked: Json) -> Any:
        return dataclasses.asdict(self.world.faults.next(**asked))

    async def clock(self, asked: Json) -> Any:
        clock = self.world.clock
        if isinstance(clock, ManualClock):
            clock.advance(asked.get("advance", 0))
        self.world.tick()
        return {"now": clock()}

    async def bot(self, asked: Json) -> Any:
        """Settings of BotFather: can_read_all_group_messages and others."""
        for name, value in asked.items():
            if not hasattr(self.world.bot, name):
                raise ValueError(f"no setting {name}")
            setattr(self.world.bot, name, value)
        return dataclasses.asdict(self.world.bot)

    async def state(self) -> Any:
        updates = self.world.updates
        waiting = [update.shown() for update in updates.pending]
        hook = self.world.webhook.info(len(waiting), updates.allowed)
        token = {"token": self.world.token, "bot_id": self.world.bot_id}
        return {**token, "pending": waiting, "allowed": updates.allowed, "webhook": hook}

    async def log(self) -> Any:
        return self.world.log.summary()


def control_routes(world: "World") -> list[Route]:
    control = Control(world)

    async def heard(request: Request) -> Response:
        chat = world.chats[int(request.path_params["chat"])]
        return JSONResponse([message.summary() for message in chat.said])

    posts = [control.person, control.group, control.do, control.fault, control.clock, control.bot]
    routes = [Route(f"{_PREFIX}/{act.__name__}", _post(act), methods=["POST"]) for act in posts]
    for look in (control.state, control.log):
        routes.append(Route(f"{_PREFIX}/{look.__name__}", _get(look)))
    return [*routes, Route(f"{_PREFIX}/heard/{{chat:str}}", heard)]


Endpoint = Callable[[Request], Awaitable[Response]]


def _post(act: Callable[[Json], Awaitable[Any]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse({"result": await act(await request.json())})
        except _MISTAKES as error:
            told = {"error": type(error).__name__, "reason": str(error)}
            return JSONResponse(told, 400)

    return endpoint


def _get(look: Callable[[], Awaitable[Any]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse({"result": await look()})

    return endpoint
