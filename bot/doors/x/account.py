"""Which account we are."""

import json
from collections.abc import Callable

from bot.doors.x.api import Api
from bot.doors.x.channel import WRONG_APP
from bot.doors.x.poller import SCOPES
from bot.doors.x.problems import Misconfigured, Problem, Restricted, Unauthorized
from bot.doors.x.tokens import REFUSED
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock, Sleep
from bot.settings import SettingError

ME, BEGUN = "me", "begun"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


async def identify(api: Api, keepsakes: Keepsakes, sleep: Sleep, say: Callable[[str], None]) -> str:
    """Our own id: asked once, as it costs money, and kept for as long as the tokens are the same.

    Raises:
        SettingError: X refuses the token.
    """
    kept = json.loads(await keepsakes.get(ME) or "{}")
    if kept.get("origin") == api.tokens.origin:
        return str(kept["id"])
    identity = await _asked(api, sleep, say)
    await keepsakes.put(ME, json.dumps({"origin": api.tokens.origin, "id": identity}))
    return identity


async def first_start(keepsakes: Keepsakes, clock: Clock) -> float:
    """When this account was opened for the first time: what is older is not answered."""
    kept = await keepsakes.get(BEGUN)
    if kept is None:
        kept = repr(clock())
        await keepsakes.put(BEGUN, kept)
    return float(kept)


async def _asked(api: Api, sleep: Sleep, say: Callable[[str], None]) -> str:
    pause = FIRST_PAUSE
    while True:
        try:
            return await api.me()
        except Unauthorized:
            raise SettingError(REFUSED) from None
        except Restricted:
            raise SettingError(SCOPES) from None
        except Misconfigured:
            raise SettingError(WRONG_APP) from None
        except Problem:
            if pause == FIRST_PAUSE:
                say("X cannot be reached yet: trying again until it can.")
            await sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
