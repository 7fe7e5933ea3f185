"""What is said to the bot in a group, and what it is said about."""

from dataclasses import dataclass
from typing import Optional

from telegram import Message, MessageEntity

from bot.doors.telegram.api import Api
from bot.doors.telegram.visit import Visit

_MENTIONS = (MessageEntity.MENTION, MessageEntity.BOT_COMMAND, MessageEntity.TEXT_MENTION)


@dataclass(frozen=True)
class Said:
    """`command` is without slash and in lower case; `about` is the message that is pointed at."""

    text: str
    command: Optional[str] = None
    about: str = ""


@dataclass(frozen=True)
class Listener:
    """Knows whether a message is for the bot."""

    api: Api

    @property
    def username(self) -> str:
        return self.api.username

    @property
    def identity(self) -> int:
        return self.api.id

    def heard(self, message: Message, visit: Visit) -> Optional[Said]:
        """What is said to the bot, or None when it is not spoken to."""
        text = message.text or message.caption or ""
        command = self._command(message)
        if command is not None:
            name, _, to = command.partition("@")
            if to and to.lower() != self.username.lower():
                return None
            rest = text[len(command) + 1 :].strip()
            return Said(rest, name.lower(), self._about(message))
        mentioned = self._mention(message)
        if visit.group and not mentioned and not self.is_reply_to_bot(message):
            return None
        about = self._about(message) if mentioned else ""
        return Said(self._without_mention(text, mentioned), about=about)

    def _command(self, message: Message) -> Optional[str]:
        for entity, covered in _entities(message):
            if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
                return covered[1:]
        return None

    def _mention(self, message: Message) -> str:
        for entity, covered in _entities(message):
            named = covered.lower() == f"@{self.username.lower()}"
            if entity.type == MessageEntity.MENTION and named:
                return covered
            if entity.user is not None and entity.user.id == self.identity:
                return covered
        return ""

    def is_reply_to_bot(self, message: Message) -> bool:
        """The opening of a topic, which every message there seems to reply to, is no reply."""
        replied = message.reply_to_message
        if replied is None or replied.forum_topic_created is not None:
            return False
        return replied.from_user is not None and replied.from_user.id == self.identity

    def _about(self, message: Message) -> str:
        """The text of somebody else's message that this one replies to."""
        replied = message.reply_to_message
        if replied is None or self.is_reply_to_bot(message):
            return ""
        return replied.text or replied.caption or ""

    @staticmethod
    def _without_mention(text: str, mentioned: str) -> str:
        return text.replace(mentioned, " ", 1).strip(" ,:") if mentioned else text.strip()


def _entities(message: Message) -> list[tuple[MessageEntity, str]]:
    found = message.parse_entities(list(_MENTIONS)) or message.parse_caption_entities(
        list(_MENTIONS)
    )
    return list(found.items())


_KINDS = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video",
    "animation": "video", "sticker": "sticker", "photo": "photo", "poll": "poll",
    "contact": "contact", "document": "document", "location": "location", "venue": "location",
}  # fmt: skip
_OTHERS = ("dice", "game", "story", "invoice", "paid_media", "giveaway", "checklist")


def media_kind(message: Message) -> Optional[str]:
    """What the message is made of besides text, or None for a message of the service."""
    for name, kind in _KINDS.items():
        if getattr(message, name, None):
            return kind
    return "other" if any(getattr(message, name, None) for name in _OTHERS) else None
