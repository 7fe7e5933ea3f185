"""Tells X what to push: a private message to us, on either stack."""

import logging
from dataclasses import dataclass
from typing import Any, Optional

import httpx

from bot.doors.x.api import Api
from bot.doors.x.problems import Failing, Invalid, Raw, problem_of

SUBSCRIPTIONS, WEBHOOKS = "/2/activity/subscriptions", "/2/webhooks"
PUSHED = ("dm.received", "chat.received", "oauth.revoke")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class App:
    """Calls X for the app itself, by its own token."""

    client: httpx.AsyncClient
    root: str
    bearer: str

    async def call(self, method: str, path: str, body: Optional[dict[str, str]] = None) -> Any:
        """The data of the answer.

        Raises:
            Problem: there is no success.
        """
        headers = {"authorization": f"Bearer {self.bearer}"}
        try:
            answer = await self.client.request(method, self.root + path, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise Failing(type(error).__name__) from None
        raw = Raw(answer.status_code, answer.headers, answer.content)
        if not raw.ok:
            raise problem_of(raw)
        return raw.data().get("data")


async def subscribe(api: Api, app: App, me: str, webhook: str = "") -> None:
    """Have what is written to `me` pushed, to the webhook of this id if there is one.

    Raises:
        Problem: X does not do it.
    """
    have = await _existing(api, me)
    for kind in PUSHED:
        identity, goes_to = have.get(kind, ("", ""))
        if not identity:
            await _add(api, kind, me, webhook)
        elif webhook and goes_to != webhook:
            await app.call("PUT", f"{SUBSCRIPTIONS}/{identity}", {"webhook_id": webhook})


async def _add(api: Api, kind: str, me: str, webhook: str) -> None:
    wanted: dict[str, Any] = {"event_type": kind, "filter": {"user_id": me}}
    if webhook:
        wanted["webhook_id"] = webhook
    try:
        await api.post("subscriptions", SUBSCRIPTIONS, wanted)
    except Invalid:  # this kind is not offered to us
        _log.info("X takes no subscription to %s", kind)


async def _existing(api: Api, me: str) -> dict[str, tuple[str, str]]:
    """For each kind that is pushed already: the subscription's id, and its webhook's."""
    found = (await api.get("subscriptions", SUBSCRIPTIONS)).data().get("data")
    have = {}
    for each in found if isinstance(found, list) else []:
        where = each.get("filter") if isinstance(each, dict) else None
        if isinstance(where, dict) and where.get("user_id") == me:
            identity = str(each.get("subscription_id", ""))
            have[str(each.get("event_type"))] = (identity, str(each.get("webhook_id") or ""))
    return have


async def register(app: App, address: str) -> str:
    """Make X know the webhook at `address`, or prove itself again; its id.

    Raises:
        Problem: X does not take it.
    """
    listed = await app.call("GET", WEBHOOKS)
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and each.get("url") == address:
            identity = str(each["id"])
            await app.call("PUT", f"{WEBHOOKS}/{identity}")
            return identity
    made = await app.call("POST", WEBHOOKS, {"url": address})
    if not isinstance(made, dict) or "id" not in made:
        raise Failing("no id in the answer")
    return str(made["id"])
