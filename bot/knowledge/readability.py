"""How easy a text is to read: Kandel and Moles for French, Flesch for English."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from bot.knowledge.model import Language

# What follows a colon or a semicolon is read as a sentence of its own.
_SENTENCE_END = re.compile(r"[.!?…]+(?=[\s»”\"')]|$)|[:;](?=\s)")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_PIECE = re.compile(r"[^\W\d_]+")
_WORDS_REMEMBERED = 32_768
_SPELLED_OUT = re.compile(r"[A-Z]{2,4}")


def sentences(text: str) -> list[str]:
    """The sentences of `text`; what holds no word ("1.", "»") is none."""
    pieces = (piece.strip() for piece in _SENTENCE_END.split(text))
    return [piece for piece in pieces if any(map(str.isalpha, piece))]


def words(text: str) -> list[str]:
    """The words of `text`; "l'école" and "peut-être" are one each."""
    return _WORD.findall(text)


def longest_sentence(text: str) -> tuple[int, str]:
    """The number of words of the longest sentence, and that sentence."""
    return max(((len(words(one)), one) for one in sentences(text)), default=(0, ""))


def readability(text: str, language: Language) -> float:
    """The ease of reading of `text`: 100 is very easy, 60 is plain, 30 is hard; no bounds.

    French: 207 - 1.015 x words a sentence - 73.6 x syllables a word (L. Kandel and A. Moles,
    "Application de l'indice de Flesch à la langue française", Cahiers d'études de
    radio-télévision 19, 1958). English: 206.835 - 1.015 x words a sentence - 84.6 x syllables a
    word (R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32, 1948).
    """
    base, weight = _FORMULAS[language]
    spoken = [word for word in words(text) if any(map(str.isalpha, word))]
    if not spoken:
        return base
    a_sentence = len(spoken) / len(sentences(text))
    a_word = sum(syllables(word, language) for word in spoken) / len(spoken)
    return base - 1.015 * a_sentence - weight * a_word


@lru_cache(maxsize=_WORDS_REMEMBERED)
def syllables(word: str, language: Language) -> int:
    """How many syllables are heard in `word`, about one word in twenty being one off.

    Letters that are read one by one ("RT", "DM") count one each.
    """
    if _SPELLED_OUT.fullmatch(word):
        return len(word)
    count = _COUNTERS[language]
    return max(1, sum(count(piece) for piece in _PIECE.findall(word.lower())))


_FR_SILENT_U = re.compile(r"(?<=q)u|(?<=g)u(?=[eéèêiy])")
_FR_GLIDE_Y = re.compile(r"(?<=[aeiouéèê])y(?=[aeiouéèê])")
_FR_MUTE_END = re.compile(r"(?<=[^aeiouyàâäéèêëîïôöùûüœæ])es?$")
# Two vowels in a row are heard apart after é, before a diaeresis, and in "publi-er", "cli-ent".
_FR_APART = re.compile(
    r"é(?=[aâioué])|é(?=e[^s])|(?<=[aeiou])(?=[ïëü])|(?<=[bcdfgptv][lr]i)(?=[aeoéè])|(?<=o)(?=[aé])"
)
_FR_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")


def _french(piece: str) -> int:
    said = _FR_GLIDE_Y.sub("j", _FR_SILENT_U.sub("", piece))
    shorter = _FR_MUTE_END.sub("", said)
    if _FR_VOWELS.search(shorter):
        said = shorter
    return len(_FR_VOWELS.findall(_FR_APART.sub(r"\g<0> ", said)))


_EN_NOT = re.compile(r"(?<=[sd])n$")  # "doesn" of "doesn't"
_EN_SILENT_U = re.compile(r"(?<=q)u")
_EN_GLIDE_Y = re.compile(r"(?<=[aeiou])y(?=[aeiou])")
_EN_MUTE_END = re.compile(
    r"(?<=[^aeiouylscgzx])es$|(?<=[aeiouy]l)es$|(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$"
    r"|(?<=[^aeiouydt])ed$"
)
_EN_MUTE_MIDDLE = re.compile(r"(?<=som)e(?=\w)|(?<=[^aeiouy])e(?=(?:ly|ful|less)\w?$)")
_EN_APART = re.compile(
    r"(?<=[^tscgx]i)(?=[ao])|(?<=[^p]e)(?=o)|(?<=[sc]u)(?=a)|(?<=[aeou])(?=ing)|(?<=[tdl]u)(?=a)"
)
_EN_VOWELS = re.compile(r"[aeiouyéèêàâïôç]+")


def _english(piece: str) -> int:
    said = _EN_GLIDE_Y.sub("j", _EN_SILENT_U.sub("", _EN_NOT.sub("en", piece)))
    shorter = _EN_MUTE_MIDDLE.sub("", _EN_MUTE_END.sub("", said))
    if _EN_VOWELS.search(shorter):
        said = shorter
    return len(_EN_VOWELS.findall(_EN_APART.sub(" ", said)))


_FORMULAS: Mapping[Language, tuple[float, float]] = {"fr": (207.0, 73.6), "en": (206.835, 84.6)}
_COUNTERS: Mapping[Language, Callable[[str], int]] = {"fr": _french, "en": _english}
