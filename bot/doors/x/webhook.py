"""What X posts to a public address: proved by a signature, as the address proves itself to X.

One secret signs both deliveries and challenges. A challenge is answered only if it looks like those
of X: no body of a delivery does, so nobody can have one signed here.
"""

import base64
import hashlib
import hmac
import json
import logging
import re

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.doors.x.activity import Activity
from bot.doors.x.problems import Problem
from bot.gateway.gateway import whereabouts

SIGNATURE = "x-twitter-webhooks-signature"
LONGEST = 1 << 20
CHALLENGE = re.compile(r"[A-Za-z0-9+/=_-]{16,128}")

_log = logging.getLogger(__name__)


def signed(secret: str, body: bytes) -> str:
    """The signature of a body, or of a challenge."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def webhook_app(activity: Activity, path: str, secret: str) -> Starlette:
    """Answers challenges and takes deliveries at `path`."""

    async def challenge(request: Request) -> Response:
        token = request.query_params.get("crc_token", "")
        if not CHALLENGE.fullmatch(token):
            return PlainTextResponse("not a challenge", 400)
        return JSONResponse({"response_token": signed(secret, token.encode())})

    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        given = request.headers.get(SIGNATURE, "")
        if not hmac.compare_digest(given.encode(), signed(secret, body).encode()):
            return PlainTextResponse("wrong or missing signature", 403)
        return await _taken(activity, body)

    async def both(request: Request) -> Response:
        return await (challenge if request.method == "GET" else receive)(request)

    return Starlette(routes=[Route(path or "/", both, methods=["GET", "POST"])])


async def _taken(activity: Activity, body: bytes) -> Response:
    """Taken means committed: what is not is refused, and polling brings it."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return PlainTextResponse("not JSON", 400)
    try:
        await activity.receive(envelope)
    except (Problem, sa.exc.SQLAlchemyError) as error:
        _log.error("a delivery could not be kept: %s", whereabouts(error))
        activity.wake()
        return PlainTextResponse("try again later", 503)
    return Response()


async def _body(request: Request) -> "bytes | None":
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return None
    return bytes(body)
