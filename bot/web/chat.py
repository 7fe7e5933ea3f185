"""The chat page: `/chat` for people, `/chat/turn` for its script, the same answer for both."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.brain.interface import Brain, BrainError, Message
from bot.knowledge.model import LANGUAGES, Language
from bot.privacy.keys import derived, pseudonym
from bot.replies.model import Part, Reply
from bot.replies.wording import Wording

TEMPLATES = Path(__file__).parent / "templates"
COOKIE = "visitor"
COOKIE_AGE = 30 * 24 * 3600
LONGEST_LABEL = 120


@dataclass(frozen=True)
class Visitor:
    """Who writes: a random id kept in a signed cookie, and the language of the page."""

    id: str
    language: Language


class ChatPages:
    """The handlers of the chat."""

    def __init__(self, brain: Brain, wordings: Mapping[Language, Wording], key: bytes) -> None:
        self._brain = brain
        self._wordings = wordings
        self._key = key
        self._signer = URLSafeSerializer(derived(key, "web visitor"), salt="visitor")
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), trim_blocks=True
        )

    async def home(self, _request: Request) -> Response:
        return RedirectResponse("/chat")

    async def page(self, request: Request) -> Response:
        """The page, empty on GET, with one turn on POST."""
        form = await self._form(request)
        visitor = self._visitor(request, form)
        turn = await self._turn(visitor, form) if request.method == "POST" else {}
        return self._render("chat.html", visitor, turn)

    async def turn(self, request: Request) -> Response:
        """One turn as a piece of HTML."""
        form = await self._form(request)
        visitor = self._visitor(request, form)
        return self._render("turn.html", visitor, await self._turn(visitor, form))

    def _render(self, template: str, visitor: Visitor, turn: Mapping[str, Any]) -> Response:
        content = self._templates.get_template(template).render(
            say=self._wordings[visitor.language],
            wordings=self._wordings,
            language=visitor.language,
            other=next(name for name in LANGUAGES if name != visitor.language),
            **turn,
        )
        response = HTMLResponse(content)
        value = str(self._signer.dumps(visitor.id))
        response.set_cookie(COOKIE, value, COOKIE_AGE, httponly=True, samesite="strict")
        return response

    async def _form(self, request: Request) -> FormData:
        if request.method != "POST":
            return FormData()
        return await request.form(max_files=0, max_fields=8)

    async def _turn(self, visitor: Visitor, form: FormData) -> dict[str, Any]:
        text, payload = _field(form, "text"), _field(form, "payload")
        person = pseudonym(self._key, "web", visitor.id)
        message = Message(person, text, payload or None, visitor.language)
        return {
            "question": _field(form, "label")[:LONGEST_LABEL] if payload else text,
            "replies": await self._replies(message, visitor.language),
        }

    async def _replies(self, message: Message, language: Language) -> list[Reply]:
        try:
            return await self._brain.reply(message)
        except BrainError:
            sorry = self._wordings[language]("small_talk.failure")
            return [Reply(language, "failure", (Part(sorry),))]

    def _visitor(self, request: Request, form: FormData) -> Visitor:
        try:
            identity = str(self._signer.loads(request.cookies.get(COOKIE, "")))
        except BadSignature:
            identity = secrets.token_urlsafe(16)
        return Visitor(identity, _language(_field(form, "language")) or asked_language(request))


def asked_language(request: Request) -> Language:
    """The language that the address asks for, or the browser."""
    return _language(request.query_params.get("language")) or _preferred(request)


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _language(name: Optional[str]) -> Optional[Language]:
    return next((language for language in LANGUAGES if language == name), None)


def _preferred(request: Request) -> Language:
    """English when the browser asks for it before French; French otherwise."""
    wanted = request.headers.get("accept-language", "").lower()
    english, french = wanted.find("en"), wanted.find("fr")
    return "en" if english >= 0 and (french < 0 or english < french) else "fr"
