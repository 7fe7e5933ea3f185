"""What Telegram shows of the bot before one writes: published at every start, so never stale."""

import logging
from collections.abc import Mapping

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    MenuButtonCommands,
)
from telegram.error import TelegramError

from bot.doors.telegram.api import Api
from bot.doors.telegram.commands import GROUP_MENU, PRIVATE_MENU
from bot.knowledge.model import Language
from bot.replies.wording import Wording

_SCOPES = (
    (BotCommandScopeDefault(), PRIVATE_MENU),
    (BotCommandScopeAllPrivateChats(), PRIVATE_MENU),
    (BotCommandScopeAllGroupChats(), GROUP_MENU),
)

_log = logging.getLogger(__name__)


async def publish(api: Api, words: Mapping[Language, Wording]) -> None:
    """Publish in each language; the first is also for apps in any other."""
    try:
        await api.set_chat_menu_button(menu_button=MenuButtonCommands())
        for code, say in [("", words["fr"]), *words.items()]:
            for scope, names in _SCOPES:
                commands = [BotCommand(name, say(f"menu.{name}")) for name in names]
                await api.set_my_commands(commands, scope, code)
            await _describe(api, code, say)
    except TelegramError as error:
        _log.warning("the menus could not be published: %s", type(error).__name__)


async def _describe(api: Api, code: str, say: Wording) -> None:
    """Telegram allows few changes of these: only what differs is written."""
    name, short, long = (
        say(f"profile.{key}") for key in ("name", "short_description", "description")
    )
    if (await api.get_my_name(code)).name != name:
        await api.set_my_name(name, code)
    if (await api.get_my_short_description(code)).short_description != short:
        await api.set_my_short_description(short, code)
    if (await api.get_my_description(code)).description != long:
        await api.set_my_description(long, code)
