"""What doors are tested over: a brain without a model, and patience."""

import asyncio
from collections.abc import Callable
from typing import Optional

from bot.brain.interface import BrainError, Message
from bot.knowledge.model import Language
from bot.replies import payload
from bot.replies.knowledge import Knowledge
from bot.replies.lookup import Lookup
from bot.replies.model import Reply


class StandIn:
    """A brain that knows words and a few wishes; keeps what it was told, and rests when told."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._lookup = Lookup(knowledge)
        self.told: list[Message] = []
        self.forgotten: list[str] = []
        self.down = False
        self.pause = 0.0
        self.refuses_to_forget = False
        self.speaks: Optional[Language] = None

    async def reply(self, message: Message) -> list[Reply]:
        self.told.append(message)
        await asyncio.sleep(self.pause)
        if self.down:
            raise BrainError("on purpose")
        if message.text == "crash":
            raise RuntimeError(message.text)
        language: Language = message.language or self.speaks or "fr"
        compose = self._knowledge.composers[language]
        if message.text.startswith("wish "):
            return [compose.small_talk(message.text.removeprefix("wish "))]
        asked = payload.parse(message.payload) if message.payload else None
        if asked is not None and asked.entry:
            return [compose.answer([asked.entry], asked.aspect, "ask")]
        if asked is not None and asked.language:
            compose = self._knowledge.composers[asked.language]
            return [compose.sentence("small_talk.language", "change_language")]
        replies = [self._lookup.answer(part, language) for part in message.text.split(" // ")]
        return [reply or compose.small_talk("out_of_scope", "suggestions") for reply in replies]

    async def forget(self, person: str) -> None:
        if self.refuses_to_forget:
            raise BrainError("on purpose")
        self.forgotten.append(person)

    async def recall(self, person: str) -> list[str]:
        return [message.text for message in self.told if message.person == person]

    async def close(self) -> None:
        return None


async def until(condition: Callable[[], object], patience: float = 5.0) -> None:
    end = asyncio.get_running_loop().time() + patience
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not happen"
        await asyncio.sleep(0.005)
