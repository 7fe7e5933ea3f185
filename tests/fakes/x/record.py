"""What was asked of the server, and what was said in it, for assertions."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tests.fakes.x.problems import Json

Stack = Literal["legacy", "xchat"]


@dataclass
class Call:
    """One request; `status` is 0 while it lasts and when the connection was cut."""

    route: str
    verb: str
    path: str
    query: dict[str, str]
    at: float
    body: Any = None
    bearer: str = ""
    status: int = 0
    said: str = ""  # the detail of a refusal
    answered_at: float | None = None


@dataclass(frozen=True)
class Said:
    """One message in a conversation, in clear; `to` holds everybody else in it."""

    id: str
    stack: Stack
    conversation: str
    sender: str
    to: frozenset[str]
    text: str
    at: float
    edits: str = ""  # id of the message that this one replaces
    quick_reply: Json = field(default_factory=dict)  # offered by this message

    @property
    def choices(self) -> list[str]:
        """The labels that a person can tap."""
        options = self.quick_reply.get("options", {}).get("options") or []
        return [option["label"] for option in options]


@dataclass
class Record:
    calls: list[Call] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def of(self, route: str) -> list[Call]:
        return [call for call in self.calls if call.route == route]

    def by(self, sender: str) -> list[Said]:
        return [said for said in self.said if said.sender == sender]

    def heard(self, listener: str, by: str) -> list[Said]:
        return [said for said in self.by(by) if listener in said.to]

    def summary(self) -> list[Json]:
        return [asdict(call) for call in self.calls]
