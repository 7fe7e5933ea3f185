"""What goes wrong on request.

`kind` names one of several refusals with the same status:
403 `closed` (the recipient), `restricted` (the sender), `unsupported-authentication`,
`not-enrolled`, `oauth1-permissions`, `scope`; 429 `window` (with headers), `day` (the day's
headers), `bare` (none), `stale` (a reset in the past), `prose` (the body of the documents).
"""

from dataclasses import dataclass
from typing import Literal

from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.fakes.x import problems
from tests.fakes.x.problems import Json, Refused
from tests.fakes.x.registry import check_name

ANY = "*"
Form = Literal["json", "html", "empty"]
KINDS: dict[int | None, set[str]] = {
    403: {"", "closed", "restricted", "unsupported-authentication", "not-enrolled"}
    | {"oauth1-permissions", "scope"},
    429: {"", "window", "day", "bare", "stale", "prose"},
}
_DETAILS = {"closed": problems.CLOSED, "restricted": problems.RESTRICTED, "scope": "", "": ""}
_HTML = "<!DOCTYPE html><html><head><title>X / {0}</title></head><body>Error {0}</body></html>"


@dataclass
class Fault:
    """One thing that goes wrong with the next `count` calls of a route."""

    route: str = ANY
    status: int | None = None
    kind: str = ""
    form: Form = "json"
    reset: float = 60.0  # seconds from now to the reset that a 429 tells
    drop: Literal["before", "after"] | None = None  # the connection, relative to acceptance
    stall: float = 0.0  # seconds before the call is accepted
    slow: float = 0.0  # seconds between acceptance and answer
    duplicate: bool = False  # each item of the page comes twice
    shuffle: bool = False  # the page is not in order
    partial: bool = False  # 200 with `errors` beside the data
    count: int = 1
    about: str | None = None  # only calls about this id: recipient, conversation or event

    def __post_init__(self) -> None:
        if self.route != ANY:
            check_name(self.route)
        if self.kind not in KINDS.get(self.status, {""}):
            raise ValueError(f"kinds of {self.status}: {', '.join(KINDS.get(self.status, ()))}")

    def answer(self, now: float, account: str, host: str) -> Response | None:
        """The refusal instead of an answer, if there is one."""
        if self.status is None:
            return None
        headers = self._headers(now)
        if self.form == "html":
            return HTMLResponse(_HTML.format(self.status), self.status, headers)
        if self.form == "empty":
            return Response(b"", self.status, headers)
        body = problems.located(self._refused(account).body, host)
        return JSONResponse(body, self.status, headers)

    def _headers(self, now: float) -> dict[str, str]:
        if self.status != 429 or self.kind in ("bare", "prose"):
            return {}
        if self.kind == "stale":
            return _used_up("x-rate-limit", now - 60)
        if self.kind == "day":
            day = _used_up("x-user-limit-24hour", now + self.reset)
            return day | _used_up("x-rate-limit", now + 900, left=14)
        return _used_up("x-rate-limit", now + self.reset)

    def _refused(self, account: str) -> Refused:
        status = self.status or 0
        if self.kind == "prose":
            errors = [{"code": 88, "message": "Rate limit exceeded"}]
            return Refused(status, {"errors": errors})
        if status == 402:
            return problems.credits_depleted(account)
        if status == 403:
            return _forbidden(self.kind)
        if status == 400:
            return problems.invalid("Injected.", injected="fault")
        return problems.blank(status)

    def bent(self, body: Json) -> Json:
        """A page as this fault spoils it."""
        data = body.get("data")
        if isinstance(data, list):
            data = [item for item in data for _ in range(2)] if self.duplicate else list(data)
            body = body | {"data": data[1::2] + data[::2] if self.shuffle else data}
        if self.partial:
            body = body | {"errors": [problems.missing("user", "sender_id", "1")]}
        return body


def _used_up(head: str, reset: float, left: int = 0) -> dict[str, str]:
    told = {"limit": "15", "remaining": str(left), "reset": str(int(reset))}
    return {f"{head}-{name}": value for name, value in told.items()}


def _forbidden(kind: str) -> Refused:
    if kind == "unsupported-authentication":
        return problems.unsupported_authentication("OAuth 2.0 Application-Only")
    if kind == "not-enrolled":
        return problems.not_enrolled()
    if kind == "oauth1-permissions":
        return problems.oauth1_permissions()
    return problems.blank(403, _DETAILS[kind])


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def next(self, route: str = ANY, **what: object) -> Fault:
        """The next calls of this route go wrong like this."""
        fault = Fault(route, **what)  # type: ignore[arg-type]
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, route: str, about: set[str]) -> Fault:
        """The fault for this call; one without effect if there is none."""
        for fault in self._waiting:
            if fault.route in (route, ANY) and fault.about in (None, *about):
                fault.count -= 1
                if fault.count <= 0:
                    self._waiting.remove(fault)
                return fault
        return Fault()
