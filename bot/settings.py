"""Every setting, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Optional
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "glossary"
NLU_DATA = ROOT / "nlu_data"
TELEGRAM_API = "https://api.telegram.org"
X_API = "https://api.x.com"
X_AUTHORIZE = "https://x.com/i/oauth2/authorize"

QUIET_LIBRARIES = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # python-telegram-bot warns each time it says how long to wait, unless it may say it so.
    "PTB_TIMEDELTA": "true",
    # One question at a time fits one core: more threads only get in each other's way.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class SettingError(Exception):
    """A setting has a value that cannot be used; names the variable, never the value."""


@dataclass(frozen=True)
class XSettings:
    """What the environment says of the X door; `daily_budget` is in thousandths of a dollar."""

    api_url: str
    authorize_url: str
    client_id: Optional[str]
    client_secret: Optional[str] = field(repr=False)
    access_token: Optional[str] = field(repr=False)
    refresh_token: Optional[str] = field(repr=False)
    bearer_token: Optional[str] = field(repr=False)
    consumer_secret: Optional[str] = field(repr=False)
    webhook_url: Optional[str]
    webhook_port: int
    daily_budget: Optional[int]
    encrypted: bool

    @property
    def given(self) -> bool:
        """Whether there is what it takes to open the door."""
        return bool(self.access_token or self.refresh_token or self.client_id)


@dataclass(frozen=True)
class Settings:
    """What the environment says. `brain_urls` empty: the brain runs in this process."""

    data_dir: Path
    port: int
    host: str
    brain_urls: tuple[str, ...]
    brain_workers: int
    secret_key: Optional[str] = field(repr=False)
    database_url: Optional[str] = field(repr=False)
    telegram_token: Optional[str] = field(default=None, repr=False)
    telegram_api_url: str = TELEGRAM_API
    telegram_webhook_url: Optional[str] = None
    telegram_webhook_port: int = 8081
    operator: Optional[str] = None
    timezone: str = "Europe/Paris"
    privacy_url: Optional[str] = None
    x: XSettings = field(default_factory=lambda: read_x_settings({}))

    @property
    def models(self) -> Path:
        return self.data_dir / "models"

    @property
    def encoder(self) -> Path:
        return self.data_dir / "encoder"

    @property
    def database(self) -> str:
        """SQLAlchemy's address of the database: DATABASE_URL, or a SQLite file."""
        return self.database_url or f"sqlite:///{self.data_dir / 'cuicui.db'}"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        SettingError: a number is not a number or is out of its range.
    """
    data_dir = Path(environment.get("BOT_DATA_DIR") or ROOT / "var")
    return Settings(
        data_dir=data_dir.expanduser().resolve(),
        port=_whole_number(environment, "BOT_PORT", 8000, 0, 65535),
        host=environment.get("BOT_HOST") or "127.0.0.1",
        brain_urls=tuple(environment.get("BRAIN_URLS", "").replace(",", " ").split()),
        brain_workers=_whole_number(environment, "BRAIN_WORKERS", 0, 0, 64),
        secret_key=environment.get("BOT_SECRET_KEY") or None,
        database_url=environment.get("DATABASE_URL") or None,
        telegram_token=environment.get("TELEGRAM_TOKEN", "").strip() or None,
        telegram_api_url=environment.get("TELEGRAM_API_URL") or TELEGRAM_API,
        telegram_webhook_url=environment.get("TELEGRAM_WEBHOOK_URL") or None,
        telegram_webhook_port=_whole_number(environment, "TELEGRAM_WEBHOOK_PORT", 8081, 0, 65535),
        operator=environment.get("BOT_OPERATOR") or None,
        timezone=_timezone(environment),
        privacy_url=environment.get("BOT_PRIVACY_URL") or None,
        x=read_x_settings(environment),
    )


def read_x_settings(environment: Mapping[str, str]) -> XSettings:
    """The settings of the X door.

    Raises:
        SettingError: a value cannot be used.
    """

    def given(name: str) -> Optional[str]:
        return environment.get(name, "").strip() or None

    return XSettings(
        api_url=_address(environment, "X_API_URL", X_API),
        authorize_url=_address(environment, "X_AUTHORIZE_URL", X_AUTHORIZE),
        client_id=given("X_CLIENT_ID"),
        client_secret=given("X_CLIENT_SECRET"),
        access_token=given("X_ACCESS_TOKEN"),
        refresh_token=given("X_REFRESH_TOKEN"),
        bearer_token=given("X_BEARER_TOKEN"),
        consumer_secret=given("X_CONSUMER_SECRET"),
        webhook_url=given("X_WEBHOOK_URL"),
        webhook_port=_whole_number(environment, "X_WEBHOOK_PORT", 8082, 0, 65535),
        daily_budget=_thousandths(environment, "X_DAILY_BUDGET"),
        encrypted=_switch(environment, "X_CHAT", True),
    )


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    address = (environment.get(name) or default).rstrip("/")
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise SettingError(f"{name} must be an https address")
    return address


def _thousandths(environment: Mapping[str, str], name: str) -> Optional[int]:
    """A sum of dollars such as 2.50 in thousandths; a float would not count money right."""
    written = environment.get(name)
    if not written:
        return None
    try:
        sum_ = Decimal(written) * 1000
    except InvalidOperation:
        sum_ = Decimal(-1)
    if not sum_.is_finite() or not 0 <= sum_ <= 10**9:
        raise SettingError(f"{name} must be a sum of dollars such as 2.50")
    return int(sum_)


def _switch(environment: Mapping[str, str], name: str, default: bool) -> bool:
    written = (environment.get(name) or ("on" if default else "off")).lower()
    if written not in ("on", "off"):
        raise SettingError(f"{name} must be on or off")
    return written == "on"


def _whole_number(
    environment: Mapping[str, str], name: str, default: int, low: int, high: int
) -> int:
    written = environment.get(name) or str(default)
    if not written.isascii() or not written.isdigit() or not low <= int(written) <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}")
    return int(written)


def _timezone(environment: Mapping[str, str]) -> str:
    name = environment.get("BOT_TIMEZONE") or "Europe/Paris"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError("BOT_TIMEZONE must name a time zone such as Europe/Paris") from error
    return name


def quieten_libraries() -> None:
    """Settings that libraries read from the environment when they are imported."""
    for name, value in QUIET_LIBRARIES.items():
        os.environ.setdefault(name, value)
