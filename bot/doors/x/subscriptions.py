"""Tells X what to push: a private message to us, on either stack."""

import logging
from typing import Any, Optional

import httpx

from bot.doors.x.api import Api
from bot.doors.x.problems import Failing, Invalid, Raw, problem_of

SUBSCRIPTIONS, WEBHOOKS = "/2/activity/subscriptions", "/2/webhooks"
PUSHED = ("dm.received", "chat.received", "oauth.revoke")

_log = logging.getLogger(__name__)


async def subscribe(api: Api, me: str, webhook: Optional[str] = None) -> None:
    """Have what is written to `me` pushed, to the webhook of this id if there is one.

    Raises:
        Problem: X does not do it.
    """
    have = await _existing(api)
    for kind in PUSHED:
        wanted: dict[str, Any] = {"event_type": kind, "filter": {"user_id": me}}
        if (kind, me, webhook or "") in have:
            continue
        if webhook:
            wanted["webhook_id"] = webhook
        try:
            await api.post("subscriptions", SUBSCRIPTIONS, wanted)
        except Invalid:  # it is there already, or this kind is not offered to us
            _log.info("X takes no subscription to %s", kind)


async def _existing(api: Api) -> set[tuple[str, str, str]]:
    found = (await api.get("subscriptions", SUBSCRIPTIONS)).data().get("data")
    have = set()
    for each in found if isinstance(found, list) else []:
        where = each.get("filter") if isinstance(each, dict) else None
        user = where.get("user_id") if isinstance(where, dict) else None
        have.add((str(each.get("event_type")), str(user), str(each.get("webhook_id") or "")))
    return have


async def register(client: httpx.AsyncClient, root: str, bearer: str, address: str) -> str:
    """Make X know the webhook at `address`, or prove itself again; its id.

    Raises:
        Problem: X does not take it.
    """
    headers = {"authorization": f"Bearer {bearer}"}
    listed = await _call(client, "GET", root + WEBHOOKS, headers)
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and each.get("url") == address:
            identity = str(each["id"])
            await _call(client, "PUT", f"{root}{WEBHOOKS}/{identity}", headers)
            return identity
    made = await _call(client, "POST", root + WEBHOOKS, headers, {"url": address})
    if not isinstance(made, dict) or "id" not in made:
        raise Failing("no id in the answer")
    return str(made["id"])


async def _call(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    headers: dict[str, str],
    body: Optional[dict[str, str]] = None,
) -> Any:
    try:
        answer = await client.request(method, url, headers=headers, json=body)
    except httpx.HTTPError as error:
        raise Failing(type(error).__name__) from None
    raw = Raw(answer.status_code, answer.headers, answer.content)
    if not raw.ok:
        raise problem_of(raw)
    return raw.data().get("data")
