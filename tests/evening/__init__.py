"""A scripted evening: many people at once, a Telegram that fails now and then, a door restarted."""
