"""Which room may import what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT

ALLOWED = {
    "rasa": ("bot/brain/", "actions/"),
    "rasa_sdk": ("bot/brain/", "actions/"),
    "telegram": ("bot/doors/telegram/",),
    "tweepy": ("bot/doors/x/",),
    "chat_xdk": ("bot/doors/x/",),
}
FORWARD_ONLY = {
    "bot/knowledge/": (
        "bot.replies",
        "bot.brain",
        "bot.doors",
        "bot.web",
        "bot.commands",
        "actions",
    ),
    "bot/replies/": ("bot.brain", "bot.doors", "bot.web", "bot.commands", "actions"),
    "bot/brain/": ("bot.doors", "bot.web", "bot.commands"),
    "bot/gateway/": ("bot.brain", "bot.doors", "bot.web", "bot.commands", "actions"),
    "bot/kit/": ("bot.brain", "bot.gateway", "bot.doors", "bot.web", "bot.commands", "actions"),
    "bot/doors/": ("bot.web", "bot.commands", "actions", "bot.brain.local", "bot.brain.nlu"),
    "bot/web/": ("bot.commands", "actions", "bot.brain.local", "bot.brain.nlu"),
}
FILES = [path for room in ("bot", "actions") for path in sorted((ROOT / room).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    for module in imports(path):
        rooms = ALLOWED.get(module.partition(".")[0])
        assert rooms is None or place.startswith(rooms), f"{place} imports {module}"
        for room, forbidden in FORWARD_ONLY.items():
            if place.startswith(room):
                assert not module.startswith(forbidden), f"{place} imports {module}"


def test_text_that_people_read_is_not_in_the_code() -> None:
    french = ("Bonjour", "Désolé", "Voici", "veut dire « ")
    said = [
        (path.name, node.value)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(french)
    ]
    assert said == []
