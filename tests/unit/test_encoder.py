import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.brain.nlu.e5_weights import PackedModel, PackedModelError, prepared_model
from bot.brain.nlu.encoder import ENCODER_SIZE, SentenceEncoder
from bot.brain.nlu.known_lines import encode_lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> SentenceEncoder:
    return SentenceEncoder(folder)


TEXTS = [
    "comment garder un message pour plus tard ?",
    "how do I save a post for later?",
    "quel temps fera-t-il demain à Brest ?",
]


def test_the_same_question_in_two_languages_lies_nearer_than_another(
    encoder: SentenceEncoder,
) -> None:
    french, english, weather = encoder.encode(TEXTS)
    assert french @ english > french @ weather
    assert french @ english > english @ weather


@pytest.mark.parametrize(
    "text",
    ["", " ", "日本語", "🙂" * 50, "mot " * 5000, "\x00\ud7ff", "a"],
    ids=["empty", "blank", "japanese", "emoji", "long", "control", "letter"],
)
def test_any_text_has_a_vector_of_length_one(encoder: SentenceEncoder, text: str) -> None:
    (vector,) = encoder.encode([text])
    assert vector.shape == (ENCODER_SIZE,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_company_changes_a_vector_hardly(encoder: SentenceEncoder) -> None:
    together = encoder.encode(TEXTS + [f"{text} {'encore ' * 9}" for text in TEXTS] * 30)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert (together[: len(TEXTS)] * alone).sum(axis=1).min() > 0.99


def test_lines_are_encoded_once(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = encode_lines(encoder, TEXTS)
    encoded: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        encoded.extend(texts)
        return SentenceEncoder.encode(encoder, texts)

    monkeypatch.setattr(encoder, "encode", encode)
    again = encode_lines(encoder, [*TEXTS[::-1], "et ceci ?"])
    assert encoded == ["et ceci ?"]
    assert np.array_equal(again[:3], first[::-1])


def test_damaged_remembered_lines_are_encoded_again(encoder: SentenceEncoder) -> None:
    before = encode_lines(encoder, TEXTS)
    (encoder.folder / "lines.npz").write_bytes(b"PK\x03\x04 no longer a file of numbers")
    assert np.array_equal(encode_lines(encoder, TEXTS), before)


def test_two_processes_may_prepare_it_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from bot.brain.nlu.e5_weights import prepared_model\n"
        "print(prepared_model(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {process.communicate(timeout=60)[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert told == {str(prepared_model(tmp_path))}
    assert len(list(tmp_path.iterdir())) == 1


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"GGUF" + bytes(400))
    with pytest.raises(PackedModelError, match=r"weights\.bin"):
        PackedModel(path)
