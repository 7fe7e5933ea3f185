"""What answerInlineQuery and answerGuestQuery may hold (bots/api#inlinequeryresult)."""

from typing import Any

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.checks import inline_keyboard, message_text, start_parameter
from tests.fakes.telegram.errors import Json, bad

_COMMON = {"type", "id", "input_message_content", "reply_markup"}
_ARTICLE = _COMMON | {
    *("title", "url", "description", "thumbnail_url", "thumbnail_width", "thumbnail_height"),
}
_OTHERS = {
    *("audio", "contact", "game", "document", "gif", "location", "mpeg4_gif", "photo", "sticker"),
    *("venue", "video", "voice"),
}
_TEXT = {"message_text", "parse_mode", "entities", "link_preview_options"}


def check_results(results: Any) -> list[Json]:
    if not isinstance(results, list):
        raise bad("expected an Array of inline query results")
    if len(results) > 50:
        raise bad("too many inline query results specified")
    checked = [check_result(result) for result in results]
    if len({result["id"] for result in checked}) < len(checked):
        raise bad("RESULT_ID_DUPLICATE")
    return checked


def check_result(result: Any) -> Json:
    """The result, with the message that choosing it sends under `_message`."""
    start = "can't parse inline query result: "
    if not isinstance(result, dict):
        raise bad(f"{start}Inline query result must be an object")
    if not isinstance(result.get("id"), str) or not 1 <= len(result["id"].encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    if result.get("type") in _OTHERS:
        return result
    if result.get("type") != "article":
        raise bad(f'{start}type "{result.get("type")}" is unsupported for the inline query result')
    if result.keys() - _ARTICLE:
        raise bad(f"{start}unknown fields {sorted(result.keys() - _ARTICLE)}")
    if not result.get("title"):
        raise bad("ARTICLE_TITLE_EMPTY")
    return result | {"_message": _content(result)}


def _content(result: Json) -> Json:
    content = result.get("input_message_content")
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad("can't parse inline query result: Input message content is not specified")
    if content.keys() - _TEXT:
        raise bad(f"can't parse input message content: {sorted(content.keys() - _TEXT)}")
    values = {name: content.get(name) for name in ("parse_mode", "entities")}
    message = message_text(Arguments({"text": content["message_text"], **values}))
    if result.get("reply_markup"):
        message |= {"reply_markup": inline_keyboard(result["reply_markup"])}
    return message


def check_button(button: Any) -> None:
    """The button above the results: a text and exactly one of two actions."""
    if button is None:
        return
    if not isinstance(button, dict) or not button.get("text"):
        raise bad("can't parse inline query results button: it must be an Object with a text")
    if len(button.keys() & {"start_parameter", "web_app"}) != 1 or len(button) != 2:
        reason = "InlineQueryResultsButton must have exactly one optional field"
        raise bad(f"can't parse inline query results button: {reason}")
    if "start_parameter" in button:
        start_parameter(button["start_parameter"])
