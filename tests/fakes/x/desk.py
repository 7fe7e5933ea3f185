"""A person at a terminal plays people who write to the bot, and sees what it answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fakes.x.people import FakeUser
from tests.fakes.x.record import Said

if TYPE_CHECKING:
    from tests.fakes.x.server import FakeX

HELP = """\
Type a message and Enter: it goes to the bot. Or:
  :as NAME            be somebody else (made when new)
  :xchat              this person's app turns to encrypted XChat
  :pick N             tap the Nth choice under the bot's last message
  :fault ROUTE STATUS the next call of that route fails (dm_send 503)
  :drop               the activity stream breaks
  :cost               what the bot has spent
  :calls              the bot's last ten requests
  :quit"""


class Desk:
    def __init__(self, x: "FakeX", say: Callable[[str], None]) -> None:
        self._x = x
        self._say = say
        self._people: dict[str, FakeUser] = {}
        self._shown = 0
        self.person = self._somebody("Ann")

    def _somebody(self, name: str) -> FakeUser:
        if name not in self._people:
            self._people[name] = self._x.user(name)
        return self._people[name]

    def typed(self, line: str) -> bool:
        """Whether to go on."""
        command, _, rest = line.strip().partition(" ")
        if not command.startswith(":"):
            if line.strip():
                self.person.write(line.strip())
            return True
        try:
            self._do(command, rest.split())
        except (LookupError, ValueError) as error:
            self._say(f"? {error}\n{HELP}")
        return command != ":quit"

    def _do(self, command: str, words: list[str]) -> None:
        world = self._x.world
        if command == ":as":
            self.person = self._somebody(words[0])
        elif command == ":xchat":
            self.person.enrol()
        elif command == ":pick":
            self._pick(int(words[0]))
        elif command == ":fault":
            world.faults.next(words[0], status=int(words[1]))
        elif command == ":drop":
            world.streams.drop(abrupt=True)
        elif command == ":cost":
            self._say(f"{world.money.dollars} $ {world.money.by_item()}")
        elif command == ":calls":
            for call in world.record.calls[-10:]:
                self._say(f"{call.status} {call.verb} {call.path} {call.said}".rstrip())
        elif command != ":quit":
            raise ValueError(f"no such command: {command}")

    def _pick(self, number: int) -> None:
        choices = self.person.heard[-1].choices
        self.person.pick(choices[number - 1])

    def show_new(self) -> None:
        """What the bot has said since the last time."""
        said = self._x.world.record.by(self._x.world.bot.id)
        for one in said[self._shown :]:
            self._say(_line(one, self._x))
        self._shown = len(said)


def _line(said: Said, x: "FakeX") -> str:
    names = [x.world.accounts[one].name for one in sorted(said.to)]
    choices = [f"  {number}. {label}" for number, label in enumerate(said.choices, 1)]
    return "\n".join([f"[{said.stack}] bot to {', '.join(names)}: {said.text}", *choices])
