"""Whoever asked to be forgotten is, also when the brain cannot be told at once."""

import json

from bot.brain.interface import Brain, BrainError
from bot.gateway.keepsakes import Keepsakes

OWED = "to forget"


class Oblivion:
    """Tells the brain whom to forget, and remembers whom it could not be told."""

    def __init__(self, brain: Brain, keepsakes: Keepsakes) -> None:
        self._brain = brain
        self._keepsakes = keepsakes

    async def forget(self, person: str) -> bool:
        """Whether it is done; if not, `settle` will do it."""
        try:
            await self._brain.forget(person)
        except BrainError:
            await self._owe([*await self._owed(), person])
            return False
        return True

    async def settle(self) -> None:
        """Do what could not be done before."""
        for person in await self._owed():
            try:
                await self._brain.forget(person)
            except BrainError:
                return
            await self._owe([name for name in await self._owed() if name != person])

    async def _owed(self) -> list[str]:
        return list(json.loads(await self._keepsakes.get(OWED) or "[]"))

    async def _owe(self, persons: list[str]) -> None:
        if persons:
            await self._keepsakes.put(OWED, json.dumps(list(dict.fromkeys(persons))))
        else:
            await self._keepsakes.drop(OWED)
