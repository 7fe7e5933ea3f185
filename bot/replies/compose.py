"""Composes replies from entries: which part of an entry answers, and what to offer next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Optional

from bot.knowledge.load import Glossary
from bot.knowledge.model import Advice, Entry, Language, Source, Term
from bot.replies import payload
from bot.replies.model import Choice, Part, Reply
from bot.replies.wording import Wording

MOST_CHOICES = 5
# What a house asks of its people has no place beside these.
_ASIDE = ("difference", "now", "origin", "sentence", "source")


class Composer:
    """Makes replies in one language."""

    def __init__(self, glossary: Glossary, wording: Wording) -> None:
        self.glossary = glossary
        self.say = wording
        self.language: Language = wording.language

    def answer(
        self, ids: Sequence[str], aspect: str, intent: str, confidence: float = 1.0
    ) -> Reply:
        """One aspect of one or more entries; the first decides what is offered next."""
        entries = [self.glossary[entry_id] for entry_id in ids]
        return Reply(
            self.language,
            intent,
            parts=tuple(self.part(entry, aspect) for entry in entries),
            entries=(*ids, *self._same_as(ids, aspect)),
            facet=_facet(aspect, entries[0]),
            choices=self.next_choices(entries[0], aspect),
            confidence=confidence,
        )

    def compare(self, first: str, second: str, intent: str) -> Reply:
        """The difference between two entries."""
        left, right = self.glossary[first], self.glossary[second]
        names = left.name(self.language), right.name(self.language)
        return Reply(
            self.language,
            intent,
            parts=(Part(self._difference(left, right), title=" / ".join(names)),),
            entries=(first, second, *self._same_as([first, second], "difference")),
            facet="difference",
            choices=(self.choice(left, "meaning"), self.choice(right, "meaning")),
        )

    def offer(self, ids: Sequence[str], lead: str, confidence: float, form: str = "") -> Reply:
        """Several entries to choose from; `lead` is the key of the sentence before them."""
        return Reply(
            self.language,
            "clarify",
            parts=(Part(self.say(lead, form=form)),),
            entries=tuple(ids),
            choices=tuple(self._sense(self.glossary[entry_id]) for entry_id in ids),
            confidence=confidence,
        )

    def hesitate(self, ids: Sequence[str], aspect: str, confidence: float) -> Reply:
        """The nearest entry's answer, and the next nearest to choose from."""
        best, *others = ids
        entry = self.glossary[best]
        if isinstance(entry, Advice) or aspect == "difference":
            aspect = _first_aspect(entry)
        lead = Part(self.say("clarify.answer_then_nearest"))
        return Reply(
            self.language,
            "clarify",
            parts=(self.part(entry, aspect), lead),
            entries=tuple(ids),
            facet=aspect,
            choices=tuple(self.choice(self.glossary[other]) for other in others),
            confidence=confidence,
        )

    def small_talk(self, intent: str, suggest: str = "", confidence: float = 1.0) -> Reply:
        """A sentence of the wording; `suggest` names a list of entries to offer with it."""
        intent = intent if intent in self.say.tree["small_talk"] else "out_of_scope"
        offered = self.say.list(suggest) if suggest else ()
        return Reply(
            self.language,
            intent,
            parts=(Part(self.say(f"small_talk.{intent}")),),
            choices=tuple(self.choice(self.glossary[name]) for name in offered),
            confidence=confidence,
        )

    def sentence(self, key: str, intent: str, **values: str) -> Reply:
        """One sentence of the wording as a reply."""
        return Reply(self.language, intent, parts=(Part(self.say(key, **values)),))

    def part(self, entry: Entry, aspect: str) -> Part:
        """What `entry` says about `aspect`."""
        title = entry.name(self.language)
        if isinstance(entry, Term):
            part = self._term_part(entry, aspect, title)
        else:
            part = self._advice_part(entry, aspect, title)
        if entry.house is None or aspect in _ASIDE:
            return part
        return replace(part, house=entry.house.said(self.language))

    def _term_part(self, term: Term, aspect: str, title: str) -> Part:
        text = term.wording(self.language)
        if aspect == "sentence":
            return Part(text.short, self.say("decode.title"))
        if aspect == "example":
            return Part(text.gloss or text.short, title, example=text.example)
        if aspect == "howto":
            return Part(text.howto or self.say("answers.no_howto", short=text.short), title)
        if aspect in ("etiquette", "advice"):
            fallback = self.say("answers.no_etiquette", short=text.short)
            return Part(text.etiquette or fallback, title)
        if aspect == "simpler":
            return Part(self._simply(term), title, example=text.example)
        if aspect == "more":
            return Part(text.short, title, text.example, text.etiquette, text.then)
        if aspect == "difference" and term.confusable:
            others = [self.glossary[other] for other in term.confusable if other in self.glossary]
            return Part("\n".join(self._difference(term, other) for other in others), title)
        return self._dated(term, aspect, title) or Part(text.short, title, example=text.example)

    def _advice_part(self, advice: Advice, aspect: str, title: str) -> Part:
        text = advice.wording(self.language)
        if aspect == "example":
            return Part(text.short, title, example=text.example)
        if aspect == "more":
            return Part(text.why, title, example=text.example)
        if aspect == "simpler":
            return Part(self.say("answers.no_simpler", short=text.short), title)
        return self._dated(advice, aspect, title) or Part(text.short, title, example=text.example)

    def _dated(self, entry: Entry, aspect: str, title: str) -> Optional[Part]:
        text, sources = entry.wording(self.language), self._cite(entry.sources)
        if aspect == "origin":
            return Part(text.then, title, sources=sources)
        if aspect == "now":
            return Part(text.now, title, then=text.then, sources=sources)
        if aspect == "source":
            return Part(self.say("answers.source_intro"), title, sources=sources)
        return None

    def _simply(self, term: Term) -> str:
        text = term.wording(self.language)
        if text.gloss is None:
            return text.short
        return self.say("answers.simpler", name=term.name(self.language), gloss=text.gloss)

    def _difference(self, left: Entry, right: Entry) -> str:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Term) and other.id in one.confusable:
                return one.confusable[other.id].said(self.language)
        return self.say(
            "answers.difference",
            first=left.name(self.language),
            first_short=left.wording(self.language).short,
            second=right.name(self.language),
            second_short=right.wording(self.language).short,
        )

    def _cite(self, sources: Sequence[Source]) -> tuple[str, ...]:
        return tuple(
            " — ".join(
                filter(None, (
                    source.title,
                    source.url,
                    self.say("labels.checked", date=source.checked.isoformat()),
                ))
            )
            for source in sources
        )  # fmt: skip

    def _same_as(self, ids: Sequence[str], aspect: str) -> list[str]:
        """Questions that these entries answer too, and entries that a question repeats."""
        if aspect not in ("meaning", "advice", "difference"):
            return []
        asked = set(ids)
        twins = [topic.id for topic in self.glossary.topics() if set(topic.answers) == asked]
        for entry_id in ids:
            entry = self.glossary[entry_id]
            twins += entry.answers if isinstance(entry, Advice) else []
        return [twin for twin in dict.fromkeys(twins) if twin not in asked]

    def choice(self, entry: Entry, aspect: Optional[str] = None) -> Choice:
        """An entry to tap, under its own name."""
        wanted = aspect or _first_aspect(entry)
        return Choice(entry.name(self.language), payload.ask(entry.id, wanted))

    def _sense(self, entry: Entry) -> Choice:
        gloss = entry.wording(self.language).gloss if isinstance(entry, Term) else None
        name = entry.name(self.language)
        label = self.say("choices.sense", name=name, gloss=gloss) if gloss else name
        return Choice(label, payload.ask(entry.id, _first_aspect(entry)))

    def next_choices(self, entry: Entry, aspect: str) -> tuple[Choice, ...]:
        """The other aspects of `entry`, and the other language."""
        wanted = [name for name in self._aspects(entry) if name != aspect]
        choices = [
            Choice(self.say(f"choices.{name}"), payload.ask(entry.id, name))
            for name in wanted[: MOST_CHOICES - 1]
        ]
        other: Language = "en" if self.language == "fr" else "fr"
        return (*choices, Choice(self.say("choices.language"), payload.speak(other)))

    def _aspects(self, entry: Entry) -> list[str]:
        if isinstance(entry, Advice):
            return ["advice", "more", "now", "source"]
        text = entry.wording(self.language)
        wanted = {"howto": text.howto, "etiquette": text.etiquette}
        return ["meaning", *(name for name, said in wanted.items() if said), "now", "source"]


def _first_aspect(entry: Entry) -> str:
    return "meaning" if isinstance(entry, Term) else "advice"


def _facet(aspect: str, entry: Entry) -> str:
    return _first_aspect(entry) if aspect in ("more", "simpler", "source") else aspect
