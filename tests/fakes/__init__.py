"""Stand-ins for services the bot talks to: loopback only."""
