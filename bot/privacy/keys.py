"""The secret key of an installation, and what is derived from it."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Optional

_FILE = "secret.key"


def secret_key(given: Optional[str], data_dir: Path) -> bytes:
    """The key from the settings, or the one made at the first start and kept in `data_dir`.

    Raises:
        OSError: the file can be neither read nor written.
    """
    if given:
        return given.encode()
    path = data_dir / _FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_hex(32).encode()
        file.write(key)
    return key


def derived(key: bytes, purpose: str) -> str:
    """A key for one purpose: knowing it does not give the others."""
    return hmac.new(key, f"purpose:{purpose}".encode(), hashlib.sha256).hexdigest()


def pseudonym(key: bytes, platform: str, identity: str) -> str:
    """A person's name inside the project: nobody without the key can go back to the identity."""
    return hmac.new(key, f"{platform}:{identity}".encode(), hashlib.sha256).hexdigest()
