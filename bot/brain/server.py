"""Serves a brain to doors in other processes: POST /reply, /forget, /recall, GET /health."""

import hmac
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.brain.interface import Brain, BrainError
from bot.brain.wire import LONGEST_BODY, WireError, pack_replies, unpack_message


def brain_app(brain: Brain, token: str) -> Starlette:
    """The application; `token` must come with every call but /health."""

    def allowed(request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

    async def reply(request: Request) -> Response:
        if not allowed(request):
            return _refusal(401, "wrong or missing token")
        try:
            message = unpack_message(await _json_body(request))
            return JSONResponse(pack_replies(await brain.reply(message)))
        except WireError as error:
            return _refusal(400, f"not a message: {error}")
        except BrainError as error:
            return _refusal(503, str(error))

    async def forget(request: Request) -> Response:
        if not allowed(request):
            return _refusal(401, "wrong or missing token")
        try:
            await brain.forget(unpack_message(await _json_body(request)).person)
        except WireError as error:
            return _refusal(400, f"not a message: {error}")
        return JSONResponse({})

    async def recall(request: Request) -> Response:
        if not allowed(request):
            return _refusal(401, "wrong or missing token")
        try:
            person = unpack_message(await _json_body(request)).person
            return JSONResponse({"words": await brain.recall(person)})
        except WireError as error:
            return _refusal(400, f"not a message: {error}")

    async def health(_request: Request) -> Response:
        return JSONResponse({"ready": True})

    return Starlette(
        routes=[
            Route("/reply", reply, methods=["POST"]),
            Route("/forget", forget, methods=["POST"]),
            Route("/recall", recall, methods=["POST"]),
            Route("/health", health),
        ]
    )


async def _json_body(request: Request) -> Any:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise WireError("too long")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status)
