"""What the answers of X mean when they are no success."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOO_MANY = 429


@dataclass(frozen=True)
class Raw:
    """An answer as it came; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def data(self) -> dict[str, Any]:
        """The object in the body.

        Raises:
            Failing: there is none.
        """
        try:
            found = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            raise Failing("not JSON") from None
        if not isinstance(found, dict):
            raise Failing("not an object")
        return found


class Problem(Exception):
    """X did not do what was asked; the message quotes nothing of what was sent."""


class Invalid(Problem):
    """The request is wrong: it would be refused again; `parameters` are those that X names."""

    def __init__(self, parameters: frozenset[str] = frozenset()) -> None:
        super().__init__("invalid request")
        self.parameters = parameters


class Unauthorized(Problem):
    """The token is over, or X does not take it now."""


class CreditGone(Problem):
    """Nothing more is done for us until somebody pays."""


class PersonClosed(Problem):
    """This person cannot be written to."""


class Restricted(Problem):
    """X does not let this account write for a while."""


class Misconfigured(Problem):
    """The app or its token is of the wrong kind: only a person can change it."""


class TooMany(Problem):
    """Too many requests: the route's window knows how long to wait."""


class Missing(Problem):
    """There is no such thing."""


class Failing(Problem):
    """X fails or does not answer; what was asked for may have been done all the same."""


_CONFIGURATION = ("unsupported-authentication", "client-forbidden", "oauth1-permissions")
_CLOSED = "do not have permission to dm"


def problem_of(raw: Raw) -> Problem:
    """What an answer that is no success means."""
    told = _object(raw.body)
    if raw.status == 400:
        return Invalid(_parameters(told))
    if raw.status == 403:
        return _forbidden(told)
    simple: dict[int, type[Problem]] = {
        401: Unauthorized, 402: CreditGone, 404: Missing, TOO_MANY: TooMany,
    }  # fmt: skip
    if raw.status in simple:
        return simple[raw.status](f"status {raw.status}")
    if raw.status >= 500:
        return Failing(f"status {raw.status}")
    return Misconfigured(f"status {raw.status}")


def _forbidden(told: dict[str, Any]) -> Problem:
    kind = str(told.get("type", "")).rpartition("/")[2]
    if kind in _CONFIGURATION:
        return Misconfigured(kind)
    if _CLOSED in str(told.get("detail", "")).lower():
        return PersonClosed("closed")
    return Restricted("not permitted")


def _object(body: bytes) -> dict[str, Any]:
    """The problem in a body; HTML, nothing, or anything else is an empty one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _parameters(told: dict[str, Any]) -> frozenset[str]:
    errors = told.get("errors")
    found: set[str] = set()
    for error in errors if isinstance(errors, list) else ():
        named = error.get("parameters") if isinstance(error, dict) else None
        found.update(named if isinstance(named, dict) else ())
    return frozenset(found)
