"""Who is calling, and may they: bearer tokens, OAuth 1.0a, scopes."""

import re
from typing import TYPE_CHECKING

from tests.fakes.x.problems import blank, unsupported_authentication
from tests.fakes.x.registry import Route
from tests.fakes.x.tokens import SCOPES, Access

if TYPE_CHECKING:
    from tests.fakes.x.world import World

_OAUTH1_TOKEN = re.compile(r'oauth_token="([^"]*)"')
NOBODY = Access("", frozenset())


def admit(world: "World", route: Route, authorization: str) -> Access:
    """Refused with 401 or 403 unless the caller may use the route."""
    if route.who == "anyone":
        return NOBODY
    access = _caller(world, authorization)
    if access is None:
        raise blank(401)
    if route.who == "user" and not access.user:
        raise unsupported_authentication("OAuth 2.0 Application-Only")
    if route.who == "app" and access.user:
        raise unsupported_authentication("OAuth 2.0 User Context")
    if access.user and not route.scopes <= access.scopes:
        raise blank(403)
    return access


def _caller(world: "World", authorization: str) -> Access | None:
    """An OAuth 1.0a signature covers the host that the client believes in: it is not checked."""
    kind, _, rest = authorization.partition(" ")
    if kind == "OAuth" and (found := _OAUTH1_TOKEN.search(rest)):
        known = found[1] == world.client.oauth1_token
        return Access(world.bot.id, frozenset(SCOPES.split())) if known else None
    return world.tokens.find(rest) if kind == "Bearer" else None
