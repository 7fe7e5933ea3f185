"""What the server checks of texts and keyboards before it does anything."""

import re
from typing import Any

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.html import parse_html
from tests.fakes.telegram.texts import trimmed, units, with_found

LONGEST_SOURCE = 1 << 15  # bytes, before parsing (Client.cpp, get_formatted_text)
ACTIONS = {
    *("url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text"),
    *("switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game"),
    "pay",
}
_LOOKS = {"text", "style", "icon_custom_emoji_id"}
_STYLES = {"primary", "success", "danger"}
_KEY_ACTIONS = {
    *("request_users", "request_chat", "request_contact", "request_location", "request_poll"),
    *("web_app", "request_managed_bot"),
}
_KEYBOARD = {
    *("keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "selective"),
    "input_field_placeholder",
}
_FORCE_REPLY = {"force_reply", "input_field_placeholder", "selective"}
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


def formatted(source: str, parse_mode: str, entities: Any = None) -> tuple[str, list[Json]]:
    """The text as stored, trimmed, with the entities given and found."""
    if len(source.encode("utf-8", "surrogatepass")) > LONGEST_SOURCE:
        raise bad("text is too long")
    if parse_mode.lower() == "html":
        text, given = parse_html(source)
    elif parse_mode.lower() in ("", "none"):
        text, given = source, given_entities(source, entities)
    else:
        raise bad(f"unsupported parse_mode {parse_mode!r} (this fake reads HTML only)")
    text, given = trimmed(text, given)
    return text, with_found(text, given)


def formatted_field(arguments: Arguments, name: str, mode: str, entities: str) -> tuple[str, Json]:
    """The text of the field `name`, and the fields that show it: none when it is empty."""
    text, found = formatted(arguments.text(name), arguments.text(mode), arguments.decoded(entities))
    if not text:
        return "", {}
    return text, {name: text} | ({entities: found} if found else {})


def given_entities(text: str, entities: Any) -> list[Json]:
    if entities is None:
        return []
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    for entity in entities:
        end = entity.get("offset", -1) + entity.get("length", -1)
        if not entity.get("type") or entity["offset"] < 0 or not 0 < end <= units(text):
            raise bad("can't parse entities: wrong entity specified")
    return entities


def message_text(arguments: Arguments) -> Json:
    """`text` of a message: 1-4096 after entities parsing."""
    text, shown = formatted_field(arguments, "text", "parse_mode", "entities")
    if not text:
        raise bad("message text is empty")
    if units(text) > 4096:
        raise bad("message is too long")
    return shown


def caption(arguments: Arguments) -> Json:
    text, shown = formatted_field(arguments, "caption", "parse_mode", "caption_entities")
    if units(text) > 1024:
        raise bad("message caption is too long")
    return shown


def reply_markup(arguments: Arguments, private: bool = True) -> Json:
    """{} without one; else a keyboard of one of the four kinds."""
    markup = arguments.decoded("reply_markup", "reply keyboard markup")
    if markup is None:
        return {}
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return inline_keyboard(markup, private)
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if markup.get("remove_keyboard") is True and markup.keys() <= {"remove_keyboard", "selective"}:
        return markup
    if markup.get("force_reply") is True and markup.keys() <= _FORCE_REPLY:
        return markup
    if markup == {}:
        return {}
    raise bad(f"can't parse reply markup: unknown or mixed fields {sorted(markup)}")


def inline_keyboard(markup: Json, private: bool = True) -> Json:
    if markup.keys() != {"inline_keyboard"}:
        raise bad(f"can't parse inline keyboard: unknown fields in {sorted(markup)}")
    rows = _rows(markup["inline_keyboard"], "inline_keyboard")
    for button in (button for row in rows for button in row):
        _inline_button(button, private)
    if sum(map(len, rows)) > 100:
        raise bad("reply markup is too long")
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else {}


def _rows(rows: Any, name: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{name}" must be an Array of Arrays')
    return rows


def _inline_button(button: Any, private: bool) -> None:
    start = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(f"{start}InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad(f'{start}field "text" must be a non-empty String')
    actions = button.keys() & ACTIONS
    if not actions:
        raise bad(f"{start}Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1 or button.keys() - ACTIONS - _LOOKS:
        raise bad(f"{start}not exactly one action among known fields: {sorted(button)}")
    if button.get("style", "primary") not in _STYLES:
        raise bad(f"{start}invalid button style specified")
    _action(button, private)


def _action(button: Json, private: bool) -> None:
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.fullmatch(r"(https?|tg|ton)://\S+", str(button["url"])):
        reason = "Wrong HTTP URL"
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: {reason}")
    if "copy_text" in button:
        copied = button["copy_text"].get("text", "")
        if not 1 <= len(copied) <= 256 or button["copy_text"].keys() != {"text"}:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    if "web_app" in button and not private:
        raise bad("BUTTON_TYPE_INVALID")


def _reply_keyboard(markup: Json) -> Json:
    if markup.keys() - _KEYBOARD:
        raise bad(f"can't parse reply keyboard: unknown fields in {sorted(markup)}")
    rows = _rows(markup["keyboard"], "keyboard")
    if not any(rows):
        raise bad("reply keyboard must be non-empty")
    if len(markup.get("input_field_placeholder", "")) > 64:
        raise bad("input field placeholder is too long")
    return markup | {"keyboard": [[_key(key) for key in row] for row in rows]}


def _key(key: Any) -> Json:
    if isinstance(key, str):
        key = {"text": key}
    if not isinstance(key, dict) or not isinstance(key.get("text"), str) or not key["text"]:
        raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
    if key.keys() - _LOOKS - _KEY_ACTIONS or len(key.keys() & _KEY_ACTIONS) > 1:
        raise bad(f"can't parse keyboard button: unknown or mixed fields {sorted(key)}")
    return key


def start_parameter(value: Any) -> None:
    if not isinstance(value, str) or not _START.fullmatch(value):
        raise bad("START_PARAM_INVALID")


def link_preview(arguments: Arguments) -> None:
    known = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
    options = arguments.decoded("link_preview_options")
    if options is None:
        return
    if not isinstance(options, dict) or options.keys() - known:
        raise bad("object expected as link preview options")
