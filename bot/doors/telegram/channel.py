"""Makes deliveries: each is one call of the Bot API.

The body of a delivery: `op` (send, edit, delete, poll, document, guest), `html` and `plain` texts,
`rows` of buttons, and where it goes (`thread`, `reply_to`, `message`, `inline`, `query`). A poll
has `instead`: the text to send where polls are not allowed. `expects` asks for a reply.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Optional

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode, PollType
from telegram.error import BadRequest, TelegramError

from bot.doors.telegram.api import Api, meaning
from bot.doors.telegram.markup import LONGEST, Span, plain, shortened, split, to_html
from bot.doors.telegram.render import Page
from bot.doors.telegram.visit import Visit
from bot.gateway.model import Answer, Closed, Delivery, Refused, SendError

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SAME = "message is not modified"
# Only what is sent into a chat tells that it is closed: who sees an inline message is in no chat of
# ours, and a group may forbid polls alone.
_TELLING = ("send", "document")
_NO_USE = "closed to this"
_Body = dict[str, Any]


def bodies(pages: tuple[Page, ...]) -> list[_Body]:
    """The messages that show `pages`, long ones in several; buttons under the last of each."""
    found: list[_Body] = []
    for page in pages:
        pieces = split(page.text) or [(Span("…"),)]
        found += [{"html": to_html(piece), "plain": plain(piece)} for piece in pieces]
        found[-1]["rows"] = [list(row) for row in page.rows]
    return found


def say(visit: Visit, pages: tuple[Page, ...], shown: tuple[int, ...] = ()) -> list[Delivery]:
    """Show `pages` to a visitor, in place of the messages `shown` if there are any."""
    made: list[Delivery] = []
    for number, body in enumerate(bodies(pages)):
        if number < len(shown):
            made.append(deliver(visit, {"op": "edit", "message": shown[number], **body}))
        else:
            made.append(deliver(visit, {"op": "send", **body}, first=number == 0))
    extra = shown[len(made) :]
    return made + [deliver(visit, {"op": "delete", "message": message}) for message in extra]


def expecting(answer: Answer, hint: str) -> Answer:
    """The answer asks something: the app opens a reply, with `hint` where one writes."""
    *before, last = answer.deliveries
    asking = replace(last, body={**last.body, "expects": hint})
    return replace(answer, deliveries=(*before, asking))


def deliver(visit: Visit, body: _Body, first: bool = True) -> Delivery:
    """A delivery to where the visitor is; in a group the first is a reply to the visitor."""
    where: _Body = {"thread": visit.thread}
    if visit.group and first and visit.message is not None:
        where["reply_to"] = visit.message
    return Delivery(str(visit.chat), {**where, **body}, visit.group)


class TelegramChannel:
    """Writes to Telegram."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._ops: dict[str, Callable[[str, _Body], Awaitable[Optional[str]]]] = {
            "send": self._send,
            "edit": self._edit,
            "delete": self._delete,
            "poll": self._poll,
            "document": self._document,
            "guest": self._guest,
        }

    async def send(self, delivery: Delivery) -> Optional[str]:
        """See `Channel.send`."""
        try:
            return await self._ops[delivery.body["op"]](delivery.address, delivery.body)
        except BadRequest as error:
            if error.message.lower().startswith(_SAME):
                return str(delivery.body["message"]) if delivery.body.get("message") else None
            raise _meant(error, delivery.body["op"]) from None
        except TelegramError as error:
            # Not chained: what Telegram says may quote what was sent.
            raise _meant(error, delivery.body["op"]) from None

    def plainer(self, delivery: Delivery, reason: str) -> Optional[Delivery]:
        """See `Channel.plainer`."""
        body = dict(delivery.body)
        if body["op"] == "poll":
            return replace(delivery, body={**body, "op": "send", **body["instead"]})
        if body["op"] not in ("send", "edit") or reason == _NO_USE:
            return None
        gone = any(sign in reason.lower() for sign in ("edit", "message_id_invalid"))
        if body["op"] == "edit" and gone and "message" in body:
            body["op"] = "send"
        elif body.get("html") is not None and "parse" in reason.lower():
            body["html"] = None
        elif body.get("thread") is not None:
            body["thread"] = None
        elif body.get("rows") or body.get("expects") or body.get("html") is not None:
            body["rows"], body["html"], body["expects"] = [], None, None
        else:
            return None
        return replace(delivery, body=body)

    async def _send(self, address: str, body: _Body) -> str:
        sent = await self._api.send_message(
            int(address),
            _text(body),
            parse_mode=_mode(body),
            reply_markup=_expected(body) or _markup(body),
            link_preview_options=NO_PREVIEW,
            **_where(body),
        )
        return str(sent.message_id)

    async def _edit(self, address: str, body: _Body) -> Optional[str]:
        inline = body.get("inline")
        await self._api.edit_message_text(
            _text(body),
            chat_id=None if inline else int(address),
            message_id=None if inline else body["message"],
            inline_message_id=inline,
            parse_mode=_mode(body),
            reply_markup=_markup(body),
            link_preview_options=NO_PREVIEW,
        )
        return None if inline else str(body["message"])

    async def _delete(self, address: str, body: _Body) -> None:
        await self._api.delete_message(int(address), body["message"])

    async def _poll(self, address: str, body: _Body) -> str:
        sent = await self._api.send_poll(
            int(address),
            body["question"],
            body["options"],
            type=PollType.QUIZ,
            correct_option_ids=[body["right"]],
            explanation=body["explanation"],
            is_anonymous=True,
            reply_markup=_markup(body),
            **_where(body),
        )
        return str(sent.message_id)

    async def _document(self, address: str, body: _Body) -> str:
        sent = await self._api.send_document(
            int(address),
            body["content"].encode(),
            filename=body["name"],
            caption=body["caption"],
            **_where(body),
        )
        return str(sent.message_id)

    async def _guest(self, _address: str, body: _Body) -> None:
        await self._api.answer_guest_query(body["query"], article("answer", "Cuicui", body))


def _meant(error: TelegramError, op: str) -> SendError:
    found = meaning(error)
    return Refused(_NO_USE) if isinstance(found, Closed) and op not in _TELLING else found


def article(
    identity: str, title: str, body: _Body, description: Optional[str] = None
) -> InlineQueryResultArticle:
    """A result that shows `body` when it is chosen."""
    content = InputTextMessageContent(
        _text(body), parse_mode=_mode(body), link_preview_options=NO_PREVIEW
    )
    return InlineQueryResultArticle(
        identity, title, content, description=description, reply_markup=_markup(body)
    )


def _text(body: _Body) -> str:
    return body["html"] if body.get("html") is not None else shortened(body["plain"], LONGEST)


def _mode(body: _Body) -> Optional[str]:
    return ParseMode.HTML if body.get("html") is not None else None


def _markup(body: _Body) -> Optional[InlineKeyboardMarkup]:
    if not body.get("rows"):
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(each["text"], callback_data=each["data"]) for each in row]
            for row in body["rows"]
        ]
    )


def _expected(body: _Body) -> Optional[ForceReply]:
    """Only who asked is asked to reply."""
    hint = body.get("expects")
    return ForceReply(selective=True, input_field_placeholder=hint) if hint else None


def _where(body: _Body) -> dict[str, Any]:
    where: dict[str, Any] = {"message_thread_id": body.get("thread")}
    if body.get("reply_to") is not None:
        where["reply_parameters"] = ReplyParameters(
            body["reply_to"], allow_sending_without_reply=True
        )
    return where
