"""A reply as plain text, for terminals and messages without markup."""

from bot.replies.model import Part, Reply
from bot.replies.wording import Wording


def plain(reply: Reply, say: Wording, choices: bool = True) -> str:
    """The reply's parts, and its choices as numbered lines when they are wanted."""
    blocks = [_part(part, say) for part in reply.parts]
    if choices and reply.choices:
        numbered = (f"{i}. {choice.label}" for i, choice in enumerate(reply.choices, start=1))
        blocks.append("\n".join(numbered))
    return "\n\n".join(blocks)


def _part(part: Part, say: Wording) -> str:
    colon = " : " if say.language == "fr" else ": "
    lines = [
        f"{part.title}{colon}{part.text}" if part.title and "\n" not in part.text else part.text
    ]
    if part.title and "\n" in part.text:
        lines.insert(0, f"{part.title}{colon}".rstrip())
    for name in ("house", "example", "etiquette", "then"):
        if said := getattr(part, name):
            lines.append(f"{say('labels.' + name)}{colon}{said}")
    if part.sources:
        lines.append(f"{say('labels.sources')}{colon}" + "\n- ".join(("", *part.sources)))
    return "\n".join(lines)
