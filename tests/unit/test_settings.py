from pathlib import Path

import pytest

from bot.privacy.keys import derived, pseudonym, secret_key
from bot.settings import SettingError, read_settings


def test_nothing_need_be_set() -> None:
    settings = read_settings({})
    assert settings.port == 8000
    assert settings.host == "127.0.0.1"
    assert settings.database.startswith("sqlite:///")


@pytest.mark.parametrize("value", ["eighty", "-1", "70000", "８０"])
def test_a_wrong_number_names_the_variable_and_not_its_value(value: str) -> None:
    with pytest.raises(SettingError, match="BOT_PORT") as caught:
        read_settings({"BOT_PORT": value})
    assert value not in str(caught.value)


def test_brains_are_listed_with_spaces_or_commas() -> None:
    assert read_settings({"BRAIN_URLS": "http://a, http://b"}).brain_urls == (
        "http://a",
        "http://b",
    )


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    key = secret_key(None, tmp_path)
    assert secret_key(None, tmp_path) == key
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert secret_key("given", tmp_path) == b"given"


def test_persons_and_purposes_cannot_be_confused() -> None:
    names = {pseudonym(b"k", "web", "1"), pseudonym(b"k", "x", "1"), pseudonym(b"j", "web", "1")}
    assert len({*names, derived(b"k", "web")}) == 4


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    secrets = {"TELEGRAM_TOKEN": "7:canary-a", "BOT_SECRET_KEY": "canary-b",
               "DATABASE_URL": "postgresql://u:canary-c@h/d"}  # fmt: skip
    assert "canary" not in repr(read_settings(secrets))


def test_a_wrong_time_zone_names_the_variable() -> None:
    assert read_settings({"BOT_TIMEZONE": "America/Montreal"}).timezone == "America/Montreal"
    with pytest.raises(SettingError, match="BOT_TIMEZONE"):
        read_settings({"BOT_TIMEZONE": "Nowhere/At all"})


def test_blanks_around_a_token_are_not_part_of_it() -> None:
    assert read_settings({"TELEGRAM_TOKEN": " 1:abc\r\n"}).telegram_token == "1:abc"  # noqa: S105
    assert read_settings({"TELEGRAM_TOKEN": " "}).telegram_token is None
