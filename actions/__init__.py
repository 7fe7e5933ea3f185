"""What the bot does once it has understood: one action a kind of turn, a reply out of each."""
