"""What measures must not have been learnt."""

import re

from rapidfuzz import process
from rapidfuzz.distance import Indel

from bot.brain.importer import practice_lines
from bot.knowledge.text import fold
from bot.settings import NLU_DATA
from tests.evaluation.lines import lines

NEARLY = 0.90


def training_lines() -> list[str]:
    labelled = [
        fold(line.strip()[2:])
        for path in NLU_DATA.rglob("*.yml")
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s+- (?!intent:|action:|rule:|or:)", line)
    ]
    return labelled + [fold(text) for _, _, text in practice_lines()]


def test_no_evaluation_line_stands_in_the_training_or_nearly() -> None:
    texts = [fold(line.text) for line in lines()]
    nearness = process.cdist(
        texts, training_lines(), scorer=Indel.normalized_similarity, score_cutoff=NEARLY, workers=2
    )
    leaked = [text for text, row in zip(texts, nearness, strict=True) if row.max() >= NEARLY]
    assert leaked == []


def test_there_are_enough_lines_of_every_sort() -> None:
    all_lines = list(lines())
    noisy = sum(line.noise == "noisy" for line in all_lines)
    french = sum(line.language == "fr" for line in all_lines)
    assert len(all_lines) >= 400
    assert 0.45 <= french / len(all_lines) <= 0.55
    assert noisy / len(all_lines) >= 0.3
