"""The knowledge opened for use: glossary, matcher, decoder and a composer for each language.

What finds words in texts takes half of a small door's memory: it is loaded when it is first used,
or at once where it is used all the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.knowledge.load import Glossary, project_glossary
from bot.knowledge.model import Language
from bot.replies.compose import Composer
from bot.replies.wording import load_wordings
from bot.settings import NLU_DATA

if TYPE_CHECKING:
    from bot.knowledge.decode import Decoder
    from bot.knowledge.language import LanguageReader
    from bot.knowledge.match import TermMatcher


@dataclass(frozen=True)
class Knowledge:
    """All that answers are made of; needs no Rasa."""

    glossary: Glossary
    composers: Mapping[Language, Composer]

    @cached_property
    def matcher(self) -> "TermMatcher":
        from bot.knowledge.match import TermMatcher

        return TermMatcher(self.glossary)

    @cached_property
    def reader(self) -> "LanguageReader":
        from bot.knowledge.language import LanguageReader, read_shorthand

        return LanguageReader(read_shorthand(NLU_DATA))

    @cached_property
    def decoder(self) -> "Decoder":
        from bot.knowledge.decode import Decoder

        return Decoder(self.glossary, self.matcher, self.reader)


def open_knowledge(whole: bool = True) -> Knowledge:
    """Read the glossary and the wordings; `whole`: load what finds words in texts as well, at once.

    Raises:
        GlossaryError: the glossary cannot be used.
    """
    glossary = project_glossary()
    composers = {
        language: Composer(glossary, wording) for language, wording in load_wordings().items()
    }
    knowledge = Knowledge(glossary, composers)
    if whole:
        _ = knowledge.decoder
    return knowledge
