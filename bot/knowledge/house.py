"""What the people who run a copy add to the glossary: `glossary/house/<id>.yml`."""

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bot.knowledge.files import Content, GlossaryError, Problem, Shape
from bot.knowledge.model import Advice, Term

HOUSE = "house"


def house_files(root: Path) -> list[Path]:
    """The house's files under `root`, in a stable order.

    Raises:
        GlossaryError: one has an ending that would pass it over.
    """
    folder = root / HOUSE
    if astray := sorted(folder.glob("*.yaml")):
        raise GlossaryError([Problem(path, "file", "rename it to end in .yml") for path in astray])
    return sorted(folder.glob("*.yml"))


def is_house(path: Path) -> bool:
    """Whether the file at `path` is the house's."""
    return path.parent.name == HOUSE


def laid_over(ours: Any, house: Any) -> Any:
    """`ours` as the house has it: its texts replace ours, its lists are added to ours."""
    if isinstance(ours, dict) and isinstance(house, dict):
        changed = {key: laid_over(ours.get(key), value) for key, value in house.items()}
        return {**ours, **changed}
    if isinstance(ours, list) and isinstance(house, list):
        return ours + [item for item in house if item not in ours]
    return house


def shape_of(path: Path, content: Content, known: Collection[str]) -> Shape:
    """The model that an entry of the house's own must fit.

    Raises:
        GlossaryError: it is neither a term nor advice; perhaps it means one of the `known` ids.
    """
    if "forms" in content:
        return Term
    if "kind" in content:
        return Advice
    near = get_close_matches(path.stem, known, n=1)
    meant = f" (did you mean {near[0]}.yml?)" if near else ""
    raise GlossaryError([
        Problem(
            path, "file",
            f"no entry is called {path.stem!r}{meant}: name the file after the entry to change, "
            "or write a whole one, with `forms` (a term) or `kind` (advice)",
        )
    ])  # fmt: skip
