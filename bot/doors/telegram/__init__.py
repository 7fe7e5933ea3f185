"""The Telegram door; only this package knows of Telegram."""
