"""What is kept of messages and addresses is kept sealed."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from bot.privacy.keys import derived


class SealError(Exception):
    """What was sealed cannot be opened: another key sealed it, or it was damaged."""


class Cipher:
    """Seals texts with a key that serves one purpose."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(bytes.fromhex(derived(key, purpose))))

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The reverse of `seal`.

        Raises:
            SealError: this key did not seal it.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealError("sealed with another key, or damaged") from error
