"""Finds a term by what is said of it, when its name is not: « le cœur sous les tweets »."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.brain.nlu.features import SentenceEncoder, Vector
from bot.knowledge.load import Glossary
from bot.knowledge.model import LANGUAGES

FOUND = 3
LEAST_LIKENESS = 0.25


@dataclass(frozen=True)
class Descriptions:
    """`texts`: (texts, 512), of length one: what entries say; `entries`: whose each text is."""

    texts: Vector
    entries: Sequence[str]

    def nearest(self, encoded: Vector) -> list[str]:
        """The entries whose words are most like the text `encoded` (512,), best first."""
        likeness = self.texts @ (encoded / max(float(np.linalg.norm(encoded)), 1e-9))
        best: dict[str, float] = {}
        for i in np.argsort(-likeness):
            if likeness[i] < LEAST_LIKENESS or len(best) == FOUND:
                break
            best.setdefault(self.entries[i], float(likeness[i]))
        return list(best)


def fit_descriptions(glossary: Glossary, encoder: SentenceEncoder) -> Descriptions:
    """Encode the gloss and the short answer of every term, in both languages."""
    described = [
        (term.id, text)
        for term in glossary.terms()
        if term.category != "phrases"
        for language in LANGUAGES
        for text in (term.wording(language).gloss, term.wording(language).short)
        if text
    ]
    vectors = encoder.encode([text for _, text in described])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Descriptions(vectors, [entry_id for entry_id, _ in described])
