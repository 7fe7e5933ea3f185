"""Refusals as X words them (docs.x.com/x-api/fundamentals/response-codes-and-errors).

Bodies of 401, 402, 429 and of both 403 kinds about DMs are what third parties saw production say;
the words of the 400 of one parameter are those of api.x.com too.
"""

from typing import Any

Json = dict[str, Any]

INVALID = "One or more parameters to your request was invalid."
CLOSED = "You do not have permission to DM one or more participants."
RESTRICTED = "This operation is not permitted."
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Refused(Exception):
    """An answer other than 2xx; its problem type gets the host of the schema in force."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    @property
    def said(self) -> str:
        return str(self.body.get("detail") or self.body.get("error_description") or self.body)


def blank(status: int, detail: str = "") -> Refused:
    """The generic problem: `about:blank`."""
    title = _TITLES.get(status, "Error")
    body = {"title": title, "type": "about:blank", "status": status, "detail": detail or title}
    return Refused(status, body)


def typed(code: int, kind: str, title: str, detail: str, **more: Any) -> Refused:
    """A problem with a type of its own; `kind` is the last part of it."""
    head = {"title": title, "detail": detail, "type": kind}
    return Refused(code, {**head, **more})


def invalid(message: str, **parameters: str) -> Refused:
    """400 that names each parameter with its value."""
    named = {name.replace("__", "."): [value] for name, value in parameters.items()}
    return _invalid(message, named)


def wrong_parameter(name: str, value: str, wrong: str) -> Refused:
    """`wrong` ends the sentence: "is not one of [...]"."""
    return _invalid(f"The `{name}` query parameter value [{value}] {wrong}", {name: [value]})


def _invalid(message: str, named: dict[str, list[str]]) -> Refused:
    errors = [{"parameters": named, "message": message}]
    return typed(400, "invalid-request", "Invalid Request", INVALID, errors=errors)


def credits_depleted(account: str) -> Refused:
    detail = f"Your enrolled account [{account}] does not have any credits to fulfill this request."
    return typed(402, "credits", "CreditsDepleted", detail, account_id=int(account))


def unsupported_authentication(used: str) -> Refused:
    detail = (
        f"Authenticating with {used} is forbidden for this endpoint.  Supported authentication "
        "types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
    )
    title, kind = "Unsupported Authentication", "unsupported-authentication"
    return typed(403, kind, title, detail, status=403)


def not_enrolled() -> Refused:
    detail = (
        "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens"
        " from a Twitter developer App that is attached to a Project."
    )
    more = {"reason": "client-not-enrolled", "required_enrollment": "Appropriate Level of API"}
    more |= {"registration_url": "https://developer.x.com/en/docs/projects/overview"}
    return typed(403, "client-forbidden", "Client Forbidden", detail, **more)


def oauth1_permissions() -> Refused:
    detail = (
        "Your client app is not configured with the appropriate oauth1 app permissions for this "
        "endpoint."
    )
    return typed(403, "oauth1-permissions", "Forbidden", detail, status=403)


def missing(resource: str, parameter: str, value: str) -> Json:
    """An entry of `errors` beside a 200: what was asked for is not there."""
    return {
        "value": value,
        "detail": f"Could not find {resource} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": "resource-not-found",
    }


def located(problem: Any, host: str) -> Any:
    """The same with every short problem type made a URL on `host`."""
    if isinstance(problem, list):
        return [located(item, host) for item in problem]
    if not isinstance(problem, dict):
        return problem
    found = {name: located(value, host) for name, value in problem.items()}
    kind = found.get("type")
    if "title" in found and isinstance(kind, str) and kind != "about:blank" and "/" not in kind:
        found["type"] = f"https://{host}/2/problems/{kind}"
    return found
