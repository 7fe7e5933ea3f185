"""A brain in other processes: each person always goes to the same one, so that order holds."""

import hashlib
from collections.abc import Sequence

import httpx

from bot.brain.interface import BrainError, Message
from bot.brain.wire import WireError, pack_message, unpack_replies, unpack_words
from bot.replies.model import Reply

PATIENCE = 25.0


class RemoteBrain:
    """Calls the brains at `urls`."""

    def __init__(self, urls: Sequence[str], token: str) -> None:
        self._urls = [url.rstrip("/") for url in urls]
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(timeout=PATIENCE, headers=headers, trust_env=False)

    async def reply(self, message: Message) -> list[Reply]:
        """See `Brain.reply`."""
        try:
            return unpack_replies(await self._post("reply", message))
        except WireError as error:
            raise BrainError("the brain's answer cannot be read") from error

    async def forget(self, person: str) -> None:
        """See `Brain.forget`."""
        await self._post("forget", Message(person))

    async def recall(self, person: str) -> list[str]:
        """See `Brain.recall`."""
        try:
            return unpack_words(await self._post("recall", Message(person)))
        except WireError as error:
            raise BrainError("the brain's answer cannot be read") from error

    async def close(self) -> None:
        """See `Brain.close`."""
        await self._client.aclose()

    async def _post(self, call: str, message: Message) -> object:
        url = brain_of(message.person, self._urls)
        try:
            answer = await self._client.post(f"{url}/{call}", json=pack_message(message))
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise BrainError(f"{url} did not answer: {type(error).__name__}") from error


def brain_of(person: str, urls: Sequence[str]) -> str:
    """Rendezvous hashing: when a brain is added or lost, only its own persons move."""
    return max(urls, key=lambda url: hashlib.sha256(f"{url} {person}".encode()).digest())
