import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import Metric, attractor_metrics, default_forms, prediction_metrics
from rnnchaos.metrics.transport import unit_directions

DT = 0.01


def lorenz_velocity(state, rho):
    x, y, z = state
    return jnp.stack([10 * (y - x), x * (rho - z) - y, x * y - 8 / 3 * z])


@jax.jit
def lorenz_orbit(start, rho):
    """100 000 steps of 0.01 on the Lorenz attractor, after 20 time units of transient."""

    def step(state, _):
        k1 = lorenz_velocity(state, rho)
        k2 = lorenz_velocity(state + DT / 2 * k1, rho)
        k3 = lorenz_velocity(state + DT / 2 * k2, rho)
        k4 = lorenz_velocity(state + DT * k3, rho)
        state = state + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return state, state

    return jax.lax.scan(step, start, None, 102_000)[1][2000:]


@pytest.fixture(scope="module")
def orbits():
    """ρ = 28 twice and ρ = 38, each axis standardised by the first orbit's mean and deviation."""
    starts = [[1.0, 1.0, 27.0], [-3.0, 2.0, 20.0], [1.0, 1.0, 37.0]]
    raw = [
        np.asarray(lorenz_orbit(jnp.array(start), rho))
        for start, rho in zip(starts, (28.0, 28.0, 38.0), strict=True)
    ]
    return [(orbit - raw[0].mean(axis=0)) / raw[0].std(axis=0) for orbit in raw]


def by_name(metrics):
    return {metric.name: metric for metric in metrics}


def test_lorenz_lies_between_the_known_floors_and_ceilings(orbits):
    truth, second, other = orbits
    metrics = by_name(attractor_metrics(truth, second, other))
    binned = [f"d_stsp_{form}" for form in default_forms(3)]
    assert list(metrics) == [*binned, "wasserstein", "d_h_paper", "d_h_gtf"]
    for metric in metrics.values():
        assert 0 < metric.standard_error < metric.value
        assert metric.floor_standard_error > 0
        # D_H of the paper is .15 for the truth itself, and ρ = 38 is seen through it all the same.
        assert metric.above_floor, metric.name

    # Judging ρ = 38 on ρ = 28: the figures of an independent computation. Tolerance: four standard deviations
    # over pairs of orbits, 0.075 and 0.10 for D_stsp, 0.006 and 0.010 for D_H (20 disjoint pairs of one long orbit).
    known = {
        "d_stsp_paper": (5.37, 0.3),
        "d_stsp_gtf": (11.1, 0.4),
        "d_h_paper": (0.265, 0.024),
        "d_h_gtf": (0.223, 0.04),
    }
    for name, (value, tolerance) in known.items():
        assert abs(metrics[name].value - value) < tolerance, name

    # A fixed point: D_stsp depends a little on which bin it falls in, D_H not at all.
    ceilings = {
        "d_stsp_paper": (18.3, 0.6),
        # The count of a bin of 100 000 points is 34 464 in 16 bits, which the smoothing makes one nat less.
        "d_stsp_gtf": (15.3, 0.1),
        "d_stsp_strict": (16.3, 0.1),
        "d_h_paper": (0.87, 0.01),
        "d_h_gtf": (0.88, 0.01),
    }
    for name, (value, tolerance) in ceilings.items():
        assert abs(metrics[name].ceiling - value) < tolerance, name

    # Floors of D_stsp hang on rarely visited bins: .003 to .05 (paper) and .02 to .12 (gtf) over 20 pairs
    # of orbits; the independent figures are .007 and .025. Those of D_H have mean .152 and .052 and standard
    # deviation .006 and .010 over 20 disjoint pairs, against .161 and .042: four standard deviations.
    assert 0.001 < metrics["d_stsp_paper"].floor < 0.1
    assert 0.01 < metrics["d_stsp_gtf"].floor < 0.2
    assert abs(metrics["d_h_paper"].floor - 0.161) < 0.024
    assert abs(metrics["d_h_gtf"].floor - 0.042) < 0.04


def test_lorenz_has_its_wasserstein_distances(orbits):
    metric = by_name(attractor_metrics(*orbits))["wasserstein"]
    # Means over 11 pairs of orbits from other starts, with four of their standard deviations, .0018 and .0015.
    assert abs(metric.value - 0.600) < 0.0075
    assert abs(metric.ceiling - 0.766) < 0.006
    # Floors of 61 pairs lie from .003 to .085, with the times on each wing, and never below what the means differ by.
    difference = orbits[0].mean(0) - orbits[1].mean(0)
    least = np.abs(unit_directions(3, 64, np.random.default_rng(0)) @ difference).mean()
    assert least <= metric.floor < 0.15
    assert metric.unit == "s.d."


def test_the_wasserstein_distance_is_the_same_for_every_seed():
    arguments = series(), None, series(seed=1)
    one, other = (by_name(attractor_metrics(*arguments, seed=seed))["wasserstein"] for seed in (0, 1))
    assert one == other
    assert one.value > 0


