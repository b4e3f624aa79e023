"""What is no series of finite real numbers is refused by every function, whatever its type."""

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import (
    attractor_divergence,
    attractor_metrics,
    gaussian_mixture_divergence,
    n_step_error,
    power_spectra,
    power_spectrum_distance,
    power_spectrum_estimate,
    sliced_wasserstein,
    spectrum_divergence,
    state_space_divergence,
    state_space_estimate,
    transport_distance,
    valid_prediction_time,
    wasserstein_estimate,
)
from rnnchaos.metrics.state_space import BinnedForm, MixtureForm


def rng():
    return np.random.default_rng(0)


def binned(form):
    return lambda truth, generated: state_space_divergence(truth, generated, form=form)


def mixture(form):
    return lambda truth, generated: gaussian_mixture_divergence(truth, generated, form=form, rng=rng())


COMPARISONS = {
    **{form: binned(form) for form in BinnedForm.__args__},
    **{form: mixture(form) for form in MixtureForm.__args__},
    "estimate": lambda truth, generated: state_space_estimate(truth, generated, form="strict"),
    "d_h_paper": lambda truth, generated: power_spectrum_distance(truth, generated, form="paper"),
    "d_h_gtf": lambda truth, generated: power_spectrum_estimate(truth, generated, form="gtf"),
    "wasserstein": lambda truth, generated: sliced_wasserstein(truth, generated, rng=rng()),
    "wasserstein_estimate": lambda truth, generated: wasserstein_estimate(truth, generated, rng=rng()),
}
RANKINGS = {each.__name__: each for each in (attractor_divergence, spectrum_divergence, transport_distance)}


def series(dtype=np.float64):
    return (10 * rng().standard_normal((2000, 2))).astype(dtype)


def half(bad, dtype=np.float64):
    spoilt = series(dtype)
    spoilt[1000:] = bad
    return spoilt


