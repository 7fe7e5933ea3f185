"""A day of many people who write on X, played in a minute or two."""
