"""Delivering updates by webhook: in order for a chat, again and again until the bot says 2xx."""

import asyncio
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.updates import Update

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (80, 88, 443, 8443)


@dataclass
class Webhook:
    """What setWebhook set; an empty URL means none."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error: str = ""
    last_error_at: int = 0

    def info(self, pending: int, allowed: list[str]) -> Json:
        info: Json = {"url": self.url, "has_custom_certificate": False}
        info["pending_update_count"] = pending
        if self.url:
            info["max_connections"] = self.max_connections
        if self.ip_address:
            info["ip_address"] = self.ip_address
        if self.last_error:
            info |= {"last_error_date": self.last_error_at, "last_error_message": self.last_error}
        return info | ({"allowed_updates": allowed} if allowed else {})


def check_url(url: str) -> None:
    """HTTPS on Telegram's four ports; for tests also plain HTTP on loopback."""
    parts = urlsplit(url)
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return
    if parts.scheme != "https" or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        ports = ", ".join(map(str, PORTS[:-1]))
        raise bad(f"bad webhook: Webhook can be set up only on ports {ports} or {PORTS[-1]}")


def check_secret(secret: str) -> None:
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")


class Deliveries:
    """Runs while the server runs."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            try:
                while True:
                    self._dispatch(client)
                    await self._world.updates.arrived.wait()
            finally:
                await self._stop()

    async def _stop(self) -> None:
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _dispatch(self, client: httpx.AsyncClient) -> None:
        self._world.updates.expire()
        hook = self._world.webhook
        for update in self._world.updates.pending if hook.url else []:
            if update.key not in self._busy and len(self._busy) < hook.max_connections:
                task = asyncio.create_task(self._deliver(client, update))
                self._busy[update.key] = task
                task.add_done_callback(partial(self._free, update.key))

    def _free(self, key: str, _: object) -> None:
        del self._busy[key]
        self._world.updates.arrived.notify()

    async def _deliver(self, client: httpx.AsyncClient, update: Update) -> None:
        """Gives up only when the webhook changes or the update is gone."""
        hook, pause = self._world.webhook, self._world.webhook_back_off
        while hook is self._world.webhook and update in self._world.updates.pending:
            error, wished = await _post(client, hook, update)
            if not error:
                self._world.updates.drop(update)
                return
            hook.last_error, hook.last_error_at = error, int(self._world.clock())
            await asyncio.sleep(wished or pause)
            pause = min(pause * 2, 60)


async def _post(client: httpx.AsyncClient, hook: Webhook, update: Update) -> tuple[str, float]:
    """What went wrong, if anything, and how long the bot asks to wait."""
    headers = {HEADER: hook.secret} if hook.secret else {}
    try:
        answer = await client.post(hook.url, json=update.shown(), headers=headers)
    except httpx.HTTPError as error:
        return f"Connection failed: {type(error).__name__}", 0
    if answer.is_success:
        return "", 0
    wished = answer.headers.get("retry-after", "")
    wrong = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
    return wrong, float(wished) if wished.isdigit() else 0
