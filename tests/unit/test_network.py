import numpy as np
import pytest

from bot.brain.nlu.network import UNTOLD, fit_network, log_shares

RANDOM = np.random.default_rng(5)
LABELS = 6
CENTRES = RANDOM.standard_normal((LABELS, 40), dtype=np.float32)


def lines(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Lines around two centres a label: no straight line tells such labels apart."""
    labels = RANDOM.integers(0, LABELS, count)
    signs = RANDOM.choice([-1, 1], count)[:, np.newaxis]
    noise = RANDOM.standard_normal((count, 40), dtype=np.float32) * 0.3
    return (CENTRES[labels] * signs + noise).astype(np.float32) * 2, labels


@pytest.fixture(scope="module")
def learnt() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    features, labels = lines(6000)
    second = np.where(RANDOM.random(len(labels)) < 0.5, labels % 2, UNTOLD)
    network = fit_network(features, [labels, second], [LABELS, 2], seed=1)
    asked, right = lines(500)
    return network.scores(asked), right, asked


def test_it_learns_what_is_not_linear(learnt: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores, right, _ = learnt
    assert (scores[:, :LABELS].argmax(axis=1) == right).mean() > 0.95


def test_a_second_set_is_learnt_from_the_lines_that_tell_it(
    learnt: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    scores, right, _ = learnt
    assert (scores[:, LABELS:].argmax(axis=1) == right % 2).mean() > 0.9


def test_the_same_seed_gives_the_same_network() -> None:
    features, labels = lines(600)
    first, second = (fit_network(features, [labels], [LABELS], seed=4) for _ in range(2))
    assert np.allclose(first.outward, second.outward, atol=1e-4)


def test_shares_add_up_to_one_however_large_the_scores() -> None:
    shares = np.exp(log_shares(np.array([[1e4, 0.0, -1e4], [1.0, 1.0, 1.0]], dtype=np.float32)))
    assert np.allclose(shares.sum(axis=1), 1)
