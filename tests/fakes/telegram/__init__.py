"""A strict, faithful stand-in for Telegram's Bot API server, on loopback only."""

from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.clock import ManualClock
from tests.fakes.telegram.faults import Call
from tests.fakes.telegram.groups import Group
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.remote import RemoteTelegram, telegram_process
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import TOKEN, BotAccount, World

__all__ = [
    "TOKEN",
    "BotAccount",
    "Call",
    "Chat",
    "FakeTelegram",
    "Group",
    "ManualClock",
    "Message",
    "Person",
    "RemoteTelegram",
    "World",
    "telegram_process",
]
