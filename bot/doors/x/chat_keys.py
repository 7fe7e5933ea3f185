"""The account's own keys of XChat: made once, kept in a file of their own, registered resumably.

Registering is allowed a few times a day only: the keys are on disk before X is told of them, and a
process that ends in between finds out what X knows before it tells again.
"""

import base64
import json
import logging
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Optional

from chat_xdk import Chat

from bot.doors.x.api import Api
from bot.settings import SettingError

FILE = "x-chat-keys.json"
FIELDS = "public_key_version,public_key,signing_public_key,identity_public_key_signature"
PARTS = (
    "identity_public_key_signature", "public_key", "public_key_fingerprint", "registration_method",
    "signing_public_key", "signing_public_key_signature",
)  # fmt: skip

_log = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Identity:
    """`keys` is the private blob, in base64; `told` is what X is told of it."""

    user: str
    version: str
    keys: str
    told: dict[str, Any]
    registered: bool = False

    def chat(self) -> Chat:
        """Chatxdk with these keys."""
        chat = Chat()
        chat.import_keys(base64.b64decode(self.keys), version=self.version)
        chat.set_identity(self.user, self.version)
        chat.set_cache_keys(True)
        return chat


async def enrolled(api: Api, me: str, folder: Path) -> Identity:
    """The account's keys, known to X.

    Raises:
        Problem: X does not take them now; another call goes on where this one ended.
        SettingError: the file is another account's.
        OSError: the file can be neither read nor written.
    """
    path = folder / FILE
    identity = _load(path) or _make(me)
    if identity.user != me:
        raise SettingError(f"{FILE} holds the keys of another account: move it away first")
    if not path.exists():
        _save(path, identity)
    if not identity.registered:
        version = await _known_version(api, identity) or await _register(api, identity)
        identity = replace(identity, version=version, registered=True)
        _save(path, identity)
    return identity


def _make(me: str) -> Identity:
    chat = Chat()
    made = chat.generate_keypairs()
    keys = base64.b64encode(bytes(chat.export_keys() or b"")).decode()
    told = {name: getattr(made.public_key, name) for name in PARTS}
    version = str(made.version or "1")
    body = {
        "public_key": {name: value for name, value in told.items() if value is not None},
        "version": version, "generate_version": made.generate_version,
    }  # fmt: skip
    return Identity(me, version, keys, body)


async def _known_version(api: Api, identity: Identity) -> Optional[str]:
    """The version under which X knows these keys, if it does."""
    chat = identity.chat()
    for record in await public_keys(api, identity.user):
        if chat.matches_registered_key(str(record.get("public_key", ""))):
            return str(record["public_key_version"])
    return None


async def _register(api: Api, identity: Identity) -> str:
    path = f"/2/users/{identity.user}/public_keys"
    answer = (await api.post("public_keys_add", path, identity.told)).data().get("data")
    version = answer.get("public_key_version") if isinstance(answer, dict) else None
    return str(version or identity.version)


async def public_keys(api: Api, user: str) -> list[dict[str, Any]]:
    """What X knows of a user's public keys, every version.

    Raises:
        Problem: X does not tell.
    """
    path = f"/2/users/{user}/public_keys"
    found = (await api.get("public_keys", path, {"public_key.fields": FIELDS})).data().get("data")
    records = found if isinstance(found, list) else []
    return [each for each in records if isinstance(each, dict) and "public_key_version" in each]


def _load(path: Path) -> Optional[Identity]:
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        return None
    if mode & 0o077:
        _log.warning("%s could be read by others: it no longer can", FILE)
        path.chmod(0o600)
    try:
        return Identity(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError):
        raise SettingError(f"{FILE} is damaged: put back a copy, or move it away") from None


def _save(path: Path, identity: Identity) -> None:
    """Whole or not at all, and for its owner only."""
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(identity), file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
