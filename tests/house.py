"""A house as a trainer would make it: the examples of its README."""

import re
from pathlib import Path
from shutil import copytree

from bot.settings import GLOSSARY

_YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
RULE, CHANGES, OWN = _YAML.findall((GLOSSARY / "house" / "README.md").read_text("utf-8"))
OWN_ID = "cellule-social"


def copy_glossary(place: Path) -> Path:
    """Our glossary at `place`, without the house of this machine."""
    return Path(copytree(GLOSSARY, place, ignore=_without_house))


def _without_house(folder: str, _names: list[str]) -> list[str]:
    return ["house"] if Path(folder) == GLOSSARY else []


def furnish(glossary: Path) -> Path:
    """Put the README's examples into the house of `glossary`."""
    house = glossary / "house"
    house.mkdir(exist_ok=True)
    (house / "hashtag.yml").write_text(RULE + CHANGES, "utf-8")
    (house / f"{OWN_ID}.yml").write_text(OWN, "utf-8")
    return house
