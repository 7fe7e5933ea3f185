"""Getting the account's first tokens: OAuth 2.0 with PKCE, by a person with a browser.

What X gives is kept at once, sealed; the code that the browser brings lives for 30 seconds.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Optional
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from bot.doors.x.account import ME
from bot.doors.x.inbound import PLATFORM, Names
from bot.doors.x.problems import Problem
from bot.doors.x.tokens import Tokens, ask_token
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock
from bot.gateway.tables import KEPT_TEXTS, open_store
from bot.privacy.cipher import Cipher
from bot.settings import SettingError, Settings

SCOPES = "dm.read dm.write tweet.read users.read offline.access"
NO_CLIENT = "X_CLIENT_ID is not set: console.x.com shows it in the settings of the app"


@dataclass(frozen=True, repr=False)
class Question:
    """What the person is asked in the browser, and what proves that the answer is to it."""

    url: str
    redirect: str
    state: str
    verifier: str


def question(settings: Settings, redirect: str) -> Question:
    """A new one.

    Raises:
        SettingError: the app is not known.
    """
    if not settings.x.client_id:
        raise SettingError(NO_CLIENT)
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code", "client_id": settings.x.client_id, "redirect_uri": redirect,
        "scope": SCOPES, "state": state, "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
    }  # fmt: skip
    return Question(f"{settings.x.authorize_url}?{urlencode(asked)}", redirect, state, verifier)


def code_in(address: str, asked: Question) -> Optional[str]:
    """The code in the address that the browser was sent to, if it answers our question."""
    given = parse_qs(urlsplit(address.strip()).query)
    state, code = given.get("state", [""])[0], given.get("code", [""])[0]
    right = hmac.compare_digest(state.encode(), asked.state.encode())
    return code if right and code else None


async def exchange(
    settings: Settings, key: bytes, asked: Question, code: str, clock: Clock
) -> None:
    """Turn the code into tokens, and keep them in place of those of before.

    Raises:
        SettingError: X gives no tokens.
    """
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": asked.redirect,
        "code_verifier": asked.verifier,
    }  # fmt: skip
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = await open_store(settings.database)
    try:
        keepsakes = Keepsakes(PLATFORM, store, Cipher(key, KEPT_TEXTS), clock)
        async with httpx.AsyncClient(timeout=25.0) as client:
            answer = await ask_token(client, settings.x, form)
            await Tokens(settings.x, Names(key), keepsakes, client, clock).keep(answer)
        await keepsakes.drop(ME)  # it may be another account than before
    except Problem as problem:
        raise SettingError(
            f"X gives no tokens ({type(problem).__name__}): check X_CLIENT_ID and X_CLIENT_SECRET,"
            " and that the app's callback address is the one above; then try again within 30"
            " seconds of agreeing"
        ) from None
    finally:
        store.close()
