"""A series in pieces: what one run gives, and nothing that crosses a border."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.data.embedding import embedded
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.series import (
    autocorrelation_time,
    choose_dimension,
    choose_lag,
    judged_exponent,
    lyapunov_by_kantz,
    lyapunov_from_data,
    remembered_distance,
    surrogate_test,
    zero_one_test,
)
from rnnchaos.series.in_pieces import one_more_delay
from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import Grade

POISON = 1e9


def in_pieces(values, length):
    """Pieces of `length` points, what is left over dropped."""
    count = len(values) // length
    return Pieces(values[: count * length], (length,) * count)


def reordered(series, order):
    parts = series.parts()
    return Pieces.joined([parts[i] for i in order])


def poisoned(series):
    """A piece of a single wild point at each border, and at both ends."""
    wild = Pieces.of(np.full((1, series.dimension), POISON))
    between = [each for part in series.parts() for each in (wild, part)]
    return Pieces.joined([*between, wild])


def first_axis(series):
    return series.map(lambda values: values[:, :1])


@pytest.fixture(scope="module")
def lorenz():
    values = observed_orbit(Lorenz63(), num_steps=12 * 2_000, transient=1000)
    return (values - values.mean(0)) / values.std(0)


@pytest.fixture(scope="module")
def trials(lorenz):
    """Twelve of 500 points, 15 time units apart."""
    return Pieces.joined([Pieces.of(lorenz[2_000 * k :][:500]) for k in range(12)])


def test_trials_give_the_exponent_of_one_run(lorenz, trials):
    found, of_one = lyapunov_from_data(trials, dt=0.01), lyapunov_from_data(lorenz[:6_000], dt=0.01)
    error = np.hypot(found.standard_error, of_one.standard_error)
    assert abs(found.exponent - of_one.exponent) < 2 * error
    assert abs(found.exponent - 0.9056) < 2 * found.standard_error
    assert found.standard_error < 0.3
    assert (found.pieces, found.left_out, of_one.pieces) == (12, 0, 1)
    # Joined end to end, neighbours part at the borders: nearly twice as fast.
    assert lyapunov_from_data(trials.values, dt=0.01).exponent > 1.3
    assert judged_exponent(trials, dt=0.01).grade.trusted


def test_trials_of_a_map():
    values = observed_orbit(Henon(), num_steps=3_000, transient=1000)
    found = judged_exponent(in_pieces(values, 60), dt=1.0)
    assert found.grade in (Grade.PASS, Grade.WARN)
    for each in (found, found.found):
        assert abs(each.exponent - 0.41909) < 3 * each.standard_error
        assert each.standard_error < 0.05


MEASURES = {
    "Rosenstein": lambda series: lyapunov_from_data(series, dt=0.01).curves,
    "Kantz": lambda series: lyapunov_by_kantz(series, dt=0.01).exponent,
    "distances": lambda series: remembered_distance(series, lyapunov_from_data(series, dt=0.01), dt=0.01),
    "one more delay": lambda series: one_more_delay(series, axes=1, lag=17).values,
    "lag": lambda series: choose_lag(series).information,
    "autocorrelation": autocorrelation_time,
    "false neighbours": lambda series: choose_dimension(first_axis(series), lag=17).false_share,
    "embedding": lambda series: embedded(series, dimension=3, lag=17).values,
    "surrogates": lambda series: surrogate_test(series, lag=16, delays=2).error,
    "0-1 test": lambda series: zero_one_test(first_axis(series)).value,
}


@pytest.mark.parametrize("measure", MEASURES)
def test_no_window_meets_the_wild_points_at_the_borders(trials, measure):
    measured = MEASURES[measure]
    np.testing.assert_array_equal(measured(poisoned(trials)), measured(trials))


# No pair across a border, which could jump over one wild point: what lies beyond the border is another piece then.
@pytest.mark.parametrize(
    "measure", ["lag", "autocorrelation", "false neighbours", "distances", "0-1 test", "surrogates"]
)
def test_the_order_of_the_pieces_does_not_matter(trials, measure):
    few, measured = trials.head(3_000), MEASURES[measure]
    np.testing.assert_allclose(measured(reordered(few, [5, 4, 3, 2, 1, 0])), measured(few), rtol=1e-9)


@pytest.mark.parametrize("measure", [lyapunov_from_data, lyapunov_by_kantz])
def test_neighbours_stay_within_their_pieces(measure):
    values = observed_orbit(Henon(), num_steps=6_000, transient=1000)
    # Far from each other: all neighbours are of the same piece, and never further apart than its points.
    series = in_pieces(values + 1e4 * (np.arange(6_000)[:, None] // 500), 500)
    found = measure(series, dt=1.0)
    assert found.curves.max() < np.log(np.ptp(values, axis=0).max())
    assert abs(found.exponent - 0.41909) < 0.1
    assert measure(series.values, dt=1.0).curves.max() > np.log(100)


def test_short_pieces_are_left_out_and_counted(trials):
    short = [Pieces.of(part.values[:100]) for part in trials.parts()[:5]]
    found = lyapunov_from_data(Pieces.joined([*trials.parts(), *short]), dt=0.01)
    assert (found.pieces, found.left_out) == (17, 5)
    assert lyapunov_from_data(trials, dt=0.01).fit_range == found.fit_range


def test_the_error_is_from_the_spread_over_pieces():
    # Five trials of one Hénon map and five of a slower one, told apart by their place.
    slow = observed_orbit(Henon(a=1.2), num_steps=2_000, transient=1000)
    fast = observed_orbit(Henon(), num_steps=2_000, transient=1000) + 10
    alike, mixed = in_pieces(fast, 200), in_pieces(np.concatenate([slow, fast]), 400)
    error = lyapunov_from_data(mixed, dt=1.0).fits[0].standard_error
    assert error > 2 * lyapunov_from_data(alike, dt=1.0).fits[0].standard_error


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda series: lyapunov_from_data(in_pieces(series, 8), dt=0.01),
            "the series must have pieces of at least 10 points to show an exponent, got 125 of up to 8",
        ),
        (
            lambda series: lyapunov_from_data(in_pieces(series, 100), dt=0.01, max_lag=100),
            "the series must hold at least 110 points with 100 after them in their piece, for lags of 100 steps and "
            "neighbours more than 49 steps apart, got 0",
        ),
        (
            lambda series: lyapunov_from_data(in_pieces(0 * series, 100), dt=0.01),
            "the series must vary to have an exponent, got 1000 equal points",
        ),
        (
            lambda series: lyapunov_from_data(
                Pieces(np.repeat(series[::100], 100, axis=0), (100,) * 10), dt=0.01
            ),
            "the series must vary within its pieces to have an exponent",
        ),
        (
            lambda series: choose_lag(in_pieces(series, 3)),
            "the pieces must hold at least 4 points each to choose a delay",
        ),
        (
            lambda series: choose_lag(in_pieces(series, 20), max_lag=30),
            "max_lag must be below the 20 points of the longest piece, got 30",
        ),
        (
            lambda series: choose_dimension(in_pieces(series, 20), lag=17),
            "a piece must hold more than 34 points for 1 delay of 17 steps, got 20",
        ),
        (
            lambda series: zero_one_test(first_axis(in_pieces(series, 30))),
            "the pieces must hold at least 40 points each for the 0-1 test, got 33 of up to 30",
        ),
        (
            lambda series: surrogate_test(in_pieces(series, 30), lag=8, delays=3),
            "148 points are needed for surrogates, got 0 stretches of 0",
        ),
        (
            lambda series: embedded(in_pieces(series, 30), dimension=3, lag=17),
            "3 delays of 17 steps need pieces of more than 34 points, got 33 of up to 30",
        ),
    ],
)
def test_refused(lorenz, call, message):
    with pytest.raises(ConfigError) as refused:
        call(lorenz[:1_000])
    assert str(refused.value) == message
