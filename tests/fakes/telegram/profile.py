"""The bot's own page and menus: commands, names, descriptions, menu button."""

import re
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.registry import method

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

_SCOPES = {
    "default": set(),
    "all_private_chats": set(),
    "all_group_chats": set(),
    "all_chat_administrators": set(),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}
_LONGEST = {"name": 64, "description": 512, "short_description": 120}
ScopeKey = tuple[str, str, str, str]  # type, chat, user, language


class Profile:
    """What the bot says of itself, by language ("" for all others)."""

    def __init__(self, name: str) -> None:
        self.commands: dict[ScopeKey, list[Json]] = {}
        self.words: dict[str, dict[str, str]] = {kind: {} for kind in _LONGEST}
        self.words["name"][""] = name
        self.menu_button: Json = {"type": "commands"}

    def say(self, kind: str, language: str) -> str:
        words = self.words[kind]
        return words.get(language) or words.get("", "")

    def menu(self, scopes: list[tuple[str, str, str]], language: str) -> list[Json]:
        """The first that is set, as the app chooses (bots/api#determining-list-of-commands)."""
        for scope in scopes:
            for wanted in (language, ""):
                if found := self.commands.get((*scope, wanted)):
                    return found
        return []


def _language(arguments: Arguments) -> str:
    language = arguments.text("language_code")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("LANG_CODE_INVALID")
    return language


def _scope(world: "World", arguments: Arguments) -> ScopeKey:
    scope = arguments.decoded("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    if scope.keys() - {"type"} != _SCOPES[scope["type"]]:
        raise bad(f"can't parse BotCommandScope: wrong fields {sorted(scope)}")
    if "chat_id" in scope:
        world.chat(scope["chat_id"])
    parts = (str(scope.get(name, "")) for name in ("type", "chat_id", "user_id"))
    kind, chat, user = parts
    return kind, chat, user, _language(arguments)


def _command(given: Any) -> Json:
    if not isinstance(given, dict) or given.keys() - {"command", "description", "is_ephemeral"}:
        raise bad("can't parse BotCommand: expected an Object of known fields")
    name = str(given.get("command", "")).removeprefix("/")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(str(given.get("description", "")).strip()) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return given | {"command": name}


@method("setMyCommands", "commands scope language_code")
def set_my_commands(world: "World", arguments: Arguments) -> bool:
    given = arguments.decoded("commands", "commands")
    if not isinstance(given, list):
        raise bad("expected an Array of BotCommand")
    if len(given) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(command) for command in given]
    if len({command["command"] for command in commands}) < len(commands):
        raise bad("BOT_COMMAND_DUPLICATE")
    world.profile.commands[_scope(world, arguments)] = commands
    return True


@method("getMyCommands", "scope language_code")
def get_my_commands(world: "World", arguments: Arguments) -> list[Json]:
    return world.profile.commands.get(_scope(world, arguments), [])


@method("deleteMyCommands", "scope language_code")
def delete_my_commands(world: "World", arguments: Arguments) -> bool:
    world.profile.commands.pop(_scope(world, arguments), None)
    return True


def _set_words(world: "World", arguments: Arguments, kind: str) -> bool:
    text, language = arguments.text(kind).strip(), _language(arguments)
    if len(text) > _LONGEST[kind]:
        raise bad(f"bot {kind.replace('_', ' ')} is too long")
    if kind == "name" and not text and not language:
        raise bad("bot name must be non-empty")
    world.profile.words[kind][language] = text
    return True


@method("setMyName", "name language_code")
def set_my_name(world: "World", arguments: Arguments) -> bool:
    return _set_words(world, arguments, "name")


@method("getMyName", "language_code")
def get_my_name(world: "World", arguments: Arguments) -> Json:
    return {"name": world.profile.say("name", _language(arguments))}


@method("setMyDescription", "description language_code")
def set_my_description(world: "World", arguments: Arguments) -> bool:
    return _set_words(world, arguments, "description")


@method("getMyDescription", "language_code")
def get_my_description(world: "World", arguments: Arguments) -> Json:
    return {"description": world.profile.say("description", _language(arguments))}


@method("setMyShortDescription", "short_description language_code")
def set_my_short_description(world: "World", arguments: Arguments) -> bool:
    return _set_words(world, arguments, "short_description")


@method("getMyShortDescription", "language_code")
def get_my_short_description(world: "World", arguments: Arguments) -> Json:
    return {"short_description": world.profile.say("short_description", _language(arguments))}


@method("setChatMenuButton", "chat_id menu_button")
def set_chat_menu_button(world: "World", arguments: Arguments) -> bool:
    button = arguments.decoded("menu_button", "menu button") or {"type": "default"}
    fields = {"commands": {"type"}, "default": {"type"}, "web_app": {"type", "text", "web_app"}}
    if not isinstance(button, dict) or fields.get(button.get("type", "")) != set(button):
        raise bad("can't parse menu button: MenuButton has unsupported type")
    if not arguments.has("chat_id"):
        world.profile.menu_button = button
        return True
    _private(world, arguments).menu_button = button
    return True


@method("getChatMenuButton", "chat_id")
def get_chat_menu_button(world: "World", arguments: Arguments) -> Json:
    chosen = _private(world, arguments).menu_button if arguments.has("chat_id") else None
    return chosen or world.profile.menu_button


def _private(world: "World", arguments: Arguments) -> Any:
    chat = world.chat(arguments.integer("chat_id"))
    if not chat.private:
        raise bad("chat_id must be of a private chat")
    return chat
