"""A telephone in a terminal: what is typed is written to the bot, what it says is shown.

`:2` taps the second button under the last message that has any.
"""

import asyncio
from collections.abc import Callable

from tests.fakes.telegram.chats import Message
from tests.fakes.telegram.people import Person

LOOK_SECONDS = 0.1


class Phone:
    """One person's private chat with the bot; `show` takes what is to be read."""

    def __init__(self, person: Person, show: Callable[[str], object]) -> None:
        self._person = person
        self._show = show
        self._seen: dict[int, int] = {}

    def typed(self, line: str) -> None:
        """Write a line, or tap a button."""
        mark, number = line[:1], line[1:]
        if mark == ":" and number.isdigit():
            self._tap(int(number))
        elif line.strip():
            self._person.write(line)

    async def look(self) -> None:
        """Show what comes, until cancelled."""
        while True:
            self.refresh()
            await asyncio.sleep(LOOK_SECONDS)

    def refresh(self) -> None:
        """Show what is new or changed."""
        for message in self._person.heard:
            version = len(message.edits)
            if not message.deleted and self._seen.get(message.id) != version:
                self._show(f"{_text(message)}\n{_buttons(message)}")
            self._seen[message.id] = version

    def _tap(self, number: int) -> None:
        shown = [message for message in self._person.heard if message.labels]
        labels = shown[-1].labels if shown else []
        if 0 < number <= len(labels):
            self._person.press(shown[-1], labels[number - 1])
        else:
            self._show(f"no button {number}")


def _text(message: Message) -> str:
    if message.poll is not None:
        options = "\n".join(f"( ) {option['text']}" for option in message.poll["options"])
        return f"{message.poll['question']}\n{options}"
    content = message.content.decode() if message.content is not None else ""
    return f"{message.text}\n{content}".strip()


def _buttons(message: Message) -> str:
    return "".join(f"[{number}] {label}  " for number, label in enumerate(message.labels, 1))
