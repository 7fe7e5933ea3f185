"""How updates reach the bot: getUpdates, webhooks; and who the bot is."""

from typing import TYPE_CHECKING

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.errors import Json, Refused, bad
from tests.fakes.telegram.registry import method
from tests.fakes.telegram.updates import WEBHOOK_ON
from tests.fakes.telegram.webhook import Webhook, check_secret, check_url

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World


@method("getMe")
def get_me(world: "World", arguments: Arguments) -> Json:
    return world.bot.user(world.bot_id, whole=True)


@method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(world: "World", arguments: Arguments) -> list[Json]:
    try:
        return await _get_updates(world, arguments)
    except Refused as refused:
        if world.limits and refused.code == 409:
            await world.pace.conflict(world.clock())
        raise


async def _get_updates(world: "World", arguments: Arguments) -> list[Json]:
    if world.webhook.url:
        raise Refused(409, f"Conflict: {WEBHOOK_ON}")
    offset = arguments.integer("offset")
    limit = arguments.within("limit", 100, 1, 100)
    seconds = arguments.within("timeout", 0, 0, 50)
    world.updates.allow(arguments.decoded("allowed_updates"))
    if world.limits:
        limit, seconds = world.pace.ask(offset, limit, seconds, world.clock())
    return await world.updates.get(offset, limit, seconds)


@method(
    "setWebhook",
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
def set_webhook(world: "World", arguments: Arguments) -> bool:
    if arguments.has("certificate"):
        raise bad("certificates are not modelled by this fake")
    url = arguments.text("url")
    if not url:
        _drop(world, arguments)
        world.webhook = Webhook()
        return True
    if world.limits:
        world.pace.hook(world.clock())
    check_secret(arguments.text("secret_token"))
    check_url(url)
    connections = arguments.within("max_connections", 40, 1, 100)
    world.updates.allow(arguments.decoded("allowed_updates"))
    _drop(world, arguments)
    world.updates.end_poll_by_webhook()
    secret, address = arguments.text("secret_token"), arguments.text("ip_address")
    world.webhook = Webhook(url, secret, connections, address)
    world.updates.arrived.notify()
    return True


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(world: "World", arguments: Arguments) -> bool:
    _drop(world, arguments)
    world.webhook = Webhook()
    return True


def _drop(world: "World", arguments: Arguments) -> None:
    if arguments.flag("drop_pending_updates"):
        world.updates.pending.clear()


@method("getWebhookInfo")
def get_webhook_info(world: "World", arguments: Arguments) -> Json:
    world.updates.expire()
    return world.webhook.info(len(world.updates.pending), world.updates.allowed)
