"""The table of Bot API methods: which parameters each knows, and what runs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.errors import Refused, bad

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

Handler = Callable[["World", Arguments], Any]

METHODS: dict[str, "Method"] = {}


@dataclass(frozen=True)
class Method:
    name: str
    known: frozenset[str]
    run: Handler


def method(name: str, parameters: str = "") -> Callable[[Handler], Handler]:
    """Registers a handler with the parameters that core.telegram.org/bots/api lists for it."""

    def register(run: Handler) -> Handler:
        METHODS[name.lower()] = Method(name, frozenset(parameters.split()), run)
        return run

    return register


def find(name: str) -> Method:
    """Names are read without regard to case, as by the real server."""
    found = METHODS.get(name.lower())
    if found is None:
        raise Refused(404, "Not Found")
    return found


async def call(world: "World", found: Method, arguments: Arguments) -> Any:
    """Refuses what the method does not know, so that a typo shows."""
    attached = {str(value).removeprefix("attach://") for value in arguments.values.values()}
    unknown = (set(arguments.values) | set(arguments.files) - attached) - found.known
    if unknown:
        raise bad(f"unknown parameters of {found.name}: {', '.join(sorted(unknown))}")
    result = found.run(world, arguments)
    return await result if isinstance(result, Awaitable) else result
