"""/2/webhooks (docs.x.com/x-api/webhooks/quickstart, the official OpenAPI file)."""

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.mail import iso
from tests.fakes.x.problems import invalid
from tests.fakes.x.registry import Answer, route
from tests.fakes.x.webhook import Webhook

if TYPE_CHECKING:
    from tests.fakes.x.world import World

ALL, ONE = "/2/webhooks", "/2/webhooks/{webhook_id}"


@route("webhooks", "POST", ALL, who="app")
async def create(world: "World", ask: Ask) -> Answer:
    body = object_of(ask.body(), "$", {"url": "string"}, "url")
    return Answer({"data": (await world.webhooks.add(body["url"])).shown()})


@route("webhooks", "GET", ALL, who="app")
def listed(world: "World", ask: Ask) -> Answer:
    ask.chosen("webhook_config.fields", ["created_at", "id", "url", "valid"])
    found = [hook.shown() for hook in world.webhooks.all.values()]
    return Answer({"data": found, "meta": {"result_count": len(found)}})


@route("webhooks", "PUT", ONE, who="app")
async def validate(world: "World", ask: Ask) -> Answer:
    await world.webhooks.challenge(_hook(world, ask.number("webhook_id")))
    return Answer({"data": {"valid": True}})


@route("webhooks", "DELETE", ONE, who="app")
def delete(world: "World", ask: Ask) -> Answer:
    del world.webhooks.all[_hook(world, ask.number("webhook_id")).id]
    return Answer({"data": {"deleted": True}})


@route("webhook_replay", "POST", "/2/webhooks/replay", who="app")
async def replay(world: "World", ask: Ask) -> Answer:
    """Of the last 24 hours; from at least 31, to at least 10 minutes ago."""
    names = dict.fromkeys(("webhook_id", "from_date", "to_date"), "string")
    body = object_of(ask.body(), "$", names, " ".join(names))
    hook = _hook(world, body["webhook_id"])
    start, end, now = _minute(body["from_date"]), _minute(body["to_date"]), world.clock()
    if not now - 86_400 <= start <= now - 31 * 60 or not start < end <= now - 10 * 60:
        raise invalid("from_date and to_date are out of range", from_date=body["from_date"])
    job, envelopes = world.ids.next(), world.activity.since(start, end)
    await world.webhooks.replay(hook, job, envelopes)
    return Answer({"data": {"job_id": job, "created_at": iso(now)}})


def _hook(world: "World", number: str) -> Webhook:
    if number not in world.webhooks.all:
        raise invalid("WebhookIdInvalid", webhook_id=number)
    return world.webhooks.all[number]


def _minute(text: str) -> float:
    """`yyyymmddhhmm` in UTC."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        raise invalid("dates are yyyymmddhhmm", from_date=text) from None
