"""The table of routes: who may call each, with which parameters, and what runs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.fakes.x.asking import Ask
from tests.fakes.x.problems import Json

if TYPE_CHECKING:
    from tests.fakes.x.world import World

Who = Literal["user", "app", "both", "anyone"]
Handler = Callable[["World", Ask], Any]

ROUTES: list["Route"] = []


@dataclass(frozen=True)
class Answer:
    """`body` as JSON; the page of a list may be bent by a fault before it goes."""

    body: Json
    status: int = 200


@dataclass(frozen=True)
class Route:
    name: str
    verb: str
    path: str
    scopes: frozenset[str]
    who: Who
    run: Handler


def route(
    name: str, verb: str, path: str, scopes: str = "", who: Who = "user"
) -> Callable[[Handler], Handler]:
    """Registers a handler; limits and faults know the route by `name`."""

    def register(run: Handler) -> Handler:
        ROUTES.append(Route(name, verb, path, frozenset(scopes.split()), who, run))
        return run

    return register


def check_name(name: str) -> None:
    """ValueError for a name that no route has, so that a slip in a test shows."""
    names = {one.name for one in ROUTES}
    if names and name not in names:
        raise ValueError(f"no route {name!r}: {', '.join(sorted(names))}")


async def call(world: "World", found: Route, ask: Ask) -> Any:
    result = found.run(world, ask)
    return await result if isinstance(result, Awaitable) else result
