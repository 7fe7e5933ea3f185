"""Polls and quizzes: their rules (bots/api#sendpoll, tdlib's PollManager) and their votes."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.checks import formatted, formatted_field
from tests.fakes.telegram.errors import Json, bad

_numbers = itertools.count(5_100_000_000_000_000_001)
_OPTION = {"text", "text_parse_mode", "text_entities", "media"}
_NOT_MODELLED = ("media", "explanation_media", "country_codes", "members_only")


@dataclass
class Poll:
    id: str
    question: str
    options: list[str]
    settings: Json
    closes_at: float | None
    by_bot: bool = True
    closed: bool = False
    votes: dict[int, list[int]] = field(default_factory=dict)

    @property
    def anonymous(self) -> bool:
        return bool(self.settings["is_anonymous"])

    def persistent_ids(self, chosen: list[int]) -> list[str]:
        return [_persistent(index) for index in chosen]

    def shown(self) -> Json:
        counts = [sum(i in v for v in self.votes.values()) for i in range(len(self.options))]
        options = [
            {"persistent_id": _persistent(index), "text": text, "voter_count": count}
            for index, (text, count) in enumerate(zip(self.options, counts, strict=True))
        ]
        voters = sum(bool(chosen) for chosen in self.votes.values())
        head = {"id": self.id, "question": self.question, "options": options}
        state = {"total_voter_count": voters, "is_closed": self.closed, "members_only": False}
        return {**head, **state, **self.settings}

    def vote(self, voter: int, chosen: list[int]) -> None:
        """As an app lets a person: refusals are mistakes of the test."""
        if self.closed:
            raise ValueError("the poll is closed")
        if any(not 0 <= index < len(self.options) for index in chosen):
            raise ValueError("no such option")
        if len(chosen) > 1 and not self.settings["allows_multiple_answers"]:
            raise ValueError("one answer only")
        if self.votes.get(voter) and not self.settings["allows_revoting"]:
            raise ValueError("voted already")
        self.votes[voter] = chosen


def _persistent(index: int) -> str:
    return f"option-{index}"


def poll_from(arguments: Arguments, now: float) -> Poll:
    for name in _NOT_MODELLED:
        if arguments.has(name):
            raise bad(f"{name} is not modelled by this fake")
    question, _ = formatted(arguments.text("question"), arguments.text("question_parse_mode"))
    if not question:
        raise bad("text must be non-empty")
    if len(question) > 300:
        raise bad("poll question length must not exceed 300")
    options = _options(arguments.decoded("options"))
    settings = _settings(arguments, len(options))
    closes_at = _closing(arguments, settings, now)
    poll = Poll(str(next(_numbers)), question, options, settings, closes_at)
    poll.closed = arguments.flag("is_closed")
    return poll


def _options(given: Any) -> list[str]:
    if not isinstance(given, list):
        raise bad("expected an Array of String as options")
    if not given:
        raise bad("poll must have at least one answer option")
    if len(given) > 12:
        raise bad("poll can't have more than 12 options")
    return [_option(option) for option in given]


def _option(given: Any) -> str:
    option = {"text": given} if isinstance(given, str) else given
    if not isinstance(option, dict) or not isinstance(option.get("text"), str):
        raise bad("expected an option to be of type String")
    if option.keys() - _OPTION:
        raise bad(f"unknown fields of an option: {sorted(option.keys() - _OPTION)}")
    text, _ = formatted(option["text"], option.get("text_parse_mode") or "")
    if not text:
        raise bad("text must be non-empty")
    if len(text) > 100:
        raise bad("poll options length must not exceed 100")
    return text


def _settings(arguments: Arguments, options: int) -> Json:
    kind = arguments.text("type", "regular")
    if kind not in ("regular", "quiz"):
        raise bad("unsupported poll type specified")
    settings: Json = {
        "type": kind,
        "is_anonymous": arguments.flag("is_anonymous", True),
        "allows_multiple_answers": arguments.flag("allows_multiple_answers"),
        "allows_revoting": arguments.flag("allows_revoting", kind != "quiz"),
    }
    settings |= _description(arguments)
    for flag in ("shuffle_options", "hide_results_until_closes", "allow_adding_options"):
        arguments.flag(flag)
    if kind == "quiz":
        return settings | _solution(arguments, options)
    for name in ("correct_option_ids", "correct_option_id", "explanation"):
        if arguments.has(name):
            raise bad(f"{name} belongs to quizzes only")
    return settings


def _description(arguments: Arguments) -> Json:
    text, shown = formatted_field(
        arguments, "description", "description_parse_mode", "description_entities"
    )
    if len(text) > 1024:
        raise bad("poll description is too long")
    return shown


def _solution(arguments: Arguments, options: int) -> Json:
    correct = arguments.decoded("correct_option_ids", "correct option identifiers")
    if correct is None and arguments.has("correct_option_id"):
        correct = [arguments.integer("correct_option_id")]
    if not isinstance(correct, list) or not correct:
        raise bad("correct quiz option list must be non-empty")
    if any(type(index) is not int for index in correct):
        raise bad("correct option identifier must be of type Number")
    if correct != sorted(set(correct)):
        raise bad("correct quiz option list must be increasing")
    if correct[0] < 0 or correct[-1] >= options:
        raise bad("wrong quiz correct_option_id")
    single = {"correct_option_id": correct[0]} if len(correct) == 1 else {}
    return {"correct_option_ids": correct, **single, **_explanation(arguments)}


def _explanation(arguments: Arguments) -> Json:
    text, shown = formatted_field(
        arguments, "explanation", "explanation_parse_mode", "explanation_entities"
    )
    if len(text) > 200:
        raise bad("quiz explanation must have at most 200 characters")
    if text.count("\n") > 2:
        raise bad("quiz explanation must have at most 2 line feeds")
    return shown


def _closing(arguments: Arguments, settings: Json, now: float) -> float | None:
    if arguments.has("open_period") and arguments.has("close_date"):
        raise bad("open_period and close_date can't be used together")
    if arguments.has("open_period"):
        settings["open_period"] = arguments.within("open_period", 0, 5, 2_628_000)
        return now + int(settings["open_period"])
    if arguments.has("close_date"):
        settings["close_date"] = arguments.within(
            "close_date", 0, int(now) + 5, int(now) + 2_628_000
        )
        return float(settings["close_date"])
    return None
