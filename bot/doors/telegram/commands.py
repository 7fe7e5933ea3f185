"""What each command does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Union

from bot.doors.telegram import quiz, rights, word
from bot.doors.telegram.buttons import button, rows
from bot.doors.telegram.channel import expecting
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.render import page, sentence
from bot.doors.telegram.talk import Talk, greeting
from bot.doors.telegram.visit import Visit
from bot.gateway.model import Answer
from bot.knowledge.model import LANGUAGES

PRIVATE_MENU = (
    "help", "define", "quiz", "word", "language", "settings", "privacy", "export", "forget",
    "stop", "developer_info",
)  # fmt: skip
GROUP_MENU = ("define", "quiz", "word", "help", "language", "privacy")
ALIASES = {
    "aide": "help", "definir": "define", "def": "define", "mot": "word", "langue": "language",
    "lang": "language", "confidentialite": "privacy", "exporter": "export", "oublier": "forget",
    "reglages": "settings", "menu": "help",
}  # fmt: skip
OPENS, WORKSHOP = "t_", "ws_"

Outcome = Union[Answer, Awaitable[Answer]]


@dataclass(frozen=True, repr=False)
class Commands:
    """Runs a command; what is no command is taken for a word to look up."""

    desk: Desk
    talk: Talk

    async def run(
        self, visit: Visit, name: str, rest: str, about: str, shown: tuple[int, ...]
    ) -> Answer:
        """`about` is a message that the command points at, `shown` what answered it before."""
        name = ALIASES.get(name, name)
        if name == "define":
            return self._define(visit, rest or about, shown)
        known = self._known().get(name)
        if known is None:
            return self._unknown(visit, name, shown)
        outcome = known(visit, rest)
        return outcome if isinstance(outcome, Answer) else await outcome

    def acts(self, name: str) -> bool:
        """Whether a command does more than look a word up."""
        return ALIASES.get(name, name) in self._known()

    def _known(self) -> dict[str, Callable[[Visit, str], Outcome]]:
        return {
            "start": self._start,
            "help": lambda visit, _: self.desk.line(visit, "help", bot=self.desk.api.username),
            "quiz": lambda visit, _: quiz.ask_one(self.desk, visit),
            "word": lambda visit, rest: word.command(self.desk, self.talk, visit, rest),
            "language": self._language,
            "settings": lambda visit, _: self._settings(visit),
            "privacy": lambda visit, _: rights.privacy(self.desk, visit),
            "export": lambda visit, _: rights.export(self.desk, visit),
            "forget": lambda visit, _: rights.forget_asked(self.desk, visit),
            "stop": lambda visit, _: rights.stop(self.desk, visit),
            "developer_info": lambda visit, _: rights.developer_info(self.desk, visit),
        }

    def _start(self, visit: Visit, payload: str) -> Answer:
        entry = payload.removeprefix(OPENS)
        if payload.startswith(OPENS) and entry in self.desk.knowledge.glossary:
            return self.talk.open(visit, entry, "meaning")
        return greeting(self.desk, visit, "workshop" if payload.startswith(WORKSHOP) else "welcome")

    def _define(self, visit: Visit, word: str, shown: tuple[int, ...]) -> Answer:
        if word:
            return self.talk.define(visit, word, shown)
        asked = self.desk.line(visit, "define_what", shown)
        return asked if shown else expecting(asked, self.desk.say(visit)("define_hint"))

    def _unknown(self, visit: Visit, name: str, shown: tuple[int, ...]) -> Answer:
        if self.desk.lookup.answer(name, visit.language) is not None:
            return self.talk.define(visit, name, shown)
        return self.desk.line(visit, "unknown_command", shown)

    async def _language(self, visit: Visit, rest: str) -> Answer:
        for language in LANGUAGES:
            if rest.lower().startswith(language):
                return await self.speak(visit, language)
        buttons = [button(self._named(name), name, "speak") for name in LANGUAGES]
        return self.desk.answer(
            visit, page(sentence(self.desk.say(visit)("language.ask")), rows(buttons))
        )

    async def speak(self, visit: Visit, language: str, shown: tuple[int, ...] = ()) -> Answer:
        """Answer in this language from now on."""
        chosen = next(name for name in LANGUAGES if name == language)
        await self.desk.people.choose_language(visit.person, chosen)
        told = page(sentence(self.desk.words[chosen]("language.chosen")), [])
        return self.desk.answer(
            visit, told, shown=shown, afterwards=self.talk.spoken(visit, chosen)
        )

    async def _settings(self, visit: Visit) -> Answer:
        """What is chosen, and buttons that choose otherwise."""
        say = self.desk.say(visit)
        kept = await self.desk.people.subscriptions(place=visit.place)
        told = say("settings.word_at", hour=str(kept[0].hour)) if kept else say("settings.no_word")
        word_button = ("settings.end_word", "word:off") if kept else ("settings.word", "word:on")
        other = next(name for name in LANGUAGES if name != visit.language)
        buttons = [
            button(self._named(other), other, "speak"),
            button(say(word_button[0]), visit.language, word_button[1]),
        ]
        shown = page(sentence(say("settings.shown", word=told)), rows(buttons))
        return self.desk.answer(visit, shown)

    def _named(self, language: str) -> str:
        """A language as it calls itself: what the other one's button says."""
        return next(
            compose.say("choices.language")
            for name, compose in self.desk.knowledge.composers.items()
            if name != language
        )
