"""/2/activity/subscriptions (docs.x.com/x-api/activity/quickstart, the official OpenAPI file).

The documents show the answer to a creation in three shapes; the world's `activity.shape` chooses.
"""

from typing import TYPE_CHECKING

from tests.fakes.x.activity import EVENT_TYPES, MOST, Subscription
from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.problems import Json, blank, invalid, missing, wrong_parameter
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

ALL, ONE = "/2/activity/subscriptions", "/2/activity/subscriptions/{subscription_id}"
_FILTER = dict.fromkeys(("user_id", "direction", "keyword"), "string")
_NEW = {"event_type": "string", "filter": "object", "tag": "string", "webhook_id": "string"}
_PRIVATE = ("dm.", "chat.")


@route("subscription_add", "POST", ALL, who="both")
def create(world: "World", ask: Ask) -> Answer:
    """Private events need the consent of the account they are about."""
    body = object_of(ask.body(), "$", _NEW, "event_type filter")
    where = object_of(body["filter"], "$.filter", _FILTER)
    kind, tag = body["event_type"], body.get("tag", "-")
    if kind not in EVENT_TYPES:
        raise invalid("$.event_type: does not have a value in the enumeration")
    if not 1 <= len(tag) <= 200:
        raise invalid("$.tag: must be 1 to 200 characters long")
    if kind.startswith(_PRIVATE) and not _consented(ask, where):
        raise blank(403)
    if len(world.activity.subscriptions) >= MOST:
        raise invalid("the maximum number of subscriptions is reached")
    _check_webhook(world, body)
    if any(_alike(one, kind, where) for one in world.activity.subscriptions.values()):
        raise invalid("there is such a subscription already")
    made = world.activity.subscribe(kind, where, body.get("tag", ""), body.get("webhook_id", ""))
    return Answer(_created(world, made))


def _consented(ask: Ask, where: Json) -> bool:
    return where.get("user_id") == ask.user and "dm.read" in ask.access.scopes


def _check_webhook(world: "World", body: Json) -> None:
    if body.get("webhook_id", "") not in ("", *world.webhooks.all):
        raise invalid("WebhookIdInvalid", webhook_id=body["webhook_id"])


def _alike(one: Subscription, kind: str, where: Json) -> bool:
    return (one.event_type, one.filter) == (kind, where)


def _created(world: "World", made: Subscription) -> Json:
    meta = {"meta": {"total_subscriptions": len(world.activity.subscriptions)}}
    if world.activity.shape == "spec":
        return {"data": {"subscription": made.shown()}}
    if world.activity.shape == "list":
        return {"data": [made.shown()], **meta}
    return {"data": made.shown(), **meta}


@route("subscriptions", "GET", ALL, who="both")
def listed(world: "World", ask: Ask) -> Answer:
    ask.only(["max_results", "pagination_token"])
    ask.within("max_results", 1_000, 1, 1_000)
    found = [one.shown() for one in world.activity.subscriptions.values()]
    return Answer({"data": found, "meta": {"total_subscriptions": len(found)}})


@route("subscription_change", "PUT", ONE, who="app")
def change(world: "World", ask: Ask) -> Answer:
    body = object_of(ask.body(), "$", {"tag": "string", "webhook_id": "string"})
    found = world.activity.subscriptions.get(ask.number("subscription_id"))
    if found is None:
        return Answer({"errors": [_missing(ask.path["subscription_id"])]})
    _check_webhook(world, body)
    found.tag = body.get("tag", found.tag)
    found.webhook_id = body.get("webhook_id", found.webhook_id)
    found.updated_at = world.clock()
    return Answer(_created(world, found))


@route("subscription_delete", "DELETE", ONE, who="app")
def delete(world: "World", ask: Ask) -> Answer:
    number = ask.number("subscription_id")
    if world.activity.subscriptions.pop(number, None) is None:
        return Answer({"errors": [_missing(number)]})
    left = {"total_subscriptions": len(world.activity.subscriptions)}
    return Answer({"data": {"deleted": True}, "meta": left})


@route("subscription_delete", "DELETE", ALL, who="app")
def delete_many(world: "World", ask: Ask) -> Answer:
    ask.only(["ids"])
    ids = ask.query.get("ids", "").split(",")
    if not all(one.isdigit() for one in ids):
        raise wrong_parameter("ids", ask.query.get("ids", ""), "is not valid")
    gone = [one for one in ids if world.activity.subscriptions.pop(one, None)]
    left = {"total_subscriptions": len(world.activity.subscriptions)}
    data = [{"subscription_id": one, "deleted": True} for one in gone]
    return Answer({"data": data, "meta": left})


def _missing(number: str) -> Json:
    return missing("subscription", "subscription_id", number)
