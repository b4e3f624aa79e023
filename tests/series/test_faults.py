"""Rows that come twice, axes that clip and axes that wrap: found in recordings, and in no system of the catalogue."""

import dataclasses

import numpy as np
import pytest

from rnnchaos.data import Preparation, described, observed_orbit, prepare
from rnnchaos.data.series_file import SeriesFile
from rnnchaos.errors import RunError
from rnnchaos.listings.systems import entries
from rnnchaos.pieces import Pieces
from rnnchaos.series import lyapunov_from_data
from rnnchaos.series.faults import clipped, repeated, wrapped
from rnnchaos.systems import Lorenz63


@pytest.fixture(scope="module")
def lorenz():
    return observed_orbit(Lorenz63(), num_steps=3_000, transient=1_000)


def test_rows_that_come_twice_are_found(lorenz):
    assert tuple(repeated(Pieces.of(np.concatenate([lorenz[:1000], lorenz[:1000]])))) == (0, 1000, 1000)
    twice = np.concatenate([lorenz[:1000], lorenz[200:300], lorenz[1000:]])
    assert tuple(repeated(Pieces.of(twice))) == (200, 1000, 100)
    assert repeated(Pieces(twice[900:1100], (100, 100))) is None


def test_a_sensor_that_stands_still_repeats_nothing(lorenz):
    hung = lorenz.copy()
    hung[500:700], hung[1500:1700] = hung[500], hung[500]
    assert repeated(Pieces.of(hung)) is None


def test_an_exponent_of_rows_that_come_twice_says_why_there_is_none(lorenz):
    with pytest.raises(RunError, match="rows 1000 to 1999 are those from 0 on again"):
        lyapunov_from_data(Pieces.of(np.concatenate([lorenz[:1000], lorenz[:1000]])), dt=1.0)


def test_axes_beyond_the_range_of_their_converter_are_found(lorenz):
    counts = np.clip(np.round(2048 + 120 * lorenz), 0, 4095)
    ends = [(each.axis, each.value, each.high) for each in clipped(Pieces.of(counts))]
    assert ends == [(1, 4095.0, True), (1, 0.0, False), (2, 4095.0, True)]
    assert clipped(Pieces.of(np.minimum(lorenz, 30.0)))[0].axis == 2


def test_what_is_not_there_at_times_does_not_clip(lorenz):
    assert clipped(Pieces.of(np.maximum(lorenz[:, :1], 0.0))) == []
    assert clipped(Pieces.of(np.round(np.sin(0.1 * np.arange(5_000)), 2)[:, None])) == []


def test_axes_that_wrap_are_found(lorenz):
    short = (2_000 * lorenz).astype(np.int64).astype(np.int16).astype(float)
    assert {each.axis for each in wrapped(Pieces.of(short))} == {0, 1, 2}
    angle = (0.07 * np.arange(5_000)) % (2 * np.pi)
    assert wrapped(Pieces.of(angle[:, None]))[0].jumps == 55


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_no_system_of_the_catalogue_has_any(entry):
    series = observed_orbit(entry.system, num_steps=3_000, transient=300)
    for each in (series, series.astype(np.float32).astype(float)):
        pieces = Pieces.of(each)
        assert (clipped(pieces), wrapped(pieces)) == ([], [])
        assert entry.name in {"limit_cycle", "torus", "two_cycle", "fixed_point"} or repeated(pieces) is None


def test_they_are_told_of_a_file(tmp_path, lorenz):
    series = np.minimum(np.concatenate([lorenz[:1000], lorenz[:1000]]), 30.0)
    series[:, 0] = (series[:, 0] + 20) % 15
    np.save(tmp_path / "a.npy", series)
    source, settings = SeriesFile(tmp_path / "a.npy"), Preparation(train_length=None, test_length=None)
    odd = [
        line for line in described(source, prepare(source, settings), settings) if line.startswith("odd: ")
    ]
    assert "rows 1000 to 1999 are those from 0 on again" in odd[0]
    assert "x2 stands at 30, its largest value" in odd[1]
    assert "x0 jumps across its range" in odd[2]
    settings = dataclasses.replace(settings, axes=(2,))
    assert odd == [
        line for line in described(source, prepare(source, settings), settings) if line.startswith("odd")
    ]
