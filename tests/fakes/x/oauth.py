"""The OAuth routes: the page that asks for consent, the token, its revocation."""

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.fakes.x.asking import Ask
from tests.fakes.x.registry import Answer, route
from tests.fakes.x.tokens import oauth_error

if TYPE_CHECKING:
    from tests.fakes.x.world import World

_PAGE = """<!DOCTYPE html><html lang="en"><title>Authorize</title><body>
<h1>{app} wants to access the account @{name}</h1><p>{scope}</p>
<form method="post"><button>Authorize app</button></form></body></html>"""
_FORM = "application/x-www-form-urlencoded"


@route("authorize", "GET", "/i/oauth2/authorize", who="anyone")
@route("authorize", "GET", "/2/oauth2/authorize", who="anyone")
def question(world: "World", ask: Ask) -> Response:
    world.tokens.check_question(ask.query)
    shown = {"app": ask.query["client_id"], "scope": ask.query["scope"]}
    shown["name"] = world.bot.username
    return HTMLResponse(_PAGE.format(**{name: escape(text) for name, text in shown.items()}))


@route("authorize", "POST", "/i/oauth2/authorize", who="anyone")
@route("authorize", "POST", "/2/oauth2/authorize", who="anyone")
def consent(world: "World", ask: Ask) -> Response:
    """The click on "Authorize app", by whoever is signed in as the bot."""
    return RedirectResponse(world.tokens.consent(world.bot.id, ask.query), 302)


@route("token", "POST", "/2/oauth2/token", who="anyone")
def token(world: "World", ask: Ask) -> Answer:
    return Answer(world.tokens.token(_form(ask), ask.authorization))


@route("revoke", "POST", "/2/oauth2/revoke", who="anyone")
def revoke(world: "World", ask: Ask) -> Answer:
    return Answer(world.tokens.revoke(_form(ask), ask.authorization))


def _form(ask: Ask) -> dict[str, str]:
    if not ask.content_type.startswith(_FORM):
        raise oauth_error("invalid_request", f"Content-Type must be {_FORM}")
    return dict(parse_qsl(ask.raw.decode("utf-8", "replace")))
