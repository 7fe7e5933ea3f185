"""Thrift's binary protocol, as far as XChat's events need it.

What `encrypt_message` yields is a MessageCreateEvent; the server wraps it into a MessageEvent. The
field ids are read off X's public test vectors: 1 sequence id, 2 message id, 3 sender id,
4 conversation id, 6 milliseconds (all strings), 7 what happened (1 a message, 3 a key change),
9 its signature.
"""

import base64
import struct
from dataclasses import dataclass
from typing import Any

_STOP, _BOOL, _BYTE, _I16, _I32, _I64, _STRING, _STRUCT, _LIST = 0, 2, 3, 6, 8, 10, 11, 12, 15
_NUMBERS = {_BOOL: ">b", _BYTE: ">b", _I16: ">h", _I32: ">i", _I64: ">q"}
MESSAGE, CREATED_KEY_VERSION = 1, 101
SIGNATURE, KEY_VERSION, SIGNATURE_VERSION = 1, 2, 3


@dataclass(frozen=True)
class Head:
    """What the server adds; all of it is outside the ciphertext, part of it is signed."""

    sequence_id: str
    message_id: str
    sender: str
    conversation: str  # A:B, the smaller id first, or g…
    milliseconds: str


def text(field: int, value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack(">bhi", _STRING, field, len(raw)) + raw


def nested(field: int, body: bytes) -> bytes:
    """`body` carries its own end."""
    return struct.pack(">bh", _STRUCT, field) + body


def message_event(head: Head, created: bytes, signature: bytes) -> str:
    """A message as it travels, in base64; `created` and `signature` are structs."""
    return _event(head, nested(MESSAGE, created) + bytes([_STOP]), signature)


def action_event(head: Head, detail: bytes, signature: dict[str, str]) -> str:
    """A key change or another action; `detail` says itself which."""
    signed = text(SIGNATURE, signature["signature"])
    signed += text(KEY_VERSION, signature["public_key_version"])
    signed += text(SIGNATURE_VERSION, signature["signature_version"]) + bytes([_STOP])
    return _event(head, detail, signed)


def _event(head: Head, detail: bytes, signature: bytes) -> str:
    body = text(1, head.sequence_id) + text(2, head.message_id) + text(3, head.sender)
    body += text(4, head.conversation) + text(6, head.milliseconds)
    body += nested(7, detail) + nested(9, signature) + bytes([_STOP])
    return base64.b64encode(body).decode()


def read(body: bytes) -> dict[int, Any]:
    """A struct by field id, strings as bytes; ValueError for anything else than one struct."""
    try:
        found, end = _struct(body, 0)
    except (struct.error, IndexError, RecursionError):
        raise ValueError("cut short") from None
    if end != len(body):
        raise ValueError("more than one struct")
    return found


def _struct(body: bytes, at: int) -> tuple[dict[int, Any], int]:
    found: dict[int, Any] = {}
    while body[at] != _STOP:
        kind, field = struct.unpack_from(">bh", body, at)
        found[field], at = _value(kind, body, at + 3)
    return found, at + 1


def _value(kind: int, body: bytes, at: int) -> tuple[Any, int]:
    if kind in _NUMBERS:
        (number,) = struct.unpack_from(_NUMBERS[kind], body, at)
        return number, at + struct.calcsize(_NUMBERS[kind])
    if kind == _STRING:
        (size,) = struct.unpack_from(">i", body, at)
        if not 0 <= size <= len(body) - at - 4:
            raise ValueError("cut short")
        return body[at + 4 : at + 4 + size], at + 4 + size
    if kind == _STRUCT:
        return _struct(body, at)
    if kind == _LIST:
        return _list(body, at)
    raise ValueError(f"no such type: {kind}")


def _list(body: bytes, at: int) -> tuple[list[Any], int]:
    kind, size = struct.unpack_from(">bi", body, at)
    at += 5
    items = []
    for _ in range(size):
        item, at = _value(kind, body, at)
        items.append(item)
    return items, at


def decoded(base64_text: str) -> bytes:
    """Standard or URL-safe base64, padded or not; ValueError for anything else."""
    plain = base64_text.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
