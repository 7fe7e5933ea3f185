"""Telegram's Bot API: fetching updates as they are, and what its errors mean."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.gateway.model import Closed, Moved, Refused, SendError, TooFast, Unavailable

FETCH_SECONDS = 25
AT_ONCE = 100
# Typing and the end of a tap's waiting: an answer does not wait for them longer than this.
COURTESY_SECONDS = 2.0
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "chat_write_forbidden",
         "not enough rights", "have no rights", "topic_closed")  # fmt: skip


class Api(Bot):
    """The bot's account at Telegram."""

    def __init__(self, token: str, server: str) -> None:
        """`server` is the root of a Bot API server, such as https://api.telegram.org."""
        root = server.rstrip("/")
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=HTTPXRequest(AT_ONCE, read_timeout=30, write_timeout=30, pool_timeout=60),
            get_updates_request=HTTPXRequest(2, read_timeout=10),
        )

    async def fetch(
        self, offset: int, kinds: Sequence[str], seconds: int = FETCH_SECONDS
    ) -> list[dict[str, Any]]:
        """The updates from `offset` on, unread: one that cannot be read must not hide the others.

        Raises:
            TelegramError: there is no answer, or a refusal.
        """
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": list(kinds)}
        found = await self._post("getUpdates", asked, read_timeout=seconds + 10)
        return cast("list[dict[str, Any]]", found)


def meaning(error: TelegramError) -> SendError:
    """What the gateway has to know of a failed call; nothing of what was sent is in it."""
    if isinstance(error, RetryAfter):
        return TooFast(seconds_of(error.retry_after))
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Closed("forbidden")
    if isinstance(error, BadRequest):
        reason = error.message.partition(":")[0]
        gone = any(sign in reason.lower() for sign in _GONE)
        return Closed(reason) if gone else Refused(reason)
    return Unavailable(type(error).__name__)


def seconds_of(wait: "int | timedelta") -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
