"""The privacy page: what is kept of people who write, whichever the door."""

from collections.abc import Mapping
from typing import Optional

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.brain import interface
from bot.gateway.erasure import KEPT_DAYS
from bot.knowledge.model import LANGUAGES, Language
from bot.replies.wording import Wording
from bot.web.chat import TEMPLATES, asked_language

POINTS = ("question", "turns", "thread", "page", "stop", "cost", "pseudonym", "machine", "platform")


class PrivacyPage:
    """The same page for everybody: it sets no cookie."""

    def __init__(self, wordings: Mapping[Language, Wording], operator: Optional[str]) -> None:
        self._wordings = wordings
        self._operator = operator
        self._template = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), trim_blocks=True
        ).get_template("privacy.html")

    async def page(self, request: Request) -> Response:
        language = asked_language(request)
        say = self._wordings[language]
        return HTMLResponse(
            self._template.render(
                say=say,
                language=language,
                other=next(name for name in LANGUAGES if name != language),
                operator=self._operator or say("page.privacy.nobody"),
                points=[say(f"page.privacy.{point}", **_kept()) for point in POINTS],
            )
        )


def _kept() -> dict[str, str]:
    """For how long, in days."""
    days = {name: str(days) for name, days in KEPT_DAYS.items()}
    return {
        **days,
        "last": str(interface.KEPT_TURNS),
        "conversation": str(interface.KEPT_DAYS),
    }
