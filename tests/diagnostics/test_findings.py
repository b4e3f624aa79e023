"""Numbers as they are shown, and lags as they are chosen."""

import io

import numpy as np
import pytest
from rich.console import Console

from rnnchaos.data import Dataset, Scaling
from rnnchaos.diagnostics.forcing_interval import forcing_interval
from rnnchaos.diagnostics.gradient_growth import spaced_lags
from rnnchaos.diagnostics.tables import metrics_table, number
from rnnchaos.diagnostics.truth import EQUATIONS, SERIES, Truth
from rnnchaos.errors import ConfigError
from rnnchaos.metrics import Metric
from rnnchaos.pieces import Pieces
from rnnchaos.series import choose_lag
from rnnchaos.tangent import Check, Grade


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.9056, 0.0013, "0.9056(13)"),
        (-14.5723, 0.021, "-14.572(21)"),
        (2.06, None, "2.06"),
        (0.5, 0.0, "0.5"),
        (123.456, 12.3, "123 ± 12"),
        (123456.0, 321.0, "123460 ± 320"),
        (5.652e11, 9.2e10, "5.65(92)e+11"),
        (5.652e11, 9.2e12, "(6 ± 92)e+11"),
        (2.843e-10, 3.4e-11, "2.84(34)e-10"),
        (-3.802e-7, 2.9e-7, "-3.8(29)e-07"),
        (2e-9, 3.5e-7, "0.0(35)e-07"),
        (3e-5, 2e-7, "3.000(20)e-05"),
        (0.000135, 0.000014, "0.000135(14)"),
        (0.000128, 9.97e-6, "0.000128(10)"),
        (0.123456, 0.00996, "0.123(10)"),
        (0.9, 1e-8, "0.9 ± 1e-08"),
        (None, None, "–"),
    ],
)
def test_numbers_show_their_standard_error(value, error, shown):
    assert number(value, error) == shown


def test_no_name_or_number_of_a_metric_is_cut_in_a_terminal_of_eighty_columns():
    values = (0.0022, 2.843e-10, 8.84)
    names = ("d_stsp_paper", "valid_prediction_time_smape", "n_step_error")
    metrics = [
        Metric(name, value, value / 8, 0.0038, 19.12, "Lyapunov times", "", floor_standard_error=0.0022)
        for name, value in zip(names, values, strict=True)
    ]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(metrics_table(metrics))
    shown = console.export_text()
    assert "…" not in shown
    for metric in metrics:
        assert f" {metric.name} " in shown
        assert f" {number(metric.value, metric.standard_error)} " in shown
        assert f" {number(metric.floor, metric.floor_standard_error)} " in shown


def test_a_floor_that_is_a_bound_has_one_digit():
    metric = Metric("n_step_error", 2.96e-10, 2.6e-11, 3.27e-27, 0.98, "", "", floor_standard_error=3.27e-27)
    assert list(metrics_table([metric]).columns[2].cells) == ["3e-27"]


@pytest.mark.parametrize("longest", [1, 2, 30, 10_000])
def test_lags_rise_from_one_to_the_longest(longest):
    lags = spaced_lags(longest)
    assert lags[0] == 1
    assert lags[-1] == longest
    assert np.all(np.diff(lags) >= 1)


PHASE = 2 * np.pi * np.arange(5000) / 100
CIRCLE = np.stack([np.cos(PHASE), np.sin(PHASE)], 1)
ONE = Pieces.of(CIRCLE)
DATASET = Dataset(ONE, ONE, ONE, ONE, Scaling(np.zeros(2), np.ones(2)), 0.01, ("x0", "x1"), True)


FAILED = Check("noise", Grade.FAIL, 1.0, 0.1, "")


def truth(exponent, error, *, origin=EQUATIONS, checks=()):
    return Truth(np.array([exponent]), np.array([error]), 0.01, origin, checks=checks)


@pytest.mark.parametrize(
    ("exponent", "growth", "steps"),
    # ln 2 / (0.9056 · 0.01) = 76.5, ln 1.3 / (0.9056 · 0.01) = 28.97
    [(0.9056, 2.0, 77), (0.9056, 1.3, 29), (200.0, 2.0, 1)],
)
def test_the_forcing_interval_is_the_time_in_which_errors_grow_by_a_factor(exponent, growth, steps):
    assert forcing_interval("auto", truth(exponent, 0.001), DATASET, growth=growth) == (steps, "auto", None)


def test_the_forcing_interval_from_how_long_a_series_remembers_itself():
    # Of a cosine of period 100 the autocorrelation is cos(2π lag / 100), which falls below 1/e after 19.0 steps.
    assert forcing_interval("autocorrelation", None, DATASET, growth=2.0).steps == 20
    assert forcing_interval("mutual_information", None, DATASET, growth=2.0).steps == choose_lag(CIRCLE).lag


def test_no_interval_from_equations_that_are_not_chaotic():
    with pytest.raises(
        ConfigError, match=r"^protocol.tau=auto needs a positive Lyapunov exponent, got 0.01 ± 0.01"
    ):
        forcing_interval("auto", truth(0.01, 0.01), DATASET, growth=2.0)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (None, "the series shows no exponent"),
        (
            truth(0.9, 0.01, origin=SERIES, checks=(FAILED,)),
            "λ_max 0.900(10) per time unit from the series (fail: noise) is not an exponent to rely on",
        ),
        (
            truth(0.9, 0.01, checks=(FAILED,)),
            "λ_max 0.900(10) per time unit (fail: noise) is not an exponent to rely on",
        ),
    ],
)
def test_without_an_exponent_to_rely_on_the_autocorrelation_sets_the_interval(found, why):
    interval = forcing_interval("auto", found, DATASET, growth=1.3)
    assert (interval.steps, interval.rule) == (20, "autocorrelation")
    assert interval.reason == (
        "τ = 20 steps, in which the autocorrelation falls to 1/e (protocol.tau=autocorrelation): " + why
    )
    drifting = DATASET._replace(train=Pieces.of(np.array([[3.0], [2.0], [-2.0], [-3.0]])))
    with pytest.raises(
        ConfigError, match=r"^protocol.tau=auto: .*, and the autocorrelation must fall to 1/e within half"
    ):
        forcing_interval("auto", found, drifting, growth=1.3)


def test_nothing_is_measured_by_an_exponent_that_fails():
    assert truth(0.9, 0.01).rate == 0.9
    failed = truth(0.9, 0.01, origin=SERIES, checks=(FAILED,))
    assert (failed.rate, failed.predictability_steps, failed.trusted) == (None, None, False)
    assert failed.heading == "from the series (fail)"
    assert truth(0.9, 0.01).heading == "true system"
    assert truth(0.9, 0.01, origin="Wolf 1985").heading == "published"
    assert truth(0.9, 0.01, checks=(FAILED,)).heading == "true system (fail)"
