"""Methods that answer a query, once and in time."""

from typing import TYPE_CHECKING

from tests.fakes.telegram import content
from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.inline_results import check_button, check_result, check_results
from tests.fakes.telegram.questions import TOO_OLD, Question
from tests.fakes.telegram.registry import method

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World


def _question(world: "World", query_id: str, kind: str) -> Question:
    question = world.questions.look(query_id)
    if question.about["kind"] != kind:
        raise bad(TOO_OLD)
    return question


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_callback_query(world: "World", arguments: Arguments) -> bool:
    question = _question(world, arguments.text("callback_query_id"), "callback")
    text = arguments.text("text")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    arguments.within("cache_time", 0, 0, 1 << 31)
    answer: Json = {"text": text} if text else {}
    if arguments.flag("show_alert"):
        answer["show_alert"] = True
    if arguments.has("url"):
        answer["url"] = _start_link(world, arguments.text("url"))
    world.questions.close(question.id, answer)
    return True


def _start_link(world: "World", url: str) -> str:
    """Without a game, only a link that starts the bot may open."""
    if not url.startswith((f"t.me/{world.bot.username}?", f"https://t.me/{world.bot.username}?")):
        raise bad("URL_INVALID")
    return url


@method("answerInlineQuery", "inline_query_id results cache_time is_personal next_offset button")
def answer_inline_query(world: "World", arguments: Arguments) -> bool:
    question = _question(world, arguments.text("inline_query_id"), "inline")
    results = check_results(arguments.decoded("results", "JSON encoded inline query results"))
    button = arguments.decoded("button", "inline query results button")
    check_button(button)
    next_offset = arguments.text("next_offset")
    if len(next_offset.encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    cache_time = arguments.within("cache_time", 300, 0, 1 << 31)
    answer = {"results": results, "next_offset": next_offset, "cache_time": cache_time}
    answer |= {"is_personal": arguments.flag("is_personal"), "button": button}
    world.questions.close(question.id, answer)
    return True


@method("answerGuestQuery", "guest_query_id result")
def answer_guest_query(world: "World", arguments: Arguments) -> Json:
    question = _question(world, arguments.text("guest_query_id"), "guest")
    if not arguments.has("result"):
        raise bad("result isn't specified")
    result = check_result(arguments.decoded("result", "JSON encoded web view query results"))
    message = content.inline_message(world, result)
    sent: Json = {"inline_message_id": message.data["_inline_message_id"]}
    world.questions.close(question.id, sent)
    return sent
