"""Accounts of X, as `/2/users` tells of them."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.x.problems import Json

USER_FIELDS = [
    *("affiliation", "confirmed_email", "connection_status", "created_at", "description"),
    *("entities", "id", "is_identity_verified", "location", "most_recent_post_id", "name"),
    *("parody", "pinned_post_id", "profile_banner_url", "profile_image_url", "protected"),
    *("public_metrics", "receives_your_dm", "subscribes_to_you", "subscription"),
    *("subscription_type", "url", "username", "verified", "verified_type", "withheld"),
]


@dataclass
class Account:
    """`automated` is the label of bots; `open` tells whether the bot may write to it."""

    id: str
    name: str
    username: str
    automated: bool = False
    open: bool = True
    blocked: set[str] = field(default_factory=set)
    trusts: set[str] = field(default_factory=set)  # whose XChat messages are shown at once

    def admits(self, sender: str) -> bool:
        return self.open and sender not in self.blocked

    def shown(self, fields: list[str]) -> Json:
        known: dict[str, Any] = {"id": self.id, "name": self.name, "username": self.username}
        more: dict[str, Any] = {
            "receives_your_dm": self.open,
            "protected": False,
            "verified": False,
            "created_at": "2009-03-21T20:50:14.000Z",
            "description": "",
        }
        if self.automated:
            more["affiliation"] = {"description": "Automated"}
        return known | {name: more[name] for name in fields if name in more}