SPOILT = {
    "float64 inf": half(np.inf),
    "float32 inf": half(np.inf, np.float32),
    "float32 nan": half(np.nan, np.float32),
    "float16 -inf": half(-np.inf, np.float16),
    "longdouble inf": half(np.inf, np.longdouble),
    "beyond float64": half(np.longdouble("1e400"), np.longdouble),
    "list": half(np.inf, np.float32).tolist(),
    "masked": np.ma.masked_invalid(half(np.nan)),
    "complex": series().astype(complex),
    "words": series().astype(str),
    "objects": series().astype(object),
    "ragged": [[1.0, 2.0], [3.0]],
    "one axis": series()[:, 0],
    "empty": np.empty((0, 2)),
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("compare", COMPARISONS.values(), ids=COMPARISONS)
def test_every_comparison_refuses_both(compare, spoilt):
    for pair in ((series(), spoilt), (spoilt, series())):
        with pytest.raises(ConfigError, match=r"^the (truth|generated series) must be "):
            compare(*pair)


@pytest.mark.parametrize("compare", COMPARISONS.values(), ids=COMPARISONS)
def test_every_comparison_takes_lists_and_integers(compare):
    whole = series(np.int32)
    assert compare(whole.tolist(), whole + 1) == compare(whole.astype(float), whole + 1.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_orbit_that_leaves_has_no_values_in_any_precision(dtype, bad):
    for metric in attractor_metrics(series(dtype), series(dtype), half(bad, dtype)):
        assert (metric.value, metric.note) == (None, "diverged at step 1000 of 2000")
        assert metric.floor is not None
    for rank in RANKINGS.values():
        assert rank(series(dtype), half(bad, dtype)) == np.inf


@pytest.mark.parametrize("spoilt", [SPOILT["masked"], SPOILT["complex"], SPOILT["ragged"]])
def test_what_is_no_series_is_refused_where_one_that_leaves_is_not(spoilt):
    for call in (
        lambda: attractor_metrics(series(), None, spoilt),
        *(lambda r=r: r(series(), spoilt) for r in RANKINGS.values()),
    ):
        with pytest.raises(ConfigError, match=r"^the generated series must be "):
            call()


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
def test_a_spectrum_is_refused(spoilt):
    with pytest.raises(ConfigError, match=r"^the series must be "):
        power_spectra(spoilt, 1.0)


@pytest.mark.parametrize("time_per_step", [0.0, -1.0, np.nan, np.inf])
def test_times_that_are_none(time_per_step):
    with pytest.raises(ConfigError, match=r"^time_per_step must be "):
        power_spectra(series(), time_per_step)
    with pytest.raises(ConfigError, match=r"^time_per_step must be "):
        valid_prediction_time(
            np.zeros((2, 3, 1)), np.zeros((2, 3, 1)), scale=[1.0], time_per_step=time_per_step
        )


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e39])
def test_forecasts_that_leave_are_counted_in_any_precision(bad):
    predicted = np.zeros((4, 2), np.float32)
    with np.errstate(over="ignore"):
        predicted[1] = bad
    assert n_step_error(np.zeros((4, 2)), predicted).num_diverged == 1
    assert n_step_error([[0, 0]] * 4, [[1, 1]] * 4).value == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"truth": np.full((2, 3, 1), np.nan, np.float32)}, r"^the truth must be finite where predictions"),
        (
            {"predicted": np.ma.masked_equal(np.zeros((2, 3, 1)), 0)},
            r"^the predictions must be finite, but has masked",
        ),
        ({"scale": [np.inf]}, r"^the truth must vary along every axis"),
        ({"scale": [np.nan]}, r"^the truth must vary along every axis"),
        ({"threshold": np.inf}, r"^threshold must be greater than 0"),
        ({"lyapunov_exponent": np.nan}, r"^lyapunov_exponent must be finite, got nan"),
    ],
)
def test_prediction_times_refuse_what_is_not_finite(change, message):
    arguments = {
        "truth": np.zeros((2, 3, 1)), "predicted": np.zeros((2, 3, 1)), "scale": [1.0], "time_per_step": 1.0
    }  # fmt: skip
    with pytest.raises(ConfigError, match=message):
        valid_prediction_time(**arguments | change)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: state_space_divergence(series(), series(), form="foo"),
            "form must be one of paper, gtf, dynamix, strict, gmm_paper, gmm_gtf, gmm_strict, got 'foo'",
        ),
        (
            lambda: state_space_estimate(series(), series(), form="strikt"),
            "form must be one of paper, gtf, dynamix, strict, gmm_paper, gmm_gtf, gmm_strict, got 'strikt'; "
            "did you mean strict?",
        ),
        (
            lambda: power_spectrum_distance(series(), series(), form="foo"),
            "form must be one of paper, gtf, got 'foo'",
        ),
        (
            lambda: gaussian_mixture_divergence(series(), series(), form="gmm_strickt", rng=rng()),
            "form must be one of gmm_paper, gmm_gtf, gmm_strict, got 'gmm_strickt'; did you mean gmm_strict?",
        ),
        (
            lambda: gaussian_mixture_divergence(series(), series(), form=None, rng=rng()),
            "form must be one of gmm_paper, gmm_gtf, gmm_strict, got null",
        ),
        (
            lambda: timed(error="smap"),
            "error must be one of normalised, smape, cumulative_smape, got 'smap'; did you mean smape?",
        ),
        (
            lambda: timed(scale=[1.0, 1.0]),
            "scale must be a number for each axis of the truth (1), got shape (2,)",
        ),
        (
            lambda: timed(scale=1.0),
            "scale must be a number for each axis of the truth (1), got shape ()",
        ),
        (
            lambda: timed(truth=np.zeros((3, 1)), predicted=np.zeros((3, 1))),
            "the truth must be (start, horizon, dimension), got shape (3, 1)",
        ),
        (
            lambda: n_step_error(np.zeros((2, 3, 1)), np.zeros((2, 3, 1))),
            "the truth must be (start, dimension), got shape (2, 3, 1)",
        ),
    ],
)
def test_words_and_shapes_that_are_none(call, message):
    with pytest.raises(ConfigError) as refused:
        call()
    assert str(refused.value) == message


def timed(**change):
    """The prediction time of a perfect forecast, with one argument changed."""
    arguments = {
        "truth": np.zeros((2, 3, 1)), "predicted": np.zeros((2, 3, 1)), "scale": [1.0], "time_per_step": 1.0
    }  # fmt: skip
    return valid_prediction_time(**arguments | change)