def test_shuffling_the_truth_shows_in_the_spectrum_alone(orbits):
    truth, second, _ = orbits
    shuffled = np.random.default_rng(0).permutation(truth)
    metrics = by_name(attractor_metrics(truth, second, shuffled))
    assert all(metrics[f"d_stsp_{form}"].value == 0 for form in default_forms(3))
    assert metrics["wasserstein"].value < 1e-14
    # White noise, like a fixed point.
    assert abs(metrics["d_h_paper"].value - 0.87) < 0.01
    assert abs(metrics["d_h_gtf"].value - 0.88) < 0.01


def series(length=3000, dimension=2, seed=0):
    return np.random.default_rng(seed).standard_normal((length, dimension))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e120])
def test_a_diverging_orbit_has_no_values_and_says_where(bad):
    generated = series()
    generated[1234, 1] = bad
    angle = np.arange(3000)[:, None] * 0.17 + [0.0, 1.5]
    truth, second = np.sin(angle), np.sin(angle + 0.1)
    for metric in attractor_metrics(truth, second, generated):
        assert metric.value is None
        assert metric.note == "diverged at step 1234 of 3000"
        assert metric.floor < metric.ceiling


def test_large_but_finite_orbits_are_measured():
    for metric in attractor_metrics(series(), series(seed=1), 1e60 * series(seed=2)):
        # The published forms of D_stsp do not see what lies outside.
        unseen = metric.name.startswith("d_stsp") and metric.name != "d_stsp_strict"
        assert (metric.value is None) == unseen
        assert unseen or np.isfinite(metric.value)


def test_the_floor_is_that_of_as_many_points():
    truth, second, generated = series(), series(seed=1), series(1000, seed=2)
    short, cut = (by_name(attractor_metrics(truth, other, generated)) for other in (second, second[:1000]))
    assert short == cut


def test_forms_that_a_short_series_does_not_allow_have_a_note():
    metrics = by_name(attractor_metrics(series(500), None, series(500, seed=1)))
    assert metrics["d_h_paper"].value is None
    assert metrics["d_h_paper"].ceiling is None
    assert metrics["d_h_paper"].note == 'd_h form "paper" needs at least 2000 steps, got 500'
    assert metrics["d_h_gtf"].value > 0
    assert metrics["d_stsp_gtf"].floor is None


def test_more_than_five_dimensions_take_mixtures_with_their_standard_error():
    arguments = series(2000, 6), series(2000, 6, seed=1), series(2000, 6, seed=2) + 0.5
    metrics = by_name(attractor_metrics(*arguments))
    assert list(metrics)[:3] == ["d_stsp_gmm_paper", "d_stsp_gmm_gtf", "d_stsp_gmm_strict"]
    for name in list(metrics)[:3]:
        metric = metrics[name]
        assert metric.standard_error > 0
        assert metric.value - metric.floor > 5 * metric.standard_error
    assert by_name(attractor_metrics(*arguments)) == metrics


def test_refuses_series_that_cannot_be_compared():
    with pytest.raises(ConfigError, match=r"^generated series must have the truth's 2 dimensions, got 3$"):
        attractor_metrics(series(), None, series(dimension=3))
    with pytest.raises(ConfigError, match=r"^the truth must be finite, but diverges at step 0 of 10$"):
        attractor_metrics(np.full((10, 2), np.nan), None, series())


def test_predictions_stand_between_truth_and_mean():
    # Truth swings between ±1 (mean 0, scale 1); predictions are off by 0.1 until they flip sign at step 6.
    truth = np.tile([[1.0], [-1.0]], (8, 5, 1)).reshape(8, 10, 1)
    predicted = truth + 0.1
    predicted[:, 6:] = -truth[:, 6:]
    error, duration, relative = prediction_metrics(
        truth,
        predicted,
        mean=np.zeros(1),
        scale=np.ones(1),
        n=3,
        time_per_step=0.5,
        in_own_units=lambda values: values + 0.9,
    )
    np.testing.assert_allclose(error.value, 0.01, rtol=1e-12)
    assert (error.ceiling, error.note) == (1.0, "")
    # Three steps of four roundings each, of numbers as large as 1 and, in own units, 1.9 and .1.
    rounding = (12 * np.finfo(float).eps) ** 2 * (2.9**2 + 1.1**2) / 2
    assert error.floor == pytest.approx(rounding, rel=1e-9)
    assert (duration.value, duration.floor, duration.ceiling) == (3.5, 5.0, 0.5)
    assert (duration.unit, duration.note) == ("time units", "")
    # In own units 1.9 and -.1 by turns, forecast as 2.0 and 0: sMAPE of 5.1 and 200 %, 102.6 % in the mean of two.
    assert (relative.value, relative.floor, relative.ceiling) == (1.0, 5.0, 0.5)
    assert (relative.unit, relative.note) == ("time units", "")


def test_predictions_that_outlast_the_horizon_or_diverge_are_said():
    truth = series(6 * 10, 1).reshape(6, 10, 1)
    predicted = truth.copy()
    predicted[0, 4:] = np.nan
    error, duration, relative = prediction_metrics(
        truth, predicted, mean=np.zeros(1), scale=np.ones(1), n=5, time_per_step=1.0, lyapunov_exponent=0.5
    )
    assert (error.value, error.note) == (None, "1 of 6 diverged")
    assert (duration.value, duration.note) == (5.0, "5 of 6 outlast the horizon")
    assert (relative.value, relative.note) == (5.0, "5 of 6 outlast the horizon")


