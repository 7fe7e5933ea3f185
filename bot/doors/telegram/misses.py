"""Answers that were not right: kept with their question if the person agrees, and only then."""

from telegram import MessageReactionUpdated, ReactionTypeEmoji

from bot.doors.telegram.buttons import button, rows
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.render import page, sentence
from bot.doors.telegram.visit import PLATFORM, Visit
from bot.gateway.erasure import KEPT_DAYS
from bot.gateway.model import Answer
from bot.gateway.people import Miss

DOWN = "👎"


async def reacted(desk: Desk, visit: Visit, reaction: MessageReactionUpdated) -> Answer:
    """A 👎 on an answer asks whether its question may be kept; taking it back erases it."""
    answered = await desk.outbox.answered_by(PLATFORM, visit.place, str(reaction.message_id))
    if visit.group or answered is None or answered.person != visit.person:
        return Answer()
    now = DOWN in _emoji(reaction.new_reaction)
    if not now:
        await desk.people.drop_miss(visit.place, answered.question)
    if not now or DOWN in _emoji(reaction.old_reaction):
        return Answer()
    say = desk.say(visit)
    asked = page(
        sentence(say("misses.ask", days=str(KEPT_DAYS["misses"]))),
        rows([
            button(say("misses.agree"), visit.language, f"miss:{answered.question}"),
            button(say("misses.refuse"), visit.language, "miss:"),
        ]),
    )  # fmt: skip
    return desk.answer(visit, asked)


async def consented(desk: Desk, visit: Visit, question: str, shown: tuple[int, ...]) -> Answer:
    """Keep the question that the person was asked about; "" is a refusal."""
    key = "refused"
    if question:
        text = desk.recent.text(visit.person, question)
        key = "kept" if text is not None else "gone"
        if text is not None:
            answers = await desk.outbox.answers(PLATFORM, visit.place, question)
            entries = answers[0].entries if answers else ()
            miss = Miss(visit.place, question, visit.person, visit.language, text, entries)
            await desk.people.add_miss(miss)
    told = page(sentence(desk.say(visit)(f"misses.{key}")), [])
    return desk.answer(visit, told, shown=shown)


def _emoji(reactions: object) -> list[str]:
    listed = reactions if isinstance(reactions, (list, tuple)) else ()
    return [each.emoji for each in listed if isinstance(each, ReactionTypeEmoji)]
