"""Tweepy's client with what it lacks: another host, time-outs, and answers as they came.

Tweepy 4.17 has its host inside a method, waits for ever, and reads errors in ways that fail on
HTML, lists and odd headers: an answer that is no success is caught before it sees it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
import tweepy
from requests.adapters import HTTPAdapter

from bot.doors.x.problems import Failing, Raw

TWEEPYS_HOST = "https://api.twitter.com"
TIMEOUTS = (5.0, 25.0)  # seconds to connect, and between two bytes
AT_ONCE = 4


class _NoSuccess(Exception):
    def __init__(self, raw: Raw) -> None:
        super().__init__(f"status {raw.status}")
        self.raw = raw


class _Elsewhere(HTTPAdapter):
    """Sends what is meant for tweepy's host to the one of the settings."""

    def __init__(self, url: str) -> None:
        super().__init__(pool_maxsize=AT_ONCE)
        self._url = url

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        request.url = self._url + request.url.removeprefix(TWEEPYS_HOST)
        return super().send(request, *args, **{**more, "timeout": TIMEOUTS})


class Wire:
    """Calls tweepy in a few threads."""

    def __init__(self, url: str) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "tweepy")
        self._session = requests.Session()
        self._session.mount(TWEEPYS_HOST, _Elsewhere(url))
        self._session.hooks["response"] = _look
        self._session.auth = _as_it_is

    async def call(self, token: str, work: Callable[[tweepy.Client], Any]) -> Raw:
        """What X answers to `work`.

        Raises:
            Failing: there is no answer.
        """
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._threads, work, self._client(token))
        except _NoSuccess as no_success:
            return no_success.raw
        except requests.RequestException as error:
            raise Failing(type(error).__name__) from None  # its message may quote what was sent
        return _raw(answer)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    def _client(self, token: str) -> tweepy.Client:
        client = tweepy.Client(token, return_type=requests.Response)
        client.session = self._session
        return client


def _as_it_is(request: Any) -> Any:
    """Keeps requests from putting what a .netrc says in place of the token."""
    return request


def _look(answer: Any, *_args: Any, **_more: Any) -> None:
    if not answer.ok or answer.is_redirect:
        raise _NoSuccess(_raw(answer))


def _raw(answer: Any) -> Raw:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Raw(answer.status_code, headers, answer.content)
