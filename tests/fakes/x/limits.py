"""Request limits and the headers that tell of them (docs.x.com/x-api/fundamentals/rate-limits).

A window opens with its first request and lasts a quarter of an hour or a day. The day's headers are
undocumented and widely seen. Those of the chat routes, of public keys and of the token are not
published: generous figures stand in for them.
"""

import math
from dataclasses import dataclass
from typing import Literal

from tests.fakes.telegram.clock import Clock
from tests.fakes.x.problems import Refused, blank
from tests.fakes.x.registry import check_name

Scope = Literal["user", "user_day", "app", "app_day"]
Key = tuple[str, Scope, str]

SECONDS: dict[Scope, int] = {"user": 900, "user_day": 86_400, "app": 900, "app_day": 86_400}
HEADERS: dict[Scope, str] = {
    "user": "x-rate-limit",
    "app": "x-rate-limit",
    "user_day": "x-user-limit-24hour",
    "app_day": "x-app-limit-24hour",
}
SIZES: dict[str, dict[Scope, int]] = {
    "dm_events": {"user": 15},
    "dm_event": {"user": 15},
    "dm_with_events": {"user": 15},
    "dm_conversation_events": {"user": 15},
    "dm_send": {"user": 15, "user_day": 1_440, "app_day": 1_440},
    "dm_delete": {"user": 300, "user_day": 1_500, "app_day": 4_000},
    "me": {"user": 75},
    "public_keys_add": {"user": 15, "user_day": 3},
    "stream": {"app": 450},
    "webhooks": {"app": 450},
    "webhook_replay": {"app": 100},
}
OTHER: dict[Scope, int] = {"user": 900}


@dataclass
class Window:
    size: int
    opened: float
    seconds: int
    used: int = 0

    @property
    def left(self) -> int:
        return max(0, self.size - self.used)

    @property
    def reset(self) -> int:
        return math.ceil(self.opened + self.seconds)


class Limits:
    """`on=False` counts and tells but never refuses."""

    def __init__(self, clock: Clock, on: bool = True) -> None:
        self._clock = clock
        self._windows: dict[Key, Window] = {}
        self._sizes = {name: dict(sizes) for name, sizes in SIZES.items()}
        self.on = on

    def resize(self, name: str, scope: Scope, size: int) -> None:
        """Another size for a window of a route, open or to come."""
        check_name(name)
        self._sizes[name] = self.sizes(name) | {scope: size}
        for (route, of, _), window in self._windows.items():
            if (route, of) == (name, scope):
                window.size = size

    def sizes(self, name: str) -> dict[Scope, int]:
        return dict(self._sizes.get(name, OTHER))

    def count(self, name: str, caller: str) -> dict[str, str]:
        """The headers of the answer; Refused with 429 when a window is used up."""
        windows = {scope: self._window(name, scope, caller) for scope in self.sizes(name)}
        empty = [scope for scope, window in windows.items() if not window.left]
        if empty and self.on:
            raise Refused(429, blank(429).body, _told(windows))
        for window in windows.values():
            window.used += 1
        return _told(windows)

    def _window(self, name: str, scope: Scope, caller: str) -> Window:
        key: Key = (name, scope, "" if scope.startswith("app") else caller)
        window, now = self._windows.get(key), self._clock()
        if window is None or now >= window.opened + window.seconds:
            window = Window(self.sizes(name)[scope], now, SECONDS[scope])
            self._windows[key] = window
        return window


def _told(windows: dict[Scope, Window]) -> dict[str, str]:
    told: dict[str, str] = {}
    for scope, window in windows.items():
        head = HEADERS[scope]
        told[f"{head}-limit"] = str(window.size)
        told[f"{head}-remaining"] = str(window.left)
        told[f"{head}-reset"] = str(window.reset)
    return told
