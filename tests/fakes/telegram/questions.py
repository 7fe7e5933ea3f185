"""Questions that wait for the bot: callback, inline and guest queries."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.clock import Clock
from tests.fakes.telegram.errors import Json, bad

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class Question:
    """One query; `answer` gets what the bot says, once."""

    id: str
    asked_at: float
    answer: "asyncio.Future[Json]"
    about: Json = field(default_factory=dict)

    async def answered(self, timeout: float) -> Json:
        try:
            return await asyncio.wait_for(asyncio.shield(self.answer), timeout)
        except asyncio.TimeoutError:
            raise TimeoutError(f"query {self.id} unanswered after {timeout} s") from None


class Questions:
    def __init__(self, clock: Clock, lifetime: float) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._open: dict[str, Question] = {}
        self._ids = itertools.count(4_200_000_000_000_001)

    def ask(self, **about: Any) -> Question:
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        question = Question(str(next(self._ids)), self._clock(), future, about)
        self._open[question.id] = question
        return question

    def look(self, query_id: str) -> Question:
        """Still open and young enough, or refused."""
        question = self._open.get(query_id)
        if question is None or self._clock() - question.asked_at > self._lifetime:
            raise bad(TOO_OLD)
        return question

    def close(self, query_id: str, answer: Json) -> None:
        self._open.pop(query_id).answer.set_result(answer)
