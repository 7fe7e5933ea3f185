"""Webhooks: registration with a challenge, signed deliveries, replays, and forgeries.

Documented (docs.x.com/x-api/webhooks): URLs, the challenge, the signature, ten seconds, the replay
and its times. Not documented: whether a failed delivery is tried again. Here it is not; the replay
brings it. Plain HTTP and ports are let in on loopback only.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tests.fakes.telegram.clock import Clock
from tests.fakes.telegram.signals import Signal
from tests.fakes.x.activity import Envelope
from tests.fakes.x.ids import Snowflakes
from tests.fakes.x.mail import iso
from tests.fakes.x.problems import Json, Refused, invalid

HEADER = "x-twitter-webhooks-signature"
PATIENCE = 10.0
MOST = 5


@dataclass
class Webhook:
    id: str
    url: str
    created_at: float
    valid: bool = True

    def shown(self) -> Json:
        shown = {"id": self.id, "url": self.url, "created_at": iso(self.created_at)}
        return shown | {"valid": self.valid}


@dataclass(frozen=True)
class Attempt:
    """One delivery; `status` is 0 when there was no answer."""

    webhook_id: str
    uuid: str
    at: float
    status: int


def sign(secret: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


class Webhooks:
    """Delivers in order while the server runs."""

    def __init__(self, clock: Clock, ids: Snowflakes, secret: str) -> None:
        self._clock = clock
        self._ids = ids
        self._secret = secret
        self._waiting: deque[tuple[Webhook, str, Json]] = deque()
        self._arrived, self._delivered = Signal(), Signal()
        self.all: dict[str, Webhook] = {}
        self.attempts: list[Attempt] = []

    async def add(self, url: str) -> Webhook:
        """Refused unless the URL is right and answers the challenge."""
        _check_url(url)
        if any(one.url == url for one in self.all.values()):
            raise failed("DuplicateUrlFailed", url)
        if len(self.all) >= MOST:
            raise failed("WebhookLimitExceeded", url)
        made = Webhook(self._ids.next(), url, self._clock())
        await self.challenge(made)
        self.all[made.id] = made
        return made

    async def challenge(self, hook: Webhook) -> None:
        token = secrets.token_urlsafe(32)
        try:
            answer = await self.ask(hook.url, token)
            right = answer.json()["response_token"] == sign(self._secret, token.encode())
            hook.valid = answer.status_code == 200 and right
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            hook.valid = False
        if not hook.valid:
            raise failed("CrcValidationFailed", hook.url)

    async def ask(self, url: str, token: str) -> httpx.Response:
        """Puts any challenge to the bot, a dishonest one too; redirects are not followed."""
        async with _client() as client:
            return await client.get(url, params={"crc_token": token})

    def send(self, number: str, envelope: Envelope) -> bool:
        """Whether the webhook exists and is valid."""
        hook = self.all.get(number)
        if hook is None or not hook.valid:
            return False
        self._waiting.append((hook, envelope.uuid, envelope.body))
        self._arrived.notify()
        return True

    async def run(self) -> None:
        while True:
            while self._waiting:
                hook, uuid, body = self._waiting[0]
                status = await self.post(hook.url, json.dumps(body).encode())
                self._waiting.popleft()
                self.attempts.append(Attempt(hook.id, uuid, self._clock(), status))
                self._delivered.notify()
            await self._arrived.wait()

    async def post(self, url: str, body: bytes, signature: str | None = None) -> int:
        """The status of a delivery, honest unless a `signature` is given; "" sends none."""
        honest = sign(self._secret, body)
        headers = {"Content-Type": "application/json", HEADER: signature or honest}
        if signature == "":
            del headers[HEADER]
        try:
            async with _client() as client:
                return (await client.post(url, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0

    async def replay(self, hook: Webhook, job: str, envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            self.send(hook.id, envelope)
        state = {"webhook_id": hook.id, "job_state": "Complete", "job_id": job}
        state["job_state_description"] = "Job completed successfully"
        self._waiting.append((hook, job, {"replay_job_status": state}))
        self._arrived.notify()

    async def settled(self) -> None:
        """Nothing waits to be delivered."""
        while self._waiting:
            await self._delivered.wait()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=PATIENCE, trust_env=False)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    right = parts.scheme == "https" and bool(parts.hostname) and parts.port is None
    if not 1 <= len(url) <= 200 or not (local or right):
        raise failed("UrlValidationFailed", url)


def failed(reason: str, url: str) -> Refused:
    """The names of the reasons are documented, the rest of the body is inferred."""
    return invalid(reason, url=url)
