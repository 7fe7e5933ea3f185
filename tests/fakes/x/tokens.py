"""OAuth 2.0 of X: PKCE, access tokens of two hours, refresh tokens that work once.

Documented in fundamentals/authentication/oauth-2-0/user-access-token. The words of refusals are
those of api.x.com; that the earlier access token stays good after a refresh is inferred.
"""

import base64
import hashlib
import hmac
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.fakes.telegram.clock import Clock
from tests.fakes.x.problems import Json, Refused

ACCESS_SECONDS = 7_200
CODE_SECONDS = 30
SCOPES = "dm.read dm.write tweet.read users.read offline.access"


@dataclass(frozen=True)
class Access:
    """What a bearer token stands for; `user` is empty for the app itself."""

    user: str
    scopes: frozenset[str]
    ends: float | None = None


@dataclass(frozen=True)
class _Code:
    user: str
    asked: Mapping[str, str]
    ends: float


@dataclass
class Client:
    """The app as the developer console shows it; without a secret it is a public client."""

    id: str = "fake-client-id"
    secret: str = "fake-client-secret"  # noqa: S105 - opens nothing
    consumer_secret: str = "fake-consumer-secret"  # noqa: S105 - opens nothing
    bearer: str = "fake-app-bearer"
    oauth1_token: str = "fake-oauth1-token"  # noqa: S105 - opens nothing
    redirects: set[str] = field(default_factory=set)  # allowed besides those on loopback


class Tokens:
    def __init__(self, clock: Clock, client: Client, user: str) -> None:
        self._clock = clock
        self.client = client
        self._count = itertools.count(1)
        self._mark = secrets.token_hex(4)  # tokens of an earlier run open nothing
        self._access: dict[str, Access] = {client.bearer: Access("", frozenset())}
        self._refresh: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, _Code] = {}
        self.refreshes = 0
        self.refused: list[str] = []  # refresh tokens that came a second time, or never existed
        self.access = self.refresh = ""  # the newest of each
        self.issue(user)

    def find(self, bearer: str) -> Access | None:
        """None for a token that never was, or is over."""
        found = self._access.get(bearer)
        if found is None or (found.ends is not None and self._clock() >= found.ends):
            return None
        return found

    def expire(self) -> None:
        """Every access token of a user ends now; refresh tokens stay."""
        self._access = {token: one for token, one in self._access.items() if not one.user}

    def revoke_all(self) -> None:
        """The person takes the app's access back."""
        self.expire()
        self._refresh.clear()

    def consent(self, user: str, asked: Mapping[str, str]) -> str:
        """Where the browser goes after "Authorize app"; Refused if the question is not right."""
        self.check_question(asked)
        code = f"code-{next(self._count)}"
        self._codes[code] = _Code(user, dict(asked), self._clock() + CODE_SECONDS)
        answer = urlencode({"state": asked["state"], "code": code})
        joint = "&" if "?" in asked["redirect_uri"] else "?"
        return f"{asked['redirect_uri']}{joint}{answer}"

    def check_question(self, asked: Mapping[str, str]) -> None:
        needed = ("client_id", "redirect_uri", "scope", "state", "code_challenge")
        missing = [name for name in needed if not asked.get(name)]
        if missing or asked.get("response_type") != "code":
            raise oauth_error(
                "invalid_request", f"missing: {', '.join(missing) or 'response_type'}"
            )
        if asked["client_id"] != self.client.id:
            raise oauth_error("invalid_request", "Value passed for the client id was invalid.")
        if asked.get("code_challenge_method", "plain") not in ("plain", "S256"):
            raise oauth_error("invalid_request", "code_challenge_method must be plain or S256")
        local = asked["redirect_uri"].startswith(("http://127.0.0.1", "http://localhost"))
        if not local and asked["redirect_uri"] not in self.client.redirects:
            raise oauth_error("invalid_request", "Value passed for the redirect uri was invalid.")

    def token(self, form: Mapping[str, str], authorization: str) -> Json:
        """The answer of POST /2/oauth2/token."""
        self._check_client(form, authorization)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._renew(form.get("refresh_token", ""))
        raise oauth_error("unsupported_grant_type", "grant_type is not supported")

    def _check_client(self, form: Mapping[str, str], authorization: str) -> None:
        if not self.client.secret:
            if form.get("client_id") != self.client.id:
                raise oauth_error("invalid_request", "Value passed for the client id was invalid.")
            return
        given = f"{self.client.id}:{self.client.secret}".encode()
        wanted = f"Basic {base64.b64encode(given).decode()}"
        if not hmac.compare_digest(authorization.encode(), wanted.encode()):
            detail = "Missing valid authorization header"
            raise oauth_error("unauthorized_client", detail, status=401)

    def _exchange(self, form: Mapping[str, str]) -> Json:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self._clock() >= code.ends:
            detail = "Value passed for the authorization code was invalid."
            raise oauth_error("invalid_request", detail)
        if form.get("redirect_uri") != code.asked["redirect_uri"]:
            raise oauth_error("invalid_request", "Value passed for the redirect uri was invalid.")
        if not _proves(form.get("code_verifier", ""), code.asked):
            detail = "Value passed for the code verifier did not match the code challenge."
            raise oauth_error("invalid_request", detail)
        return self.issue(code.user, code.asked["scope"])

    def _renew(self, refresh: str) -> Json:
        found = self._refresh.pop(refresh, None)
        if found is None:
            self.refused.append(refresh)
            raise oauth_error("invalid_request", "Value passed for the token was invalid.")
        self.refreshes += 1
        return self.issue(*found)

    def issue(self, user: str, scope: str = SCOPES) -> Json:
        """A new pair of tokens, as the answer that brings them."""
        number = next(self._count)
        access, scopes = f"access-{self._mark}-{number}", frozenset(scope.split())
        self._access[access] = Access(user, scopes, self._clock() + ACCESS_SECONDS)
        issued: Json = {"token_type": "bearer", "expires_in": ACCESS_SECONDS}
        issued |= {"access_token": access, "scope": scope}
        if "offline.access" in scopes:
            issued["refresh_token"] = f"refresh-{self._mark}-{number}"
            self._refresh[issued["refresh_token"]] = (user, scope)
            self.refresh = issued["refresh_token"]
        self.access = access
        return issued

    def revoke(self, form: Mapping[str, str], authorization: str) -> Json:
        """The answer of POST /2/oauth2/revoke."""
        self._check_client(form, authorization)
        token = form.get("token", "")
        self._access.pop(token, None)
        self._refresh.pop(token, None)
        return {"revoked": True}


def _proves(verifier: str, asked: Mapping[str, str]) -> bool:
    if asked.get("code_challenge_method") == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(verifier.encode(), asked["code_challenge"].encode())


def oauth_error(error: str, detail: str, status: int = 400) -> Refused:
    return Refused(status, {"error": error, "error_description": detail})
