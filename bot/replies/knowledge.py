"""The knowledge opened for use: glossary, matcher, decoder and a composer for each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.knowledge.decode import Decoder
from bot.knowledge.language import LanguageReader, read_shorthand
from bot.knowledge.load import Glossary, project_glossary
from bot.knowledge.match import TermMatcher
from bot.knowledge.model import Language
from bot.replies.compose import Composer
from bot.replies.wording import load_wordings
from bot.settings import NLU_DATA

_FIRST_WORD = "hachtague"


@dataclass(frozen=True)
class Knowledge:
    """All that answers are made of; needs no Rasa."""

    glossary: Glossary
    matcher: TermMatcher
    reader: LanguageReader
    decoder: Decoder
    composers: Mapping[Language, Composer]

    def warm_up(self) -> None:
        """Load now the word lists that the first misspelt word would have to wait for."""
        self.decoder.decode(_FIRST_WORD)


def open_knowledge() -> Knowledge:
    """Read the project's glossary and the wordings.

    Raises:
        GlossaryError: the glossary cannot be used.
    """
    return knowledge_of(project_glossary())


def knowledge_of(glossary: Glossary) -> Knowledge:
    """`glossary` opened for use, with the wordings."""
    matcher = TermMatcher(glossary)
    reader = LanguageReader(read_shorthand(NLU_DATA))
    return Knowledge(
        glossary,
        matcher,
        reader,
        Decoder(glossary, matcher, reader),
        {language: Composer(glossary, wording) for language, wording in load_wordings().items()},
    )
