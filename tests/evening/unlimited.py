"""`python -m tests.evening.unlimited telegram`: the bot, as if Telegram set no limits.

For what the gateway itself can do: with the limits, 30 messages a second is all there is to see.
"""

from bot.__main__ import main
from bot.gateway import pace

NO_LIMIT = (1_000_000, 1.0)

if __name__ == "__main__":
    pace.OVERALL = pace.CHAT = NO_LIMIT
    main()
