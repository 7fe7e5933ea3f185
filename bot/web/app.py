"""The web application."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Optional

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.brain.interface import Brain
from bot.knowledge.model import Language
from bot.replies.wording import Wording
from bot.web.chat import ChatPages
from bot.web.guard import Guard
from bot.web.privacy import PrivacyPage

STATIC = Path(__file__).parent / "static"


def web_app(
    brain: Brain,
    wordings: Mapping[Language, Wording],
    key: bytes,
    hosts: Collection[str],
    operator: Optional[str] = None,
) -> Starlette:
    """The pages over `brain`; `hosts` are the names they may be reached by (empty: any).

    `operator` is who runs them and how to reach them.
    """
    pages = ChatPages(brain, wordings, key)
    return Starlette(
        routes=[
            Route("/", pages.home),
            Route("/chat", pages.page, methods=["GET", "POST"]),
            Route("/chat/turn", pages.turn, methods=["POST"]),
            Route("/privacy", PrivacyPage(wordings, operator).page),
            Route("/health", _health),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
    )


async def _health(_request: Request) -> Response:
    return JSONResponse({"ready": True})
