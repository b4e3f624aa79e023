"""Rows that are missing without a sign: found in flows, with noise too, and nowhere else."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.data.series_file import SeriesFile
from rnnchaos.listings.systems import entries
from rnnchaos.pieces import Pieces
from rnnchaos.series import judged_exponent
from rnnchaos.series.breaks import break_checks, breaks_of
from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import Grade


@pytest.fixture(scope="module")
def lorenz():
    return observed_orbit(Lorenz63(), num_steps=6_000, transient=1_000)


def without(series, *cuts):
    """Each a row and how many are taken out before it, from the last on."""
    for row, rows in cuts:
        series = np.delete(series, np.arange(row - rows, row), axis=0)
    return series


def noisy(series, level=0.005):
    return series + level * series.std(0) * np.random.default_rng(0).standard_normal(series.shape)


@pytest.mark.parametrize("change", [np.array, noisy], ids=["clean", "noisy"])
def test_missing_rows_of_a_flow_are_found(lorenz, change):
    found = breaks_of(Pieces(without(change(lorenz), (4_000, 150), (1_000, 70)), (5_780,)))
    assert found.rows == (929, 3_779)
    assert found.times > 3


def test_a_value_that_is_far_out_is_found(lorenz):
    series = lorenz.copy()
    series[2_000, 1] += 40
    assert breaks_of(Pieces(series, (6_000,))).rows[0] in (1_999, 2_000)


def test_borders_of_pieces_are_no_breaks(lorenz):
    series = without(lorenz, (4_000, 150))
    assert breaks_of(Pieces(series, (len(series),))) is not None
    assert breaks_of(Pieces(series, (3_850, 2_000))) is None


GOING_ON = {
    "noise": lambda: np.random.default_rng(0).standard_normal((2_000, 2)),
    "walk": lambda: np.cumsum(np.random.default_rng(0).standard_normal((2_000, 1)), axis=0),
    "end of a transient": lambda: np.exp(-0.5 * np.arange(300.0))[:, None],
    "line with a corner": lambda: np.abs(np.arange(300.0) - 150)[:, None],
    "switch": lambda: np.repeat([0.0, 1.0, 0.0], 100)[:, None],
    "rest": lambda: np.zeros((200, 1)),
    "map": lambda: observed_orbit(Henon(), num_steps=2_000, transient=100),
}


@pytest.mark.parametrize("name", GOING_ON)
def test_what_goes_on_as_it_does_has_none(name):
    series = GOING_ON[name]()
    assert breaks_of(Pieces(series, (len(series),))) is None


@pytest.mark.slow
@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_no_system_of_the_catalogue_has_breaks(entry):
    series = observed_orbit(entry.system, num_steps=10_000, transient=1_000)
    for each in (series, noisy(series), series[:, :1]):
        assert breaks_of(Pieces(each, (len(each),))) is None


def test_they_are_told_of_a_file(tmp_path, lorenz):
    np.save(tmp_path / "a.npy", without(lorenz, (4_000, 150)))
    assert SeriesFile(str(tmp_path / "a.npy")).read().told.breaks.rows == (3_849,)


def test_an_exponent_across_missing_rows_comes_with_a_warning(lorenz):
    names = [
        [each.name for each in break_checks(Pieces(part, (len(part),)))]
        for part in (lorenz, without(lorenz, (4_000, 150)))
    ]
    assert names == [[], ["unbroken"]]
    found = judged_exponent(without(lorenz, (4_000, 150)), dt=0.01)
    assert found.grade is not Grade.PASS
    assert found.checks[-1].name == "unbroken"
