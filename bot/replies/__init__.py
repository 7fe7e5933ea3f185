"""What the bot says: a reply as data, composed from entries, rendered by each door."""
