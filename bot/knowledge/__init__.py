"""What the bot knows: entries, how they are read and checked, how terms are found in a text."""
