"""Parts of a measured series: whole pieces where there are enough, else stretches in the order of time."""

import numpy as np
import pytest

from rnnchaos.data import Preparation, SeriesFile, prepare
from rnnchaos.data.splitting import Lengths, halves, split
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces

NONE = Lengths(None, None, None)


def numbered(*lengths):
    total = sum(lengths)
    return Pieces(np.arange(total, dtype=float)[:, None], lengths, 0.5 * np.arange(total)[:, None])


def parts(series, wanted=NONE, lost=0, test=None):
    return split(series, wanted, lost=lost, test=test, said="a.npy")


def test_whole_pieces_where_there_are_enough():
    found = parts(numbered(*[50] * 12))
    assert [part.lengths for part in found[:3]] == [(50,) * 9, (50,), (50,) * 2]
    assert found.said == "by pieces, the first 9 to train on, 1 for validation, the last 2 as test"
    rows = np.concatenate([part.values for part in found[:3]])[:, 0]
    np.testing.assert_array_equal(rows, np.arange(600))
    np.testing.assert_array_equal(found.test.inputs[:, 0], 0.5 * found.test.values[:, 0])


@pytest.mark.parametrize("lengths", [(600,), (100, 400, 100), (300, 300)])
@pytest.mark.parametrize("lost", [0, 7])
def test_time_where_there_are_few(lengths, lost):
    found = parts(numbered(*lengths), lost=lost)
    total = sum(length - lost for length in lengths) - 2 * lost
    of = [sum(length - lost for length in part.lengths) for part in found[:3]]
    assert of[1] == int(0.1 * int(0.8 * total))
    assert of[0] == int(0.8 * total) - of[1]
    assert of[2] >= total - of[0] - of[1]  # more where a cut lies between pieces, and nothing is lost to it
    assert found.said.startswith("by time, ")
    rows = np.concatenate([part.values for part in found[:3]])[:, 0]
    assert (np.diff(rows) > 0).all()  # no row is in two parts
    for part in found[:3]:
        for piece in part.parts():
            assert (np.diff(piece.values[:, 0]) == 1).all()
            assert (
                len({int(np.searchsorted(np.cumsum(lengths), row, "right")) for row in piece.values[:, 0]})
                == 1
            )


def test_lengths_that_are_given_cut_pieces():
    found = parts(numbered(*[50] * 12), Lengths(120, 30, 60))
    assert [part.lengths for part in found[:3]] == [(50, 50, 20), (30,), (50, 10)]
    with pytest.raises(
        ConfigError, match=r"^a.npy: 600 rows are too few for train_length = 580, validation_length = 58"
    ):
        parts(numbered(*[50] * 12), Lengths(580, None, None))


def test_pieces_that_embedding_leaves_nothing_of_are_left_out():
    found = parts(numbered(*[50] * 12, 7), lost=7)
    assert found.test.lengths == (50, 50)


def test_a_test_series_of_its_own():
    test = numbered(40, 30)
    found = parts(numbered(*[50] * 20), test=test)
    assert (found.train.lengths, found.validation.lengths, found.test) == ((50,) * 18, (50,) * 2, test)
    assert found.said.endswith("2 for validation, a file of its own as test")
    found = parts(numbered(1000), Lengths(None, None, 50), test=test)
    assert [part.lengths for part in found[:3]] == [(900,), (100,), (40, 10)]
    with pytest.raises(
        ConfigError, match=r"^test_length must be at most the 70 steps of the test file, got 80$"
    ):
        parts(numbered(1000), Lengths(None, None, 80), test=test)


@pytest.mark.parametrize("lost", [0, 5])
def test_halves(lost):
    first, second = halves(numbered(100, 60), lost)
    points = [sum(length - lost for length in half.lengths) for half in (first, second)]
    assert abs(points[0] - points[1]) <= 1
    assert sum(points) == 160 - 2 * lost


def test_a_test_file_is_scaled_by_the_training_series(tmp_path):
    draw = np.random.default_rng(0).normal
    np.save(tmp_path / "train.npy", draw(5, 2, (200, 2)))
    np.save(tmp_path / "test.npy", draw(0, 1, (150, 2)))
    settings = Preparation(train_length=None, test_length=None)
    source = SeriesFile(tmp_path / "train.npy", dt=0.1, test_path=tmp_path / "test.npy")
    dataset = prepare(source, settings)
    assert [len(part) for part in (dataset.train, dataset.validation, dataset.test)] == [180, 20, 150]
    np.testing.assert_allclose(dataset.train.values.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(
        dataset.scaling.invert(dataset.test.values), np.load(tmp_path / "test.npy"), atol=1e-12
    )
    with pytest.raises(ConfigError, match=r"^whole must be false with test_path, got true$"):
        prepare(source, Preparation(train_length=None, test_length=None, whole=True))


def test_trials_are_embedded_each_by_itself(tmp_path):
    trials = np.random.default_rng(0).standard_normal((12, 50, 1))
    np.save(tmp_path / "a.npy", trials)
    dataset = prepare(
        SeriesFile(tmp_path / "a.npy"),
        Preparation(
            train_length=None, test_length=None, scaling="none", embedding_dimension=3, embedding_lag=4
        ),
    )
    assert dataset.train.lengths == (42,) * 9
    np.testing.assert_array_equal(dataset.train.values[42], trials[1, [8, 4, 0], 0])
    assert dataset.recorded.split.startswith("by pieces")


def test_a_test_file_with_another_time_step(tmp_path):
    for name, step in (("train", 0.1), ("test", 0.2)):
        t = step * np.arange(100)
        np.savetxt(
            tmp_path / f"{name}.csv", np.stack([t, np.sin(t)], 1), delimiter=",", header="t,x", comments=""
        )
    source = SeriesFile(tmp_path / "train.csv", time_column="t", test_path=tmp_path / "test.csv")
    with pytest.raises(
        ConfigError, match=r"^test_path must have the time step 0.1 of the training series, got 0.2 in"
    ):
        prepare(source, Preparation(train_length=None, test_length=None))
