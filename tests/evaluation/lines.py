"""The evaluation lines: who wrote them saw the entries and a person to be, not the training."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    """One line with what a right answer is: ids of entries, or the intent that carries none."""

    language: str
    noise: str
    kind: str
    expected: tuple[str, ...]
    facet: str
    text: str

    @property
    def pair(self) -> frozenset[str]:
        """Both ids of a question about a difference; empty for other questions."""
        ids = self.expected[0].split("+")
        return frozenset(ids) if len(ids) > 1 else frozenset()


def lines() -> Iterator[Line]:
    """Every line of `voice-*.tsv`."""
    for path in sorted(FOLDER.glob("voice-*.tsv")):
        for row in path.read_text(encoding="utf-8").splitlines():
            language, noise, kind, expected, facet, text = row.split("\t")
            yield Line(language, noise, kind, tuple(expected.split("|")), facet, text)
