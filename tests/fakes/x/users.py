"""GET /2/users/me."""

from typing import TYPE_CHECKING

from tests.fakes.x.accounts import USER_FIELDS
from tests.fakes.x.asking import Ask
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World


@route("me", "GET", "/2/users/me", "tweet.read users.read")
def me(world: "World", ask: Ask) -> Answer:
    ask.only(["user.fields", "expansions", "tweet.fields", "post.fields"])
    fields = ask.chosen("user.fields", USER_FIELDS)
    world.money.read("user", ask.user)
    return Answer({"data": world.accounts[ask.user].shown(fields)})
