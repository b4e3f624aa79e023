"""rnnchaos lyapunov of a measured series: λ_max by two methods, judged, and the interval that follows from it."""

import math

import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset, DystsSeries, Preparation, SeriesFile
from rnnchaos.diagnostics.exponents import checks_summary
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.tables import checks_table, number
from rnnchaos.diagnostics.truth import exponents_of_series
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.series import (
    DataExponent,
    ZeroOne,
    choose_dimension,
    choose_lag,
    data_checks,
    lyapunov_by_kantz,
    lyapunov_from_data,
    zero_one_test,
)
from rnnchaos.tangent import Check, worst

# Delays beyond what is there already, tried on the points as they are.
_MORE_DELAYS = 2
# More points than these make the 0-1 test slower, not better.
_ZERO_ONE_POINTS = 5_000


def findings_of_series(
    source: SeriesFile | DystsSeries, dataset: Dataset, preparation: Preparation
) -> Findings:
    """The exponent of the training series by two methods, held against each other, more delays and the 0–1 test."""
    methods = exponents_of_series(dataset)
    found, other = methods[0], methods[1] if len(methods) > 1 else None
    lag = choose_lag(dataset.train[:, :1]).lag
    delays, spacing = preparation.embedding
    deeper = _deeper(found, dataset, dataset.dimension // delays, spacing if delays > 1 else lag)
    zero_one = _zero_one(dataset.train[:, 0], lag)
    false_share = _false_share(dataset.train, lag)
    checks = data_checks(found, other, deeper=deeper, false_share=false_share, zero_one=zero_one)
    stated = source.stated_exponent if isinstance(source, DystsSeries) else None

    def figure():
        from rnnchaos.figures import Curves, divergence_figure

        return divergence_figure(
            found.lags,
            [
                Curves(each.method, each.curves, each.fit_ranges, each.exponent, each.saturated)
                for each in methods
            ],
        )

    return Findings(
        summary={
            "lambda_max": found.exponent,
            "lambda_max_standard_error": found.standard_error,
            "fit_from": found.fit_range[0],
            "fit_to": found.fit_range[1],
            "tau_pred_steps": _interval(found, dataset),
            "method": found.method.lower(),
            "embedding_dimension": delays,
            "embedding_lag": spacing,
            "lambda_max_with_one_more_delay": None if deeper is None else deeper.exponent,
            "by_method": {
                each.method.lower(): {
                    "lambda_max": each.exponent,
                    "lambda_max_standard_error": each.standard_error,
                    "fits": [fit._asdict() for fit in each.fits],
                    "saturated": each.saturated,
                }
                for each in methods
            },
            "delay_steps": lag,
            "false_neighbours": false_share,
            "zero_one": None if zero_one is None else zero_one.value,
            "zero_one_spread": None if zero_one is None else zero_one.spread,
            "lyapunov_checks": checks_summary(checks),
            **({} if stated is None else {"lambda_max_of_dysts": stated}),
        },
        arrays={
            "divergence": {
                "lags": found.lags,
                **{f"log_distance_{m.method.lower()}": m.curves for m in methods},
            }
        },
        figures={"divergence": figure},
        shown=(
            *_said(methods, dataset, lag, zero_one),
            *(() if stated is None else (f"dysts states {stated:.4g}, without an error",)),
            _verdict(checks),
            checks_table(checks),
        ),
    )


def _deeper(found: DataExponent, dataset: Dataset, axes: int, lag: int) -> DataExponent | None:
    """The exponent by the same method with one more delay of each axis; the oldest delay is in the last columns."""
    series = np.concatenate([dataset.train[lag:], dataset.train[:-lag, -axes:]], axis=1)
    measure = lyapunov_by_kantz if found.method == "Kantz" else lyapunov_from_data
    try:
        return measure(series, dt=dataset.time_per_step)
    except (ConfigError, RunError):  # too short
        return None


def _zero_one(series: Float[np.ndarray, " time"], lag: int) -> ZeroOne | None:
    try:
        return zero_one_test(series[::lag][:_ZERO_ONE_POINTS])
    except ConfigError:  # too short
        return None


def _false_share(series: Float[np.ndarray, "time dimension"], lag: int) -> float | None:
    try:
        return float(choose_dimension(series, lag=lag, most=_MORE_DELAYS).false_share[0])
    except ConfigError:  # too short
        return None


def _interval(found: DataExponent, dataset: Dataset) -> float | None:
    if found.exponent <= 3 * found.standard_error:
        return None
    return math.log(2) / (found.exponent * dataset.time_per_step)


def _said(
    methods: list[DataExponent], dataset: Dataset, lag: int, zero_one: ZeroOne | None
) -> tuple[str, ...]:
    lines = []
    for each in methods:
        first, last = each.fit_range
        how = "fitted" if each.fits[0].straight else "no straight region, mean slope"
        lines.append(
            f"λ_max {number(each.exponent, each.standard_error)} nats per time unit by {each.method}, {how} from "
            f"{first:g} to {last:g} time units"
        )
    interval = _interval(methods[0], dataset)
    tau = "none: nothing shows that it is chaotic" if interval is None else f"{interval:.1f} steps"
    lines.append(f"τ_pred = ln 2 / λ_max, from {methods[0].method}: {tau}")
    test = "; too few points so far apart for the 0-1 test"
    if zero_one is not None:
        test = f"; 0-1 test K = {number(zero_one.value, zero_one.spread)}"
    lines.append(f"the first axis tells least about itself after {lag} steps{test}")
    return tuple(lines)


def _verdict(checks: list[Check]) -> str:
    failed = [check.name for check in checks if check.grade == "fail"]
    doubtful = [check.name for check in checks if check.grade == "warn"]
    if failed:
        return f"verdict [red]{worst(checks)}[/red]: not an exponent to rely on ({', '.join(failed)})"
    if doubtful:
        return f"verdict [yellow]{worst(checks)}[/yellow]: to be read with care ({', '.join(doubtful)})"
    return f"verdict [green]{worst(checks)}[/green]"
