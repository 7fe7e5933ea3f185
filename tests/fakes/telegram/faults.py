"""What goes wrong on request, and the log of every call."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tests.fakes.telegram.errors import Json, Refused, too_many

ANY = "*"
_WORDS = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}


@dataclass
class Fault:
    """One thing that goes wrong, `count` times."""

    method: str = ANY
    status: int | None = None
    retry_after: int | None = None
    description: str | None = None
    drop: Literal["before", "after"] | None = None  # the connection, relative to acceptance
    stall: float = 0.0  # seconds before the call is accepted
    slow: float = 0.0  # seconds between acceptance and answer
    count: int = 1
    chat_id: int | None = None

    def refusal(self) -> Refused | None:
        if self.status is None:
            return None
        if self.status == 429:
            return too_many(self.retry_after or 1)
        return Refused(self.status, self.description or _WORDS.get(self.status, "Bad Request"))


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def next(self, method: str = ANY, **what: Any) -> Fault:
        """The next `count` calls of the method (in `chat_id`, if given) go wrong like this."""
        fault = Fault(method, **what)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, chat_id: str) -> Fault:
        """The fault for this call; one without effect if there is none."""
        for fault in self._waiting:
            right_chat = fault.chat_id is None or str(fault.chat_id) == chat_id
            if fault.method in (method, ANY) and right_chat:
                fault.count -= 1
                if fault.count <= 0:
                    self._waiting.remove(fault)
                return fault
        return Fault()


@dataclass
class Call:
    """One request of the bot; `status` is 0 while it lasts and when the connection was dropped."""

    method: str
    parameters: Json
    at: float
    status: int = 0
    description: str = ""
    answered_at: float | None = None


@dataclass
class CallLog:
    calls: list[Call] = field(default_factory=list)

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def summary(self) -> list[Json]:
        return [asdict(call) for call in self.calls]