def test_n_must_lie_within_the_horizon():
    truth = np.zeros((2, 10, 1))
    with pytest.raises(ConfigError, match=r"^n must be from 1 to horizon \(10 steps\), got 11$"):
        prediction_metrics(truth, truth, mean=np.zeros(1), scale=np.ones(1), n=11, time_per_step=1.0)


def metric(value, floor, *, error=0.1, floor_error=0.0, ceiling=9.0):
    return Metric("m", value, error, floor, ceiling, "1", "", floor_standard_error=floor_error)


@pytest.mark.parametrize(
    ("found", "above"),
    [
        (metric(1.19, 1.0), False),
        (metric(1.2, 1.0), True),
        (metric(1.2, 1.0, floor_error=0.1), False),
        (metric(0.5, 1.0), False),
        # A prediction time is the worse the shorter it is: its ceiling is below its floor.
        (metric(3.0, 5.0, ceiling=0.0), True),
        (metric(None, 1.0), None),
        (metric(1.2, None), None),
        (metric(1.2, 1.0, error=None), None),
        (metric(1.2, 1.0, floor_error=None), None),
    ],
)
def test_a_metric_is_above_its_floor_by_more_than_chance(found, above):
    assert found.above_floor is above


def test_ahead_is_for_the_error_alone():
    truth = np.zeros((4, 10, 1))
    ahead = np.zeros((400, 1)), np.full((400, 1), 0.5)
    error, duration, relative = prediction_metrics(
        truth, truth + 0.1, mean=np.ones(1), scale=np.ones(1), n=3, time_per_step=1.0, ahead=ahead
    )
    assert (error.value, error.ceiling, duration.value, relative.value) == (0.25, 1.0, 10.0, 1.0)
    assert "over 400 starts" in error.definition


@pytest.mark.parametrize("n", [1, 5, 20, 80])
def test_another_rounding_of_the_truth_is_at_the_floor_of_the_n_step_error(n):
    """Hénon's map itself, stepped in other units, and an error far below single precision, which is not."""
    rng, shift, unit = np.random.default_rng(0), np.array([0.25, 0.07]), np.array([0.7, 0.2])

    def followed(starts, rounded):
        for _ in range(n):
            x, y = starts.T
            starts = np.stack([1 - 1.4 * x**2 + y, 0.3 * x], axis=1)
            starts = (starts - shift) / unit * unit + shift if rounded else starts
        return (starts - shift) / unit

    begin = followed(rng.uniform(-0.1, 0.1, (2000, 2)), rounded=False) * unit + shift
    truth = followed(begin, rounded=False)
    common = {
        "mean": truth.mean(axis=0), "scale": truth.std(axis=0), "n": n, "time_per_step": 1.0,
        "lyapunov_exponent": 0.4192, "in_own_units": lambda values: values * unit + shift,
    }  # fmt: skip
    series = np.zeros((4, n, 2)) + np.arange(4)[:, None, None]

    def error(predicted):
        return prediction_metrics(series, series, ahead=(truth, predicted), **common)[0]

    assert error(followed(begin, rounded=True)).above_floor is False
    if n < 20:
        assert error(truth + 1e-9).above_floor is True
    assert error(truth).floor <= error(truth).ceiling


def test_the_floor_of_a_prediction_time_is_what_rounding_leaves():
    """Hénon's map itself, from starts that are wrong by rounding, is at its floor, and an error of 1e-3 is not."""
    rate, rng = 0.4192, np.random.default_rng(0)

    def followed(starts):
        found = [starts]
        for _ in range(1300):
            x, y = found[-1].T
            found.append(np.stack([1 - 1.4 * x**2 + y, 0.3 * x], axis=1))
        return np.stack(found[1:], axis=1)

    starts = followed(rng.uniform(-0.1, 0.1, (200, 2)))[:, 99]
    truth = followed(starts)
    common = {
        "mean": truth.mean(axis=(0, 1)), "scale": truth.std(axis=(0, 1)), "n": 5, "time_per_step": 1.0,
        "lyapunov_exponent": rate, "in_own_units": lambda values: values + 0.5,
    }  # fmt: skip
    perfect = followed(starts * (1 + rng.choice([-1, 1], starts.shape) * 2.2e-16))
    _, duration, relative = prediction_metrics(truth, perfect, **common)
    largest = np.log(0.4 / np.finfo(float).eps)
    assert largest - rate < duration.floor <= largest
    assert np.log(0.3 / np.finfo(float).eps) < relative.floor
    for metric in (duration, relative):
        assert metric.value == pytest.approx(metric.floor, rel=0.15)
        assert metric.above_floor is False
    for metric in prediction_metrics(truth, followed(starts + 1e-3), **common)[1:]:
        assert metric.above_floor is True
    unknown = prediction_metrics(truth, perfect, **common | {"lyapunov_exponent": None})[1]
    assert unknown.floor == 1300
